"""Builds the checks of the doctor from what they read."""

import asyncio
import platform
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

import aiohttp
from sqlalchemy import func, select

from homelab_steward.contract.catalogue import SettingKind
from homelab_steward.contract.doctor import Area, Versions
from homelab_steward.contract.protocol import SCHEMA_VERSION
from homelab_steward.contract.restore_drill import RestoreReport

from ..api.listener import open_listener
from ..clock import Clock
from ..doctor.backup_reader import read_backups
from ..doctor.backups import check_backups
from ..doctor.clock import ClockReading, check_clock
from ..doctor.doctor import Check
from ..doctor.findings import Checked
from ..doctor.http_probe import Probed, ahead_of, probe
from ..doctor.model_reader import ListModels, read_models
from ..doctor.models import check_models
from ..doctor.network import NetworkFacts, check_network
from ..doctor.services import ServiceFacts, check_services
from ..doctor.storage import check_storage
from ..doctor.storage_reader import Free, free_bytes, read_storage
from ..doctor.telegram import check_telegram
from ..doctor.telegram_reader import read_telegram
from ..errors import StewardError
from ..llm.model_check import ModelChecks
from ..sdk.description import AnyService
from ..settings.model import Listen, Settings
from ..store import restore_proofs
from ..store.app_metadata import read_value
from ..store.database import Database, StoreUnavailable
from ..store.migrate import stored_revision
from ..telegram.settings import CHOSEN
from .announcing import supervisor_token

VERSION: Final = version("homelab-steward")

