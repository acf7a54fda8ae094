"""What Healthchecks answers, typed. Source: its Management API, version 3."""

import hashlib
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from ...sdk.alarms import Status
from ...sdk.answers import Item, NotKnown, Time, many
from ...sdk.format import span
from ...sdk.monitors.watched import MonitorState, Overview, Watched, watch

STATUSES: Final = {
    "up": Status.UP,
    "grace": Status.UP,
    "down": Status.DOWN,
    "paused": Status.PAUSED,
    "new": Status.UNKNOWN,
}
_WHY: Final = {"grace": "late", "new": "it has not reported yet"}


class Job(Item, rename=None):
    """One check: a job that must report. ``grace`` and ``timeout`` in seconds.

    A read-only key gets ``unique_key`` in place of the UUID. Other texts of a check, such as its
    ping address, are secrets and are not read.
    """

    name: str
    status: str
    uuid: UUID | None = None
    unique_key: str = ""
    tags: str = ""
    slug: str = ""
    grace: int | None = None
    timeout: int | None = None
    schedule: str = ""
    started: bool = False
    last_ping: Time | None = None
    last_duration: int | None = None

    def __post_init__(self) -> None:
        """Raise ValueError when nothing identifies it."""
        if self.uuid is None and not self.unique_key:
            raise ValueError("it has neither a UUID nor a unique key")

    @property
    def key(self) -> str:
        """What identifies it, the same with each kind of API key."""
        if self.uuid is None:
            return self.unique_key
        return hashlib.sha1(self.uuid.hex[:16].encode(), usedforsecurity=False).hexdigest()

    @property
    def title(self) -> str:
        """Its name; Healthchecks allows an empty one."""
        return self.name or self.slug or self.key[:8]

    @property
    def labels(self) -> Mapping[str, str]:
        """How its alert names it: tags such as ``host=nas`` are labels."""
        pairs = [one.partition("=") for one in self.tags.split() if "=" in one]
        tags = {name.lower(): value for name, _, value in pairs if name and value}
        return tags | {"healthcheck": self.key, "job_name": self.title}

    def watched(self) -> Watched[Job]:
        """Return it as the monitor sees it now."""
        status = STATUSES.get(self.status, Status.UNKNOWN)
        last = f"last report {self.last_ping:%Y-%m-%d %H:%M} UTC" if self.last_ping else "it never reported"
        text = last if status is Status.DOWN else _WHY.get(self.status, "")
        return watch(self, status, since=self.last_ping, text=text)

    @property
    def plan(self) -> str:
        """When it must report."""
        every = self.schedule or (f"every {span(self.timeout)}" if self.timeout else "")
        return f"{every}, {span(self.grace)} late at most" if every and self.grace else every


class Flip(Item, rename=None):
    """A change of a status: ``up`` is 1 or 0."""

    timestamp: Time
    up: int


class HealthchecksState(MonitorState):
    """Everything that one poll reads."""

    jobs = many("checks/", Job, below="checks")

    @property
    def overview(self) -> Overview[Job]:
        """All jobs. Raises NotKnown."""
        return Overview(tuple(one.watched() for one in self.jobs), self.gaps.of("jobs"))

    @property
    def can_write(self) -> bool:
        """Whether the key may change something: only then there are UUIDs. Raises NotKnown."""
        if not self.jobs:
            raise NotKnown(t"There are no jobs yet: only they show what the key may do")
        return any(one.uuid for one in self.jobs)
