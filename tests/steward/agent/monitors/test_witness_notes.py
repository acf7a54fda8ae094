"""What monitors claim by what they say of a problem, and when it is known who was right."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from homelab_steward.contract.devices import Aspect, DevicesQuery, Word
from homelab_steward.contract.false_alarms import MarkFalseAlarm
from homelab_steward.contract.incidents import Incident, IncidentStatus
from rig.agent_rig import AgentRig
from rig.inventory import NOW, speaker
from steward.agent.incidents.retention import CLAIMS, Kept, Retention
from steward.agent.monitors.device_book import device_book
from steward.agent.monitors.monitor_findings import CHECKS
from steward.agent.monitors.witness_notes import claims_about, new_claims
from steward.clock import ManualClock
from steward.inventory.ports import CHECK, Seen, Witnessed
from steward.quorum.reliability import Claim
from steward.quorum.witnesses import Testimony as Statement
from steward.quorum.witnesses import Witness
from steward.store import witness_claims
from steward.store.monitor_problems import ProblemKind

from .test_device_book import seen
from .test_quorum import OVER, OWN, STALE, STOPPED, about, fired, monitored, problem

UP, DOWN = Word.UP, Word.DOWN
MINUTE = timedelta(minutes=1)
EMPTY = device_book((), {}, NOW)


def claim(witness: str, right_if_real: bool, aspect: Aspect = Aspect.REACH) -> Claim:  # noqa: FBT001
    return Claim(witness=witness, aspect=aspect, right_if_real=right_if_real)


def says(witness: str, word: Word, *, after: timedelta = MINUTE) -> Statement:
    return Statement(
        witness=Witness(id=witness, instance=witness),
        subject="x",
        aspect=Aspect.REACH,
        word=word,
        checked_at=NOW + after,
        interval=MINUTE,
    )


@pytest.mark.parametrize(
    ("said", "right_if_real"),
    [
        (says("kuma", DOWN), True),
        (says("kuma", DOWN, after=-MINUTE), True),
        (says("kuma", UP), False),
        (says("kuma", UP, after=timedelta(seconds=59)), None),
        (says("kuma", DOWN, after=-2 * MINUTE), None),
        (says("kuma", Word.UNKNOWN), None),
        (says("kuma", Word.PAUSED), None),
        (says("steward/toy1", DOWN), None),
    ],
)
def test_who_says_something_claims_it(said: Statement, right_if_real: bool | None) -> None:  # noqa: FBT001
    found = claims_about(problem(OWN), (said,), EMPTY, NOW + MINUTE)
    assert found == (() if right_if_real is None else (claim("kuma", right_if_real),))


@pytest.mark.parametrize(
    "changed",
    [
        {"status": IncidentStatus.ACTING},
        {"status": IncidentStatus.RESOLVED},
        {"alerts": ()},
        {"alerts": (fired("kuma", **OVER),)},
        {"alerts": (fired("kuma", **STALE),)},
        {"alerts": (OWN, fired("kuma", {CHECK: CHECKS[ProblemKind.SPLIT]}))},
    ],
)
def test_nothing_is_claimed_about_what_changes_is_over_or_is_doubtful(changed: Mapping[str, Any]) -> None:
    assert claims_about(replace(problem(OWN), **changed), (says("kuma", DOWN),), EMPTY, NOW) == ()


def test_after_a_run_nothing_is_claimed_any_more() -> None:
    after: Any = object()
    assert claims_about(replace(problem(OWN), run=after), (says("kuma", DOWN),), EMPTY, NOW) == ()


def five(word: Word, instance: str = "kuma") -> list[Witnessed]:
    return [
        seen(instance, f"d{n}", word, address=f"192.0.2.{n}", mac=f"bc:24:11:00:00:0{n}", since=NOW)
        for n in range(1, 6)
    ]


def test_a_blind_witness_claims_to_see() -> None:
    alert = fired("kuma", {CHECK: CHECKS[ProblemKind.BLIND]})
    blind = device_book([*five(DOWN), *five(UP, "prtg")], {}, NOW)
    assert {one.witness for one in blind.blind} == {"kuma"}
    assert set(claims_about(problem(alert), (), blind, NOW)) == {claim("kuma", False)}
    other = fired("prtg", {CHECK: CHECKS[ProblemKind.BLIND]})
    assert claims_about(problem(other), (), blind, NOW) == ()
    seeing = device_book(five(UP), {}, NOW)
    assert claims_about(problem(alert), (), seeing, NOW) == ()
    assert claims_about(problem(alert), (), blind, NOW + timedelta(hours=1)) == ()


def test_a_blind_witness_does_not_claim_what_it_sees() -> None:
    alert = fired("kuma", {CHECK: CHECKS[ProblemKind.BLIND]})
    up = seen("kuma", "d9", UP, address="192.0.2.9", mac="bc:24:11:00:00:99", aspect=Aspect.SERVICE)
    book = device_book([*five(DOWN), up], {}, NOW)
    assert set(claims_about(problem(alert), (), book, NOW)) == {claim("kuma", False)}


def test_that_there_is_a_problem_is_not_taken_back() -> None:
    known = (claim("kuma", True), claim("prtg", False))
    found = (claim("kuma", False), claim("prtg", True), claim("prtg", False), claim("unifi", False))
    assert new_claims(known, found) == (claim("prtg", True), claim("unifi", False))
    assert new_claims(known, known) == ()


async def noted(rig: AgentRig, incident: Incident) -> set[Claim]:
    async with rig.store.read() as connection:
        return set(await witness_claims.of_problem(connection, incident.id))


async def right(rig: AgentRig) -> dict[str, bool]:
    async with rig.store.read() as connection:
        return {one.witness: one.was_right for one in await witness_claims.outcomes(connection)}


async def test_it_is_noted_at_a_diagnosis_once(tmp_path: Path) -> None:
    async with monitored(tmp_path) as (rig, inventory):
        inventory.said, inventory.seen_now = (about("kuma", DOWN),), Seen(checks={STOPPED: False})
        incident = problem(OWN)
        for _ in range(2):
            await rig.agent.devices.lines(incident)
            assert await noted(rig, incident) == {claim("kuma", True)}
        assert await right(rig) == {}, "nobody knows yet"


async def test_about_what_has_no_target_nothing_is_claimed(tmp_path: Path) -> None:
    async with monitored(tmp_path) as (rig, _):
        incident = problem(fired("kuma"), target=None)
        await rig.agent.devices.note((incident,), EMPTY)
        assert await noted(rig, incident) == set()


async def test_a_false_alarm_shows_who_was_wrong(tmp_path: Path) -> None:
    async with monitored(tmp_path) as (rig, inventory):
        inventory.said = (about("kuma", DOWN),)
        await rig.fire()
        incident = await rig.status(IncidentStatus.WAITING)
        # Alertmanager reports used memory: that Kuma reports an outage says nothing about it.
        assert await noted(rig, incident) == {claim("am", True, Aspect.CAPACITY)}
        await rig.agent.false_alarms.mark(MarkFalseAlarm(incident_id=incident.id, speaker=speaker("1")))
        assert await right(rig) == {"am": False}


async def test_a_verified_repair_shows_who_was_right(tmp_path: Path) -> None:
    async with monitored(tmp_path) as (rig, _):
        await rig.press(await rig.ask())
        await rig.status(IncidentStatus.RESOLVED)
        assert await right(rig) == {"am": True}


async def test_a_repair_that_did_not_help_shows_nothing(tmp_path: Path) -> None:
    async with monitored(tmp_path) as (rig, _):
        rig.toy.helps = False
        await rig.press(await rig.ask())
        await rig.asked_again()
        assert await right(rig) == {}


async def test_a_witness_that_was_always_wrong_still_prevents_acting(tmp_path: Path) -> None:
    async with monitored(tmp_path) as (rig, inventory):
        async with rig.store.change() as unit:
            for number in range(50):
                claims = (claim("kuma", True), claim("prtg", False))
                await witness_claims.note(unit.connection, str(number), claims, NOW)
                await witness_claims.settle(unit.connection, str(number), NOW, was_real=True)
        said = (about("kuma", DOWN), about("prtg", UP))
        inventory.said, inventory.seen_now = said, Seen(checks={STOPPED: False})
        async with rig.store.read() as connection:
            found = await rig.agent.devices.for_incident(connection, problem(OWN))
        assert found is not None
        assert (found.verdict, found.may_act) == ("split", False)
        shown = {
            one.instance_id: (one.right, one.settled)
            for device in (await rig.agent.devices.view(DevicesQuery())).devices
            for aspect in device.aspects
            for one in aspect.statements
        }
        assert shown == {"kuma": (50, 50), "prtg": (0, 50)}
        lines = await rig.agent.devices.lines(problem(OWN))
        assert lines[0] == "kuma says down (right in 50 of 50 cases)"
        assert lines[-1] == "prtg says up (right in 0 of 50 cases)"


async def test_what_was_said_long_ago_is_deleted(tmp_path: Path) -> None:
    async with monitored(tmp_path) as (rig, _):
        async with rig.store.change() as unit:
            for source, age in (("old", CLAIMS + MINUTE), ("new", CLAIMS - MINUTE)):
                await witness_claims.note(unit.connection, source, (claim(source, True),), NOW - age)
                await witness_claims.settle(unit.connection, source, NOW, was_real=True)
        await Retention(rig.store, ManualClock(NOW), Kept()).delete_old()
        assert await right(rig) == {"new": True}
