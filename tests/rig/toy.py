"""The toy service: boxes with some memory, what was done to them, and their faults."""

import asyncio
import os
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

import orjson

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Field, Risk, SettingKind
from homelab_steward.contract.incidents import CheckResult
from homelab_steward.contract.step_parts import Difference
from steward.errors import (
    EffectUnknown,
    PreconditionFailed,
    ServiceError,
    ServiceRefused,
    ServiceUnreachable,
)
from steward.sdk import categories
from steward.sdk.access import Access
from steward.sdk.coverage import Gaps
from steward.sdk.description import (
    Action,
    Answer,
    AnyService,
    Call,
    DryRun,
    Effect,
    ResourceKind,
    Role,
    Sensor,
    Service,
    Tool,
    Undo,
)
from steward.sdk.outputs import Output, OutputKind

GOOD: Final = {"limit": 2048.0, "used": 1945.0, "cpu": 2.0, "swap": 512.0, "running": 1.0}


class Effects(Protocol):
    """What was done to the world, in order."""

    def append(self, effect: str, /) -> None: ...

    def __iter__(self) -> Iterator[str]: ...


class EffectsFile:
    """Effects in a file, which remains when the process that wrote it ends."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def append(self, effect: str) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(f"{effect}\n")
            file.flush()
            os.fsync(file.fileno())

    def __iter__(self) -> Iterator[str]:
        return iter(self._path.read_text(encoding="utf-8").split("\n")[:-1] if self._path.exists() else [])


class NumbersFile(MutableMapping[str, float]):
    """The state of the world in a file, replaced whole."""

    def __init__(self, path: Path) -> None:
        self._path = path
        if not path.exists():
            self._write(GOOD)

    def _read(self) -> dict[str, float]:
        found: dict[str, float] = orjson.loads(self._path.read_bytes())
        return found

    def _write(self, numbers: Mapping[str, float]) -> None:
        fresh = self._path.with_suffix(".new")
        fresh.write_bytes(orjson.dumps(dict(numbers)))
        fresh.replace(self._path)

    def __getitem__(self, key: str) -> float:
        return self._read()[key]

    def __setitem__(self, key: str, value: float) -> None:
        self._write(self._read() | {key: value})

    def __delitem__(self, key: str) -> None:
        raise NotImplementedError

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())


@dataclass
class Toy:
    """One box, seen by its client. Faults are switched on by the tests."""

    numbers: MutableMapping[str, float] = field(default_factory=lambda: dict(GOOD))
    effects: Effects = field(default_factory=list[str])
    down: bool = False
    refused: bool = False
    refused_change: str = ""
    """The one change that is refused."""

    failures: list[ServiceError] = field(default_factory=list)
    """What the next changes raise, one each."""
    not_now: bool = False
    helps: bool = True
    breaks: bool = False
    answer_lost: bool = False
    """The change is made, its answer never comes."""
    request_lost: bool = False
    """The change is not made, and no answer comes either."""
    probe_blind: bool = False
    defect: str = ""
    """The call that fails with a KeyError, as from a mistake in the code."""
    verify_blind: bool = False
    verify_final: bool = False
    """No later reading will say more, while it is blind."""
    """Whether the goal was reached cannot be read."""
    undo_refused: bool = False
    undo_answer_lost: bool = False
    undo_ignored: bool = False
    """The undo is accepted and changes nothing."""
    handle: str | None = None
    """What an action notes while it is carried out."""
    reported: Mapping[str, Value] = field(default_factory=dict)
    """The outputs that an action notes while it is carried out."""
    slow: int = 0
    """Polls that show a high share of the memory after the limit was set to more than 4000."""
    refusal: str | None = None
    """Why every dry run is refused."""
    started: str = "10:00"
    """When it was started, as the dry run of a restart reads it."""
    hold: asyncio.Event | None = None
    holding: asyncio.Event = field(default_factory=asyncio.Event)
    probed: list[Mapping[str, Value]] = field(default_factory=list)
    """The baselines that probes were given."""
    passing: Callable[[str], None] = lambda _place: None
    text: str = ""
    """What every tool reads instead of its own text."""

    async def close(self) -> None:
        """Nothing to close."""

    @property
    def limit(self) -> float:
        return self.numbers["limit"]

    @limit.setter
    def limit(self, value: float) -> None:
        self.numbers["limit"] = value

    @property
    def used(self) -> float:
        return self.numbers["used"]

    @used.setter
    def used(self, value: float) -> None:
        self.numbers["used"] = value

    @property
    def running(self) -> bool:
        return self.numbers["running"] == 1

    @running.setter
    def running(self, value: bool) -> None:
        self.numbers["running"] = 1 if value else 0

    @property
    def share(self) -> float:
        return 100 * self.used / self.limit

    def polled_share(self) -> float:
        if self.limit > 4000 and self.slow > 0:
            self.slow -= 1
            return 95.0
        return self.share

    @property
    def done(self) -> list[str]:
        return list(self.effects)

    def check(self, call: str) -> None:
        self.passing(call)
        if self.down:
            message = "the toy does not answer"
            raise ServiceUnreachable(message)
        if self.defect == call:
            raise KeyError(call)

    async def change(self, name: str, key: str, value: float) -> None:
        """Make a change as a remote service does: it may be refused, or lost on either way."""
        self.check("execute")
        if self.failures:
            raise self.failures.pop(0)
        if self.refused or self.refused_change == name:
            message = "the toy said no"
            raise ServiceRefused(message)
        if self.hold is not None:
            self.holding.set()
            await self.hold.wait()
        if self.request_lost:
            message = "no answer"
            raise EffectUnknown(message)
        self.effects.append(f"{name} {value:g}")
        if self.helps:
            self.numbers[key] = value
        if self.breaks:
            self.running = False
        self.passing("effect")
        if self.answer_lost:
            message = "the answer was lost"
            raise EffectUnknown(message)


VIEWER = "quentin_the_viewer"


async def _status(toy: Toy, call: Call) -> Answer:
    toy.check("status")
    return Answer(
        title=f"{call.target.name} uses {toy.share:.0f} %", text=toy.text or f"{toy.used} of {toy.limit}"
    )


async def _log(toy: Toy, call: Call) -> Answer:
    toy.check("log")
    return Answer(title="The log is quiet", text=toy.text or f"log of {call.target.name}")


async def _viewers(toy: Toy, call: Call) -> Answer:
    toy.check("viewers")
    return Answer(title="1 viewer", text=toy.text or f"{VIEWER} watches Alien on {call.target.name}")


async def _precheck(toy: Toy, _call: Call, _baseline: Mapping[str, Value]) -> None:
    toy.check("precheck")
    if toy.not_now:
        message = "not now"
        raise PreconditionFailed(message)


def _setter(name: str, key: str, argument: str, unit: str, outputs: tuple[Output, ...] = ()) -> Action[Toy]:  # noqa: C901 - all calls of one action
    """Return the action that sets one number of the box."""

    async def dry_run(toy: Toy, call: Call) -> DryRun:
        toy.check("dry_run")
        if toy.refusal is not None:
            raise PreconditionFailed(toy.refusal)
        before, after = toy.numbers[key], call.number(argument)
        change = Difference(field=argument, before=f"{before:g}{unit}", after=f"{after:g}{unit}")
        return DryRun(differences=(change,), baseline={key: before})

    async def execute(toy: Toy, call: Call, _baseline: Mapping[str, Value]) -> str:
        if toy.handle is not None:
            await call.note({"handle": toy.handle})
            toy.passing("noted")
        if toy.reported:
            await call.note(toy.reported)
        await toy.change(name, key, call.number(argument))
        return "ok"

    async def probe(toy: Toy, call: Call, baseline: Mapping[str, Value]) -> Effect:
        toy.check("probe")
        toy.probed.append(dict(baseline))
        if toy.probe_blind:
            return Effect.UNKNOWN
        if toy.numbers[key] == call.number(argument):
            return Effect.DONE
        return Effect.NOT_SEEN if toy.numbers[key] == baseline[key] else Effect.UNKNOWN

    async def verify(toy: Toy, call: Call, _baseline: Mapping[str, Value]) -> CheckResult:
        toy.check("verify")
        if toy.verify_blind:
            return CheckResult(name=argument, ok=None, text="it does not say", is_final=toy.verify_final)
        ok = toy.numbers[key] == call.number(argument)
        return CheckResult(name=argument, ok=ok, text=f"{toy.numbers[key]:g}{unit}")

    async def undo_dry_run(toy: Toy, call: Call, baseline: Mapping[str, Value]) -> tuple[Difference, ...]:
        toy.check("undo_dry_run")
        now = toy.numbers[key]
        if now == baseline[key]:
            return ()
        if now != call.number(argument):
            raise PreconditionFailed(f"{argument} is {now:g}: somebody else changed it")
        return (Difference(field=argument, before=f"{now:g}{unit}", after=f"{baseline[key]}{unit}"),)

    async def undo(toy: Toy, _call: Call, baseline: Mapping[str, Value]) -> str:
        toy.check("undo")
        if toy.undo_refused:
            message = "the toy refuses to go back"
            raise ServiceRefused(message)
        if toy.undo_ignored:
            return "accepted"
        before = baseline[key]
        assert isinstance(before, int | float)
        toy.effects.append(f"undo {name} {before:g}")
        toy.numbers[key] = float(before)
        toy.running = True
        toy.passing("undone")
        if toy.undo_answer_lost:
            message = "the answer was lost"
            raise EffectUnknown(message)
        return "as before"

    return Action(
        key=name,
        name=name.replace("_", " ").capitalize(),
        description="",
        risk=Risk.MEDIUM,
        dry_run=dry_run,
        precheck=_precheck,
        execute=execute,
        probe=probe,
        verify=verify,
        undo=Undo(dry_run=undo_dry_run, execute=undo),
        capability=name,
        deduplicated=True,
        scope="box",
        outputs=outputs,
        blast_radius="One box",
        arguments=(Field(key=argument, kind=SettingKind.NUMBER, name=argument, minimum=1, maximum=65536),),
    )


async def _dry_restart(toy: Toy, _call: Call) -> DryRun:
    toy.check("dry_run")
    return DryRun(differences=(), baseline={"started": toy.started}, note="Everybody is thrown out.")


async def _do_restart(toy: Toy, _call: Call, _baseline: Mapping[str, Value]) -> str:
    await toy.change("restart", "used", 500)
    return "restarted"


async def _probe_restart(toy: Toy, _call: Call, _baseline: Mapping[str, Value]) -> Effect:
    toy.check("probe")
    return Effect.UNKNOWN


async def _verify_restart(toy: Toy, _call: Call, _baseline: Mapping[str, Value]) -> CheckResult:
    toy.check("verify")
    return CheckResult(name="running", ok=toy.running, text="it runs")


async def _poll(toy: Toy, _gaps: Gaps) -> Toy:
    toy.check("poll")
    return toy


def _connect(_access: Access) -> Toy:
    raise NotImplementedError


OUTPUTS: Final = (
    Output(key="granted", kind=OutputKind.NUMBER),
    Output(key="mode", kind=OutputKind.CHOICE, choices=("fast", "slow")),
    Output(key="other", kind=OutputKind.TARGET, scope="box"),
)

SERVICE: Final[AnyService] = Service(
    key="toy",
    name="Toy",
    category=categories.INFRASTRUCTURE,
    settings=(),
    connect=_connect,
    poll=_poll,
    version=lambda _toy: "1",
    role=Role.HOST,
    sensors=(Sensor(key="count", name="Boxes", value=lambda _toy: 1),),
    resources=(
        ResourceKind(
            key="box",
            name="Box",
            items=lambda _toy: (),
            id=str,
            title=str,
            role=Role.HOST,
            sensors=(
                Sensor(key="share", name="Memory usage", value=lambda toy: toy.share),
                Sensor(key="running", name="Running", value=lambda toy: toy.running),
            ),
        ),
    ),
    tools=(
        Tool(key="status", name="Status", description="", read=_status, scope="box", capability="status"),
        Tool(key="log", name="Log", description="", read=_log, scope="box", capability="logs"),
        Tool(
            key="grep",
            name="Search",
            description="",
            read=_log,
            scope="box",
            arguments=(Field(key="words", kind=SettingKind.TEXT, name="Words"),),
        ),
        Tool(
            key="viewers",
            name="Viewers",
            description="Who watches what.",
            read=_viewers,
            scope="box",
            is_owner_only=True,
        ),
    ),
    actions=(
        _setter("set_memory", "limit", "memory", " MiB", OUTPUTS),
        _setter("set_cpu", "cpu", "cores", ""),
        _setter("set_swap", "swap", "swap", " MiB"),
        Action(
            key="restart",
            name="Restart",
            description="",
            risk=Risk.HIGH,
            dry_run=_dry_restart,
            precheck=_precheck,
            execute=_do_restart,
            probe=_probe_restart,
            verify=_verify_restart,
            scope="box",
            capability="restart",
            interrupts=True,
        ),
    ),
)
