"""What the gate stores and audits for each decision and each refusal."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.commands import Decide
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus, Verb
from homelab_steward.contract.mode import Pause, PauseScope, StewardMode
from homelab_steward.contract.proposals import OptionKind
from homelab_steward.contract.state import FrontEnd
from rig import records
from rig.agent_rig import decide_command, opened_store
from rig.inventory import NOW, ToyPeople, complete, speaker, unfenced
from rig.recorded_store import RecordedStore
from steward.agent.decisions.gate import LONGEST_ID, Gate
from steward.clock import ManualClock
from steward.store import approvals, incidents
from steward.store.mode import write_mode
from steward.store.store import Store

REQUEST = records.request(records.option(1), records.option(2, risk=Risk.HIGH))


async def ignore(_request_id: str) -> None:
    """Begin nothing."""


async def put(store: Store) -> None:
    async with store.change() as unit:
        await incidents.save_incident(unit.connection, records.incident(records.stored_alert()))
        await approvals.add(unit.connection, REQUEST)


async def audited(store: Store) -> Mapping[str, Any]:
    """Return the body of the only audited event, with its name."""
    async with store.read() as connection:
        rows = (await connection.exec_driver_sql("SELECT event, body FROM audit")).all()
    assert len(rows) == 1
    return {"event": rows[0].event, **orjson.loads(rows[0].body)}


async def stored(store: Store) -> ApprovalRequest:
    async with store.read() as connection:
        found = await approvals.request(connection, REQUEST.id)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("verb", "option", "status", "plan", "label"),
    [
        (Verb.APPROVE, 2, ApprovalStatus.APPROVED, "hash-2", "Increase memory"),
        (Verb.REJECT, None, ApprovalStatus.REJECTED, None, "Reject"),
        (Verb.IGNORE, None, ApprovalStatus.IGNORED, None, "Ignore"),
        # An option counts for an approval only.
        (Verb.IGNORE, 2, ApprovalStatus.IGNORED, None, "Ignore"),
    ],
)
async def test_a_decision_is_stored_durably_and_audited(
    tmp_path: Path, verb: Verb, option: int | None, status: ApprovalStatus, plan: str | None, label: str
) -> None:
    async with opened_store(tmp_path, make=RecordedStore) as store:
        assert isinstance(store, RecordedStore)
        await put(store)
        gate = Gate(store, ToyPeople(), ManualClock(NOW), ignore, unfenced, complete)
        decided = await gate.decide(decide_command(REQUEST, verb, front_end=FrontEnd.PANEL, option=option))
        assert store.durable == [False, True]
        assert await stored(store) == decided
        assert decided.status is status
        decision = decided.decision
        assert decision is not None
        number = option if verb is Verb.APPROVE else None
        assert (decision.verb, decision.option, decision.label, decision.at) == (verb, number, label, NOW)
        assert (decision.person_name, decision.via) == ("Olga", FrontEnd.PANEL)
        assert await audited(store) == {
            "event": "approval.decided",
            "approval": REQUEST.id,
            "verb": verb,
            "option": number,
            "plan": plan,
            "person": decision.person_id,
            "via": "panel",
        }


async def refuse(store: Store, command: Decide) -> str:
    """Return the text of the refusal."""
    gate = Gate(store, ToyPeople(), ManualClock(NOW), ignore, unfenced, complete)
    with pytest.raises(ContractError) as refused:
        await gate.decide(command)
    return refused.value.message


async def test_a_refusal_is_audited_with_the_command(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        await put(store)
        await refuse(store, decide_command(REQUEST, Verb.APPROVE, "2", FrontEnd.PANEL, option=2))
        assert await audited(store) == {
            "event": "approval.refused",
            "approval": REQUEST.id,
            "verb": "approve",
            "option": 2,
            "via": "panel",
            "user": "2",
            "code": "forbidden",
        }


@pytest.mark.parametrize("kind", [OptionKind.ACT, OptionKind.INVESTIGATE])
async def test_a_pause_stops_what_changes_something(tmp_path: Path, kind: OptionKind) -> None:
    request = records.request(records.option(1, kind=kind))
    async with opened_store(tmp_path) as store:
        async with store.change() as unit:
            await incidents.save_incident(unit.connection, records.incident(records.stored_alert()))
            await approvals.add(unit.connection, request)
            pause = Pause(
                scope=PauseScope.EVERYTHING,
                person_id="olga",
                person_name="Olga",
                via=FrontEnd.PANEL,
                at=NOW,
            )
            await write_mode(unit.connection, StewardMode(pause=pause))
        gate = Gate(store, ToyPeople(), ManualClock(NOW), ignore, unfenced, complete)
        command = decide_command(request, Verb.APPROVE, option=1)
        if kind is OptionKind.INVESTIGATE:
            assert (await gate.decide(command)).status is ApprovalStatus.APPROVED
            return
        with pytest.raises(ContractError, match="Not approved: ") as refused:
            await gate.decide(command)
        assert refused.value.code is ErrorCode.PAUSED
        assert (await stored(store)).status is ApprovalStatus.PENDING


async def test_what_was_decided_before_it_is_snoozed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened_store(tmp_path) as store:
        await put(store)
        real = approvals.snooze

        async def overtaken(connection: AsyncConnection, request_id: str, *times: Any) -> bool:
            rival = records.decision(Verb.REJECT, option=None, name="Max", label="Reject")
            assert await approvals.decide(connection, request_id, ApprovalStatus.REJECTED, rival, None)
            return await real(connection, request_id, *times)

        monkeypatch.setattr(approvals, "snooze", overtaken)
        until = NOW + timedelta(hours=1)
        command = replace(decide_command(REQUEST, Verb.SNOOZE), until=until)
        assert (await refuse(store, command)).startswith("Already decided: Reject, by Max at 12:00")


async def test_ids_of_any_length_are_audited_shortened(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        command = decide_command(REQUEST, Verb.IGNORE, "4" * 1000)
        await refuse(store, replace(command, approval_id="a" * 1000))
        body = await audited(store)
    assert LONGEST_ID == 64
    assert len(body["approval"]) == len(body["user"]) == LONGEST_ID


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (replace(decide_command(REQUEST, Verb.IGNORE), approval_id="other"), "There is no such request."),
        (
            replace(decide_command(REQUEST, Verb.IGNORE), speaker=speaker("1", FrontEnd.MCP)),
            "An MCP client may ask, but only a person decides.",
        ),
        (decide_command(REQUEST, Verb.APPROVE, option=None), "There is no option None."),
    ],
)
async def test_texts_of_refusals(tmp_path: Path, command: Decide, message: str) -> None:
    async with opened_store(tmp_path) as store:
        await put(store)
        assert await refuse(store, command) == message
