"""What people decide again and again: it is counted, proposed to be muted, and taken back."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homelab_steward.contract.diagnosis import RunbookMatch
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import AlertStatus, IncidentStatus, Severity, Verb
from homelab_steward.contract.preferences import (
    DecidePreference,
    Preference,
    PreferenceQuery,
    PreferenceState,
    TakeBackPreference,
)
from homelab_steward.contract.proposals import Option, OptionKind
from homelab_steward.contract.protocol import Nothing, RowKind
from homelab_steward.contract.state import FrontEnd, Person, Role, Speaker
from rig import records
from rig.agent_rig import AgentRig, decide_command, open_rig, opened_store
from rig.inventory import NOW, ToyPeople, alert, box, speaker
from steward.agent.requests import habits
from steward.agent.requests.habits import FEWEST, at_least, counted, fresh, is_muted, preference_id
from steward.clock import ManualClock
from steward.store import incidents

INCIDENT = records.incident(records.stored_alert())
DECISION = records.decision()
ACT = records.option()
LOOK = replace(ACT, kind=OptionKind.INVESTIGATE)
CHOICES: tuple[tuple[Verb, Option | None], ...] = (
    (Verb.IGNORE, None),
    (Verb.REJECT, None),
    (Verb.APPROVE, ACT),
    (Verb.APPROVE, LOOK),
)


def after(*choices: tuple[Verb, Option | None], severity: Severity = Severity.WARNING) -> Preference:
    incident = replace(INCIDENT, severity=severity)
    row = fresh(incident, NOW)
    for verb, option in choices:
        row = counted(row, incident, replace(DECISION, verb=verb), option)
    return row


@given(st.lists(st.sampled_from(CHOICES), max_size=12), st.sampled_from(Severity))
def test_only_what_was_always_ignored_is_proposed(
    choices: list[tuple[Verb, Option | None]], severity: Severity
) -> None:
    row = after(*choices, severity=severity)
    is_always = len(choices) >= FEWEST and all(verb is Verb.IGNORE for verb, _ in choices)
    is_due = is_always and severity is not Severity.CRITICAL
    assert row.state is (PreferenceState.PROPOSED if is_due else PreferenceState.NOTED)
    assert row.decided == len(choices)
    assert row.approved == sum(option is ACT for _, option in choices)
    assert row.looked == sum(option is LOOK for _, option in choices)


@given(st.sampled_from(PreferenceState), st.lists(st.sampled_from(CHOICES), min_size=1, max_size=6))
def test_nothing_is_muted_without_a_person(
    state: PreferenceState, choices: list[tuple[Verb, Option | None]]
) -> None:
    row = replace(after(*[CHOICES[0]] * FEWEST), state=state)
    for verb, option in choices:
        row = counted(row, INCIDENT, replace(DECISION, verb=verb), option)
    if row.state is PreferenceState.MUTED:
        assert state is PreferenceState.MUTED
        assert row.ignored == row.decided
    assert (row.state is PreferenceState.DECLINED) is (state is PreferenceState.DECLINED)


@given(st.sampled_from(Severity), st.sampled_from([None, *PreferenceState]))
def test_what_is_critical_is_never_muted(severity: Severity, state: PreferenceState | None) -> None:
    row = None if state is None else replace(records.preference(), state=state)
    expected = state is PreferenceState.MUTED and severity is not Severity.CRITICAL
    assert is_muted(row, replace(INCIDENT, severity=severity)) is expected


@given(st.integers(0, 300), st.integers(0, 300))
def test_the_bound_is_below_the_share_and_grows_with_the_count(successes: int, failures: int) -> None:
    total = successes + failures
    bound = at_least(successes, total)
    assert 0.0 <= bound <= (successes / total if total else 0.0) + 1e-12
    assert at_least(2 * successes, 2 * total) >= bound - 1e-12


def test_the_bound_of_a_few_approvals_is_far_from_certain() -> None:
    assert [round(at_least(n, n), 2) for n in (0, 1, 3, 10, 100)] == [0.0, 0.27, 0.53, 0.79, 0.97]


def test_the_kind_is_the_runbook_or_the_alert_with_the_target() -> None:
    match = RunbookMatch(runbook_id="toy", version=1, title="Toy", score=1, reason="")
    diagnosis = records.incident(records.stored_alert()).diagnosis
    other = replace(INCIDENT, id="other", number=2, title="Something else", severity=Severity.CRITICAL)
    assert preference_id(other) == preference_id(INCIDENT)
    assert preference_id(replace(INCIDENT, target=box("sonarr"))) != preference_id(INCIDENT)
    assert preference_id(replace(INCIDENT, target=None, group_key="a")) != preference_id(
        replace(INCIDENT, target=None, group_key="b")
    )
    if diagnosis is not None:
        matched = replace(INCIDENT, diagnosis=replace(diagnosis, matches=(match,)))
        assert preference_id(matched) != preference_id(replace(INCIDENT, diagnosis=None))
        assert habits.alert_of(matched) == ""


async def ignore(rig: AgentRig, number: int, *, again: bool = True, **labels: Any) -> None:
    """Let the alert fire, ignore its incident, and end it."""
    request = await rig.ask(alert(**labels), number=number)
    await rig.agent.gate.decide(decide_command(request, Verb.IGNORE))
    if again:
        await rig.fire(alert(status=AlertStatus.RESOLVED, **labels))


async def listed(rig: AgentRig, state: PreferenceState | None = None) -> tuple[Preference, ...]:
    return (await rig.agent.preferences.list(PreferenceQuery(state=state))).preferences


async def proposed(rig: AgentRig) -> Preference:
    for number in range(1, FEWEST + 1):
        await ignore(rig, number)
    (row,) = await listed(rig, PreferenceState.PROPOSED)
    return row


async def test_ignored_always_is_proposed_accepted_and_then_nobody_is_asked(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        with rig.store.changes.watch(RowKind.PREFERENCE) as watch:
            row = await proposed(rig)
            states = [(await next_preference(watch)).state for _ in range(FEWEST)]
        assert states == [PreferenceState.NOTED, PreferenceState.NOTED, PreferenceState.PROPOSED]
        assert (row.ignored, row.runbook_id, row.target) == (FEWEST, "toy-memory", box())
        muted = await rig.agent.preferences.decide(
            DecidePreference(id=row.id, speaker=speaker("2"), accept=True)
        )
        assert (muted.state, muted.changed_by) == (PreferenceState.MUTED, "Max")
        await rig.fire()
        incident = await rig.status(IncidentStatus.UNSOLVED, FEWEST + 1)
        assert incident.muted == "Muted: Max accepted that nobody is asked."
        assert incident.approval_id is None
        assert (await listed(rig))[0].muted == 1
        await rig.fire(alert(status=AlertStatus.RESOLVED))
        await rig.status(IncidentStatus.RESOLVED, FEWEST + 1)


async def next_preference(watch: Any) -> Preference:
    event: Any = await watch.next()
    assert isinstance(event.preference, Preference)
    return event.preference


async def test_a_muted_incident_that_becomes_critical_is_asked_about(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        row = await proposed(rig)
        await rig.agent.preferences.decide(DecidePreference(id=row.id, speaker=speaker(), accept=True))
        await rig.fire()
        await rig.status(IncidentStatus.UNSOLVED, FEWEST + 1)
        await rig.fire(alert(severity=Severity.CRITICAL))
        incident = await rig.status(IncidentStatus.WAITING, FEWEST + 1, 2)
        assert incident.muted is None


async def test_declined_is_not_proposed_again_until_it_is_taken_back(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        row = await proposed(rig)
        decline = DecidePreference(id=row.id, speaker=speaker(), accept=False)
        await rig.agent.preferences.decide(decline)
        with pytest.raises(ContractError) as caught:
            await rig.agent.preferences.decide(replace(decline, accept=True))
        assert caught.value.code is ErrorCode.ALREADY_DECIDED
        assert "Olga" in caught.value.message
        await ignore(rig, FEWEST + 1)
        assert [one.state for one in await listed(rig)] == [PreferenceState.DECLINED]
        taken_back = TakeBackPreference(id=row.id, speaker=speaker())
        assert await rig.agent.preferences.take_back(taken_back) == Nothing()
        assert await listed(rig) == ()
        await ignore(rig, FEWEST + 2)
        assert [one.ignored for one in await listed(rig)] == [1]


async def test_taking_back_a_mute_lets_people_be_asked(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        row = await proposed(rig)
        await rig.agent.preferences.decide(DecidePreference(id=row.id, speaker=speaker(), accept=True))
        await rig.agent.preferences.take_back(TakeBackPreference(id=row.id, speaker=speaker()))
        await rig.ask(number=FEWEST + 1)


async def test_a_mute_that_is_not_decided_yet_cannot_be_accepted(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        await ignore(rig, 1)
        (row,) = await listed(rig)
        with pytest.raises(ContractError) as caught:
            await rig.agent.preferences.decide(DecidePreference(id=row.id, speaker=speaker(), accept=True))
        assert caught.value.code is ErrorCode.ALREADY_DECIDED


@pytest.mark.parametrize(
    "said_by",
    [
        speaker("3"),
        speaker("99"),
        speaker("1", FrontEnd.MCP),
        Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id=""),
    ],
    ids=["guest", "stranger", "mcp", "automation"],
)
async def test_others_change_nothing(tmp_path: Path, said_by: Speaker) -> None:
    async with open_rig(tmp_path) as rig:
        row = await proposed(rig)
        with pytest.raises(ContractError) as caught:
            await rig.agent.preferences.decide(DecidePreference(id=row.id, speaker=said_by, accept=True))
        assert caught.value.code is ErrorCode.FORBIDDEN
        with pytest.raises(ContractError):
            await rig.agent.preferences.take_back(TakeBackPreference(id=row.id, speaker=said_by))
        assert await listed(rig) == (row,)
        assert [event for event, _ in await rig.audited()].count("preference.refused") == 2


async def test_a_person_without_authority_in_the_category_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_rig(tmp_path) as rig:
        row = await proposed(rig)
        limited = Person.from_dict(
            {"id": "max", "name": "Max", "role": "member", "authority": {row.category: "nothing"}}
        )
        monkeypatch.setitem(ToyPeople.known, "2", limited)
        with pytest.raises(ContractError) as caught:
            await rig.agent.preferences.decide(DecidePreference(id=row.id, speaker=speaker("2"), accept=True))
        assert caught.value.code is ErrorCode.FORBIDDEN
        assert limited.role is Role.MEMBER
        with pytest.raises(ContractError) as caught:
            await rig.agent.preferences.take_back(TakeBackPreference(id="none", speaker=speaker()))
        assert caught.value.code is ErrorCode.NOT_FOUND


async def test_old_rows_that_only_count_are_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(habits, "MOST_KEPT", 2)
    clock = ManualClock(NOW)
    async with open_rig(tmp_path, clock=clock) as rig:
        kinds = [replace(INCIDENT, target=box(name)) for name in ("one", "two", "three")]
        async with rig.store.change() as unit:
            for number, incident in enumerate(kinds):
                at = replace(DECISION, verb=Verb.IGNORE, at=NOW.replace(minute=number))
                await habits.note(unit, incident, at, None)
        assert [one.target for one in await listed(rig)] == [box("three"), box("two")]


async def test_what_a_person_requested_says_nothing(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        async with rig.store.change() as unit:
            await habits.note(unit, replace(INCIDENT, is_request=True), DECISION, ACT)
        assert await listed(rig) == ()


async def test_an_incident_that_moved_on_is_not_muted(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        async with store.change() as unit:
            await incidents.save_incident(unit.connection, replace(INCIDENT, status=IncidentStatus.RESOLVED))
        assert await habits.leave_muted(store, replace(INCIDENT, muted="Muted: Alex"), None, NOW)
        async with store.read() as connection:
            stored = await incidents.incident(connection, INCIDENT.id)
        assert stored is not None
        assert stored.status is IncidentStatus.RESOLVED


async def test_an_incident_that_nothing_mutes_any_more_is_asked_about(tmp_path: Path) -> None:
    diagnosed = replace(INCIDENT, status=IncidentStatus.DIAGNOSED)
    async with opened_store(tmp_path) as store:
        async with store.change() as unit:
            await incidents.save_incident(unit.connection, diagnosed)
        assert not await habits.leave_muted(store, replace(diagnosed, muted="Muted: Alex"), None, NOW)


async def test_two_people_who_answer_at_once_are_not_both_right(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        row = await proposed(rig)
        results = await asyncio.gather(
            rig.agent.preferences.decide(DecidePreference(id=row.id, speaker=speaker("1"), accept=True)),
            rig.agent.preferences.decide(DecidePreference(id=row.id, speaker=speaker("2"), accept=False)),
            return_exceptions=True,
        )
        refused = [one for one in results if isinstance(one, ContractError)]
        assert [one.code for one in refused] == [ErrorCode.ALREADY_DECIDED]
        (stored,) = await listed(rig)
        assert stored in results
