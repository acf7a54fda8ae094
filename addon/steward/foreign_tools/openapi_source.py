"""Reads the document of one server again and again. What did not change is neither sent nor parsed again."""

import asyncio
import hashlib
from http import HTTPStatus
from pathlib import Path
from typing import Final

from aiohttp import ClientError, ClientResponse, ClientSession
from yarl import URL

from ..settings.foreign_tools import ForeignServer
from .openapi_document import Operations, WrongDocument, operations
from .ports import ServerFailed

LONGEST_DOCUMENT: Final = 8 * 1024 * 1024
"""Bytes."""

LONGEST_TAG: Final = 256
"""Characters of an entity tag that are sent back; a longer one is not used."""


class DocumentSource:
    """The document of one server, kept by its SHA-256 for as long as the app runs.

    A server that gives an entity tag is asked with it, so that it sends the document only after a change.
    """

    def __init__(self, server: ForeignServer) -> None:
        """Nothing is read yet."""
        self._server = server
        self._digest = ""
        self._tag = ""
        self._found = Operations(usable={}, unusable={})

    async def read(self, session: ClientSession) -> Operations:
        """Return the operations of the document as it is now. Raises ServerFailed."""
        path = self._server.document
        data, tag = (await asyncio.to_thread(_from_file, path), "") if path else await self._fetched(session)
        if data is None:
            return self._found
        digest = hashlib.sha256(data).hexdigest()
        if digest != self._digest:
            try:
                self._found = await asyncio.to_thread(operations, data)
            except WrongDocument as err:
                raise ServerFailed(str(err)) from err
        self._digest, self._tag = digest, tag
        return self._found

    async def _fetched(self, session: ClientSession) -> tuple[bytes | None, str]:
        """Return the document with its entity tag, None when it is the one that is known."""
        url = URL(self._server.document_url)
        # The secret goes to the address of the settings only.
        is_own = url.origin() == URL(self._server.url).origin()
        headers = secret_headers(self._server) if is_own else {}
        asked = {"If-None-Match": self._tag} if self._tag else {}
        try:
            async with session.get(url, headers=headers | asked, allow_redirects=False) as response:
                if asked and response.status == HTTPStatus.NOT_MODIFIED:
                    return None, self._tag
                if response.status != HTTPStatus.OK or "Content-Encoding" in response.headers:
                    status = response.status
                    raise ServerFailed(t"The document cannot be read: HTTP {status}")
                data = await body_of(response, LONGEST_DOCUMENT + 1)
        except (ClientError, TimeoutError) as err:
            reason = type(err).__name__
            raise ServerFailed(t"The document cannot be read: {reason}") from err
        tag = response.headers.get("ETag", "")
        return _bounded(data), tag if len(tag) <= LONGEST_TAG else ""


def secret_headers(server: ForeignServer) -> dict[str, str]:
    """Return the header with the secret, none without one."""
    if not server.token:
        return {}
    if server.token_header:
        return {server.token_header: server.token}
    return {"Authorization": f"Bearer {server.token}"}


async def body_of(response: ClientResponse, longest: int) -> bytes:
    """Return at most ``longest`` bytes; the rest is not read."""
    pieces: list[bytes] = []
    size = 0
    async for piece in response.content.iter_any():
        pieces.append(piece)
        size += len(piece)
        if size >= longest:
            break
    return b"".join(pieces)[:longest]


def _from_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return _bounded(file.read(LONGEST_DOCUMENT + 1))
    except OSError as err:
        reason = type(err).__name__
        raise ServerFailed(t"The document cannot be read: {reason}") from err


def _bounded(data: bytes) -> bytes:
    if len(data) > LONGEST_DOCUMENT:
        raise ServerFailed(t"The document has more than {LONGEST_DOCUMENT // 1024**2} MiB")
    return data
