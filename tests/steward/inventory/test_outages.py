"""What does not run or does not answer is a problem, unless it is meant to be so."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from homelab_steward.contract.incidents import AlertStatus, Severity
from homelab_steward.contract.state import TargetRef
from lab.changes import Changes as LabChanges
from steward.clock import ManualClock
from steward.errors import (
    ServiceError,
    ServiceMalformed,
    ServiceRefused,
    ServiceUnauthorized,
    ServiceUnreachable,
)
from steward.inventory import target_states
from steward.inventory.outages import CHANGING, CONFIRMING, OutagePorts, OutageWatch, away, undecided
from steward.inventory.problem_reports import ANSWERS_AGAIN
from steward.inventory.target_states import FIRST_SIGHT
from steward.sdk.description import Call, Check, Outage, Stop
from steward.sdk.readings import Busy, NotKnown
from steward.sdk.snapshot import CheckResults, Subject

from .fakes import NOW, InventoryRig, World, configured, settle

PVE = TargetRef(instance_id="pve", kind="instance", id="pve", name="Proxmox")
RADARR = TargetRef(instance_id="radarr", kind="instance", id="radarr", name="Radarr")
BOX = TargetRef(instance_id="pve", kind="container", id="105", name="radarr")
OFF = ("container_stopped", ("container", "105"))
AWAY = ServiceUnreachable("connection refused")


class Why:
    """How the guest came to be off, as the test says."""

    def __init__(self) -> None:
        self.answer: Stop | Exception = Stop(False, "No task stopped it")

    async def __call__(self, _client: Any, _call: Call) -> Stop:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class Watch:
    """A watch whose world the test moves on."""

    def __init__(self, rig: InventoryRig) -> None:
        self.clock = ManualClock(NOW)
        self.why = Why()
        self.changing: set[TargetRef] = set()
        self.polled: list[str] = []
        self.failing_poll: Exception | None = None
        self.hosts: Mapping[TargetRef, tuple[TargetRef, ...]] = {RADARR: (BOX, PVE), BOX: (PVE,)}
        self.outage = Outage[Any](why=self.why)
        self.changed: list[TargetRef] = []
        ports = OutagePorts(
            hosts=lambda one: self.hosts.get(one, ()),
            is_changing=self._is_changing,
            poll=self._poll,
            changed=self.changed.append,
        )
        self.store = rig.store
        self.watch = OutageWatch(rig.store, self.clock, ports, timedelta(days=7))
        self.service = rig.world.service()

    async def _is_changing(self, targets: Any) -> bool:
        return bool(self.changing & set(targets))

    async def _poll(self, instance_id: str) -> None:
        self.polled.append(instance_id)
        if self.failing_poll is not None:
            raise self.failing_poll

    async def guest(
        self, *, runs: bool | None, busy: bool = False, after: float = 0.0, outage: Outage[Any] | None = None
    ) -> str:
        """Poll the guest's host once; return what is judged: clear, problem, or why neither."""
        self.clock.move(after)
        check = Check[Any](
            key=OFF[0],
            name="Stopped",
            severity=Severity.WARNING,
            problem=lambda _: None,
            scope="container",
            outage=outage or self.outage,
        )
        results = CheckResults(
            problems={OFF: "radarr is not running"} if runs is False else {},
            clear=frozenset({OFF} if runs else ()),
            unknown={OFF: "locked (backup)"} if runs is None else {},
            busy=frozenset({OFF} if busy else ()),
        )
        service = dataclasses.replace(self.service, checks=(check,))
        judged = await self.watch.judge(service, PVE, object(), results, self._target)  # type: ignore[arg-type]
        if OFF in judged.checks.problems:
            return "problem"
        if OFF[1] in judged.expected:
            assert OFF in judged.checks.clear
            return judged.expected[OFF[1]]
        assert judged.is_open == (runs is False)
        return "clear" if OFF in judged.checks.clear else judged.checks.unknown[OFF]

    async def answers(self) -> None:
        """Poll the program once, with success."""
        await self.watch.judge(self.service, RADARR, object(), CheckResults(), lambda _: RADARR)  # type: ignore[arg-type]

    async def fails(self, error: ServiceError = AWAY, after: float = 0.0) -> str | None:
        """Poll the program once without success; return the check that fails, or why it is expected."""
        self.clock.move(after)
        failure = await self.watch.judge_failure(self.service, RADARR, error)
        return failure.away.check if failure.away else failure.expected

    async def is_away(self) -> str | None:
        """Fail long enough to be away."""
        found = [await self.fails(after=10) for _ in range(3)]
        assert found[:2] == [None, None]
        return found[2]

    def _target(self, subject: Subject) -> TargetRef:
        assert subject == OFF[1]
        return BOX


