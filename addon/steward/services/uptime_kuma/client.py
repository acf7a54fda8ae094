"""The client of Uptime Kuma: one connection that poll, tools, actions and the listener share."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import Final

from ...clock import Clock
from ...errors import PreconditionFailed, ServiceUnauthorized, ServiceUnreachable
from ...sdk.client import Rest
from ...sdk.description import Access, Call, Changed, Gaps, IncomingAlert, Push, ReadAlerts
from ...sdk.websocket import KeptOpen
from .models import KumaState, Watched
from .session import Session

LOGINS: Final = 5
MINUTE: Final = 60.0
"""Uptime Kuma takes 20 logins a minute from everybody together: we make five of them at most."""


class UptimeKumaClient:
    """One Uptime Kuma. The connection is opened at first use, and again after it was lost."""

    def __init__(self, access: Access) -> None:
        """Open nothing. Raises InvalidSetting."""
        self._access = access
        self._rest = Rest(access)
        self._credentials = access.text("username"), access.text("password")
        self._kept = KeptOpen(self._opened)
        self._logins: deque[float] = deque(maxlen=LOGINS)
        self._refusal = ""
        self._firing: dict[int, IncomingAlert] = {}

    @property
    def clock(self) -> Clock:
        """The clock that actions wait with."""
        return self._access.clock

    async def close(self) -> None:
        """Close the connection."""
        await self._kept.close()

    async def session(self) -> Session:
        """Return the open connection; opens one and logs in when there is none. Raises ServiceError."""
        return await self._kept.get()

    async def refreshed(self) -> Session:
        """Return the connection after it read the list of monitors. Raises ServiceError."""
        session = await self.session()
        try:
            await session.refresh()
        except (ServiceUnreachable, ServiceUnauthorized) as err:
            if isinstance(err, ServiceUnauthorized):
                # The server ended the login of an open connection.
                await session.close()
            if not session.is_closed:
                raise
            # It was lost while nobody used it.
            session = await self.session()
            await session.refresh()
        return session

    async def watched(self, call: Call) -> Watched:
        """Return the target as it is now. Raises PreconditionFailed when it is not there any more."""
        found = (await self.refreshed()).watched(call.target.id)
        if found is None:
            raise PreconditionFailed(t"{call.target.name} is not there any more")
        return found

    async def is_active(self, call: Call) -> bool:
        """Return whether the target is checked."""
        return (await self.watched(call)).monitor.active

    async def pause(self, call: Call) -> None:
        """Pause the target."""
        await (await self.session()).ask("pauseMonitor", int(call.target.id), changes=True)

    async def resume(self, call: Call) -> None:
        """Resume the target; it is checked at once."""
        await (await self.session()).ask("resumeMonitor", int(call.target.id), changes=True)

    async def listen(self) -> AsyncIterator[Push]:
        """Yield what changes, until the connection is lost. Raises ServiceError."""
        session = await self.session()
        yield Changed.POLL_NOW
        while (push := await session.pushes.get()) is not None:
            yield push
        raise ServiceUnreachable(t"The connection to Uptime Kuma was lost")

    async def _opened(self) -> Session:
        # Finds out what is wrong with address and certificate before a password is sent.
        await self._rest.get("api/entry-page")
        certificates = await asyncio.to_thread(self._access.tls.load)
        now, session = self.clock.monotonic(), Session(self.clock, self._firing)
        if len(self._logins) == LOGINS and now - self._logins[0] < MINUTE:
            error = ServiceUnauthorized if self._refusal else ServiceUnreachable
            raise error(self._refusal or "There were too many logins: the next one waits for a minute")
        await session.open(self._access.session, self._access.address, certificates)
        try:
            self._logins.append(now)
            await session.log_in(*self._credentials)
        except BaseException as err:
            self._refusal = str(err) if isinstance(err, ServiceUnauthorized) else ""
            await session.close()
            raise
        self._refusal = ""
        return session


async def poll(client: UptimeKumaClient, gaps: Gaps) -> KumaState:
    """Return all monitors. Raises ServiceError."""
    return (await client.refreshed()).state(gaps)


async def read_alerts(client: UptimeKumaClient) -> ReadAlerts:
    """Return an alert for each monitor that was not up again since it was down. Raises ServiceError."""
    return (await client.refreshed()).alerts()
