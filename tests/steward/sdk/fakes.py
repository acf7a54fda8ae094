"""A thing in memory that kits act on, with a clock that moves when somebody sleeps on it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.state import TargetRef
from lab.clock import SteppedClock
from steward.errors import EffectUnknown, ServiceError, ServiceUnreachable
from steward.sdk.description import Call
from steward.sdk.kits.about import About
from steward.sdk.kits.jobs import Job, Jobs

TARGET = TargetRef(instance_id="i", kind="thing", id="7", name="Pump")
ABOUT: About = {"key": "do", "name": "Do", "description": "Does it.", "risk": Risk.LOW}


class Killed(BaseException):
    """The app is killed at this instruction."""


@dataclass
class Thing:
    """A client and what it stands for.

    ``write`` is the one way to change anything: it fails with ``refuses`` before, and with
    ``loses`` after the change. ``away_until`` is when it answers again.
    """

    clock: SteppedClock = field(default_factory=SteppedClock)
    writes: list[str] = field(default_factory=list)
    refuses: ServiceError | None = None
    loses: ServiceError | None = None
    away_until: float = 0.0
    away: ServiceError = field(default_factory=lambda: ServiceUnreachable("the thing is away"))
    values: dict[str, Value] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)
    later: list[tuple[float, Callable[[], object]]] = field(default_factory=list)

    async def close(self) -> None:
        """Do nothing."""

    def read(self) -> None:
        """Let what is due happen. Raises ``away`` while it is away."""
        now = self.clock.monotonic()
        for one in sorted(self.later, key=lambda one: one[0]):
            if one[0] <= now:
                self.later.remove(one)
                one[1]()
        if now < self.away_until:
            raise self.away

    def write(self, what: str, change: Callable[[], object]) -> None:
        """Change something once. Raises ``refuses`` or ``loses``."""
        self.read()
        if self.refuses is not None:
            raise self.refuses
        self.writes.append(what)
        change()
        if self.loses is not None:
            raise self.loses

    def after(self, seconds: float, change: Callable[[], object]) -> None:
        """Change something later."""
        self.later.append((self.clock.monotonic() + seconds, change))

    # -- jobs --------------------------------------------------------------------------------

    def start(self, *, ok: bool = True, seconds: float = 5.0, text: str = "done") -> str:
        """Start a job that ends after some seconds; returns its handle."""
        handle = str(len(self.jobs) + 1)
        self.jobs[handle] = Job(handle=handle, is_running=True)
        ended = Job(handle=handle, is_running=False, ok=ok, text=text)
        self.after(seconds, lambda: self.jobs.__setitem__(handle, ended))
        return handle

    async def job(self, handle: str) -> Job:
        """Return a job."""
        self.read()
        return self.jobs[handle]

    async def newest(self) -> Job | None:
        """Return the newest job."""
        self.read()
        return self.jobs[max(self.jobs, key=int)] if self.jobs else None


def jobs(seconds: float = 60.0) -> Jobs[Thing]:
    """Return how the jobs of a thing are read."""
    return Jobs(
        read=lambda thing, _, handle: thing.job(handle),
        newest=lambda thing, _: thing.newest(),
        seconds=seconds,
    )


@dataclass
class Journal:
    """The journaled baseline of one step; ``kills`` makes each note the last instruction."""

    baseline: dict[str, Value] = field(default_factory=dict)
    kills: bool = False

    async def note(self, values: Mapping[str, Value]) -> None:
        """Keep values durably. Raises Killed when the app is to be killed after it."""
        self.baseline |= values
        if self.kills:
            raise Killed


def call(journal: Journal | None = None, **arguments: Value) -> Call:
    """Return a call on the thing; with a journal, notes are kept there."""
    if journal is None:
        return Call(target=TARGET, arguments=arguments)
    return Call(target=TARGET, arguments=arguments, note=journal.note)


def refusing(reason: str | None) -> Callable[[Thing, Call], Awaitable[str | None]]:
    """Return a refusal that always gives this reason."""

    async def refusal(_: Thing, __: Call) -> str | None:
        return reason

    return refusal


LOST = EffectUnknown("the answer was lost")