@pytest.fixture
async def watch(tmp_path: Path) -> AsyncIterator[Watch]:
    rig = InventoryRig(tmp_path, World(), {})
    async with rig:
        yield Watch(rig)


async def test_a_guest_that_ran_and_does_not_is_a_problem_once_it_is_confirmed(watch: Watch) -> None:
    assert await watch.guest(runs=True) == "clear"
    assert await watch.guest(runs=False) == CONFIRMING
    assert await watch.guest(runs=False, after=9) == CONFIRMING
    assert await watch.guest(runs=False, after=2) == "problem"
    assert await watch.guest(runs=False, after=3600) == "problem"
    assert await watch.guest(runs=True) == "clear"
    assert await watch.guest(runs=False) == CONFIRMING


async def test_a_short_restart_is_none(watch: Watch) -> None:
    assert await watch.guest(runs=True) == "clear"
    for _ in range(5):
        assert await watch.guest(runs=False, after=5) == CONFIRMING
        assert await watch.guest(runs=True, after=5) == "clear"


async def test_what_is_off_at_first_sight_is_meant_to_be(watch: Watch) -> None:
    assert await watch.guest(runs=False) == FIRST_SIGHT
    assert await watch.guest(runs=False, after=3600) == FIRST_SIGHT
    assert await watch.guest(runs=True) == "clear"
    assert await watch.guest(runs=False, after=60) == CONFIRMING
    assert await watch.guest(runs=False, after=60) == "problem"


async def test_a_monitor_s_target_that_is_off_at_first_sight_is_a_problem(watch: Watch) -> None:
    strict = Outage[Any](learns=False)
    assert await watch.guest(runs=False, outage=strict) == CONFIRMING
    assert await watch.guest(runs=False, outage=strict, after=10) == "problem"


async def test_what_a_person_stopped_is_meant_to_be_off(watch: Watch) -> None:
    watch.why.answer = Stop(True, "root@pam stopped it")
    assert await watch.guest(runs=True) == "clear"
    assert await watch.guest(runs=False) == CONFIRMING
    assert await watch.guest(runs=False, after=10) == "root@pam stopped it"
    assert await watch.guest(runs=False, after=3600) == "root@pam stopped it"


@pytest.mark.parametrize("error", [NotKnown("no right to see tasks"), ServiceUnreachable("no answer")])
async def test_a_stop_without_a_known_reason_is_a_problem(watch: Watch, error: Exception) -> None:
    watch.why.answer = error
    assert await watch.guest(runs=True) == "clear"
    assert await watch.guest(runs=False) == CONFIRMING
    assert await watch.guest(runs=False, after=10) == "problem"


async def test_a_task_that_runs_is_waited_for(watch: Watch) -> None:
    watch.why.answer = Busy("the task vzmigrate is running")
    assert await watch.guest(runs=True) == "clear"
    assert await watch.guest(runs=False) == CONFIRMING
    assert await watch.guest(runs=False, after=10) == "the task vzmigrate is running"
    watch.why.answer = Stop(False, "")
    assert await watch.guest(runs=False, after=10) == CONFIRMING
    assert await watch.guest(runs=False, after=10) == "problem"


