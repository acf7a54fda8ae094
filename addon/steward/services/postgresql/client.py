"""The client of PostgreSQL: one connection, on which statements follow each other."""

import asyncio
import importlib
from typing import TYPE_CHECKING, Any, Final

from ...clock import Clock
from ...errors import ServiceForbidden, ServiceRefused, ServiceUnauthorized
from ...sdk.access import Access
from ...sdk.client import Parameter
from ...sdk.coverage import Gaps
from ...sdk.http import Attempt, plain
from ...sdk.tcp import USE_TLS
from .sql import READS

if TYPE_CHECKING:
    from psycopg import AsyncConnection

PORT: Final = 5432
ANSWER: Final = 8.0
"""Seconds until an answer is given up."""

_DENIED: Final = ("authentication failed", "no password supplied", "pg_hba.conf", "does not exist")
"""Parts of the text with which libpq refuses a login: it keeps no code."""

_REFUSED: Final = ("22", "42", "55", "0A")
"""Classes of error codes that say that a statement was not carried out."""


class PostgresqlClient:
    """One server. psycopg is imported at the first connection."""

    def __init__(self, access: Access) -> None:
        """Open nothing. Raises InvalidSetting."""
        self.access = access
        self._where = f"{access.text('host')}:{int(access.number('port', default=PORT))}"
        is_verified = access.flag("verify_tls", default=True)
        has_tls = access.flag(USE_TLS.key, default=False)
        authority = access.optional("ca_certificate") or "system"
        self._parameters: dict[str, Any] = {
            "host": access.text("host"),
            "port": int(access.number("port", default=PORT)),
            "user": access.text("username"),
            "password": access.optional("password"),
            "dbname": access.optional("database") or "postgres",
            "application_name": "homelab-steward",
            "sslmode": ("verify-full" if is_verified else "require") if has_tls else "prefer",
            "sslrootcert": authority if has_tls and is_verified else None,
            "options": "-c statement_timeout=5000 -c lock_timeout=2000",
        }
        self._connection: AsyncConnection[Any] | None = None
        self._turn = asyncio.Lock()

    @property
    def clock(self) -> Clock:
        """The clock that actions wait with."""
        return self.access.clock

    async def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            await self._connection.close()

    def opened(self, answer: object, gaps: Gaps, part: str) -> object:  # noqa: ARG002
        """Return the content of an answer."""
        return answer

    async def get(self, path: str, /, **_: Parameter | None) -> object:
        """Return what a statement of READS returns, of a backup nothing without pg_monitor.

        Raises ServiceError.
        """
        try:
            return await self.run(path, READS[path])
        except ServiceForbidden:
            if path != "base_backup":
                raise
            return {}

    async def run(self, name: str, statement: str, *, changes: bool = False) -> object:
        """Return the JSON that a statement returns, None for no row.

        Raises ServiceError; EffectUnknown when it ``changes`` something and its answer was lost.
        """
        async with self._turn:
            connection = await self._connected(Attempt(where=f"{name} {self._where}", changes=False))
            attempt = Attempt(where=f"{name} {self._where}", changes=changes)
            text = await self._execute(connection, attempt, f"-- {name}\n{statement}")
        return attempt.decode(text.encode()) if isinstance(text, str) else None

    async def _connected(self, attempt: Attempt) -> AsyncConnection[Any]:
        if self._connection is not None and not self._connection.closed:
            return self._connection
        psycopg = await asyncio.to_thread(importlib.import_module, "psycopg")
        try:
            async with asyncio.timeout(ANSWER):
                self._connection = await psycopg.AsyncConnection.connect(
                    **self._parameters, autocommit=True, prepare_threshold=None
                )
        except TimeoutError as err:
            raise attempt.not_sent("no answer in time") from err
        except psycopg.Error as err:
            text = plain(str(err))
            if any(part in text for part in _DENIED):
                raise ServiceUnauthorized(f"{self._where}: {text}") from err
            raise attempt.not_sent(text) from err
        return self._connection

    async def _execute(self, connection: AsyncConnection[Any], attempt: Attempt, statement: str) -> object:
        psycopg = importlib.import_module("psycopg")
        running = asyncio.create_task(connection.execute(statement.encode()))
        done, _ = await asyncio.wait({running}, timeout=ANSWER)
        try:
            if not done:
                raise attempt.no_answer("no answer in time")
            row = await (await running).fetchone()
        except psycopg.Error as err:
            code, text = err.sqlstate or "", plain(str(err))
            if code.startswith("28") or code == "42501":
                raise ServiceForbidden(f"{attempt.where}: {text}") from err
            if code.startswith(_REFUSED):
                raise ServiceRefused(f"{attempt.where}: {text}") from err
            await connection.close()
            raise attempt.no_answer(text) from err
        finally:
            if not running.done():
                await connection.close()
                running.cancel()
        return row[0] if row else None
