"""Starts, adds, changes and removes the configured instances while the app runs."""

import asyncio
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from types import MappingProxyType
from typing import Final

import structlog

from homelab_steward.contract.commands import SaveInstance
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.state import Instance, Origin

from ..error_mapping import to_contract_error
from ..errors import CertificateNotTrusted, InvalidArgument, ServiceUnreachable, StewardError
from ..sdk.description import AnyService
from ..sdk.tls import fetch_fingerprint, spelled
from ..settings.model import ConfiguredInstance
from ..store.store import Store
from ..texts import translate
from . import instance_rows, target_states
from .forms import Form, check_move, fill_in
from .instance_factory import Entry, InstanceFactory
from .instance_poller import InstancePoller
from .outages import OutageWatch
from .polling import AlertsFound, PollerContext
from .ports import Completeness
from .secret_vault import Vault

log = structlog.get_logger(__name__)

LONGEST_NAME: Final = 200
HOME_ASSISTANT: Final = "home_assistant"
"""The service key of Home Assistant itself."""


class ConfiguredInstances:
    """The instances of the settings file, and those that clients configured."""

    def __init__(
        self,
        store: Store,
        services: Mapping[str, AnyService],
        vault: Vault,
        configured: Sequence[ConfiguredInstance],
        context: PollerContext,
        wrong_services: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Nothing is read before :meth:`start_polling`.

        ``wrong_services`` has the services that cannot be used, with the reason.
        """
        self._store = store
        self._services = services
        self._vault = vault
        self._configured = configured
        self._context = replace(context, is_configured=self._is_configured)
        self._wrong_services = wrong_services
        self._entries: dict[str, Entry] = {}
        self._rows: dict[str, instance_rows.Row] = {}
        self._changing = asyncio.Lock()
        self.is_started = False

    async def start_polling(self, found: AlertsFound, outages: OutageWatch) -> None:
        """Read the configured instances and start to poll; ``found`` receives the alerts.

        Raises InvalidSetting with the key for an instance of the settings file. An instance of
        the database that cannot be used is kept with the reason.
        """
        self._found = found
        self._outages = outages
        self._factory = InstanceFactory(
            self._services, self._vault, self._context, found, outages, self._wrong_services
        )
        await asyncio.to_thread(self._vault.open)
        for number, one in enumerate(self._configured):
            self._entries[one.id] = self._factory.from_file(one, f"instances[{number}]")
        async with self._store.read() as connection:
            for row in await instance_rows.load(connection):
                self._rows[row.id] = row
                if row.id in self._entries:
                    log.warning("stored instance ignored: the settings file defines it", instance=row.id)
                    continue
                self._entries[row.id] = self._factory.from_row(row)
        await self._unbind_home(HOME_ASSISTANT)
        for entry in self._entries.values():
            entry.start()
        self.is_started = True

    async def close(self) -> None:
        """Stop polling and close all clients."""
        self.is_started = False
        await asyncio.gather(*(entry.close() for entry in self._entries.values()))

    def instances(self) -> tuple[Instance, ...]:
        """Return all instances in the order in which they were added."""
        return tuple(entry.instance for entry in self._entries.values())

    async def save(self, request: SaveInstance) -> Instance:
        """Add or change an instance after a successful poll; a missing secret keeps its stored value.

        If the host changes, every secret must be entered again.

        Raises ContractError: NOT_FOUND, FORBIDDEN (the settings file defines it),
        INVALID_ARGUMENT (service, name, a secret), INVALID_SETTING (with its ``key``),
        ALREADY_CONFIGURED (with the ``name`` of the instance that is the same service),
        INVALID_AUTH, CANNOT_CONNECT, CERTIFICATE_NOT_TRUSTED (with its ``fingerprint``),
        CONFIRMATION_NEEDED (with ``notices``, a line each) if the request asks first.
        """
        async with self._changing:
            old = self._changeable(request.id) if request.id is not None else None
            service = self._checked_service(request, old)
            instance_id = request.id or self._new_id(service.key)
            row = self._rows.get(instance_id)
            try:
                form = fill_in(service.settings, request.settings, self._factory.kept(row))
                if row is not None:
                    check_move(service.settings, row.settings, form, request.settings)
                entry = self._factory.from_client(instance_id, request, service, form)
                self._check_only(entry)
                await self._unbind_home(service.key)
                await self._try_and_store(entry, form, old, ask_first=request.ask_first)
            except CertificateNotTrusted as err:
                raise await _with_fingerprint(err) from err
            except StewardError as err:
                raise to_contract_error(err) from err
            self._activate(entry)
            if old is not None:
                await old.close()
            return entry.instance

    async def remove(self, instance_id: str) -> None:
        """Remove an instance and end its alerts. Raises ContractError NOT_FOUND, FORBIDDEN."""
        async with self._changing:
            entry = self._changeable(instance_id)
            with _silenced(entry):
                async with self._store.change(durable=True) as unit:
                    await instance_rows.drop(unit.connection, instance_id)
                    await target_states.drop_all(unit.connection, instance_id)
                    unit.publish(RowKind.SNAPSHOT, instance_id, None)
                    unit.publish(RowKind.INSTANCE, instance_id, None)
            del self._entries[instance_id], self._rows[instance_id]
            await entry.close()
            self._outages.forget(instance_id)
        try:
            await self._found(instance_id, (), Completeness.REMOVED)
        except Exception:
            # The instance is removed anyway; a person can still end its incidents.
            log.exception("alerts of a removed instance could not be ended", instance=instance_id)

    def _is_configured(self, service: str) -> bool:
        return any(entry.instance.service == service for entry in self._entries.values())

    def _changeable(self, instance_id: str) -> Entry:
        entry = self._entries.get(instance_id)
        if entry is None:
            raise ContractError(ErrorCode.NOT_FOUND, translate(t"There is no such instance"))
        if entry.instance.origin is Origin.FILE:
            raise _in_file()
        return entry

    def _checked_service(self, request: SaveInstance, old: Entry | None) -> AnyService:
        """Return the service of a request. Raises ContractError for an invalid service or name."""
        service = self._services.get(request.service)
        if service is None or (old is not None and old.instance.service != service.key):
            reason = translate(t"is not known") if service is None else "cannot be changed"
            raise to_contract_error(InvalidArgument("service", reason))
        if not service.is_addable:
            raise _in_file()
        if not 0 < len(request.name.strip()) <= LONGEST_NAME or not request.name.isprintable():
            raise to_contract_error(InvalidArgument("name", t"must be one short line of text"))
        return service

    def _check_only(self, entry: InstancePoller) -> None:
        """Raise ContractError when another instance is the same service."""
        for other in self._entries.values():
            is_other = other.instance.id != entry.instance.id
            if is_other and other.occupied.is_same(entry.occupied):
                name = other.instance.name
                raise ContractError(
                    ErrorCode.ALREADY_CONFIGURED, translate(t"{name} is the same service"), {"name": name}
                )

    async def _unbind_home(self, service: str) -> None:
        """Let the first instance of Home Assistant be bound to the connection of now, not to an old one."""
        is_first = all(one.service != HOME_ASSISTANT for one in self.instances())
        if service == HOME_ASSISTANT and is_first and self._context.home is not None:
            await self._context.home.unbind()

    def _new_id(self, service: str) -> str:
        while (instance_id := f"{service}-{secrets.token_hex(3)}") in self._entries:
            pass
        return instance_id

    async def _try_and_store(
        self, entry: InstancePoller, form: Form, old: Entry | None, *, ask_first: bool
    ) -> None:
        """Poll an instance once, then store and publish it."""
        entry.is_silent = True
        try:
            await entry.try_out()
            self._check_only(entry)
            if ask_first and entry.instance.notices:
                lines = "\n".join(entry.instance.notices)
                raise ContractError(ErrorCode.CONFIRMATION_NEEDED, lines, {"notices": lines})
            await self._store_row(entry, form, old)
        except BaseException:
            await entry.close()
            raise

    async def _store_row(self, entry: InstancePoller, form: Form, old: Entry | None) -> None:
        instance = entry.instance
        known = self._rows.get(instance.id)
        row = instance_rows.Row(
            id=instance.id,
            service=instance.service,
            name=instance.name,
            settings=form.plain,
            added_at=known.added_at if known else self._context.clock.now(),
            sealed=self._vault.seal(instance.id, form.secret) if form.secret else None,
        )
        with _silenced(old):
            async with self._store.change(durable=True) as unit:
                await instance_rows.put(unit.connection, row)
                unit.publish(RowKind.INSTANCE, instance.id, instance)
                unit.publish(RowKind.SNAPSHOT, instance.id, entry.snapshot)
        self._rows[instance.id] = row

    def _activate(self, entry: InstancePoller) -> None:
        """Start an instance; it replaces an entry with the same id."""
        self._entries[entry.instance.id] = entry
        entry.is_silent = False
        entry.start()


def _in_file() -> ContractError:
    """Return the error for a change of an instance that the settings file defines."""
    text = translate(t"This instance is defined in the settings file: change it there")
    return ContractError(ErrorCode.FORBIDDEN, text)


async def _with_fingerprint(error: CertificateNotTrusted) -> ContractError:
    """Return the error with the fingerprint that a person can compare and confirm."""
    try:
        fingerprint = await fetch_fingerprint(error.host, error.port)
    except ServiceUnreachable:
        return to_contract_error(error)
    placeholders = {"fingerprint": spelled(fingerprint), "reason": str(error)}
    return ContractError(ErrorCode.CERTIFICATE_NOT_TRUSTED, str(error), placeholders)


@contextmanager
def _silenced(entry: Entry | None) -> Iterator[None]:
    """Let an entry publish nothing within the block; it publishes again if the block fails."""
    if entry is None:
        yield
        return
    entry.is_silent = True
    try:
        yield
    except BaseException:
        entry.is_silent = False
        raise
