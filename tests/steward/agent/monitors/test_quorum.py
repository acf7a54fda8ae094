"""Whether independent witnesses agree about an incident, and what people decide about devices."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, override

import pytest

from homelab_steward.contract.devices import (
    QUESTIONS,
    Agreement,
    Aspect,
    DevicesQuery,
    MatchDecision,
    MatchPair,
    Word,
)
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import Alert, AlertStatus, Incident, IncidentStatus, Severity
from homelab_steward.contract.protocol import Nothing
from homelab_steward.contract.state import FrontEnd, Instance, InstanceStatus, Origin, TargetRef
from rig.agent_rig import AgentRig, open_rig
from rig.inventory import ITSELF, NOW, ToyInventory, ToyPeople, box, speaker
from rig.toy import SERVICE, Toy
from steward.agent.monitors.device_book import device_book
from steward.agent.monitors.match_questions import MatchQuestions
from steward.agent.monitors.monitor_findings import DOUBTS
from steward.clock import ManualClock
from steward.inventory.ports import CHECK, OUTAGE, STEWARD_INSTANCE, UNREACHABLE, Seen, Witnessed
from steward.quorum.witnesses import Consensus
from steward.sdk.checks import critical
from steward.sdk.description import POLL_SECONDS, AlertSource, AnyService, Outage, Role
from steward.services.alertmanager import SERVICE as ALERTMANAGER
from steward.services.prometheus import SERVICE as PROMETHEUS
from steward.store import monitor_problems, scheduled_messages
from steward.store.monitor_problems import MonitorProblem, ProblemKind

from .test_device_book import seen

BOX = box()
UP, DOWN = Word.UP, Word.DOWN
STOPPED = "box_stopped"
TOY: AnyService = replace(
    SERVICE, checks=(critical(STOPPED, "Stopped", lambda _: None, "box", Outage()), *SERVICE.checks)
)
OF_CHECK = {STEWARD_INSTANCE: "toy1", CHECK: STOPPED, OUTAGE: STOPPED}


class Monitored(ToyInventory):
    """The toy, two monitors, and Prometheus, whose alerts Alertmanager passes on."""

    def __init__(self) -> None:
        super().__init__(Toy())
        monitor = replace(SERVICE, role=Role.MONITOR)
        self.services: dict[str, AnyService] = {
            "toy1": TOY,
            "kuma": monitor,
            "prtg": monitor,
            "prom": PROMETHEUS,
            "am": ALERTMANAGER,
        }
        self.instance_row = replace(self.instance_row, polled_at=NOW)

    @override
    def instances(self) -> tuple[Instance, ...]:
        rows = (
            Instance(id=key, service=key, name=key, origin=Origin.FILE)
            for key in self.services
            if key != "toy1"
        )
        return (self.instance_row, *rows)

    @override
    def service(self, instance_id: str) -> AnyService | None:
        return self.services.get(instance_id)

    @override
    def instance(self, instance_id: str) -> Instance | None:
        return next((one for one in self.instances() if one.id == instance_id), None)


@asynccontextmanager
async def monitored(tmp_path: Path) -> AsyncIterator[tuple[AgentRig, Monitored]]:
    inventory = Monitored()
    async with open_rig(tmp_path, inventory=inventory, clock=ManualClock(NOW)) as rig:
        yield rig, inventory


async def asked(rig: AgentRig, incident: Incident, measured: Word | None = None) -> Consensus | None:
    async with rig.store.read() as connection:
        return await rig.agent.devices.for_incident(connection, incident, measured)


def about(instance: str, word: Word, target: TargetRef = BOX) -> Witnessed:
    return seen(instance, f"{target.name} at {instance}", word, about=target, address="", mac="")


def fired(source: str, labels: Mapping[str, str] | None = None, **more: object) -> Alert:
    found = Alert(
        fingerprint=f"{source}-1",
        source=source,
        name="Down",
        severity=Severity.WARNING,
        status=AlertStatus.FIRING,
        starts_at=NOW,
        received_at=NOW,
        labels=dict(labels or {}),
    )
    return replace(found, **more)  # type: ignore[arg-type]


def problem(*alerts: Alert, target: TargetRef | None = BOX) -> Incident:
    return Incident(
        id="i1",
        number=1,
        group_key="g",
        title="Down",
        severity=Severity.WARNING,
        category="general",
        status=IncidentStatus.OPEN,
        opened_at=NOW,
        updated_at=NOW,
        alerts=alerts,
        target=target,
    )


OWN = fired("toy1", OF_CHECK)
STALE: dict[str, Any] = {"stale_since": NOW}
OVER: dict[str, Any] = {"status": AlertStatus.RESOLVED}
MEMORY: dict[str, Any] = {"name": "VM memory pressure"}
OF_DISK: dict[str, Any] = {"labels": {"mountpoint": "/srv"}}
FULL = seen("prtg", "memory", DOWN, aspect=Aspect.CAPACITY, part="memory", about=BOX, address="", mac="")


@pytest.mark.parametrize(
    ("alerts", "said", "checks", "verdict", "may_act"),
    [
        ([OWN], [], {STOPPED: False}, None, False),
        ([OWN], [about("kuma", DOWN)], {STOPPED: False}, Agreement.DOWN, True),
        ([OWN], [about("kuma", UP)], {STOPPED: False}, Agreement.SPLIT, False),
        ([OWN], [about("kuma", DOWN)], {STOPPED: True}, Agreement.SPLIT, False),
        ([OWN], [about("kuma", DOWN)], {STOPPED: None}, Agreement.ALONE, False),
        ([OWN], [about("kuma", DOWN)], {}, Agreement.ALONE, False),
        ([fired("kuma")], [about("kuma", DOWN)], {STOPPED: False}, Agreement.DOWN, True),
        ([fired("kuma")], [about("kuma", DOWN), about("prtg", DOWN)], {}, Agreement.DOWN, True),
        ([fired("kuma")], [about("kuma", DOWN), about("prtg", UP)], {STOPPED: False}, Agreement.SPLIT, False),
        ([fired("kuma")], [], {}, Agreement.ALONE, False),
        ([fired("kuma"), fired("prtg")], [], {}, Agreement.DOWN, True),
        ([fired("kuma"), fired("prtg", **STALE)], [], {}, Agreement.ALONE, False),
        ([fired("kuma"), fired("prtg", **OVER)], [], {}, Agreement.ALONE, False),
        ([fired("am"), fired("prom")], [], {}, Agreement.ALONE, False),
        ([fired("am"), fired("kuma")], [], {}, Agreement.DOWN, True),
        # An alert about memory says nothing about the outage that a monitor reports.
        ([OWN, fired("am", **MEMORY)], [about("kuma", UP)], {STOPPED: True}, Agreement.UP, False),
        ([OWN, fired("am", **MEMORY)], [about("kuma", DOWN)], {STOPPED: None}, Agreement.ALONE, False),
        ([fired("am"), fired("prtg", **MEMORY)], [about("kuma", DOWN)], {}, Agreement.DOWN, True),
        ([fired("am", **MEMORY)], [about("kuma", DOWN)], {}, Agreement.ALONE, False),
        ([fired("am", **OF_DISK), fired("prtg", **MEMORY)], [about("kuma", UP)], {}, Agreement.DOWN, True),
        ([OWN, fired("toy1", {CHECK: "memory"})], [about("kuma", DOWN)], {}, Agreement.ALONE, False),
        # Nor does a monitor that measures something of it.
        ([OWN], [FULL], {STOPPED: False}, None, False),
        ([OWN, fired("prtg")], [FULL], {STOPPED: False}, None, False),
        ([fired("kuma")], [FULL], {}, Agreement.ALONE, False),
        ([], [about("kuma", DOWN)], {}, Agreement.ALONE, False),
        # A problem that is no outage: that the box can be reached says nothing about it.
        ([fired("kuma")], [about("prtg", UP)], {}, Agreement.ALONE, False),
        ([fired("kuma")], [about("kuma", DOWN, ITSELF)], {}, Agreement.ALONE, False),
    ],
)
async def test_who_agrees(
    tmp_path: Path,
    alerts: list[Alert],
    said: list[Witnessed],
    checks: dict[str, bool | None],
    verdict: Agreement | None,
    may_act: bool,  # noqa: FBT001
) -> None:
    async with monitored(tmp_path) as (rig, inventory):
        inventory.said, inventory.seen_now = tuple(said), Seen(checks=checks)
        found = await asked(rig, problem(*alerts))
        assert (found and found.verdict, found is not None and found.may_act) == (verdict, may_act)


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (InstanceStatus.UNREACHABLE, Agreement.DOWN),
        (InstanceStatus.OK, Agreement.SPLIT),
        (InstanceStatus.FAILING, Agreement.ALONE),
    ],
)
async def test_an_instance_that_the_app_reaches_is_not_down(
    tmp_path: Path, status: InstanceStatus, verdict: Agreement
) -> None:
    async with monitored(tmp_path) as (rig, inventory):
        inventory.said = (about("kuma", DOWN, ITSELF),)
        inventory.instance_row = replace(inventory.instance_row, status=status)
        of_poll = fired("toy1", {STEWARD_INSTANCE: "toy1", CHECK: UNREACHABLE, OUTAGE: UNREACHABLE})
        found = await asked(rig, problem(of_poll, target=ITSELF))
        assert found is not None
        assert found.verdict is verdict


async def test_an_old_reading_of_our_own_does_not_count(tmp_path: Path) -> None:
    async with monitored(tmp_path) as (rig, inventory):
        inventory.said, inventory.seen_now = (about("kuma", DOWN),), Seen(checks={STOPPED: False})
        row = replace(inventory.instance_row, polled_at=NOW - timedelta(minutes=5))
        inventory.instance_row = replace(row, settings={POLL_SECONDS: 60})
        assert (await asked(rig, problem(OWN))).may_act is False  # type: ignore[union-attr]
        inventory.instance_row = replace(row, settings={POLL_SECONDS: 300})
        assert (await asked(rig, problem(OWN))).may_act is True  # type: ignore[union-attr]
        inventory.instance_row = replace(row, status=InstanceStatus.FAILING)
        assert (await asked(rig, problem(OWN))).may_act is False  # type: ignore[union-attr]


async def test_a_host_is_judged_by_its_device(tmp_path: Path) -> None:
    async with monitored(tmp_path) as (rig, inventory):
        inventory.said = (seen("kuma", "a", DOWN, about=BOX), seen("prtg", "b", DOWN))
        found = await asked(rig, problem(fired("kuma")))
        assert found is not None
        assert found.verdict is Agreement.ALONE
        inventory.roles = {Role.HOST: BOX}
        found = await asked(rig, problem(fired("kuma")))
        assert found is not None
        assert found.may_act


async def test_without_a_target_or_readings_nobody_agrees(tmp_path: Path) -> None:
    async with monitored(tmp_path) as (rig, inventory):
        assert await asked(rig, problem(OWN, target=None)) is None
        inventory.said, inventory.seen_now = (about("kuma", DOWN),), Seen(checks={STOPPED: False})
        inventory.instance_row = replace(inventory.instance_row, polled_at=None)
        found = await asked(rig, problem(OWN))
        assert found is not None
        assert found.verdict is Agreement.ALONE


async def test_what_the_app_does_not_judge_is_no_reading(tmp_path: Path) -> None:
    async with monitored(tmp_path) as (rig, inventory):
        inventory.services["toy1"] = replace(TOY, checks=())
        inventory.said = (about("kuma", DOWN),)
        found = await asked(rig, problem(fired("kuma")))
        assert found is not None
        assert (found.support, found.silent) == (("kuma",), ())


async def test_an_item_of_a_monitor_is_no_reading_of_our_own(tmp_path: Path) -> None:
    async with monitored(tmp_path) as (rig, inventory):
        inventory.services["toy1"] = replace(TOY, role=Role.MONITOR, alerts=AlertSource())
        inventory.said, inventory.seen_now = (about("kuma", DOWN),), Seen(checks={STOPPED: False})
        found = await asked(rig, problem(fired("kuma")))
        assert found is not None
        assert found.verdict is Agreement.ALONE


@pytest.mark.parametrize(
    ("measured", "status", "verdict"),
    [
        (Word.DOWN, InstanceStatus.OK, Agreement.DOWN),
        (Word.UP, InstanceStatus.OK, Agreement.SPLIT),
        (Word.UNKNOWN, InstanceStatus.OK, Agreement.ALONE),
        (None, InstanceStatus.OK, Agreement.ALONE),
        (Word.DOWN, InstanceStatus.FAILING, Agreement.ALONE),
    ],
)
async def test_a_problem_that_is_no_outage_is_compared_with_what_the_app_measured(
    tmp_path: Path, measured: Word | None, status: InstanceStatus, verdict: Agreement
) -> None:
    """That the box runs says nothing about its memory."""
    async with monitored(tmp_path) as (rig, inventory):
        inventory.seen_now = Seen(checks={STOPPED: True})
        inventory.instance_row = replace(inventory.instance_row, status=status)
        found = await asked(rig, problem(fired("kuma")), measured)
        assert found is not None
        assert found.verdict is verdict


async def test_an_own_check_of_the_same_problem_counts_before_what_was_measured(tmp_path: Path) -> None:
    async with monitored(tmp_path) as (rig, inventory):
        inventory.seen_now = Seen(checks={"memory": False})
        own = fired("toy1", {STEWARD_INSTANCE: "toy1", CHECK: "memory"})
        found = await asked(rig, problem(fired("kuma"), own), Word.UP)
        assert found is not None
        assert found.verdict is Agreement.DOWN


def said_same(keys: tuple[str, str], *, is_same: bool | None, user: str = "1") -> MatchDecision:
    return MatchDecision(speaker=speaker(user), first=keys[1], second=keys[0], is_same=is_same)


async def test_people_say_what_is_the_same_device(tmp_path: Path) -> None:
    async with monitored(tmp_path) as (rig, inventory):
        devices = rig.agent.devices
        inventory.said = (seen("kuma", "nas", UP, mac=""), seen("prtg", "nas", UP, mac=""))
        [question] = (await devices.view(DevicesQuery())).questions
        keys = (question.first, question.second)
        for is_same, count, questions in ((True, 1, 0), (False, 2, 0), (None, 2, 1)):
            assert await devices.decide(said_same(keys, is_same=is_same)) == Nothing()
            found = await devices.view(DevicesQuery(limit=0))
            assert (found.total, len(found.devices), len(found.questions)) == (count, 1, questions)
        written = [body for event, body in await rig.audited() if event == "device.matched"]
        assert len(written) == 3
        assert '"person":"olga"' in written[0]


@pytest.mark.parametrize(
    ("user", "front_end", "first", "code"),
    [
        ("3", FrontEnd.TELEGRAM, None, ErrorCode.FORBIDDEN),
        ("1", FrontEnd.MCP, None, ErrorCode.FORBIDDEN),
        ("", FrontEnd.HOME_ASSISTANT, None, ErrorCode.FORBIDDEN),
        ("1", FrontEnd.TELEGRAM, "kuma/other", ErrorCode.INVALID_ARGUMENT),
        ("1", FrontEnd.TELEGRAM, "prtg/192.0.2.30", ErrorCode.INVALID_ARGUMENT),
    ],
)
async def test_not_everybody_and_not_everything(
    tmp_path: Path, user: str, front_end: FrontEnd, first: str | None, code: ErrorCode
) -> None:
    async with monitored(tmp_path) as (rig, inventory):
        inventory.said = (seen("kuma", "nas", UP, mac=""), seen("prtg", "nas", UP, mac=""))
        decision = MatchDecision(
            speaker=speaker(user, front_end),
            first=first or "kuma/192.0.2.30",
            second="prtg/192.0.2.30",
            is_same=True,
        )
        with pytest.raises(ContractError) as caught:
            await rig.agent.devices.decide(decision)
        assert caught.value.code is code
        assert (await rig.agent.devices.view(DevicesQuery())).total == 2


@pytest.mark.parametrize("check", sorted(DOUBTS))
async def test_a_problem_of_monitors_themselves_never_allows_to_act(tmp_path: Path, check: str) -> None:
    async with monitored(tmp_path) as (rig, inventory):
        inventory.said, inventory.seen_now = (about("kuma", DOWN),), Seen(checks={STOPPED: False})
        doubt = fired("kuma", {CHECK: check})
        found = await asked(rig, problem(OWN, doubt))
        assert (found and found.verdict, found and found.may_act) == (Agreement.SPLIT, False)
        found = await asked(rig, problem(OWN, replace(doubt, status=AlertStatus.RESOLVED)))
        assert found is not None
        assert found.may_act


async def test_who_was_blind_is_still_not_heard(tmp_path: Path) -> None:
    """The watch stored that it is blind; since when its devices are down is not known after a restart."""
    async with monitored(tmp_path) as (rig, inventory):
        inventory.said = tuple(
            seen("prtg", f"d{n}", DOWN, about=BOX if n == 0 else None, address=f"192.0.2.{n}", mac="")
            for n in range(5)
        )
        inventory.seen_now = Seen(checks={STOPPED: False})
        assert (await asked(rig, problem(OWN))).may_act is True  # type: ignore[union-attr]
        row = MonitorProblem(
            key="1", kind=ProblemKind.BLIND, source="prtg", witness="prtg", seen_from=NOW, seen_at=NOW
        )
        async with rig.store.change() as unit:
            await monitor_problems.save(
                unit.connection, [row, replace(row, key="2", kind=ProblemKind.GONE, witness="kuma")]
            )
        assert (await asked(rig, problem(OWN))).may_act is False  # type: ignore[union-attr]


async def test_a_diagnosis_says_what_monitors_say(tmp_path: Path) -> None:
    async with monitored(tmp_path) as (rig, inventory):
        since = NOW - timedelta(minutes=5)
        up = seen("prtg", "box", UP, about=BOX, address="", mac="", since=since)
        inventory.said, inventory.seen_now = (about("kuma", DOWN), up), Seen(checks={STOPPED: False})
        lines = await rig.agent.devices.lines(problem(OWN))
        assert lines == (
            "kuma says down",
            "Homelab Steward says down",
            "prtg says up since Nov 20, 2026, 11:55",
        )
        stale = replace(up, testimony=replace(up.testimony, checked_at=NOW - timedelta(hours=1)))  # type: ignore[type-var]
        inventory.said, inventory.seen_now = (stale,), Seen()
        assert await rig.agent.devices.lines(problem(OWN)) == (), "one voice is the alert itself"
        inventory.said = (replace(about("kuma", DOWN, ITSELF)), up)
        assert await rig.agent.devices.lines(problem(OWN, fired("kuma"))) == (), "the alert says it"
        assert await rig.agent.devices.lines(problem(OWN, target=None)) == ()


async def test_people_see_on_the_card_what_monitors_say(tmp_path: Path) -> None:
    async with monitored(tmp_path) as (rig, inventory):
        since = NOW - timedelta(minutes=5)
        up = seen("prtg", "box", UP, about=BOX, address="", mac="", since=since)
        inventory.said = (about("kuma", DOWN), up)
        await rig.fire()
        diagnosis = (await rig.status(IncidentStatus.WAITING)).diagnosis
        assert diagnosis is not None
        found = diagnosis.evidence[-1]
        assert (found.tool, found.id) == ("monitors", f"e{len(diagnosis.evidence) - 1}")
        assert found.instance_id == "am"
        text = "What monitors say: kuma says down; prtg says up since Nov 20, 2026, 11:55"
        assert text in [one.text for one in diagnosis.claims]


async def test_the_first_answer_to_a_question_wins_and_ends_it_everywhere(tmp_path: Path) -> None:
    async with monitored(tmp_path) as (rig, inventory):
        devices = rig.agent.devices
        inventory.said = (seen("kuma", "nas", UP, mac=""), seen("prtg", "nas", UP, mac=""))
        questions, book = MatchQuestions(rig.store), device_book(inventory.said, {}, NOW)
        await questions.look(book, NOW)
        await questions.look(book, NOW)
        (pair,) = await asked_pairs(rig)
        assert (pair.is_same, pair.first_name, pair.second_name) == (None, "nas (Kuma)", "nas (Prtg)")
        first = replace(said_same((pair.first, pair.second), is_same=True, user="2"), only_first=True)
        await devices.decide(first)
        (pair,) = await asked_pairs(rig)
        assert (pair.is_same, pair.person_name) == (True, ToyPeople.known["2"].name)
        with pytest.raises(ContractError, match="Already answered: the same device") as caught:
            await devices.decide(replace(first, speaker=speaker("1"), is_same=False))
        assert caught.value.code is ErrorCode.ALREADY_DECIDED
        assert (await devices.view(DevicesQuery())).total == 1
        await devices.decide(replace(first, is_same=False, only_first=False))
        assert [one.is_same for one in await asked_pairs(rig)] == [False]
        await questions.look(book, NOW)
        assert len(await asked_pairs(rig)) == 1


async def asked_pairs(rig: AgentRig) -> list[MatchPair]:
    """Return the pairs of all messages that ask about devices."""
    async with rig.store.read() as connection:
        found = await scheduled_messages.newest_of(connection, QUESTIONS, 10)
    return [pair for one in found for pair in one.pairs]