type Services = Callable[[str], AnyService | None]
"""Returns the service of an instance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """What the checks use.

    ``is_running``: the app itself checks, so it is the one that reads Telegram's updates and uses the port.
    ``secret_files`` are files with secrets besides those of the data folder.
    """

    settings: Settings
    database: Database
    session: aiohttp.ClientSession
    clock: Clock
    list_models: ListModels
    is_running: bool
    secret_files: Iterable[Path] = ()
    free: Free = free_bytes

    @property
    def has_database(self) -> bool:
        """Whether there is a database to read: opening a missing file would create it."""
        file = self.database.file
        return file is None or file.is_file()


@dataclass(slots=True)
class Checks:
    """The checks that need no running app."""

    places: Places
    _probes: dict[str, asyncio.Task[Probed]] = field(default_factory=dict, init=False)

    async def storage(self) -> Checked:
        """Check the data folder and the database."""
        at = self.places
        facts = await read_storage(at.settings.data_dir, at.database, at.secret_files, at.free)
        return check_storage(facts)

    async def clock(self, addresses: Mapping[str, str]) -> Checked:
        """Compare the clock with those of servers, by the name of each, and of a PostgreSQL server."""
        probed = await self.probe_all(addresses)
        found = [
            ClockReading(source=name, ahead=one.ahead)
            for name, one in probed.items()
            if one.ahead is not None
        ]
        if (ahead := await self._database_ahead()) is not None:
            found.append(ClockReading(source="PostgreSQL", ahead=ahead))
        return check_clock(found)

    async def probe_all(self, addresses: Mapping[str, str]) -> dict[str, Probed]:
        """Return what the servers say, by the same keys; each address is asked once."""
        at = self.places
        for address in addresses.values():
            if address not in self._probes:
                self._probes[address] = asyncio.create_task(probe(at.session, address, at.clock))
        return {name: await self._probes[address] for name, address in addresses.items()}

    async def models(self) -> Checked:
        """Check the language models."""
        at = self.places
        checks = ModelChecks(at.database, at.clock)
        known = await self._stored(lambda: checks.of(at.settings.models)) or {}
        return check_models(await read_models(at.settings.models, at.list_models, known))

    async def telegram(self) -> Checked:
        """Check the bot."""
        at = self.places
        settings = at.settings.telegram
        if settings is None:
            return check_telegram(None)
        chat_id = settings.chat_id or await self._chosen_chat()
        facts = await read_telegram(at.session, settings, chat_id, may_poll=not at.is_running)
        return check_telegram(facts)

    async def backups(self) -> Checked:
        """Check the backups of the app."""
        at = self.places
        settings = at.settings
        restores = await self._restores()
        facts = await read_backups(settings.backup_dir, settings.backups.every, restores, settings.data_dir)
        return check_backups(facts, at.clock.now())

    async def network(self) -> Checked:
        """Check the address of the app."""
        listen = self.places.settings.listen
        problem = "" if self.places.is_running else await asyncio.to_thread(_port_problem, listen)
        return check_network(
            NetworkFacts(
                host=listen.host,
                port=listen.port,
                has_tls=listen.tls_certificate is not None,
                is_private=bool(supervisor_token() or listen.trusted_proxies),
                has_mcp=bool(self.places.settings.mcp.tokens),
                port_problem=problem,
            )
        )

    async def _stored[Value](self, read: Callable[[], Awaitable[Value]]) -> Value | None:
        """Return what is read from the database, None when there is none or it cannot be read."""
        if not self.places.has_database:
            return None
        try:
            return await read()
        except StoreUnavailable:
            return None  # the check of the storage says why

    async def _database_ahead(self) -> float | None:
        database, clock = self.places.database, self.places.clock

        async def read() -> float:
            begun = clock.now()
            async with database.read() as connection:
                answered: datetime = (await connection.execute(select(func.clock_timestamp()))).scalar_one()
            return ahead_of(answered, begun, clock.now())

        return None if database.is_sqlite else await self._stored(read)

    async def _chosen_chat(self) -> int | None:
        async def read() -> str | None:
            async with self.places.database.read() as connection:
                return await read_value(connection, CHOSEN)

        found = await self._stored(read)
        return None if found is None else int(found)

    async def _restores(self) -> RestoreReport | None:
        async def read() -> RestoreReport | None:
            async with self.places.database.read() as connection:
                return await restore_proofs.report(connection)

        return await self._stored(read)

    async def versions(self, integration: str | None = None) -> Versions:
        """Return the versions of the parts; ``integration`` is that of the connected one."""

        async def read() -> str | None:
            async with self.places.database.read() as connection:
                return await connection.run_sync(stored_revision)

        return Versions(
            app=VERSION,
            contract=SCHEMA_VERSION,
            database=await self._stored(read),
            python=platform.python_version(),
            integration=integration,
        )


def addresses_of(facts: Iterable[ServiceFacts], services: Services) -> dict[str, str]:
    """Return the web address of each service that has one, by its name."""
    found: dict[str, str] = {}
    for one in facts:
        service = services(one.instance.id)
        keys = [each.key for each in service.settings if each.kind is SettingKind.URL] if service else []
        urls = [str(one.instance.settings.get(key) or "") for key in keys]
        if urls and urls[0].startswith("http"):
            found[one.instance.name] = urls[0]
    return found


def with_certificates(facts: Iterable[ServiceFacts], probed: Mapping[str, Probed]) -> list[ServiceFacts]:
    """Return the facts with the end of each certificate."""
    return [
        replace(one, certificate_until=probed[one.instance.name].certificate_until)
        if one.instance.name in probed
        else one
        for one in facts
    ]


def all_checks(
    checks: Checks,
    facts: Callable[[], Awaitable[list[ServiceFacts]]],
    services: Services,
    settings: Callable[[], Awaitable[Checked]],
    home: Callable[[], Awaitable[Checked]],
) -> dict[Area, Check]:
    """Return the check of each area; ``facts`` reads the services once for those that need them."""
    reading: list[asyncio.Task[list[ServiceFacts]]] = []

    async def read() -> list[ServiceFacts]:
        if not reading:
            reading.append(asyncio.ensure_future(facts()))
        return await reading[0]

    async def of_services() -> Checked:
        found = await read()
        probed = await checks.probe_all(addresses_of(found, services))
        return check_services(with_certificates(found, probed), checks.places.clock.now())

    async def of_clock() -> Checked:
        return await checks.clock(addresses_of(await read(), services))

    return {
        Area.SETTINGS: settings,
        Area.STORAGE: checks.storage,
        Area.CLOCK: of_clock,
        Area.SERVICES: of_services,
        Area.MODELS: checks.models,
        Area.TELEGRAM: checks.telegram,
        Area.HOME: home,
        Area.BACKUPS: checks.backups,
        Area.NETWORK: checks.network,
    }


def _port_problem(listen: Listen) -> str:
    """Return why the app could not listen, "" when it could."""
    try:
        open_listener(listen).close()
    except StewardError as err:
        return str(err)
    return ""
