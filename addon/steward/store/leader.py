"""The leader: the only process that writes to the store and changes services, until its lease ends."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ..clock import boot_seconds
from ..errors import LeadershipLost, PreconditionFailed
from .leader_rules import Claim
from .leader_table import ROW

_IDLE: Final = "set_config('idle_in_transaction_session_timeout', :idle, true)"
"""The server ends the session of a process that is stopped within a transaction, and with it its locks."""

_MINE: Final = f"FROM leader WHERE id = {ROW} AND owner = :owner AND epoch = :epoch"
_CHECK: Final = text(f"SELECT epoch {_MINE}")
_LOCK: Final = text(f"SELECT {_IDLE} {_MINE} FOR UPDATE")


async def end_when_idle(connection: AsyncConnection, seconds: float) -> None:
    """Let PostgreSQL end the session when this transaction does nothing for ``seconds``."""
    await connection.execute(text(f"SELECT {_IDLE}"), {"idle": _milliseconds(seconds)})


def _milliseconds(seconds: float) -> str:
    return str(max(1, round(seconds * 1000)))


class Leader:
    """This process as the leader of one epoch. Every transaction that writes checks the epoch."""

    def __init__(
        self,
        owner: str,
        claim: Claim,
        lasts: float | None,
        asked_at: float,
        seconds: Callable[[], float] = boot_seconds,
    ) -> None:
        """``lasts`` is for how many seconds a claim or a renewal holds, None when it needs no renewal.

        ``asked_at`` is when the claim was sent, by ``seconds``: the lease ends no later in the database.
        """
        self.owner = owner
        self.epoch = claim.epoch
        self.lasts = lasts
        self.lost = asyncio.Event()
        self._unclean_age = claim.unclean_age
        self._seconds = seconds
        self._began = asked_at
        self._ends = asked_at if lasts is None else asked_at + lasts
        self._sending: set[asyncio.Timeout] = set()

    async def check(self, connection: AsyncConnection) -> None:
        """Raise LeadershipLost when another process is the leader.

        To be called at the begin of a transaction. On PostgreSQL nobody can become the leader, and no
        other process of any epoch can write, before the transaction has ended.
        """
        mine = {"owner": self.owner, "epoch": self.epoch}
        if connection.dialect.name == "postgresql":
            idle = _milliseconds(self.lasts) if self.lasts is not None else "0"
            found = (await connection.execute(_LOCK, mine | {"idle": idle})).first()
        else:
            found = (await connection.execute(_CHECK, mine)).first()
        if found is None:
            self.lose()
            raise LeadershipLost

    def lose(self) -> None:
        """Note that another process is the leader, and end the requests under way."""
        self.lost.set()
        for one in self._sending:
            one.reschedule(asyncio.get_running_loop().time())

    def renewed(self, asked_at: float) -> None:
        """Note that the database renewed the lease; ``asked_at`` is when that was sent."""
        if self.lasts is None:
            return
        self._ends = asked_at + self.lasts
        for one in self._sending:
            one.reschedule(self._limit())

    def require(self) -> None:
        """Raise LeadershipLost, or PreconditionFailed while the lease has ended and is not renewed."""
        if self.lost.is_set():
            raise LeadershipLost
        if self.lasts is not None and self._seconds() >= self._ends:
            raise PreconditionFailed(t"The database did not answer for too long. Nothing was sent")

    @asynccontextmanager
    async def sending(self) -> AsyncIterator[None]:
        """Let the block change a service; it is cancelled when the lease ends.

        Raises what :meth:`require` raises, and TimeoutError when the block was cancelled.
        """
        self.require()
        async with asyncio.timeout_at(self._limit()) as limit:
            self._sending.add(limit)
            try:
                yield
            finally:
                self._sending.discard(limit)

    def in_doubt_for(self, epoch: int) -> float | None:
        """Return for how many seconds the leader of an earlier epoch can have sent nothing.

        None: it is certain that its process has ended.
        """
        if self._unclean_age is None or epoch == self.epoch:
            return None
        return self._unclean_age + self._seconds() - self._began

    def _limit(self) -> float | None:
        """Return when the lease ends by the clock of the event loop, None when it does not."""
        if self.lasts is None:
            return None
        return asyncio.get_running_loop().time() + self._ends - self._seconds()