@pytest.mark.parametrize("held", [BOX, PVE])
async def test_what_a_run_of_the_steward_changes_is_not_judged(watch: Watch, held: TargetRef) -> None:
    watch.changing = {held}
    assert await watch.guest(runs=True) == "clear"
    assert await watch.guest(runs=False) == CONFIRMING
    assert await watch.guest(runs=False, after=10) == CHANGING
    watch.changing = set()
    assert await watch.guest(runs=False, after=10) == CONFIRMING
    assert await watch.guest(runs=False, after=10) == "problem"


async def test_a_backup_neither_begins_nor_ends_an_outage(watch: Watch) -> None:
    assert await watch.guest(runs=True) == "clear"
    assert await watch.guest(runs=None, busy=True, after=600) == "locked (backup)"
    assert await watch.guest(runs=False) == CONFIRMING
    assert await watch.guest(runs=None, busy=True, after=600) == "locked (backup)"
    assert await watch.guest(runs=False) == CONFIRMING


async def test_what_is_off_for_a_week_is_meant_to_be(watch: Watch) -> None:
    assert await watch.guest(runs=True) == "clear"
    await watch.guest(runs=False)
    assert await watch.guest(runs=False, after=10) == "problem"
    assert await watch.guest(runs=False, after=6 * 86_400) == "problem"
    assert await watch.guest(runs=False, after=86_400) == "It has been off for 7 days"


async def test_a_restart_of_the_app_forgets_nothing(watch: Watch, tmp_path: Path) -> None:
    watch.why.answer = Stop(True, "root@pam stopped it")
    await watch.guest(runs=True)
    await watch.guest(runs=False)
    await watch.guest(runs=False, after=10)
    rig = InventoryRig(tmp_path, World(), {})
    rig.clock = watch.clock
    async with rig:
        again = Watch(rig)
        again.clock.move(1000)
        assert await again.guest(runs=False) == "root@pam stopped it"


async def test_a_program_that_stops_answering_is_away_after_three_failures(watch: Watch) -> None:
    await watch.answers()
    assert await watch.is_away() == "unreachable"
    assert await watch.fails(after=300) == "unreachable"
    assert await watch.fails(ServiceUnauthorized("401")) == "unauthorized"
    await watch.answers()
    assert [await watch.fails(after=60) for _ in range(3)] == [None, None, "unreachable"]
    await watch.answers()
    assert await watch.fails(after=1) is None


async def test_many_failures_within_seconds_are_no_outage(watch: Watch) -> None:
    await watch.answers()
    assert [await watch.fails(after=1) for _ in range(10)] == [None] * 10


async def test_a_program_that_never_answered_is_no_problem(watch: Watch) -> None:
    assert [await watch.fails(after=60) for _ in range(5)] == [None] * 5


async def test_a_program_that_the_steward_restarts_is_no_problem(watch: Watch) -> None:
    await watch.answers()
    watch.changing = {BOX}
    assert [await watch.fails(after=20) for _ in range(6)] == [None] * 6
    watch.changing = set()
    assert await watch.is_away() == "unreachable"


async def test_a_program_in_a_guest_that_is_meant_to_be_off_is_no_problem(watch: Watch) -> None:
    watch.why.answer = Stop(True, "root@pam stopped it")
    await watch.answers()
    await watch.guest(runs=True)
    await watch.guest(runs=False)
    await watch.guest(runs=False, after=10)
    assert await watch.is_away() == "It runs in radarr. root@pam stopped it"
    assert watch.polled == ["pve"]


@pytest.mark.parametrize(
    "seen", [{"runs": None, "busy": True}, {"runs": False}], ids=["a backup runs", "it was just seen off"]
)
async def test_a_program_waits_for_the_judgement_of_its_guest(
    watch: Watch, seen: dict[str, bool | None]
) -> None:
    await watch.answers()
    await watch.guest(runs=True)
    await watch.guest(runs=seen["runs"], busy=bool(seen.get("busy")))
    assert [await watch.fails(after=20) for _ in range(6)] == [None] * 6
    await watch.guest(runs=True)
    assert await watch.fails(after=20) == "unreachable"


