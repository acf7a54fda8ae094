"""What the app does when it ends, each with a world of its own."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from homelab_steward.contract.autonomy import AutonomyLevel
from homelab_steward.contract.changes import ChangeSource, Distance, PackageChange, WayBack
from homelab_steward.contract.commands import RequestAction
from homelab_steward.contract.incidents import AlertStatus, ApprovalRequest, ApprovalStatus, Verb
from homelab_steward.contract.later import Later, LaterCondition
from homelab_steward.contract.mode import PauseScope, SetPause
from homelab_steward.contract.runbook_runs import RunRunbook
from rig.changes_rig import ToySource
from rig.earned import level
from rig.inventory import alert, box, speaker
from steward.agent.requests.plan_requests import RequestPlan
from steward.agent.requests.request_plan import STOP, PlanStep
from steward.changes.found import Found
from steward.sdk.description import DataPlace

from .commands import missing, set_everything
from .life import Answer, Life
from .world import CPU, NODE, Box, World

HIGH: Final = "ToyMemoryHigh"


def approved(_: ApprovalRequest) -> Verb | None:
    """Approve everything."""
    return Verb.APPROVE


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """What is in the world, and what monitors and people do. ``play`` is called again after each restart."""

    boxes: Callable[[], dict[str, Box]] = lambda: {"radarr": Box()}
    play: Callable[[Life], Awaitable[None]]
    answer: Answer = approved
    level: AutonomyLevel | None = None
    """What the repair has earned before."""

    good: int = 10
    """How many good runs it has had, when it has earned anything."""

    offers: Sequence[Found] = ()
    lost_answers: int = 0
    lost_requests: int = 0
    expiry: timedelta = timedelta(hours=1)
    missing: Callable[[Life], Awaitable[Sequence[str]]] | None = None
    """Returns what else is lost in the end."""

    incidents: int = 1
    """How many there are in the end: one more is doubled, one less is lost."""

    def world(self) -> World:
        """Return the world as it is before."""
        return World(
            boxes={NODE: Box(), **self.boxes()},
            lost_answers=self.lost_answers,
            lost_requests=self.lost_requests,
        )

    def source(self) -> ToySource | None:
        """Return the source of updates, None without any."""
        if not self.offers:
            return None
        source = ToySource()
        source.offer(*self.offers)
        return source


def fires(name: str = HIGH, /, *boxes: str) -> Callable[[Life], Awaitable[None]]:
    """Return what a monitor does: it sends an alert about each box."""

    async def play(life: Life) -> None:
        for one in boxes or ("radarr",):
            await life.fire(alert(name, name=one, fingerprint=one))

    return play


async def _ask_restart(life: Life) -> None:
    await _asked(life, "restart")


async def _ask_search(life: Life) -> None:
    await _asked(life, "search")


async def _asked(life: Life, action: str) -> None:
    """Ask for an action, unless the phone shows that it was asked for."""
    command = RequestAction(instance_id="toy1", action=action, speaker=speaker(), target_id=box().id)
    if not await life.rig.incidents():
        await life.once(action, lambda: life.agent.requests.request(command))


async def _ask_runbook(life: Life) -> None:
    """Ask for a runbook without a problem, unless the phone shows that it was asked for."""
    command = RunRunbook(
        runbook_id="toy-two", instance_id="toy1", speaker=speaker(), kind="box", target_id=box().id
    )
    if not await life.rig.incidents():
        await life.once("runbook", lambda: life.agent.runbook_requests.run(command))


async def _ask_later(life: Life) -> None:
    """Ask for a change that waits for a condition, which holds."""
    now = datetime.now(UTC)
    runs = LaterCondition(name="radarr: runs", target=box(), reading="running", equals=True)
    later = Later(at=now, until=now + timedelta(days=1), conditions=(runs,), text="When radarr is running")
    command = RequestAction(
        instance_id="toy1",
        action="set_memory",
        speaker=speaker(),
        target_id=box().id,
        arguments={"memory": 3072},
        later=later,
    )
    if not await life.rig.incidents():
        await life.once("later", lambda: life.agent.requests.request(command))


async def _over(life: Life) -> None:
    """The problem goes away while people are asked."""
    await fires()(life)
    await life.until(lambda _: True)
    over = alert(HIGH, status=AlertStatus.RESOLVED, at=datetime.now(UTC), fingerprint="radarr")
    await life.once("over", lambda: life.agent.intake.accept("toy1", [over]))


async def _ask_plan(life: Life) -> None:
    steps = tuple(
        PlanStep(target=box(name), action=action, capability=STOP, arguments=arguments)
        for name, action, arguments in (
            ("sonarr", "set_memory", {"memory": 3072}),
            ("lidarr", "set_memory", {"memory": 3072}),
            ("radarr", "set_cpu", {"cpu": 4}),
        )
    )
    life.rig.inventory.running_in[box("sonarr").key] = box()
    if not await life.rig.incidents():
        plan = RequestPlan(speaker=speaker(), steps=steps)
        await life.once("plan", lambda: life.agent.plan_requests.request(plan))


def _plan_boxes(refuses: str = "") -> dict[str, Box]:
    return {"radarr": Box(refuses=refuses), "sonarr": Box(), "lidarr": Box()}


async def _stop(life: Life) -> None:
    """Pause as soon as something is approved; what people are shown holds."""
    await fires()(life)
    await life.until(lambda one: one.status is not ApprovalStatus.PENDING)
    pause = SetPause(speaker=speaker(), scope=PauseScope.EVERYTHING)
    await life.once("pause", lambda: life.agent.mode.set_pause(pause))
    with life.points.disk.lock:
        if life.world.paused_after is None:
            life.world.paused_after = life.world.effects


async def _veto(life: Life) -> None:
    """Stop what is announced, at about the time at which it is due."""
    await fires()(life)
    request = await life.until(lambda one: one.acts_at is not None)
    if request.status is ApprovalStatus.PENDING and request.acts_at is not None:
        await life.sleep_until(request.acts_at)
        await life.press(request, Verb.REJECT)


async def _pause_announced(life: Life) -> None:
    """Pause what the steward does alone while something is announced: it waits for a person then."""
    await fires()(life)
    # After a death it may be paused already: then nothing is announced any more.
    if not await life.is_paused():
        await life.until(lambda one: one.acts_at is not None or one.status is not ApprovalStatus.PENDING)
    pause = SetPause(speaker=speaker(), scope=PauseScope.AUTOMATIC)
    await life.once("pause", lambda: life.agent.mode.set_pause(pause))


async def _change_announced(life: Life) -> None:
    """Somebody else changes the box while something is announced."""
    await fires()(life)
    await life.until(lambda one: one.acts_at is not None or one.status is not ApprovalStatus.PENDING)
    with life.points.disk.lock:
        life.world.boxes["radarr"].memory = 2049


async def _expire(life: Life) -> None:
    """Nobody answers in time."""
    await fires()(life)
    request = await life.until(lambda _: True)
    while request.status is ApprovalStatus.PENDING:
        await life.sleep_until(request.expires_at)
        await life.agent._asked.expiry.look()
        request = await life.rig.request_with(request.id)


async def _promoted(life: Life) -> None:
    await life.agent._autonomy.stage.look()
    await life.until(lambda one: one.raises_level and one.status is not ApprovalStatus.PENDING)
    while await level(life.rig) is AutonomyLevel.ASK:
        await life.agent._autonomy.stage.look()


async def _nothing(_: Life) -> None:
    """Updates are found without anybody."""


def update(name: str = "radarr", way_back: WayBack = WayBack.IMAGE, *places: DataPlace) -> Found:
    """Return an update of a box: it sets its memory."""
    return Found(
        id=name,
        source=ChangeSource.IMAGE,
        target=box(name),
        title=f"{name} 5.1.0 → 5.1.1",
        packages=(PackageChange(name=name, old="5.1.0", new="5.1.1", distance=Distance.PATCH),),
        revision="5.1.1",
        steps=(PlanStep(target=box(name), action="set_memory", arguments={"memory": 3072}),),
        way_back=way_back,
        way_back_text="It can be taken back.",
        places=places,
    )


MOUNT: Final = DataPlace(path="/mnt/apps/radarr", why="/mnt/apps/radarr is a bind mount")

SCENARIOS: Final = {
    "repair": Scenario(play=fires()),
    "two steps": Scenario(play=fires("ToyTwo")),
    "worse and undone": Scenario(play=fires("ToyTwo"), boxes=lambda: {"radarr": Box(breaks=True)}),
    "second step fails": Scenario(
        play=fires("ToyTwo"), boxes=lambda: {"radarr": Box(refuses="memory", cpu=CPU)}
    ),
    "answer lost": Scenario(play=fires(), lost_answers=1),
    "request lost": Scenario(play=fires(), lost_requests=1),
    "restart": Scenario(play=_ask_restart),
    "job": Scenario(play=_ask_search),
    "runbook": Scenario(play=_ask_runbook),
    "runbook rejected": Scenario(play=_ask_runbook, answer=lambda _: Verb.REJECT),
    "three alerts": Scenario(play=fires(HIGH, "radarr", "sonarr", "lidarr"), boxes=_plan_boxes, incidents=3),
    "plan": Scenario(play=_ask_plan, boxes=_plan_boxes),
    "plan undone": Scenario(play=_ask_plan, boxes=lambda: _plan_boxes("cpu")),
    "announced": Scenario(play=fires(), level=AutonomyLevel.VETO, answer=lambda _: None),
    "vetoed": Scenario(play=_veto, level=AutonomyLevel.VETO, answer=lambda _: None),
    "automatic": Scenario(play=fires(), level=AutonomyLevel.AUTO, answer=lambda _: None),
    "promotion": Scenario(play=_promoted, level=AutonomyLevel.ASK, good=60),
    "stop": Scenario(play=_stop),
    "undo refused": Scenario(
        play=fires("ToyTwo"), boxes=lambda: {"radarr": Box(breaks=True, refuses_back=True)}
    ),
    "announced and paused": Scenario(play=_pause_announced, level=AutonomyLevel.VETO, answer=lambda _: None),
    "announced and changed": Scenario(
        play=_change_announced, level=AutonomyLevel.VETO, answer=lambda _: None
    ),
    "expired": Scenario(play=_expire, answer=lambda _: None, expiry=timedelta(seconds=0.5)),
    "commands": Scenario(play=set_everything, boxes=_plan_boxes, answer=lambda _: None, missing=missing),
    "scheduled": Scenario(play=_ask_later),
    "over by itself": Scenario(play=_over, answer=lambda _: None),
    "rejected": Scenario(play=fires(), answer=lambda _: Verb.REJECT),
    "snoozed": Scenario(play=fires(), answer=lambda _: Verb.SNOOZE),
    "update": Scenario(play=_nothing, offers=(update(way_back=WayBack.DATA),)),
    "update taken back": Scenario(
        play=_nothing,
        boxes=lambda: {"radarr": Box(crashes=True)},
        offers=(update(way_back=WayBack.DATA),),
        incidents=2,
    ),
    "update with a copy": Scenario(
        play=_nothing,
        boxes=lambda: {"radarr": Box(crashes=True)},
        offers=(update("radarr", WayBack.IMAGE, MOUNT),),
        incidents=2,
    ),
}
