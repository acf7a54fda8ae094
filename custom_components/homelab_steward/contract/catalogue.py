"""The catalogue: what the app offers its clients to watch, read and change."""

from dataclasses import dataclass
from enum import StrEnum

from .base import Many, Message, Value


class SettingKind(StrEnum):
    """The kind of input of a setting or an argument."""

    TEXT = "text"
    SECRET = "secret"  # noqa: S105 - a kind, not a password
    URL = "url"
    NUMBER = "number"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    TARGET = "target"


class Risk(StrEnum):
    """How much harm an action can do."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Platform(StrEnum):
    """The kind of entity a reading becomes."""

    SENSOR = "sensor"
    BINARY_SENSOR = "binary_sensor"


class ControlKind(StrEnum):
    """The kind of entity a control becomes."""

    SWITCH = "switch"
    SELECT = "select"
    NUMBER = "number"
    UPDATE = "update"
    BUTTON = "button"


@dataclass(frozen=True, slots=True, kw_only=True)
class Category(Message):
    """A group of services, with the name of its Telegram topic. The set is open."""

    key: str
    name: str
    icon: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field(Message):
    """One setting of an instance or one argument of an action or tool.

    A field of kind TARGET takes the id of a resource of the kind ``scope`` in the same instance.
    """

    key: str
    kind: SettingKind
    name: str
    description: str = ""
    required: bool = True
    default: Value = None
    choices: Many[str] = ()
    minimum: float | None = None
    maximum: float | None = None
    unit: str | None = None
    scope: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorOffer(Message):
    """One reading. ``scope`` is the kind of resource it is read from, None for the instance."""

    key: str
    name: str
    platform: Platform = Platform.SENSOR
    scope: str | None = None
    unit: str | None = None
    device_class: str | None = None
    state_class: str | None = None
    diagnostic: bool = False
    enabled_by_default: bool = True
    icon: str | None = None
    precision: int | None = None
    options: Many[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionOffer(Message):
    """One change that the app can make after an approval."""

    key: str
    name: str
    description: str
    risk: Risk
    reversible: bool
    scope: str | None = None
    arguments: Many[Field] = ()
    button: bool = False
    icon: str | None = None
    capability: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolOffer(Message):
    """One question that the app answers by reading only.

    ``is_sent_out``: the texts in its arguments are sent to servers on the Internet.
    ``is_owner_only``: what it reads is private, and only for a person with the role owner.
    """

    key: str
    name: str
    description: str
    scope: str | None = None
    arguments: Many[Field] = ()
    capability: str | None = None
    is_sent_out: bool = False
    is_owner_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlOffer(Message):
    """A reading plus an action as one entity; using it asks at the gate.

    ``action`` gets ``argument`` from the entity's new value; a switch has ``off_action`` too.
    ``latest`` is the reading with the newest version of an update, ``release_url`` the page about
    its versions. Only an update may have no action: it shows the versions and installs nothing.
    """

    key: str
    name: str
    kind: ControlKind
    action: str | None = None
    reading: str | None = None
    off_action: str | None = None
    argument: str | None = None
    latest: str | None = None
    release_url: str | None = None
    scope: str | None = None
    icon: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceOffer(Message):
    """A kind of resource; with ``is_device`` each one is a device of its own."""

    kind: str
    name: str
    role: str | None = None
    is_device: bool = False
    icon: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RightOffer(Message):
    """A right that the service's credentials may have or lack."""

    key: str
    name: str
    needed_for: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceOffer(Message):
    """One kind of service: its settings, readings, actions, tools and controls.

    ``takes_webhooks``: it can post its alerts, or what changed, to the webhook of each instance. ``suite``
    names services that people use together, within a category or across some. ``is_addable``: people can
    add instances; without it they are in the settings file only.
    """

    key: str
    name: str
    category: str
    settings: Many[Field]
    sensors: Many[SensorOffer] = ()
    actions: Many[ActionOffer] = ()
    tools: Many[ToolOffer] = ()
    controls: Many[ControlOffer] = ()
    resources: Many[ResourceOffer] = ()
    rights: Many[RightOffer] = ()
    manufacturer: str | None = None
    icon: str | None = None
    takes_webhooks: bool = False
    suite: str | None = None
    is_addable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue(Message):
    """All services this app knows; ``digest`` changes with any of its content."""

    digest: str
    services: Many[ServiceOffer]
    categories: Many[Category] = ()

    def service(self, key: str) -> ServiceOffer | None:
        """Return the service with this key, None when the app does not know it."""
        return next((offer for offer in self.services if offer.key == key), None)


def name_of(offer: SensorOffer | ActionOffer | ControlOffer, resource: str | None) -> str:
    """Return the catalogue's name of a reading, action or control, with its resource if given.

    ``Memory`` of the resource ``radarr`` is ``radarr memory``; abbreviations such as ``PoE``
    keep their capitals.
    """
    if resource is None:
        return offer.name
    first, space, rest = offer.name.partition(" ")
    return f"{resource} {first if first[1:] != first[1:].lower() else first.lower()}{space}{rest}"


def translation_key(service: str, offer: SensorOffer | ActionOffer | ControlOffer) -> str:
    """Return the translation key of a reading, action or control: service, kind of resource, key."""
    return "_".join(part for part in (service, offer.scope, offer.key) if part)
