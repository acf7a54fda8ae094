"""A false alarm is reported in a conversation, in five languages, by who may decide."""

from datetime import timedelta
from pathlib import Path

import pytest

from homelab_steward.contract.false_alarms import CoolDownQuery
from homelab_steward.contract.incidents import AlertStatus, IncidentStatus
from homelab_steward.contract.state import TargetRef
from rig.conversation_rig import ConversationRig, open_conversation
from rig.inventory import NOW, alert
from rig.recognition_rig import meaning_of
from steward.clock import ManualClock
from steward.conversation.meanings import FalseAlarmReport
from steward.conversation.mentions import NamedTarget

RADARR = TargetRef(instance_id="radarr", kind="instance", id="radarr", name="Radarr")
NAMED = NamedTarget("Radarr", RADARR, "radarr")


async def cool_downs(rig: ConversationRig) -> list[str]:
    found = await rig.rig.agent.false_alarms.list(CoolDownQuery())
    return [one.alert for one in found.cool_downs]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "That was a false alarm"),
        ("en", "That is just a false alarm again"),
        ("de", "Das war ein Fehlalarm"),
        ("de", "Das ist nur ein falscher Alarm"),
        ("fr", "C'était une fausse alerte"),
        ("es", "Eso fue una falsa alarma"),
        ("es", "Era una falsa alarma"),
        ("nl", "Dat was vals alarm"),
        ("nl", "Dit is een vals alarm"),
    ],
)
def test_a_false_alarm_is_recognised(language: str, text: str) -> None:
    assert meaning_of(text, [NAMED], language=language) == FalseAlarmReport()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "False alarm on Radarr"),
        ("en", "The alert about Radarr was a false alarm"),
        ("de", "Fehlalarm bei Radarr"),
        ("de", "Die Meldung zu Radarr war ein Fehlalarm"),
        ("fr", "L'alerte sur Radarr était une fausse alerte"),
        ("es", "La alarma de Radarr era falsa"),
        ("nl", "De melding over Radarr was vals alarm"),
    ],
)
def test_a_false_alarm_of_a_thing_is_recognised(language: str, text: str) -> None:
    assert meaning_of(text, [NAMED], language=language) == FalseAlarmReport(target=RADARR)


def test_the_number_of_an_incident_is_recognised() -> None:
    assert meaning_of("Incident 7 was a false alarm", [NAMED]) == FalseAlarmReport(number=7)


@pytest.mark.parametrize(
    "text", ["Was that a false alarm?", "Are there false alarms?", "How many false alarms?"]
)
def test_a_question_reports_nothing(text: str) -> None:
    assert not isinstance(meaning_of(text, [NAMED]), FalseAlarmReport)


async def test_the_incident_of_the_conversation_is_meant(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False) as rig:
        request = await rig.rig.ask()
        answer = await rig.ask("That was a false alarm", incident_id=request.incident_id)
        assert answer.startswith("Marked as a false alarm: "), answer
        assert (await rig.rig.incident()).status is IncidentStatus.IGNORED
        assert await cool_downs(rig) == ["ToyMemoryHigh"]


@pytest.mark.parametrize("user", ["", "3", "99"])
async def test_who_may_not_decide_reports_nothing(tmp_path: Path, user: str) -> None:
    async with open_conversation(tmp_path, model=False) as rig:
        await rig.rig.ask()
        assert (await rig.ask("That was a false alarm", user=user)).startswith("Not marked: You ")
        assert (await rig.rig.incident()).status is IncidentStatus.WAITING
        assert await cool_downs(rig) == []


async def test_nobody_reports_one_where_everybody_can_speak(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False) as rig:
        await rig.rig.ask()
        answer = await rig.ask("That was a false alarm", is_shared=True, spoken=True)
        assert answer.startswith("I do not know who is speaking here"), answer
        assert await cool_downs(rig) == []


async def test_one_that_just_ended_can_be_meant_for_a_day(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    async with open_conversation(tmp_path, model=False, clock=clock) as rig:
        await rig.rig.ask()
        await rig.rig.fire(alert(status=AlertStatus.RESOLVED, at=clock.now()))
        await rig.rig.status(IncidentStatus.RESOLVED)
        clock.move(timedelta(days=2).total_seconds())
        assert (await rig.ask("That was a false alarm")).startswith("I know no such problem")
        assert (await rig.ask("Incident 1 was a false alarm")).startswith("Marked as a false alarm: ")
        assert await cool_downs(rig) == ["ToyMemoryHigh"]


async def test_one_of_several_is_asked_about(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False) as rig:
        await rig.rig.ask()
        await rig.rig.fire(alert(name="sonarr"))
        await rig.rig.until(lambda one: not one.status.is_closed, 2)
        pieces = await rig.pieces("That was a false alarm")
        assert pieces[0].text.startswith("Which incident do you mean: number "), pieces[0].text
        assert pieces[-1].expects_reply
        assert await cool_downs(rig) == []
        assert (await rig.ask("the one of sonarr")).startswith("Marked as a false alarm: ")
        assert (await rig.rig.incident(2)).status is IncidentStatus.IGNORED
        assert not (await rig.rig.incident(1)).status.is_closed


async def test_a_number_answers_which_one_is_meant(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False) as rig:
        await rig.rig.ask()
        await rig.rig.fire(alert(name="sonarr"))
        await rig.rig.until(lambda one: not one.status.is_closed, 2)
        await rig.ask("That was a false alarm")
        assert (await rig.ask("1")).startswith("Marked as a false alarm: ")
        assert (await rig.rig.incident(1)).status is IncidentStatus.IGNORED
        assert not (await rig.rig.incident(2)).status.is_closed


async def test_a_thing_without_a_problem_is_none(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False) as rig:
        await rig.rig.ask()
        assert (await rig.ask("False alarm on sonarr")).startswith("I know no such problem")
        assert await cool_downs(rig) == []