@pytest.mark.parametrize("error", [ServiceUnreachable("no answer"), TimeoutError()])
async def test_a_host_that_cannot_be_read_does_not_hide_an_outage(watch: Watch, error: Exception) -> None:
    watch.failing_poll = error
    await watch.answers()
    assert await watch.is_away() == "unreachable"


@pytest.mark.parametrize(
    ("error", "check", "text"),
    [
        (AWAY, "unreachable", "Radarr does not answer: connection refused"),
        (ServiceUnauthorized("401"), "unauthorized", "Radarr refuses the credentials: 401"),
        (ServiceMalformed("HTML"), "malformed", "The answers of Radarr are not understood: HTML"),
        (ServiceRefused("404"), "failing", "Radarr cannot be read: 404"),
    ],
)
def test_kinds_of_failures_are_distinguished(error: ServiceError, check: str, text: str) -> None:
    found = away("Radarr", error)
    assert (found.check, found.text) == (check, text)


def test_nothing_is_off_while_that_cannot_be_judged(watch: Watch) -> None:
    check = Check[Any](
        key=OFF[0], name="", severity=Severity.INFO, problem=lambda _: None, outage=watch.outage
    )
    service = dataclasses.replace(watch.service, checks=(*watch.service.checks, check))
    problems: dict[tuple[str, tuple[str, str] | None], str] = {OFF: "off", ("memory", OFF[1]): "full"}
    judged = undecided(service, CheckResults(problems=problems))
    assert list(judged.checks.problems) == [("memory", OFF[1])]
    assert OFF in judged.checks.unknown


