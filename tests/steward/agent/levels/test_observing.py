"""What is only observed is not offered: people see it, and what they do themselves is compared with it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from homelab_steward.contract.autonomy import AutonomyLevel, SetLevel
from homelab_steward.contract.base import Value
from homelab_steward.contract.commands import RequestAction
from homelab_steward.contract.incidents import (
    AlertStatus,
    ApprovalRequest,
    ApprovalStatus,
    Incident,
    IncidentStatus,
    Severity,
    Verb,
)
from homelab_steward.contract.proposals import Option, OptionKind
from homelab_steward.contract.step_parts import PlannedWait
from rig import records
from rig.agent_rig import RUNBOOK, AgentRig, decide_command, open_rig
from rig.earned import CELL, TEN_MINUTES, cell, earn, level, proposed
from rig.inventory import NOW, alert, box, speaker
from steward.agent.levels.autonomy import OBSERVED
from steward.agent.levels.observing import chosen, is_quiet, made_selections
from steward.autonomy.evidence import Selection
from steward.clock import ManualClock
from steward.store import approvals, incidents, tables
from steward.store import autonomy as stored

OBSERVE, ASK, VETO, AUTO = AutonomyLevel
_START, _END = RUNBOOK.index("  - id: restart"), RUNBOOK.index("  - id: investigate")
ONLY_GROW = RUNBOOK[:_START] + RUNBOOK[_END:]
OFFER = "Only observed. It would offer: “Increase memory 2 → 3 GiB”."
LINE = "Increase memory 2 → 3 GiB: It is only observed until a person allows it to ask."


@asynccontextmanager
async def at(
    folder: Path, standing: AutonomyLevel, runbook: str = ONLY_GROW
) -> AsyncIterator[tuple[AgentRig, ManualClock]]:
    clock = ManualClock(NOW)
    async with open_rig(folder, clock=clock, runbooks=(runbook,)) as rig:
        await earn(rig, 30, standing, undos=80)
        yield rig, clock


async def observed(rig: AgentRig, number: int = 1) -> Incident:
    """Fire the alert and return the incident that nobody is asked about."""
    await rig.fire(alert())
    return await rig.status(IncidentStatus.UNSOLVED, number)


async def requests(rig: AgentRig) -> tuple[ApprovalRequest, ...]:
    async with rig.store.read() as connection:
        return await approvals.newest(connection, 10)


async def choices(rig: AgentRig) -> list[str]:
    """Return what was chosen since the cell earned what it has."""
    async with rig.store.read() as connection:
        found = await stored.selections_of(connection, "toy-memory", 1)
    return [one.choice for one in found if not one.approval_id.startswith("earned")]


async def test_nobody_is_asked_at_observe(tmp_path: Path) -> None:
    """At the next level a person is asked."""
    async with at(tmp_path, OBSERVE) as (rig, _clock):
        await observed(rig)
        assert (await requests(rig), rig.toy.done) == ((), [])


async def test_a_person_decides_at_ask(tmp_path: Path) -> None:
    """At the level below nobody is asked, at the level above it is done unless somebody stops it."""
    async with at(tmp_path, ASK) as (rig, clock):
        request = await rig.ask()
        clock.move(2 * TEN_MINUTES)
        await rig.agent._autonomy.announced.look()
        waiting = await rig.request_with(request.id)
        assert (waiting.status, waiting.acts_at) == (ApprovalStatus.PENDING, None)
        assert rig.toy.done == []


async def test_it_is_done_at_its_time_at_veto(tmp_path: Path) -> None:
    """At the level below it waits for a person, at the level above nobody could stop it."""
    async with at(tmp_path, VETO) as (rig, clock):
        request = await rig.ask()
        assert request.acts_at == NOW + timedelta(seconds=TEN_MINUTES)
        assert rig.toy.done == []
        clock.move(TEN_MINUTES)
        await rig.status(IncidentStatus.RESOLVED)
        assert rig.toy.done == ["set_memory 3072"]


async def test_it_is_done_at_once_at_auto(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the level below people have ten minutes to stop it."""
    monkeypatch.setattr("steward.agent.levels.autonomy.is_sample", lambda _id: False)
    async with at(tmp_path, AUTO) as (rig, clock):
        await rig.fire(alert())
        await rig.status(IncidentStatus.RESOLVED)
        (request,) = await requests(rig)
        assert request.acts_at is None
        assert request.decision is not None
        assert request.decision.is_automatic
        assert (rig.toy.done, clock.now()) == (["set_memory 3072"], NOW)


async def test_people_see_what_would_be_offered(tmp_path: Path) -> None:
    async with at(tmp_path, OBSERVE) as (rig, _clock):
        incident = await observed(rig)
        assert (incident.resolution, incident.muted) == (OFFER, OFFER)
        proposal = incident.proposal
        assert proposal is not None
        assert [(one.number, one.kind) for one in proposal.options] == [(1, OptionKind.INVESTIGATE)]
        (option,) = proposal.observed
        assert (option.label, option.steps[0].arguments) == ("Increase memory 2 → 3 GiB", {"memory": 3072})
        assert proposal.left_out == (LINE,)
        assert await choices(rig) == ["observed"]
        (body,) = [body for event, body in await rig.audited() if event == "incident.observed"]
        assert option.plan_hash in body


