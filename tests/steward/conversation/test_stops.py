"""What the steward announced is stopped in a conversation, through the gate, in five languages."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from homelab_steward.contract.autonomy import AutonomyLevel
from homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus, IncidentStatus, Verb
from homelab_steward.contract.state import FrontEnd, TargetRef
from rig.agent_rig import approve
from rig.conversation_rig import ConversationRig, open_conversation
from rig.earned import TEN_MINUTES, announced, earn
from rig.inventory import NOW
from rig.recognition_rig import meaning_of
from steward.clock import ManualClock
from steward.conversation.meanings import ApprovalAnswer
from steward.conversation.mentions import NamedTarget
from steward.store import approvals

RADARR = TargetRef(instance_id="radarr", kind="instance", id="radarr", name="Radarr")
NAMED = NamedTarget("Radarr", RADARR, "radarr")
RESTART = frozenset({"restart", "reboot"})


@asynccontextmanager
async def about_to_act(folder: Path) -> AsyncIterator[tuple[ConversationRig, ApprovalRequest, ManualClock]]:
    """Yield a conversation while the steward is about to give a container more memory."""
    clock = ManualClock(NOW)
    async with open_conversation(folder, model=False, clock=clock) as rig:
        await earn(rig.rig, 10, AutonomyLevel.VETO)
        yield rig, await announced(rig.rig), clock


async def decided(rig: ConversationRig, request: ApprovalRequest) -> tuple[ApprovalStatus, Verb | None]:
    found = await rig.rig.request_with(request.id)
    return found.status, found.decision.verb if found.decision else None


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Stop the restart of Radarr"),
        ("en", "please call off the announced restart of Radarr"),
        ("de", "Stoppe den Neustart von Radarr"),
        ("de", "Verhindere den angekündigten Neustart von Radarr"),
        ("fr", "Arrête le redémarrage de Radarr"),
        ("es", "Detén el reinicio de Radarr"),
        ("nl", "Stop de herstart van Radarr"),
    ],
)
def test_stopping_a_run_of_a_thing_is_recognised(language: str, text: str) -> None:
    expected = ApprovalAnswer(Verb.REJECT, target=RADARR, actions=RESTART, is_stop=True)
    assert meaning_of(text, [NAMED], language=language) == expected


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Stop Radarr"),
        ("de", "Stoppe Radarr"),
        ("fr", "Arrête Radarr"),
        ("es", "Detén Radarr"),
        ("nl", "Stop Radarr"),
    ],
)
def test_stopping_a_thing_stops_no_run(language: str, text: str) -> None:
    assert not isinstance(meaning_of(text, [NAMED], language=language), ApprovalAnswer)


STOPS = [
    ("en", "Stop it", "Stopped: "),
    ("en", "Stop!", "Stopped: "),
    ("de", "Stopp", "Gestoppt: "),
    ("de", "Brich es ab", "Gestoppt: "),
    ("fr", "Arrête ça", "Arrêté : "),
    ("fr", "Arrête-le", "Arrêté : "),
    ("es", "Detenlo", "Detenido: "),
    ("es", "Para eso", "Detenido: "),
    ("nl", "Stop het", "Gestopt: "),
    ("nl", "Stop daarmee", "Gestopt: "),
]


@pytest.mark.parametrize(("language", "text", "said"), STOPS)
async def test_stop_it_stops_what_is_announced(tmp_path: Path, language: str, text: str, said: str) -> None:
    async with about_to_act(tmp_path) as (rig, request, clock):
        answer = await rig.ask(text, language=language, incident_id=request.incident_id)
        assert answer.startswith(said), answer
        assert await decided(rig, request) == (ApprovalStatus.REJECTED, Verb.REJECT)
        clock.move(TEN_MINUTES)
        await rig.rig.agent._autonomy.announced.look()
        assert rig.rig.toy.done == []


async def test_who_stopped_it_is_recorded(tmp_path: Path) -> None:
    async with about_to_act(tmp_path) as (rig, request, _):
        await rig.ask("What is waiting for me?")
        assert (await rig.ask("Stop it")).startswith("Stopped: ")
        decision = (await rig.rig.request_with(request.id)).decision
        assert decision is not None
        assert (decision.person_name, decision.via) == ("Olga", FrontEnd.ASSIST)


async def test_the_thing_that_was_just_spoken_of_is_meant(tmp_path: Path) -> None:
    async with about_to_act(tmp_path) as (rig, request, _):
        await rig.ask("Is sonarr fine?", conversation_id="other")
        await rig.ask("Stop it", conversation_id="other")
        assert (await decided(rig, request))[0] is ApprovalStatus.PENDING
        name = request.proposal.options[0].steps[0].target.name
        await rig.ask(f"Is {name} fine?")
        assert (await rig.ask("Stop it")).startswith("Stopped: ")
        assert (await decided(rig, request))[0] is ApprovalStatus.REJECTED


@pytest.mark.parametrize("user", ["", "3", "99"])
async def test_who_may_not_decide_stops_nothing(tmp_path: Path, user: str) -> None:
    async with about_to_act(tmp_path) as (rig, request, _):
        answer = await rig.ask("Stop it", user=user, incident_id=request.incident_id)
        assert answer.startswith("Not decided: You"), answer
        assert (await decided(rig, request))[0] is ApprovalStatus.PENDING


async def test_nobody_stops_anything_where_everybody_can_speak(tmp_path: Path) -> None:
    async with about_to_act(tmp_path) as (rig, request, _):
        answer = await rig.ask("Stop it", is_shared=True, spoken=True)
        assert answer.startswith("I do not know who is speaking here"), answer
        assert (await decided(rig, request))[0] is ApprovalStatus.PENDING


async def test_what_is_not_announced_is_asked_about(tmp_path: Path) -> None:
    async with about_to_act(tmp_path) as (rig, request, _):
        pieces = await rig.pieces("Stop the restart of sonarr")
        assert pieces[0].text.startswith(f"Which request do you mean: number {request.incident_number} (")
        assert pieces[-1].expects_reply
        assert (await decided(rig, request))[0] is ApprovalStatus.PENDING
        assert (await rig.ask(f"number {request.incident_number}")).startswith("Stopped: ")
        assert (await decided(rig, request))[0] is ApprovalStatus.REJECTED


async def test_what_is_scheduled_is_cancelled(tmp_path: Path) -> None:
    async with about_to_act(tmp_path) as (rig, request, _):
        await rig.ask("Restart sonarr tonight at 3")
        async with rig.rig.store.read() as connection:
            pending = await approvals.requests_in(connection, ApprovalStatus.PENDING)
        (other,) = [one for one in pending if one.id != request.id]
        await rig.rig.agent.gate.decide(approve(other))
        assert (await rig.ask("Stop the restart of sonarr")).startswith("Cancelled: ")
        assert (await decided(rig, request))[0] is ApprovalStatus.PENDING


async def test_nothing_is_announced(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False) as rig:
        assert await rig.ask("Stop the restart of radarr") == "Nothing is announced that could be stopped."
        await rig.ask("Restart radarr")
        assert (await rig.ask("Stop the restart of radarr")).startswith("Rejected: ")


async def test_what_has_begun_is_not_stopped(tmp_path: Path) -> None:
    async with about_to_act(tmp_path) as (rig, request, clock):
        clock.move(TEN_MINUTES)
        await rig.rig.agent._autonomy.announced.look()
        await rig.rig.status(IncidentStatus.RESOLVED)
        answer = await rig.ask("Stop the restart", incident_id=request.incident_id)
        assert answer == "Nothing is announced that could be stopped."
        assert len(rig.rig.toy.done) == 1
