"""Creates pollers for instances from the settings file, the database or a client's request."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches

import structlog

from homelab_steward.contract.commands import SaveInstance
from homelab_steward.contract.state import Instance, InstanceStatus, Origin, Snapshot, TargetRef

from ..errors import InvalidSetting, ServiceRefused, ServiceUnauthorized
from ..sdk.description import AnyService, Client, IncomingAlert
from ..sdk.item_versions import Deployment, ItemFolder, ItemVersion
from ..sdk.testimonies import Said
from ..settings.model import ConfiguredInstance
from ..texts import translate
from .duplicates import Occupied, occupied
from .forms import Form, fill_in
from .instance_poller import InstancePoller
from .instance_rows import Row
from .outages import OutageWatch
from .polling import AlertsFound, PollerContext
from .ports import Seen
from .secret_vault import SecretsUnreadable, Vault
from .topology import Place

log = structlog.get_logger(__name__)


class UnusableInstance:
    """A configured instance that cannot be polled; its row has the reason."""

    def __init__(self, instance: Instance, service: AnyService | None) -> None:
        """``service`` is None when the app does not know it."""
        self.instance = instance
        self.service = service
        self.snapshot: Snapshot | None = None
        self.versions: tuple[ItemVersion, ...] = ()
        self.deployments: tuple[Deployment, ...] = ()
        self.folders: tuple[ItemFolder, ...] = ()
        self.said: tuple[Said, ...] = ()
        self.places: tuple[Place, ...] = ()
        self.is_silent = False
        self.signs_webhooks = False
        self.has_login: bool | None = None
        self.first_poll = asyncio.Event()
        self.first_poll.set()

    @property
    def occupied(self) -> Occupied:
        """The address and the secrets in its settings."""
        fields = self.service.settings if self.service else ()
        return occupied(self.instance.service, fields, self.instance.settings, "")

    def start(self) -> None:
        """Do nothing, because there is nothing to poll."""

    def poll_soon(self) -> None:
        """Do nothing, because there is nothing to poll."""

    async def close(self) -> None:
        """Do nothing, because there is no client."""

    def connect(self) -> Client:
        """Raise ServiceRefused."""
        raise ServiceRefused(self.instance.error or t"The instance cannot be used")

    def seen(self, _target: TargetRef) -> Seen:
        """Return a result without readings."""
        return Seen(is_listed=False)

    def parse(self, _headers: Mapping[str, str], _body: bytes) -> tuple[IncomingAlert, ...] | None:
        """Return None, because it accepts no alerts."""
        return None

    def take_change(self, _headers: Mapping[str, str], _body: bytes) -> bool:
        """Raise ServiceUnauthorized, because it takes no webhooks."""
        raise ServiceUnauthorized(t"{self.instance.name} takes no webhooks")

    async def poll(self) -> Snapshot:
        """Raise ServiceRefused."""
        raise ServiceRefused(self.instance.error or t"The instance cannot be used")


type Entry = InstancePoller | UnusableInstance


class InstanceFactory:
    """Checks settings, decrypts secrets, and registers them with the redactor."""

    def __init__(
        self,
        services: Mapping[str, AnyService],
        vault: Vault,
        context: PollerContext,
        found: AlertsFound,
        outages: OutageWatch,
        wrong: Mapping[str, str],
    ) -> None:
        """Pollers use ``context`` and report alerts to ``found``. The factory does not start them.

        ``wrong`` has the services that cannot be used, with the reason.
        """
        self._wrong = wrong
        self._services = services
        self._vault = vault
        self._context = context
        self._found = found
        self._outages = outages

    def from_file(self, one: ConfiguredInstance, key: str) -> Entry:
        """Return the poller of an instance of the settings file.

        It is an UnusableInstance when its service cannot be used. Raises InvalidSetting, with
        its key below ``key``.
        """
        if one.service not in self._services and one.service in self._wrong:
            # Without the service it is not known which of the settings are secrets.
            unusable = Instance(id=one.id, service=one.service, name=one.name, origin=Origin.FILE)
            return _unusable(unusable, None, InstanceStatus.FAILING, self._wrong[one.service])
        service, form = checked(one, key, self._services)
        instance = Instance(
            id=one.id, service=service.key, name=one.name, origin=Origin.FILE, settings=dict(form.plain)
        )
        return self._poller(instance, service, form)

    def from_row(self, row: Row) -> Entry:
        """Return the poller of an instance of the database, or an UnusableInstance with the reason."""
        service = self._services.get(row.service)
        instance = Instance(
            id=row.id,
            service=row.service,
            name=row.name,
            origin=Origin.FRONT_END,
            settings=dict(row.settings),
        )
        if service is None:
            unknown = translate(t"This version of the app does not know {row.service}")
            reason = self._wrong.get(row.service, unknown)
            return _unusable(instance, None, InstanceStatus.FAILING, reason)
        try:
            kept = self._vault.unseal(row.id, row.sealed) if row.sealed else {}
            form = fill_in(service.settings, row.settings, kept)
        except SecretsUnreadable as err:
            return _unusable(instance, service, InstanceStatus.UNAUTHORIZED, str(err))
        except InvalidSetting as err:
            return _unusable(instance, service, InstanceStatus.FAILING, str(err))
        return self._poller(instance, service, form)

    def from_client(
        self, instance_id: str, request: SaveInstance, service: AnyService, form: Form
    ) -> InstancePoller:
        """Return the poller of an instance that a client adds or changes."""
        instance = Instance(
            id=instance_id,
            service=service.key,
            name=request.name.strip(),
            origin=Origin.FRONT_END,
            settings=dict(form.plain),
        )
        return self._poller(instance, service, form)

    def kept(self, row: Row | None) -> Mapping[str, str]:
        """Return stored secrets; empty when they cannot be decrypted and must be entered again."""
        if row is None or row.sealed is None:
            return {}
        try:
            return self._vault.unseal(row.id, row.sealed)
        except SecretsUnreadable as err:
            log.warning("stored secrets cannot be decrypted", instance=row.id, reason=str(err))
            return {}

    def _poller(self, instance: Instance, service: AnyService, form: Form) -> InstancePoller:
        self._context.redactor.register(*form.secret.values())
        return InstancePoller(instance, service, form.all(), self._context, self._found, self._outages)


def checked(one: ConfiguredInstance, key: str, services: Mapping[str, AnyService]) -> tuple[AnyService, Form]:
    """Return the service and the form of an instance of the settings file.

    Raises InvalidSetting, with its key below ``key``.
    """
    service = services.get(one.service)
    if service is None:
        near = get_close_matches(one.service, services, n=1)
        mean = translate(t", did you mean {near[0]}?") if near else ""
        raise InvalidSetting(f"{key}.service", t"{one.service} is not known{mean}")
    try:
        return service, fill_in(service.settings, one.settings, {})
    except InvalidSetting as err:
        raise InvalidSetting(f"{key}.settings.{err.key}", err.reason) from err


def _unusable(
    instance: Instance, service: AnyService | None, status: InstanceStatus, reason: str
) -> UnusableInstance:
    log.error("instance cannot be used", instance=instance.id, reason=reason)
    return UnusableInstance(replace(instance, status=status, error=reason), service)