async def test_without_a_target_nothing_is_chosen(tmp_path: Path) -> None:
    async with at(tmp_path, OBSERVE) as (rig, _clock):
        incident = await observed(rig)
        assert incident.proposal is not None
        proposal = replace(incident.proposal, options=incident.proposal.observed, observed=())
        elsewhere = replace(incident, id="another", target=None)
        async with rig.store.change() as unit:
            made = await rig.agent._autonomy.decision.without_observed(unit, elsewhere, proposal)
        assert (made.options, made.observed) == ((), incident.proposal.observed)
        assert await choices(rig) == ["observed"]


async def test_a_critical_problem_is_always_asked_about_without_it(tmp_path: Path) -> None:
    async with at(tmp_path, OBSERVE) as (rig, _clock):
        request = await rig.ask(replace(alert(), severity=Severity.CRITICAL))
        assert [one.kind for one in request.proposal.options] == [OptionKind.INVESTIGATE]
        assert request.proposal.left_out == (LINE,)
        # What is left out because of its level is not offered again by itself.
        await rig.agent._asked.reoffers.look()
        assert (await rig.request_with(request.id)).status is ApprovalStatus.PENDING


async def test_a_critical_problem_without_anything_else_can_be_investigated(tmp_path: Path) -> None:
    runbook = RUNBOOK[:_START] + "---\n# Toy memory pressure\n"
    async with at(tmp_path, OBSERVE, runbook) as (rig, _clock):
        request = await rig.ask(replace(alert(), severity=Severity.CRITICAL))
        assert [(one.number, one.label) for one in request.proposal.options] == [(1, "Investigate")]


async def test_other_recipes_are_offered_and_never_carried_out_alone(tmp_path: Path) -> None:
    async with at(tmp_path, OBSERVE, RUNBOOK) as (rig, _clock):
        restart = replace(CELL, recipe="restart")
        async with rig.store.change() as unit:
            found = await rig.agent._autonomy.states.one(unit.connection, restart)
            standing = replace(found.standing, level=AUTO, raised_at=NOW)
            await rig.agent._autonomy.states.save(unit, replace(found, standing=standing))
        request = await rig.ask()
        assert [(one.number, one.recipe) for one in request.proposal.options] == [
            (1, "restart"),
            (2, "investigate"),
        ]
        assert (request.acts_at, request.autonomy) == (None, (OBSERVED,))
        assert rig.toy.done == []


async def number_of(rig: AgentRig, incident_id: str | None) -> int:
    return next(one.number for one in await rig.incidents() if one.id == incident_id)


async def by_hand(rig: AgentRig, clock: ManualClock, memory: int, number: int) -> None:
    """Let a person request and approve a change, and the problem end."""
    values: dict[str, Value] = {"memory": memory}
    for one in await proposed(rig):
        await rig.agent.gate.decide(decide_command(one, Verb.REJECT))
    wanted = RequestAction(
        instance_id="toy1",
        action="set_memory",
        speaker=speaker(),
        target_id="box/radarr",
        arguments=values,
    )
    asked = await rig.agent.requests.request(wanted)
    await rig.press(await rig.request_with(asked.approval_id or ""))
    await rig.status(IncidentStatus.RESOLVED, await number_of(rig, asked.incident_id))
    clock.move(1)
    await rig.fire(alert(status=AlertStatus.RESOLVED, at=clock.now()))
    await rig.status(IncidentStatus.RESOLVED, number)
    await rig.agent._autonomy.stage.look()


@pytest.mark.parametrize(("memory", "choice"), [(3072, "approved"), (4096, "other_option")])
async def test_what_people_do_is_compared_with_what_would_be_offered(
    tmp_path: Path, memory: int, choice: str
) -> None:
    async with at(tmp_path, OBSERVE) as (rig, clock):
        await observed(rig)
        await rig.agent._autonomy.stage.look()
        assert await choices(rig) == ["observed"], "it has not ended"
        await by_hand(rig, clock, memory, 1)
        assert await choices(rig) == [choice]


