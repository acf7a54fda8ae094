"""Decisions in a conversation go through the gate: known people, low risk, nothing ambiguous."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.chat import ChatPieceKind
from homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus, IncidentStatus, Verb
from homelab_steward.contract.state import FrontEnd, TargetRef
from rig.agent_rig import approve
from rig.conversation_rig import ConversationRig, open_conversation
from rig.inventory import ToyInventory
from rig.recognition_rig import meaning_of
from rig.toy import SERVICE, Toy
from steward.clock import ManualClock
from steward.conversation.decisions import resume_time
from steward.conversation.meanings import ApprovalAnswer, Meaning
from steward.conversation.mentions import NamedTarget
from steward.conversation.questions import Topic, TopicQuestion
from steward.store import approvals

FRIDAY = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
RADARR = TargetRef(instance_id="radarr", kind="instance", id="radarr", name="Radarr")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Approve option 1", ApprovalAnswer(Verb.APPROVE, option=1)),
        ("approve option two", ApprovalAnswer(Verb.APPROVE, option=2)),
        ("Approve it", ApprovalAnswer(Verb.APPROVE)),
        ("yes, approve it", ApprovalAnswer(Verb.APPROVE)),
        ("Take the second option", ApprovalAnswer(Verb.APPROVE, option=2)),
        ("Approve option 1 of request 7", ApprovalAnswer(Verb.APPROVE, option=1, number=7)),
        ("Approve number 12", ApprovalAnswer(Verb.APPROVE, number=12)),
        ("Approve the request for Radarr", ApprovalAnswer(Verb.APPROVE, target=RADARR)),
        ("Reject it", ApprovalAnswer(Verb.REJECT)),
        ("decline request 3", ApprovalAnswer(Verb.REJECT, number=3)),
        ("Ignore it", ApprovalAnswer(Verb.IGNORE)),
        ("Snooze it", ApprovalAnswer(Verb.SNOOZE)),
        ("Snooze it until tomorrow", ApprovalAnswer(Verb.SNOOZE, until="tomorrow")),
        ("snooze that for 2 hours", ApprovalAnswer(Verb.SNOOZE, until=2.0)),
        ("remind me in an hour", ApprovalAnswer(Verb.SNOOZE, until=1.0)),
        ("Genehmige Option 1", ApprovalAnswer(Verb.APPROVE, option=1)),
        ("Gib es frei", ApprovalAnswer(Verb.APPROVE)),
        ("Option 2 freigeben", ApprovalAnswer(Verb.APPROVE, option=2)),
        ("Lehne es ab", ApprovalAnswer(Verb.REJECT)),
        ("Ignoriere es", ApprovalAnswer(Verb.IGNORE)),
        ("Verschiebe es auf morgen", ApprovalAnswer(Verb.SNOOZE, until="tomorrow")),
    ],
)
def test_a_decision_is_recognised(text: str, expected: Meaning) -> None:
    assert meaning_of(text, [NamedTarget("Radarr", RADARR, "radarr")]) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Should I approve it?",
        "Don't approve anything",
        "What happens if I approve option 1?",
        "Approve option 1 tomorrow at 3",
        "Approve it when nobody is streaming",
        "Who approved it?",
        "Approve option 1 and restart Sonarr",
        "approve everything",
        "Do it",
        "Go ahead",
        "Mach es",
        "Yes",
    ],
)
def test_what_is_no_plain_decision_decides_nothing(text: str) -> None:
    found = meaning_of(text, [NamedTarget("Radarr", RADARR, "radarr")])
    assert not (isinstance(found, ApprovalAnswer) and found.verb is Verb.APPROVE), found


def low_risk() -> ToyInventory:
    """Return the toys with actions of a low risk."""
    inventory = ToyInventory(Toy())
    actions = tuple(replace(one, risk=Risk.LOW) for one in SERVICE.actions)
    inventory.service_row = replace(SERVICE, actions=actions)
    return inventory


@pytest.mark.parametrize(
    "text", ["cancel", "stop", "later", "not now", "annule", "cancela", "nu niet", "nein"]
)
def test_a_remark_decides_nothing(text: str) -> None:
    found = meaning_of(text, [NamedTarget("Radarr", RADARR, "radarr")])
    assert not isinstance(found, ApprovalAnswer), found


async def requests(rig: ConversationRig) -> list[ApprovalRequest]:
    """Return the requests of all incidents, the oldest first."""
    found = sorted(await rig.rig.incidents(), key=lambda one: one.number)
    return [await rig.rig.request(one) for one in found]


async def test_an_approval_is_carried_out(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False, inventory=low_risk()) as rig:
        await rig.ask("Restart radarr")
        assert rig.rig.toy.done == []
        answer = await rig.ask("Approve option 1")
        assert answer.startswith("Approved: Restart"), answer
        await rig.rig.status(IncidentStatus.RESOLVED)
        assert len(rig.rig.toy.done) == 1
        (decided,) = await requests(rig)
        assert decided.decision is not None
        assert (decided.decision.person_name, decided.decision.via) == ("Olga", FrontEnd.ASSIST)
        assert await rig.ask("Approve it") == "Nothing is waiting for you."


@pytest.mark.parametrize(
    ("text", "status", "said"),
    [
        ("Reject it", ApprovalStatus.REJECTED, "Rejected: "),
        ("Ignore it", ApprovalStatus.IGNORED, "Ignored: "),
        ("Snooze it until tomorrow", ApprovalStatus.PENDING, "I will ask again "),
    ],
)
async def test_other_decisions(tmp_path: Path, text: str, status: ApprovalStatus, said: str) -> None:
    async with open_conversation(tmp_path, model=False) as rig:
        await rig.ask("Restart radarr")
        assert (await rig.ask(text)).startswith(said)
        (request,) = await requests(rig)
        assert request.status is status
        assert (request.snoozed_until is not None) is (status is ApprovalStatus.PENDING)
        assert rig.rig.toy.done == []


async def test_a_higher_risk_is_not_approved_by_voice(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False) as rig:
        await rig.rig.ask()
        answer = await rig.ask("Approve option 1")
        assert "Only a low risk can be approved by voice" in answer
        assert rig.rig.toy.done == []
        (request,) = await requests(rig)
        assert request.status is ApprovalStatus.PENDING


@pytest.mark.parametrize(
    "front_end", [FrontEnd.HOME_ASSISTANT, FrontEnd.PANEL, FrontEnd.ASSIST, FrontEnd.MCP]
)
async def test_no_conversation_without_a_plan_approves_a_higher_risk(
    tmp_path: Path, front_end: FrontEnd
) -> None:
    async with open_conversation(tmp_path, model=False) as rig:
        await rig.rig.ask()
        assert (await rig.ask("Approve option 1", front_end=front_end)).startswith("Not decided: ")
        (request,) = await requests(rig)
        assert request.status is ApprovalStatus.PENDING


@pytest.mark.parametrize("user", ["", "3", "99"])
async def test_strangers_and_guests_decide_nothing(tmp_path: Path, user: str) -> None:
    async with open_conversation(tmp_path, model=False) as rig:
        await rig.ask("Restart radarr")
        for text in ("Approve option 1", "Reject it", "Ignore it", "Snooze it"):
            assert (await rig.ask(text, user=user)).startswith("Not decided: You")
        (request,) = await requests(rig)
        assert request.status is ApprovalStatus.PENDING


async def test_a_shared_satellite_decides_nothing(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False) as rig:
        await rig.ask("Restart radarr")
        answer = await rig.ask("Approve option 1", is_shared=True, spoken=True)
        assert answer.startswith("I do not know who is speaking here")
        german = await rig.ask("Lehne es ab", is_shared=True, language="de")
        assert german.startswith("Ich weiß nicht, wer hier spricht")
        (request,) = await requests(rig)
        assert request.status is ApprovalStatus.PENDING


async def test_several_requests_are_asked_about(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False, inventory=low_risk()) as rig:
        await rig.ask("Restart radarr")
        await rig.ask("Restart sonarr")
        pieces = await rig.pieces("Approve it")
        assert pieces[0].text.startswith("Which request do you mean: number 2 (")
        assert pieces[-1].kind is ChatPieceKind.END
        assert pieces[-1].expects_reply
        assert rig.rig.toy.done == []
        assert (await rig.ask("Approve number 1")).startswith("Approved: Restart")
        assert (await rig.ask("Reject the request for sonarr")).startswith("Rejected")
        assert await rig.ask("Approve number 77") == "Nothing is waiting for you."


async def test_several_options_are_asked_about(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False) as rig:
        await rig.rig.ask()
        pieces = await rig.pieces("Approve it")
        assert pieces[0].text.startswith("Which option do you mean: 1 (Increase memory")
        assert pieces[-1].expects_reply
        assert (await rig.ask("Approve option 9")).startswith("Which option do you mean")
        assert "No request with the number 9" in await rig.ask("Approve request 9")
        assert "No request about sonarr" in await rig.ask("Reject the request for sonarr")


@pytest.mark.parametrize(
    ("said", "at"),
    [
        (None, FRIDAY + timedelta(hours=1)),
        (0.5, FRIDAY + timedelta(minutes=30)),
        ("tomorrow", FRIDAY.replace(day=21, hour=8)),
        ("tomorrow_evening", FRIDAY.replace(day=21, hour=19)),
        ("evening", FRIDAY.replace(hour=19)),
        ("noon", FRIDAY.replace(day=21)),
        ("saturday", FRIDAY.replace(day=21, hour=9)),
        ("monday", FRIDAY.replace(day=23, hour=8)),
    ],
)
def test_when_a_snoozed_request_comes_back(said: str | float | None, at: datetime) -> None:
    assert resume_time(said, FRIDAY) == at


def test_next_saturday_on_a_saturday() -> None:
    assert resume_time("saturday", FRIDAY.replace(day=21)) == FRIDAY.replace(day=28, hour=9)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Yes", ApprovalStatus.APPROVED),
        ("ja", ApprovalStatus.APPROVED),
        ("No, thanks", ApprovalStatus.REJECTED),
        ("option 1", ApprovalStatus.APPROVED),
    ],
)
async def test_yes_and_no_answer_a_request_that_was_read_aloud(
    tmp_path: Path, text: str, status: ApprovalStatus
) -> None:
    async with open_conversation(tmp_path, model=False, inventory=low_risk()) as rig:
        await rig.ask("Restart radarr")
        (incident,) = await rig.rig.incidents()
        await rig.ask(text, spoken=True, incident_id=incident.id, conversation_id="satellite:a")
        (request,) = await requests(rig)
        assert request.status is status


async def test_yes_decides_nothing_elsewhere(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False, inventory=low_risk()) as rig:
        await rig.ask("Restart radarr")
        (incident,) = await rig.rig.incidents()
        await rig.ask("Yes")
        await rig.ask("Yes", incident_id=incident.id, conversation_id="c2")
        await rig.ask("Is radarr fine?", spoken=True, incident_id=incident.id, conversation_id="c3")
        await rig.ask("Yes", spoken=True, incident_id=incident.id, conversation_id="c3")
        (request,) = await requests(rig)
        assert request.status is ApprovalStatus.PENDING


async def test_a_misspelled_name_is_asked_about(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False) as rig:
        pieces = await rig.pieces("Is radar running?")
        assert pieces[0].text == "I do not know anything called radar. Did you mean radarr?"
        assert pieces[-1].expects_reply
        assert (await rig.ask("Yes")).startswith("radarr is fine")
        assert "Did you mean radarr" in await rig.ask("Restart radar")
        assert "Which one do you mean" in await rig.ask("no")
        assert await rig.rig.incidents() == ()
        assert "Did you mean radarr" in await rig.ask("Restart radar")
        assert "Restart: sonarr" in await rig.ask("the sonarr container"), "another name is taken instead"


async def test_what_a_request_lacks_can_follow(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False) as rig:
        assert "I need to know: memory" in await rig.ask("Set the memory of radarr")
        assert "radarr" in await rig.ask("to 4096")
        assert len(await rig.rig.incidents()) == 1


RESTART = frozenset({"restart", "reboot"})


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "cancel the restart of radarr"),
        ("en", "Cancel the scheduled reboot of the container radarr"),
        ("de", "Brich den Neustart von Radarr ab"),
        ("de", "Storniere den geplanten Neustart von Radarr"),
        ("fr", "Annule le redémarrage de Radarr"),
        ("es", "Cancela el reinicio de Radarr"),
        ("nl", "Annuleer de herstart van Radarr"),
    ],
)
def test_a_cancellation_is_recognised(language: str, text: str) -> None:
    found = meaning_of(text, [NamedTarget("Radarr", RADARR, "radarr")], language=language)
    assert found == ApprovalAnswer(Verb.CANCEL, target=RADARR, actions=RESTART)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "What is scheduled?"),
        ("en", "show me the scheduled requests"),
        ("de", "Was ist geplant?"),
        ("fr", "Qu'est-ce qui est prévu ?"),
        ("es", "¿Qué está programado?"),
        ("nl", "Wat is er gepland?"),
        ("nl", "Wat staat ingepland?"),
    ],
)
def test_a_question_about_what_is_scheduled(language: str, text: str) -> None:
    found = meaning_of(text, [NamedTarget("Radarr", RADARR, "radarr")], language=language)
    assert found == TopicQuestion(Topic.SCHEDULED)


async def scheduled(rig: ConversationRig, text: str) -> None:
    """Request something for later, and approve it."""
    await rig.ask(text)
    async with rig.rig.store.read() as connection:
        pending = await approvals.requests_in(connection, ApprovalStatus.PENDING)
    for one in pending:
        await rig.rig.agent.gate.decide(approve(one))


NOW = datetime(2026, 11, 28, 17, 0, tzinfo=UTC)


async def test_what_is_scheduled_is_listed_and_cancelled(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False, clock=ManualClock(NOW)) as rig:
        assert await rig.ask("What is scheduled?") == "Nothing is scheduled."
        assert await rig.ask("Cancel the restart of radarr") == "Nothing is scheduled."
        await scheduled(rig, "Restart radarr tonight at 3")
        await scheduled(rig, "Restart sonarr in 2 hours")
        answer = await rig.ask("What is scheduled?")
        assert answer.startswith("2 requests are scheduled:")
        assert answer.index("today, November 28, at 19:00") < answer.index("tomorrow, November 29, at 03:00")
        spoken = await rig.ask("Was ist geplant?", language="de")
        assert "morgen, 29. November, um 03:00" in spoken
        assert await rig.ask("Cancel the stop of radarr") == "No such request is scheduled."
        assert (await rig.ask("Cancel the restart of radarr", user="3")).startswith("Not decided: You")
        assert (await rig.ask("Cancel the restart of radarr")).startswith("Cancelled: ")
        first, second = await requests(rig)
        assert (first.status, second.status) == (ApprovalStatus.REJECTED, ApprovalStatus.SCHEDULED)
        assert (await rig.ask("What is scheduled?")).startswith("One request is scheduled:")
        assert (await rig.ask(f"Reject request {second.incident_number}")).startswith("Cancelled: ")
        assert rig.rig.toy.done == []


async def test_what_waits_for_a_condition_is_listed_with_it_and_cancelled(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False, clock=ManualClock(NOW)) as rig:
        await scheduled(rig, "Restart radarr once sonarr is down")
        answer = await rig.ask("What is scheduled?")
        assert "When sonarr is not running, at the latest tomorrow, November 29, at 17:00." in answer
        assert (await rig.ask("Cancel the restart of radarr")).startswith("Cancelled: ")
        assert rig.rig.toy.done == []


async def test_what_still_waits_is_rejected_by_cancel(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False, clock=ManualClock(NOW)) as rig:
        await rig.ask("Restart radarr tonight at 3")
        assert (await rig.ask("Cancel the restart of radarr")).startswith("Rejected: ")


async def test_a_decision_without_a_name_is_not_about_what_is_scheduled(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False, clock=ManualClock(NOW)) as rig:
        await scheduled(rig, "Restart radarr tonight at 3")
        assert await rig.ask("Reject it") == "Nothing is waiting for you."
        (one,) = await requests(rig)
        assert one.status is ApprovalStatus.SCHEDULED
