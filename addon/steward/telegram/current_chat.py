"""The id of the chat, which changes when a group becomes a supergroup."""

from typing import Final

from sqlalchemy import select

from ..store.database import Database
from ..store.upsert import upsert
from . import tables

_T: Final = tables.chats.c


class CurrentChat:
    """Follows the configured chat to its current id.

    Everything stored and signed belongs to the configured id, which stays the same.
    """

    def __init__(self, database: Database, chat_id: int) -> None:
        """Start with the configured id; call :meth:`load` for a later one."""
        self._database = database
        self._configured = chat_id
        self.id = chat_id

    async def load(self) -> None:
        """Read the current id."""
        async with self._database.read() as connection:
            found = await connection.scalar(select(_T.current_chat_id).where(_T.chat_id == self._configured))
        self.id = found or self._configured

    async def follow(self, chat_id: int) -> None:
        """Store a new current id and use it."""
        async with self._database.write() as connection:
            row = {"chat_id": self._configured, "current_chat_id": chat_id}
            await upsert(connection, tables.chats, row)
        self.id = chat_id

    def has(self, chat_id: int | None) -> bool:
        """Return whether this id is or was the chat: buttons of old messages stay valid."""
        return chat_id in (self._configured, self.id)
