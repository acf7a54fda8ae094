"""Who did what with a thing, and when: from the journal, and with names only for owners."""

from datetime import timedelta
from pathlib import Path

import pytest

from homelab_steward.contract.incidents import IncidentStatus, RunStatus
from homelab_steward.contract.state import FrontEnd
from rig import records
from rig.conversation_rig import open_conversation
from rig.inventory import ITSELF, NOW, ToyInventory
from rig.recognition_rig import meaning_of
from rig.toy import Toy
from steward.clock import ManualClock
from steward.conversation.history_answers import HistoryAnswers
from steward.conversation.meanings import PersonRequest, PlanRequest, ScheduledRequest, UnknownName
from steward.conversation.questions import ActionHistoryQuestion
from steward.conversation.readings import Readings
from steward.texts import texts_of

from .test_decisions import low_risk
from .test_scheduled_requests import OFFERS, TARGETS

RESTART = frozenset({"restart", "reboot"})
STOP = frozenset({"stop"})
START = frozenset({"start", "power"})
ANY = frozenset({"any"})


def meaning(text: str, language: str) -> object:
    return meaning_of(text, TARGETS, OFFERS, language=language)


@pytest.mark.parametrize(
    ("language", "text", "verbs", "hours"),
    [
        ("en", "who rebooted Sonarr?", RESTART, None),
        ("en", "Who has stopped the Radarr app yesterday?", STOP, 48),
        ("en", "who was it who shut down Sonarr", STOP, None),
        ("en", "Sonarr restarted by whom", RESTART, None),
        ("en", "has somebody touched Radarr today", ANY, 24),
        ("en", "most recent Sonarr reboot", RESTART, None),
        ("en", "when was the last shutdown of Sonarr?", STOP, None),
        ("en", "who approved the reboot of Radarr", RESTART, None),
        ("de", "Wer hat gestern Sonarr angehalten?", STOP, 48),
        ("de", "Von wem wurde Radarr zuletzt rebootet?", RESTART, None),
        ("de", "letzter Neustart von Sonarr", RESTART, None),
        ("de", "Hat heute jemand Radarr ausgeschaltet?", STOP, 24),
        ("fr", "Qui a arrêté Sonarr hier ?", STOP, 48),
        ("fr", "dernier redémarrage de Radarr", RESTART, None),
        ("fr", "Est-ce que quelqu'un a modifié Sonarr ?", ANY, None),
        ("es", "¿Quién apagó Sonarr?", STOP, None),
        ("es", "último reinicio de Radarr", RESTART, None),
        ("es", "¿Alguien ha reiniciado Sonarr hoy?", RESTART, 24),
        ("nl", "Wie heeft Sonarr uitgezet?", STOP, None),
        ("nl", "laatste herstart van Radarr", RESTART, None),
        ("nl", "Heeft iemand Sonarr vandaag gestart?", START, 24),
    ],
)
def test_a_question_who_did_something_is_recognised(
    language: str, text: str, verbs: frozenset[str], hours: int | None
) -> None:
    found = meaning(text, language)
    assert isinstance(found, ActionHistoryQuestion), found
    assert (found.verbs, found.hours, found.is_statement) == (verbs, hours, False)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "We should never stop Sonarr during the day"),
        ("en", "I'd never reboot Radarr without asking"),
        ("de", "Ich würde Sonarr niemals tagsüber anhalten"),
        ("fr", "Je ne redémarrerais jamais Sonarr le matin"),
        ("es", "Yo nunca apagaría Radarr de noche"),
        ("nl", "Ik zou Sonarr nooit overdag herstarten"),
    ],
)
def test_what_is_only_said_about_an_action_requests_nothing(language: str, text: str) -> None:
    found = meaning(text, language)
    assert isinstance(found, ActionHistoryQuestion), found
    assert found.is_statement


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "who stopped Jellyfin"),
        ("de", "Wer hat Jellyfin neu gestartet?"),
        ("nl", "wie heeft Jellyfin gestopt"),
    ],
)
def test_a_thing_that_is_not_known_is_said(language: str, text: str) -> None:
    assert isinstance(meaning(text, language), UnknownName)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "restart Sonarr now"),
        ("en", "Sonarr reboot"),
        ("de", "Sonarr Neustart"),
        ("fr", "redémarrage de Sonarr"),
        ("es", "reinicia Sonarr"),
        ("nl", "herstart Sonarr"),
    ],
)
def test_a_request_stays_one(language: str, text: str) -> None:
    assert isinstance(meaning(text, language), PersonRequest | PlanRequest | ScheduledRequest)


async def test_the_journal_answers_and_only_owners_get_names(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False, inventory=low_risk()) as rig:
        before = await rig.ask("Who restarted radarr?")
        assert before.startswith("I have no record of doing that with radarr."), before
        await rig.ask("Restart radarr")
        waiting = await rig.ask("Who restarted radarr?")
        assert waiting == before, "what is only requested was not done"
        await rig.ask("Approve option 1")
        await rig.rig.status(IncidentStatus.RESOLVED)
        answer = await rig.ask("Who restarted radarr?")
        assert "Restart" in answer
        assert "approved by Olga" in answer
        assert "Olga" in await rig.ask("Wer hat radarr neu gestartet?", language="de")
        for hidden in (
            await rig.ask("Who restarted radarr?", user="2"),
            await rig.ask("Who restarted radarr?", user="3"),
            await rig.ask("Who restarted radarr?", user="nobody"),
            await rig.ask("Who restarted radarr?", is_shared=True),
        ):
            assert "Restart" in hidden
            assert "Olga" not in hidden
        assert (await rig.ask("Who stopped radarr?")).startswith("I have no record")
        assert len(rig.rig.toy.done) == 1


async def test_a_statement_changes_nothing(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False, inventory=low_risk()) as rig:
        answer = await rig.ask("I would never restart radarr on a Friday")
        assert answer.startswith("I have requested nothing. I have no record"), answer
        assert await rig.rig.incidents() == ()


def test_what_the_steward_did_itself_names_no_person() -> None:
    answers = HistoryAnswers(Readings(ToyInventory(Toy())), ManualClock(NOW + timedelta(hours=1)))
    done = records.run(RunStatus.SUCCEEDED)
    own = records.decision(via=FrontEnd.STEWARD, name="")
    question = ActionHistoryQuestion(ITSELF, ANY)
    for shows_people in (True, False):
        text = answers.actions_text(
            question, {done.id: own}, [done], texts_of("en"), shows_people=shows_people
        )
        assert "Increase memory, carried out by the steward itself: " in text
        assert "approved" not in text