async def test_an_owner_is_asked_when_people_do_the_same_often_enough(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    async with open_rig(tmp_path, clock=clock, runbooks=(ONLY_GROW,)) as rig:
        await earn(rig, 0, OBSERVE)
        found = await cell(rig)
        assert found.missing.texts == ("Times that people do the same themselves and that are missing: 4.",)
        await rig.agent._autonomy.stage.look()
        assert await proposed(rig) == []
        async with rig.store.change() as unit:
            for number in range(4):
                row = stored.Selection(
                    approval_id=f"same{number}",
                    runbook_id=CELL.runbook_id,
                    version=CELL.version,
                    recipe=CELL.recipe,
                    target_class=CELL.target_class,
                    target="toy1:box:box/radarr",
                    offered_at=NOW,
                    choice="approved",
                    at=NOW,
                )
                await stored.add_selection(unit.connection, row)
        await rig.agent._autonomy.stage.look()
        (request,) = await proposed(rig)
        assert request.proposal.options[0].changes == "Level: only observed → asked about"
        await rig.press(request)
        await rig.agent._autonomy.stage.look()
        assert await level(rig) is ASK


async def test_an_owner_may_allow_it_to_ask_at_any_time(tmp_path: Path) -> None:
    async with open_rig(tmp_path, clock=ManualClock(NOW), runbooks=(ONLY_GROW,)) as rig:
        await earn(rig, 0, OBSERVE)
        wish = SetLevel(runbook_id="toy-memory", level=ASK, speaker=speaker())
        answer = await rig.agent.levels.set_level(wish)
        (request,) = await proposed(rig)
        assert answer.approval_ids == (request.id,)
        await rig.agent._autonomy.stage.look()
        assert [one.id for one in await proposed(rig)] == [request.id], "it is not withdrawn"
        await rig.press(request)
        await rig.agent._autonomy.stage.look()
        assert await level(rig) is ASK


async def test_what_an_owner_does_not_want_stays_observed(tmp_path: Path) -> None:
    async with open_rig(tmp_path, clock=ManualClock(NOW), runbooks=(ONLY_GROW,)) as rig:
        await earn(rig, 0, OBSERVE)
        await rig.agent.levels.set_level(SetLevel(runbook_id="toy-memory", level=ASK, speaker=speaker()))
        (request,) = await proposed(rig)
        await rig.agent.gate.decide(decide_command(request, Verb.REJECT))
        await rig.agent._autonomy.stage.look()
        assert await level(rig) is OBSERVE
        assert (await observed(rig, 2)).resolution == OFFER


async def test_of_what_is_gone_nothing_is_chosen(tmp_path: Path) -> None:
    async with at(tmp_path, OBSERVE) as (rig, clock):
        incident = await observed(rig)
        await rig.fire(alert(status=AlertStatus.RESOLVED, at=clock.now()))
        ended = await rig.status(IncidentStatus.RESOLVED)
        assert ended.proposal is not None
        async with rig.store.change() as unit:
            for proposal in (None, replace(ended.proposal, observed=(records.option(label="Another"),))):
                await incidents.save_incident(unit.connection, replace(ended, proposal=proposal))
                ((key, choice, when),) = await made_selections(unit.connection)
                expected = "gone" if proposal is None else "ignored"
                assert (key, choice, when) == (incident.id, expected, ended.resolved_at)
            await unit.connection.execute(tables.incidents.delete())
            assert await made_selections(unit.connection) == [(incident.id, "gone", None)]


def doing(*steps: tuple[str, str, int]) -> Option:
    """Return an option with steps: an action, the name of a box, and the memory."""
    made = (
        replace(records.step(action, box(name)), arguments={"memory": memory})
        for action, name, memory in steps
    )
    return records.option(steps=tuple(made))


GROW, RESTART = ("toy.set_memory", "radarr", 3072), ("toy.restart", "radarr", 0)
OTHER = ("toy.restart", "sonarr", 0)
WAIT = PlannedWait(name="It runs", reading="running", within=5.0, settle=1.0, equals=True)
WAITING = replace(records.step(), wait=WAIT)


@pytest.mark.parametrize(
    ("would", "done", "choice"),
    [
        (doing(GROW), [doing(GROW)], Selection.APPROVED),
        (doing(GROW), [doing(RESTART), doing(GROW)], Selection.APPROVED),
        (doing(GROW, RESTART), [doing(RESTART), doing(GROW)], Selection.APPROVED),
        (doing(GROW, RESTART), [doing(GROW)], Selection.OTHER_OPTION),
        (doing(GROW), [doing(("toy.set_memory", "radarr", 4096))], Selection.OTHER_OPTION),
        (doing(GROW), [doing(OTHER)], Selection.IGNORED),
        (doing(GROW), [], Selection.IGNORED),
        (replace(doing(), steps=(*doing(GROW).steps, WAITING)), [doing(GROW)], Selection.APPROVED),
    ],
)
def test_the_choice(would: Option, done: list[Option], choice: Selection) -> None:
    incident = records.incident(records.stored_alert(), status=IncidentStatus.RESOLVED)
    assert chosen(incident, would, done) is choice
    ignored = replace(incident, status=IncidentStatus.IGNORED)
    assert chosen(ignored, would, done) is Selection.REJECTED


def test_nobody_is_asked_only_if_nothing_else_changes_something() -> None:
    incident = replace(records.incident(records.stored_alert()), severity=Severity.WARNING)
    look = records.option(kind=OptionKind.INVESTIGATE, steps=())
    quiet = replace(records.proposal(look), observed=(records.option(),))
    assert is_quiet(incident, quiet)
    assert not is_quiet(incident, replace(quiet, observed=()))
    assert not is_quiet(incident, replace(quiet, options=(look, records.option(2))))
    assert not is_quiet(replace(incident, severity=Severity.CRITICAL), quiet)