async def test_states_of_what_is_gone_do_not_pile_up(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steward.inventory.outages.MOST_STATES", 1)
    await watch.guest(runs=True)
    await watch.watch.judge(watch.service, PVE, object(), CheckResults(), watch._target)  # type: ignore[arg-type]
    assert await watch.guest(runs=False) == FIRST_SIGHT


async def test_an_instance_that_dies_is_reported_and_its_end_too(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    world = World()
    rig = InventoryRig(tmp_path, world, {"thing": world.service()}, (configured("one"),), clock)
    async with rig as inventory:
        await inventory.poll_now("one")
        world.states["http://one:1"] = ServiceUnreachable("connection refused by canary-one")
        for _ in range(4):
            clock.move(15)
            with pytest.raises(ServiceUnreachable):
                await inventory.poll_now("one")
        firing = [one for one in rig.reported[-1][1] if one.status is AlertStatus.FIRING]
        assert [one.labels["check"] for one in firing] == ["unreachable"]
        assert firing[0].summary == "One does not answer: connection refused by ***"
        assert firing[0].starts_at == NOW + timedelta(seconds=45)
        del world.states["http://one:1"]
        await inventory.poll_now("one")
        await settle()
        alerts = [one for _, reported, _ in rig.reported for one in reported]
        ended = {one.labels["check"] for one in alerts if one.summary == ANSWERS_AGAIN}
        assert ended >= {"unreachable", "unauthorized", "malformed", "failing"}


async def test_what_a_person_says_ends_the_outage_at_once(tmp_path: Path) -> None:
    """The next poll is due right after it, also of an instance that is polled rarely."""
    clock = ManualClock(NOW)
    world = World()
    rig = InventoryRig(tmp_path, world, {"thing": world.service()}, (configured("one"),), clock)
    async with rig as inventory:
        await inventory.poll_now("one")
        one = inventory.target("one")
        assert one is not None
        world.states["http://one:1"] = ServiceUnreachable("no answer")
        for _ in range(4):
            clock.move(15)
            with pytest.raises(ServiceUnreachable):
                await inventory.poll_now("one")
        assert inventory.is_off(one)
        async with rig.store.change() as unit:
            assert await inventory.expect_off(unit, one, "Olga said so")
        text = "It is meant to be off. Olga said so."
        clock.move(1)  # less than an interval: the poll is due at once
        await LabChanges().wait_for(
            lambda: any(one.summary == text for _, alerts, _ in rig.reported for one in alerts)
        )
        assert {one.summary for one in rig.reported[-1][1]} == {text}
        row = inventory.instance("one")
        assert row is not None
        assert row.expected_off == "Olga said so"
        async with rig.store.change() as unit:
            assert not await inventory.expect_off(unit, BOX, "not watched")


async def test_what_was_seen_running_is_not_written_as_off(watch: Watch) -> None:
    await watch.answers()
    async with watch.store.change() as unit:
        assert not await target_states.expect(unit.connection, RADARR.key, NOW, "late", only_off=True)
        assert await target_states.expect(unit.connection, RADARR.key, NOW, "said before it is off")


async def test_a_change_during_a_read_is_not_hidden_by_it(watch: Watch) -> None:
    """What was read before a person's word was written is not kept."""
    await watch.answers()
    watch.watch.read_again("radarr")
    read = asyncio.ensure_future(watch.watch._states(RADARR))
    await asyncio.sleep(0)
    watch.watch.read_again("radarr")
    await read
    assert not watch.watch._states_read


async def test_why_off_is_known_of_what_runs_in_it_too(watch: Watch) -> None:
    await watch.guest(runs=False)
    assert watch.watch.why_off((RADARR, BOX, PVE)) == FIRST_SIGHT
    assert watch.watch.why_off((RADARR, PVE)) is None
    await watch.guest(runs=True)
    assert watch.watch.why_off((RADARR, BOX, PVE)) is None


async def test_what_runs_in_a_guest_is_polled_soon_after_each_change_of_it(watch: Watch) -> None:
    await watch.guest(runs=True)
    await watch.guest(runs=True)
    await watch.guest(runs=False)
    assert watch.changed == []
    await watch.guest(runs=False, after=10)
    assert watch.changed == [BOX]
    await watch.guest(runs=False, after=10)
    assert watch.changed == [BOX]
    await watch.guest(runs=True)
    assert watch.changed == [BOX, BOX]


async def test_what_runs_in_a_guest_is_polled_soon_after_a_person_said_so(watch: Watch) -> None:
    await watch.guest(runs=True)
    await watch.guest(runs=False)
    await watch.guest(runs=False, after=10)
    async with watch.store.change() as unit:
        await target_states.expect(unit.connection, BOX.key, watch.clock.now(), "Olga said so")
    watch.watch.read_again("pve")
    watch.changed.clear()
    assert await watch.guest(runs=False) == "Olga said so"
    assert watch.changed == [BOX]


async def test_a_program_waits_for_the_judgement_of_its_cluster(watch: Watch) -> None:
    """The power of a machine goes: its cluster and all programs on it stop answering at once."""

    async def cluster_fails(after: float) -> bool:
        watch.clock.move(after)
        return (await watch.watch.judge_failure(watch.service, PVE, AWAY)).away is not None

    await watch.answers()
    await watch.guest(runs=True)
    assert [await watch.fails(after=15), await watch.fails(after=15)] == [None, None]
    assert not await cluster_fails(0)
    assert await watch.fails(after=5) is None
    assert not await cluster_fails(10)
    assert await watch.fails(after=5) is None
    assert await cluster_fails(10)
    assert await watch.fails(after=5) == "unreachable"


async def test_an_instance_that_is_to_be_polled_soon_is_polled_often_again(tmp_path: Path) -> None:
    """What it runs in was just started: its program needs some seconds more."""
    clock = ManualClock(NOW)
    world = World()
    rig = InventoryRig(tmp_path, world, {"thing": world.service()}, (configured("one"),), clock)
    async with rig as inventory:
        await inventory.poll_now("one")
        world.states["http://one:1"] = ServiceUnreachable("no answer")
        for _ in range(20):
            clock.move(301)
            await settle()
        polls = world.polls["http://one:1"]
        inventory._entries["one"].poll_soon()
        for _ in range(4):
            clock.move(40)
            await is_polled_again(world, "http://one:1")
        assert world.polls["http://one:1"] >= polls + 2


async def is_polled_again(world: World, url: str) -> None:
    """Wait for the next poll; without one go on after two seconds."""
    before = world.polls[url]
    for _ in range(200):
        if world.polls[url] != before:
            return
        await asyncio.sleep(0.01)
