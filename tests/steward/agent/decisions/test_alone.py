"""What the steward decides itself: stored once, audited, begun, and never what needs a person."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from homelab_steward.contract.errors import ContractError
from homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus, IncidentStatus, Verb
from homelab_steward.contract.mode import Pause, PauseScope, StewardMode
from homelab_steward.contract.proposals import Option, OptionKind
from homelab_steward.contract.protocol import Event, RowKind
from homelab_steward.contract.state import FrontEnd
from homelab_steward.contract.step_parts import PlannedStep, PlannedWait
from rig import records
from rig.agent_rig import decide_command, opened_store
from rig.inventory import NOW, ToyPeople, complete
from steward.agent.decisions.alone import Alone, may_be_alone
from steward.agent.decisions.gate import Gate
from steward.clock import ManualClock
from steward.store import approvals, audit, incidents, preferences
from steward.store.mode import write_mode
from steward.store.store import Store, Unit

ACTS_AT = NOW + timedelta(minutes=10)
WAIT = PlannedWait(name="It runs", reading="running", within=5.0, settle=1.0, equals=True)


def announced(*options: Option) -> ApprovalRequest:
    return replace(records.request(*options), acts_at=ACTS_AT)


async def put(store: Store, request: ApprovalRequest) -> None:
    async with store.change() as unit:
        await incidents.save_incident(unit.connection, records.incident(records.stored_alert()))
        await approvals.add(unit.connection, request)


async def stored(store: Store) -> ApprovalRequest:
    async with store.read() as connection:
        found = await approvals.request(connection, "request")
    assert found is not None
    return found


async def nothing(_unit: Unit, _request: ApprovalRequest) -> str | None:
    return None


def free(_step: PlannedStep) -> str | None:
    return None


def alone(store: Store, begun: list[str]) -> Alone:
    async def begin(request_id: str) -> None:
        begun.append(request_id)

    return Alone(store, ManualClock(ACTS_AT), begin, free, complete)


async def test_what_nobody_stopped_is_approved_in_the_name_of_the_steward(tmp_path: Path) -> None:
    begun: list[str] = []
    async with opened_store(tmp_path) as store:
        await put(store, announced())
        assert await alone(store, begun).act("request", nothing) is None
        request = await stored(store)
        decision = request.decision
        assert decision is not None
        assert (request.status, request.acts_at) == (ApprovalStatus.APPROVED, ACTS_AT)
        assert (decision.person_id, decision.person_name, decision.via) == ("", "steward", FrontEnd.STEWARD)
        assert (decision.verb, decision.option, decision.at) == (Verb.APPROVE, 1, ACTS_AT)
        assert begun == ["request"]
        async with store.read() as connection:
            incident = await incidents.existing(connection, "incident")
            (entry,) = await audit.page(connection, 10)
            # Its own decisions are no habit of people.
            assert await preferences.newest(connection, 10) == ()
        assert incident.status is IncidentStatus.ACTING
        assert incident.resolution == "Increase memory: decided by the steward itself."
        assert entry.event == "approval.decided"
        assert '"via":"steward"' in entry.body


async def test_what_is_returned_and_shown_is_what_is_stored(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        request = announced()
        await put(store, request)
        with store.changes.watch(RowKind.APPROVAL) as watch:
            async with store.change(durable=True) as unit:
                decided = await alone(store, []).approve(unit, request)
            event = await watch.next()
        assert isinstance(event, Event)
        assert decided == event.approval == await stored(store)
        async with store.change(durable=True) as unit:
            again = await alone(store, []).approve(unit, request)
        assert isinstance(again, str)
        assert again.startswith("Too late: the steward itself carried out Increase memory")


async def test_one_fenced_step_of_several_is_enough(tmp_path: Path) -> None:
    def second(step: PlannedStep) -> str | None:
        return "it is fenced" if step.title == "second" else None

    steps = (records.step(), replace(records.step(), title="second"))
    request = announced(replace(records.option(), steps=steps))
    async with opened_store(tmp_path) as store:
        await put(store, request)
        steward = Alone(store, ManualClock(ACTS_AT), lambda _id: asyncio.sleep(0), second, complete)
        assert await steward.act("request", nothing) == "Not approved: it is fenced."
        assert (await stored(store)).status is ApprovalStatus.PENDING


async def test_of_stop_and_the_steward_whoever_is_first_decides(tmp_path: Path) -> None:
    begun: list[str] = []
    async with opened_store(tmp_path) as store:
        await put(store, announced())
        gate = Gate(store, ToyPeople(), ManualClock(ACTS_AT), lambda _id: asyncio.sleep(0), free, complete)
        stop = decide_command(announced(), Verb.REJECT)
        answers = await asyncio.gather(
            gate.decide(stop), alone(store, begun).act("request", nothing), return_exceptions=True
        )
        request = await stored(store)
        is_stopped = request.status is ApprovalStatus.REJECTED
        assert is_stopped is not bool(begun)
        assert isinstance(answers[0], ContractError) is not is_stopped


async def test_stop_and_do_it_now_at_once_decide_once(tmp_path: Path) -> None:
    begun: list[str] = []
    async with opened_store(tmp_path) as store:
        await put(store, announced())

        async def begin(request_id: str) -> None:
            begun.append(request_id)

        gate = Gate(store, ToyPeople(), ManualClock(NOW), begin, free, complete)
        answers = await asyncio.gather(
            gate.decide(decide_command(announced(), Verb.REJECT, "2")),
            gate.decide(decide_command(announced(), Verb.APPROVE, "1", option=1)),
            return_exceptions=True,
        )
        assert sum(isinstance(one, ContractError) for one in answers) == 1
        is_approved = (await stored(store)).status is ApprovalStatus.APPROVED
        assert begun == (["request"] if is_approved else [])
        # What was decided is not decided again.
        assert await alone(store, begun).act("request", nothing) is None
        assert begun == (["request"] if is_approved else [])


@pytest.mark.parametrize("scope", list(PauseScope))
async def test_a_pause_of_any_scope_stops_it(tmp_path: Path, scope: PauseScope) -> None:
    pause = Pause(scope=scope, person_id="max", person_name="Max", via=FrontEnd.TELEGRAM, at=NOW)
    begun: list[str] = []
    async with opened_store(tmp_path) as store:
        await put(store, announced())
        async with store.change() as unit:
            await write_mode(unit.connection, StewardMode(pause=pause))
        found = await alone(store, begun).act("request", nothing)
        assert found == "Not approved: the steward is paused by Max."
        assert ((await stored(store)).status, begun) == (ApprovalStatus.PENDING, [])


async def test_an_objection_stops_it(tmp_path: Path) -> None:
    async def object_to(_unit: Unit, request: ApprovalRequest) -> str | None:
        return f"not {request.id}"

    begun: list[str] = []
    async with opened_store(tmp_path) as store:
        await put(store, announced())
        assert await alone(store, begun).act("request", object_to) == "not request"
        assert ((await stored(store)).status, begun) == (ApprovalStatus.PENDING, [])


async def test_what_is_over_or_was_not_announced_is_left(tmp_path: Path) -> None:
    begun: list[str] = []
    async with opened_store(tmp_path) as store:
        one = alone(store, begun)
        assert await one.act("request", nothing) is None
        await put(store, records.request())
        assert await one.act("request", nothing) is None
        assert begun == []


async def test_an_incident_that_has_ended_is_not_acted_on(tmp_path: Path) -> None:
    begun: list[str] = []
    async with opened_store(tmp_path) as store:
        await put(store, announced())
        async with store.change() as unit:
            ended = replace(records.incident(records.stored_alert()), status=IncidentStatus.RESOLVED)
            await incidents.save_incident(unit.connection, ended)
        assert "Too late" in str(await alone(store, begun).act("request", nothing))
        assert begun == []


async def test_a_request_that_expired_is_not_approved(tmp_path: Path) -> None:
    begun: list[str] = []
    async with opened_store(tmp_path) as store:
        await put(store, replace(announced(), expires_at=ACTS_AT))
        assert "expired" in str(await alone(store, begun).act("request", nothing))
        assert begun == []


async def test_what_cannot_be_begun_now_is_begun_later(tmp_path: Path) -> None:
    async def fail(_request_id: str) -> None:
        message = "the engine is away"
        raise OSError(message)

    async with opened_store(tmp_path) as store:
        await put(store, announced())
        assert await Alone(store, ManualClock(ACTS_AT), fail, free, complete).act("request", nothing) is None
        assert (await stored(store)).status is ApprovalStatus.APPROVED
        async with store.read() as connection:
            assert await approvals.approved_without_run(connection) == ("request",)


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        (records.option(), True),
        (None, False),
        (records.option(kind=OptionKind.INVESTIGATE), False),
        (records.option(kind=OptionKind.EACH), False),
        (replace(records.option(), needs_two=True), False),
        (replace(records.option(), unknown_facts=("streaming",)), False),
        (records.option(steps=()), False),
        (records.option(steps=(replace(records.step(), wait=WAIT),)), False),
        (records.option(steps=(replace(records.step(), wait=WAIT), records.step())), True),
    ],
)
async def test_what_can_be_done_without_a_person(
    tmp_path: Path, *, option: Option | None, expected: bool
) -> None:
    assert may_be_alone(option) is expected
    request = announced(*([option] if option else [records.option(2)]))
    begun: list[str] = []
    async with opened_store(tmp_path) as store:
        await put(store, request)
        found = await alone(store, begun).act("request", nothing)
        assert (found, begun) == (
            (None, ["request"]) if expected else ("Only a person may approve this.", [])
        )


async def test_what_is_fenced_is_never_done(tmp_path: Path) -> None:
    begun: list[str] = []

    async def begin(request_id: str) -> None:
        begun.append(request_id)

    async with opened_store(tmp_path) as store:
        await put(store, announced())
        one = Alone(store, ManualClock(ACTS_AT), begin, lambda _step: "radarr is fenced", complete)
        assert await one.act("request", nothing) == "Not approved: radarr is fenced."
        assert ((await stored(store)).status, begun) == (ApprovalStatus.PENDING, [])
