"""The inventory itself: instances added, changed, removed and read while the app runs."""

import asyncio
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final, override

import structlog

from homelab_steward.contract.base import Value
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.protocol import RowKind, SaveInstance
from homelab_steward.contract.state import Instance, Origin, Snapshot, TargetRef

from ..description import AnyService, Client
from ..error_mapping import to_contract_error
from ..errors import InvalidArgument, ServiceRefused, ServiceUnreachable, StewardError
from ..settings.model import ConfiguredInstance
from ..store.store import Store
from . import instance_rows
from .forms import Form, check_move, fill_in
from .instance_factory import Entry, InstanceFactory
from .instance_poller import InstancePoller, PollerContext
from .ports import Inventory
from .secret_vault import Vault
from .topology import INSTANCE, Topology

log = structlog.get_logger(__name__)

LONGEST_NAME: Final = 200


class LiveInventory(Inventory):
    """All instances of the settings file, and those that faces configured."""

    def __init__(
        self,
        store: Store,
        services: Mapping[str, AnyService],
        vault: Vault,
        configured: Sequence[ConfiguredInstance],
        context: PollerContext,
    ) -> None:
        """Nothing is read before :meth:`start`."""
        self._store = store
        self._services = services
        self._vault = vault
        self._factory = InstanceFactory(services, vault, context)
        self._configured = configured
        self._context = context
        self._entries: dict[str, Entry] = {}
        self._rows: dict[str, instance_rows.Row] = {}
        self._drawn: tuple[object, Topology] | None = None
        self._changing = asyncio.Lock()
        self.is_started = False

    async def start(self) -> None:
        """Read what is configured and begin to poll.

        Raises InvalidSetting for the settings file's instances, naming the key;
        an instance of the database that cannot be used is kept, with the reason.
        """
        await asyncio.to_thread(self._vault.open)
        for number, one in enumerate(self._configured):
            self._entries[one.id] = self._factory.from_file(one, f"instances[{number}]")
        async with self._store.read() as connection:
            for row in await instance_rows.load(connection):
                self._rows[row.id] = row
                if row.id in self._entries:
                    log.warning("the settings file has this instance too and wins", instance=row.id)
                    continue
                self._entries[row.id] = self._factory.from_row(row)
        for entry in self._entries.values():
            entry.start()
        self.is_started = True

    async def close(self) -> None:
        """Stop polling and let go of all clients."""
        self.is_started = False
        await asyncio.gather(*(entry.close() for entry in self._entries.values()))

    async def save(self, request: SaveInstance) -> Instance:
        """Add or change an instance once it has answered one poll; a secret left out is kept.

        At another host every secret must be given anew.

        Raises ContractError: NOT_FOUND, FORBIDDEN (the settings file has it),
        INVALID_ARGUMENT (service, name, a secret), INVALID_SETTING (with its ``key``),
        INVALID_AUTH, CANNOT_CONNECT.
        """
        async with self._changing:
            old = self._changeable(request.id) if request.id is not None else None
            service = self._named(request, old)
            instance_id = request.id or self._new_id(service.key)
            row = self._rows.get(instance_id)
            try:
                form = fill_in(service.settings, request.settings, self._factory.kept(row))
                if row is not None:
                    check_move(service.settings, row.settings, form, request.settings)
                entry = self._factory.from_client(instance_id, request, service, form)
                await self._try_and_store(entry, form, old)
            except StewardError as err:
                raise to_contract_error(err) from err
            self._put_in(entry)
            if old is not None:
                await old.close()
            return entry.instance

    async def remove(self, instance_id: str) -> None:
        """Forget an instance; its alerts are over. Raises ContractError NOT_FOUND, FORBIDDEN."""
        async with self._changing:
            entry = self._changeable(instance_id)
            with _silenced(entry):
                async with self._store.change(durable=True) as unit:
                    await instance_rows.drop(unit.connection, instance_id)
                    unit.publish(RowKind.SNAPSHOT, instance_id, None)
                    unit.publish(RowKind.INSTANCE, instance_id, None)
            del self._entries[instance_id], self._rows[instance_id]
            self._drawn = None
            await entry.close()
        try:
            await self._context.found(instance_id, (), True)
        except Exception:
            # It is gone all the same; its incidents can still be ended by hand.
            log.exception("alerts of a removed instance did not end", instance=instance_id)

    @override
    def instances(self) -> tuple[Instance, ...]:
        return tuple(entry.instance for entry in self._entries.values())

    def snapshots(self) -> tuple[Snapshot, ...]:
        """Return the last readings of all instances that have been read."""
        return tuple(entry.snapshot for entry in self._entries.values() if entry.snapshot)

    @override
    def instance(self, instance_id: str) -> Instance | None:
        entry = self._entries.get(instance_id)
        return entry.instance if entry else None

    @override
    def service(self, instance_id: str) -> AnyService | None:
        entry = self._entries.get(instance_id)
        return entry.service if entry else None

    @override
    def client(self, instance_id: str) -> Client:
        try:
            return self._entry(instance_id).connect()
        except ServiceRefused as err:
            raise ServiceUnreachable(str(err)) from err

    @override
    def snapshot(self, instance_id: str) -> Snapshot | None:
        entry = self._entries.get(instance_id)
        return entry.snapshot if entry else None

    @override
    async def poll_now(self, instance_id: str) -> Snapshot:
        return await self._entry(instance_id).poll()

    @override
    def target(self, instance_id: str, target_id: str | None) -> TargetRef | None:
        return self._topology().target(instance_id, target_id)

    @override
    def locate(self, labels: Mapping[str, str]) -> TargetRef | None:
        return self._topology().locate(labels)

    @override
    def parents(self, target: TargetRef) -> tuple[TargetRef, ...]:
        return self._topology().parents(target)

    @override
    def clean(self, text: str) -> str:
        return self._context.redactor.clean(text)

    @override
    def application(self, target: TargetRef) -> TargetRef | None:
        return self._topology().application(target)

    @override
    def readings(self, target: TargetRef) -> Mapping[str, Value]:
        snapshot = self.snapshot(target.instance_id)
        if snapshot is None:
            return {}
        if target.kind == INSTANCE:
            return snapshot.values
        fitting = (one.values for one in snapshot.resources if (one.kind, one.id) == (target.kind, target.id))
        return next(fitting, {})

    def _topology(self) -> Topology:
        """Return the targets there are, drawn anew when there are others."""
        entries = self._entries.values()
        key = tuple((entry.instance.name, entry.places) for entry in entries)
        if self._drawn is None or self._drawn[0] != key:
            found = (place for entry in entries for place in entry.places)
            self._drawn = (key, Topology(self.instances(), found))
        return self._drawn[1]

    def _entry(self, instance_id: str) -> Entry:
        entry = self._entries.get(instance_id)
        if entry is None:
            raise ServiceUnreachable(f"There is no instance {instance_id}")
        return entry

    def _changeable(self, instance_id: str) -> Entry:
        entry = self._entries.get(instance_id)
        if entry is None:
            raise ContractError(ErrorCode.NOT_FOUND, "There is no such instance")
        if entry.instance.origin is Origin.FILE:
            raise ContractError(ErrorCode.FORBIDDEN, "The settings file has it: change it there")
        return entry

    def _named(self, request: SaveInstance, old: Entry | None) -> AnyService:
        """Return the service a request names, once its name is one too."""
        service = self._services.get(request.service)
        if service is None or (old is not None and old.instance.service != service.key):
            reason = "is not known" if service is None else "cannot be changed"
            raise to_contract_error(InvalidArgument("service", reason))
        if not 0 < len(request.name.strip()) <= LONGEST_NAME or not request.name.isprintable():
            raise to_contract_error(InvalidArgument("name", "must be one short line of text"))
        return service

    def _new_id(self, service: str) -> str:
        while (made := f"{service}-{secrets.token_hex(3)}") in self._entries:
            pass
        return made

    async def _try_and_store(self, entry: InstancePoller, form: Form, old: Entry | None) -> None:
        """Have an instance answer once, then store it and have it told."""
        entry.is_silent = True
        try:
            await entry.try_out()
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

    def _put_in(self, entry: InstancePoller) -> None:
        """Let an instance live, in its old one's place if it had one."""
        self._entries[entry.instance.id] = entry
        self._drawn = None
        entry.is_silent = False
        entry.start()


@contextmanager
def _silenced(entry: Entry | None) -> Iterator[None]:
    """Keep an entry that is on its way out from telling anything; one that stays may again."""
    if entry is None:
        yield
        return
    entry.is_silent = True
    try:
        yield
    except BaseException:
        entry.is_silent = False
        raise
