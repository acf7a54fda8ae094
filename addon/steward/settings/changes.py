"""Settings of updates: what is held for how long, what is updated together, and when."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final

from probatio import Invalid

from homelab_steward.contract.base import Many
from homelab_steward.contract.changes import Distance

from ..sdk.image_names import parse_image
from .checks import key, path, time_of_day, whole

LONGEST_HOLD: Final = 365
SHORTEST_WATCH: Final = 10
LONGEST_WATCH: Final = 86_400


def registry(value: object) -> str:
    """Return the host of a container registry; Docker Hub's other names become ``docker.io``."""
    found = parse_image(f"{value}/a/b") if isinstance(value, str) else None
    if found is None or found.repository.path != "a/b":
        raise Invalid("must be the host of a registry, such as ghcr.io or registry.example.org:5000")
    return found.repository.registry


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryLogin:
    """User name and password, or access token, of a container registry. ``plain_http``: it has no TLS."""

    host: Annotated[str, registry]
    username: str = ""
    password: str = field(default="", repr=False)
    plain_http: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeGroup:
    """Targets whose updates follow rules of their own; the first group that fits counts.

    ``services``, ``kinds`` and ``names`` (patterns such as ``*arr``) restrict what belongs to it, an empty
    one allows everything; ``labels`` must all be as given. Days that are None are those of Changes. The
    targets of ``canary`` (patterns) get a version first, the others ``wave_size`` at a time, each wave when
    the one before runs well. With ``only_in_maintenance`` an approved update waits for the next
    maintenance window of its target. ``ignore``: nobody is asked about its updates.
    """

    id: Annotated[str, key]
    services: Many[str] = ()
    kinds: Many[str] = ()
    names: Many[str] = ()
    labels: dict[str, str] = field(default_factory=dict)
    digest_days: Annotated[int, whole(0, LONGEST_HOLD)] | None = None
    patch_days: Annotated[int, whole(0, LONGEST_HOLD)] | None = None
    minor_days: Annotated[int, whole(0, LONGEST_HOLD)] | None = None
    major_days: Annotated[int, whole(0, LONGEST_HOLD)] | None = None
    unknown_days: Annotated[int, whole(0, LONGEST_HOLD)] | None = None
    canary: Many[str] = ()
    wave_size: Annotated[int, whole(1, 100)] = 5
    only_in_maintenance: bool = False
    ignore: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Updates of what the services run.

    Off, nothing is looked for and nobody is asked. The days are those between the release of a version
    and the question about it, by how far it is from the one that runs. What was held is asked about at
    the local time ``ask_at``, so that one request is about all of a day; None asks at any time.
    ``card_most`` is how many safe updates one request names. An update is watched for ``watch_seconds``; None
    watches for longer the more it changes. While it is applied and watched, it is read every
    ``watch_poll_seconds``. ``templates`` is a folder with templates of the owner, for pull requests.
    Snapshots and backups that were made before an update are removed ``keep_days`` after it.
    """

    enabled: bool = True
    digest_days: Annotated[int, whole(0, LONGEST_HOLD)] = 1
    patch_days: Annotated[int, whole(0, LONGEST_HOLD)] = 3
    minor_days: Annotated[int, whole(0, LONGEST_HOLD)] = 7
    major_days: Annotated[int, whole(0, LONGEST_HOLD)] = 14
    unknown_days: Annotated[int, whole(0, LONGEST_HOLD)] = 14
    ask_at: Annotated[str, time_of_day] | None = "18:00"
    card_most: Annotated[int, whole(1, 20)] = 10
    watch_seconds: Annotated[int, whole(SHORTEST_WATCH, LONGEST_WATCH)] | None = None
    watch_poll_seconds: Annotated[int, whole(2, 60)] = 15
    keep_days: Annotated[int, whole(1, LONGEST_HOLD)] = 7
    groups: Many[ChangeGroup] = ()
    templates: Annotated[Path, path] | None = None

    def days(self, distance: Distance, group: ChangeGroup | None) -> int:
        """Return for how many days an update of a group is held."""
        field_of = f"{distance.value}_days"
        own: int | None = getattr(group, field_of) if group else None
        general: int = getattr(self, field_of)
        return general if own is None else own
