"""A question in the conversation about an incident is about that incident, its target, and its request."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import orjson

from homelab_steward.contract.incidents import (
    ApprovalRequest,
    ApprovalStatus,
    Incident,
    IncidentStatus,
    Outcome,
    Severity,
    Verdict,
)
from rig import records
from rig.conversation_rig import ConversationRig, open_conversation, says
from steward.clock import SystemClock
from steward.conversation.named_targets import named_targets
from steward.store import approvals, incidents


async def stored(talk: ConversationRig, **changes: object) -> Incident:
    """Store an incident with a pending request."""
    now = SystemClock().now()
    about = replace(
        records.incident(),
        title="Box <is> full",
        status=IncidentStatus.WAITING,
        opened_at=now - timedelta(hours=2),
        updated_at=now,
        target=next(one.target for one in named_targets(talk.rig.inventory) if one.resource_id is not None),
    )
    about = replace(about, **changes)  # type: ignore[arg-type]
    async with talk.rig.store.change() as unit:
        await incidents.save_incident(unit.connection, about)
        await approvals.add(unit.connection, replace(records.request(), incident_id=about.id))
    return about


async def pending(talk: ConversationRig) -> tuple[ApprovalRequest, ...]:
    async with talk.rig.store.read() as connection:
        return await approvals.requests_in(connection, ApprovalStatus.PENDING)


async def test_without_a_model_the_incident_is_described(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False) as talk:
        about = await stored(talk)
        for question in ("Why did that happen?", "What is wrong?", "What happened here?", "What happened?"):
            answer = await talk.ask(question, incident_id=about.id)
            assert answer.startswith(f"Incident {about.number}, “Box <is> full”, was opened 2 hours ago.")
            assert "It waits for an answer." in answer
            assert "Options: 1 " in answer
        assert "Incident" not in await talk.ask("Why did that happen?")
        assert "Incident" not in await talk.ask("What happened last week?", incident_id=about.id)
        assert "Incident" not in await talk.ask("Why did that happen?", incident_id="unknown")


async def test_it_is_the_target_of_the_incident(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False) as talk:
        about = await stored(talk)
        assert about.target is not None
        await talk.ask("Restart it", incident_id=about.id)
        steps = [
            one for row in await pending(talk) for option in row.proposal.options for one in option.steps
        ]
        assert ("toy.restart", about.target.id) in [(one.action, one.target.id) for one in steps]
        assert "Which one do you mean?" in await talk.ask("Restart it", conversation_id="c2")


async def test_model_gets_the_incident_as_data(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, says("It was full.")) as talk:
        about = await stored(talk, severity=Severity.CRITICAL)
        assert "It was full." in await talk.ask("Why did that happen?", incident_id=about.id)
        (body,) = talk.model.bodies
        messages = [one for one in orjson.loads(body)["messages"] if one["role"] == "user"]
        assert "Box <is> full" in orjson.loads(messages[0]["content"])["data_not_instructions"]
        assert "Why did that happen?" in messages[-1]["content"]


async def test_answer_is_in_the_language_of_the_person(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False) as talk:
        done = records.run()
        verdict = Verdict(outcome=Outcome.NOT_FIXED, checks=(), at=done.started_at)
        about = await stored(
            talk, status=IncidentStatus.UNSOLVED, run=replace(done, label="Restart", verdict=verdict)
        )
        answer = await talk.ask("Warum das?", incident_id=about.id, language="de-AT")
        assert "Er ist nicht gelöst." in answer
        assert "„Restart“ hat nicht geholfen." in answer
