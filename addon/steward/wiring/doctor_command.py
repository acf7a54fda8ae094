"""The doctor as a command: asks the app that runs, and checks what it can itself while none does."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import aiohttp

from homelab_steward.contract.base import Message, Value
from homelab_steward.contract.doctor import DoctorReport, RunDoctor, Versions
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.protocol import Command, Nothing
from homelab_steward.contract.state import Instance, InstanceStatus, Origin, Snapshot
from mcp_bridge.remote import RemoteSteward

from ..clock import Clock, SystemClock
from ..doctor.doctor import examine
from ..doctor.findings import Checked
from ..doctor.home import check_home
from ..doctor.services import ServiceFacts
from ..doctor.settings import check_settings
from ..doctor.storage_reader import Free, free_bytes
from ..errors import InvalidSetting, StewardError
from ..inventory import instance_rows
from ..inventory.configured_instances import HOME_ASSISTANT
from ..inventory.forms import fill_in
from ..inventory.secret_vault import Vault
from ..inventory.trial import tried, try_service
from ..llm.egress import PrivacyContext
from ..observability.redaction import Redactor
from ..sdk import http
from ..sdk.description import AnyService
from ..secret_file import SecretFileUnusable, read_secret
from ..settings.model import ConfiguredInstance, Settings
from ..store.database import Database, StoreUnavailable
from ..store.start_check import SIGN
from ..texts import translate
from .doctor import Checks, Places, all_checks
from .model_stack import ModelStack
from .schedule_commands import CONNECT_SECONDS, address_of
from .services_and_runbooks import read_services
from .settings_check import check_files

CHECK_SECONDS = 120.0
"""Seconds that the running app may take: a language model may have to be reached."""


async def doctor_report(
    settings: Settings, file: Path | None, *, free: Free = free_bytes, clock: Clock | None = None
) -> DoctorReport:
    """Return the report of the app that runs, or what can be checked without one. Writes nothing.

    ``file`` is the settings file. Raises StewardError when a running app does not answer.
    """
    found = await _ask(settings, Command.RUN_DOCTOR, RunDoctor(now=True), DoctorReport)
    if found is not None:
        return found
    async with _without_app(settings, file, free, clock or SystemClock()) as (checks, offline):
        return await examine(
            all_checks(checks, offline.facts, offline.used.get, offline.settings_files, _home),
            await checks.versions(),
            checks.places.clock.now(),
            is_running=False,
        )


async def versions(settings: Settings) -> Versions:
    """Return the versions that the running app reports, or those that are known without one."""
    found = await _ask(settings, Command.GET_VERSIONS, Nothing(), Versions)
    if found is not None:
        return found
    async with _without_app(settings, None, free_bytes, SystemClock()) as (checks, _):
        return await checks.versions()


class AppDoesNotAnswer(StewardError):
    """The app runs, but refuses the token or fails."""


async def _ask[Answer: Message](
    settings: Settings, command: Command, request: Message, answer: type[Answer]
) -> Answer | None:
    """Return the answer of the app on this machine, None when nothing listens. Raises AppDoesNotAnswer."""
    try:
        token = settings.api_token or await asyncio.to_thread(read_secret, settings.data_dir / "token")
    except SecretFileUnusable:
        return None
    try:
        url, trusted = address_of(settings.listen)
    except OSError:
        return None  # its certificate is not there: the check of the settings says so
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trusted)) as session:
        if not await _listens(session, url):
            return None
        app = RemoteSteward(session, url, token)
        try:
            await app.start(CONNECT_SECONDS)
            return await app.call(command, request, answer, CHECK_SECONDS)
        except ContractError as err:
            if err.code is ErrorCode.CANNOT_CONNECT:
                return None
            raise AppDoesNotAnswer(err.message) from err
        finally:
            await app.close()


async def _listens(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(f"{url}/health", timeout=aiohttp.ClientTimeout(total=CONNECT_SECONDS)) as got:
            return got.ok
    except aiohttp.ClientError, TimeoutError, OSError:
        return False


@asynccontextmanager
async def _without_app(
    settings: Settings, file: Path | None, free: Free, clock: Clock
) -> AsyncIterator[tuple[Checks, Offline]]:
    """Yield the checks that need no running app."""
    redactor = Redactor()
    redactor.register(*settings.secrets())
    database = Database(settings.database_url)
    context = PrivacyContext(names=frozenset, clean=redactor.clean)
    try:
        async with http.session() as session:
            models = ModelStack(settings.models, session, database, context, clock, _nothing)
            try:
                places = Places(
                    settings=settings,
                    database=database,
                    session=session,
                    clock=clock,
                    list_models=models.gateway.offered,
                    is_running=False,
                    secret_files=() if file is None else (file,),
                    free=free,
                )
                yield Checks(places), Offline(places, _services(settings), redactor)
            finally:
                await models.close()
    finally:
        await database.close()


def _services(settings: Settings) -> Mapping[str, AnyService]:
    """Return the services that can be used; the check of the settings finds what is wrong with others."""
    try:
        return read_services(settings, lambda _: None)
    except StewardError:
        return {}


type Wanted = tuple[Instance, AnyService | None, Mapping[str, Value], str]
"""An instance, its service, its settings with the secrets, and why they cannot be used."""


@dataclass(slots=True)
class Offline:
    """What is read without a running app."""

    places: Places
    known: Mapping[str, AnyService]
    redactor: Redactor
    used: dict[str, AnyService] = field(default_factory=dict)
    """The services by the ids of the instances that were read."""

    async def settings_files(self) -> Checked:
        """Check the settings as the command check does."""
        try:
            await asyncio.to_thread(check_files, self.places.settings)
        except StewardError as err:
            return check_settings({}, str(err))
        return check_settings({})

    async def facts(self) -> list[ServiceFacts]:
        """Read every configured instance once."""
        wanted = [*map(self._of_file, self.places.settings.instances), *await self._of_rows()]
        return list(await asyncio.gather(*(self._read(one) for one in wanted)))

    def _of_file(self, one: ConfiguredInstance) -> Wanted:
        instance = Instance(id=one.id, service=one.service, name=one.name, origin=Origin.FILE)
        return self._filled(instance, one.settings, {})

    async def _of_rows(self) -> list[Wanted]:
        """Return the stored instances; none when the database cannot be read."""
        if not self.places.has_database:
            return []
        try:
            async with self.places.database.read() as connection:
                rows = await instance_rows.load(connection)
        except StoreUnavailable:
            return []
        key = self.places.settings.data_dir / SIGN
        vault = Vault(key)
        # Opening a vault without a key would create one.
        if key.is_file():
            await asyncio.to_thread(vault.open)
        return [self._of_row(one, vault if key.is_file() else None) for one in rows]

    def _of_row(self, row: instance_rows.Row, vault: Vault | None) -> Wanted:
        instance = Instance(id=row.id, service=row.service, name=row.name, origin=Origin.FRONT_END)
        try:
            kept = vault.unseal(row.id, row.sealed) if vault is not None and row.sealed else {}
        except StewardError as err:
            return instance, None, {}, str(err)
        return self._filled(instance, row.settings, kept)

    def _filled(self, instance: Instance, given: Mapping[str, Value], kept: Mapping[str, str]) -> Wanted:
        service = self.known.get(instance.service)
        if service is None:
            return instance, None, {}, translate(t"The service {instance.service} is not known.")
        try:
            form = fill_in(service.settings, given, kept)
        except InvalidSetting as err:
            return instance, service, {}, str(err)
        self.redactor.register(*form.secret.values())
        self.used[instance.id] = service
        return replace(instance, settings=dict(form.plain)), service, form.all(), ""

    async def _read(self, wanted: Wanted) -> ServiceFacts:
        instance, service, settings, problem = wanted
        if problem or service is None:
            return ServiceFacts(instance=replace(instance, status=InstanceStatus.FAILING, error=problem))
        if service.key == HOME_ASSISTANT:
            return ServiceFacts(instance=instance)  # only the running app is connected to it
        try:
            at = self.places
            found: Snapshot | StewardError = await try_service(
                service, instance.id, settings, at.session, at.clock, self.redactor.clean
            )
        except StewardError as err:
            found = err
        instance = tried(instance, found)
        if isinstance(found, StewardError):
            return ServiceFacts(instance=instance)
        notice = service.understood.notice(found.version)
        return ServiceFacts(
            instance=instance,
            missing_rights=found.missing_rights,
            version_notice=notice or "",
            was_read=True,
        )


async def _home() -> Checked:
    return check_home(None)


async def _nothing() -> None:
    """Publish nothing."""
