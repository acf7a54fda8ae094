"""The REST client of services: reads, changes, and bodies that are sent or read piece by piece."""

from collections.abc import AsyncIterable, AsyncIterator, Mapping
from functools import partial
from typing import ClassVar

from ..coalesce import coalesced
from ..errors import EffectUnknown, ServiceError, ServiceMalformed
from .connection import Connection
from .http import Attempt
from .parse import at
from .payload import Payload, query_of
from .typed_calls import Parameter, TypedCalls


class Rest(Connection, TypedCalls):
    """JSON over HTTP below one base path, with credentials that are renewed after a 401.

    Identical reads within one ``coalesced_reads`` block are sent once.
    """

    below: ClassVar[str] = ""
    """The path of the content in every JSON answer, such as "data"."""

    def not_done(self, text: str) -> type[ServiceError] | None:  # noqa: ARG002
        """Return the error type for a failed change that certainly changed nothing, None otherwise.

        ``text`` is the failure. By default that is never certain; the client of a service that
        reports this with a status 500 overrides this method.
        """
        return None

    async def get(self, path: str, /, **query: Parameter | None) -> object:
        """Return the decoded JSON of a GET.

        Raises:
            ServiceUnreachable: no answer, or a server error (5xx), which may be temporary.
            ServiceUnauthorized: 401 or 403.
            ServiceRefused: any other refusal.
            ServiceMalformed: not JSON, too long, or a redirect.
        """
        parameters = query_of(query)
        key = (self, path, tuple(sorted(parameters.items())))
        return await coalesced(key, partial(self._json, "GET", path, parameters))

    async def text(self, path: str, /, **query: Parameter | None) -> str:
        """Return the body of a GET as text. Raises as :meth:`get` does."""
        return (await self.data(path, **query)).decode(errors="replace")

    async def data(self, path: str, /, **query: Parameter | None) -> bytes:
        """Return the raw body of a GET. Raises as :meth:`get` does."""
        return (await self._send("GET", path, query_of(query)))[1]

    async def stream(
        self, path: str, /, *, idle: float, method: str = "GET", **query: Parameter | None
    ) -> AsyncIterator[bytes]:
        """Yield the pieces of a body that stays open, until it ends.

        Raises as :meth:`get` does, and ServiceUnreachable after ``idle`` seconds without a piece; with a
        ``method`` that changes something, as :meth:`send` does.
        """
        attempt = Attempt.at(method, self._at(path))
        timeout = self._open_for(idle)
        used, is_renewed = await self._current(), False
        while True:
            async with self._open(
                attempt, method, path, query_of(query), Payload(), used, timeout
            ) as response:
                refusal = await self._refusal(attempt, response)
                if refusal is None:
                    async for piece in response.content.iter_any():
                        yield piece
                    return
            if is_renewed or not self._auth.is_expired(refusal):
                raise refusal
            used, is_renewed = await self._current(but_not=used), True

    async def upload(
        self,
        path: str,
        pieces: AsyncIterable[bytes],
        /,
        *,
        kind: str,
        idle: float,
        **query: Parameter | None,
    ) -> None:
        """PUT a body piece by piece; ``kind`` is its content type. Raises as :meth:`send` does.

        It is not sent again with a new login, because its pieces can be read only once. ``idle`` is the
        longest time between two pieces, in seconds.
        """
        attempt = Attempt.at("PUT", self._at(path))
        payload = Payload(pieces, {"Content-Type": kind})
        used = await self._current()
        async with self._open(
            attempt, "PUT", path, query_of(query), payload, used, self._open_for(idle)
        ) as response:
            data = await attempt.collect(response.content.iter_any())
            attempt.check(response.status, data, response.reason or "")

    async def read(self, path: str, body: object, /, **query: Parameter | None) -> object:
        """Return the decoded JSON of a POST that only reads (JSON-RPC, searches).

        Raises as :meth:`get` does.
        """
        return await self._json("POST", path, query_of(query), body, changes=False)

    async def send(
        self,
        method: str,
        path: str,
        body: object = None,
        /,
        *,
        form: Mapping[str, Parameter] | None = None,
        **query: Parameter | None,
    ) -> object:
        """Send a change once and return the decoded JSON, None when there is none.

        ``body`` is sent as JSON, ``form`` as a form.

        Raises:
            ServiceUnreachable: the connection could not be opened: nothing happened.
            ServiceUnauthorized: 401 or 403: nothing happened.
            ServiceRefused: any other 4xx: nothing happened.
            EffectUnknown: everything else; it may or may not have happened.
        """
        try:
            return await self._json(method, path, query_of(query), body, form=form, changes=True)
        except EffectUnknown as err:
            error = self.not_done(str(err))
            if error is None:
                raise
            raise error(str(err)) from err

    async def send_for_text(self, method: str, path: str, /, **query: Parameter | None) -> str:
        """Send a change once and return its answer as text. Raises as :meth:`send` does.

        This is also for a GET that changes something.
        """
        return (await self._send(method, path, query_of(query), changes=True))[1].decode(errors="replace")

    async def _json(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        body: object = None,
        *,
        form: Mapping[str, Parameter] | None = None,
        changes: bool | None = None,
    ) -> object:
        attempt, data = await self._send(method, path, query, body, form=form, changes=changes)
        return self._content(attempt, attempt.decode(data))

    def _content(self, attempt: Attempt, answer: object) -> object:
        """Return the value at the path ``below``. Raises when it is missing."""
        if not self.below or answer is None:
            return answer
        try:
            return at(answer, self.below)
        except ServiceMalformed as err:
            raise attempt.malformed(str(err)) from err
