"""A request beside talk: the talk is named, and nothing that could limit the request is dropped."""

from pathlib import Path

import pytest

from homelab_steward.contract.incidents import IncidentStatus
from rig.conversation_rig import open_conversation
from rig.recognition_rig import matchers
from steward.conversation.meanings import (
    Happens,
    Meaning,
    OpenText,
    PersonRequest,
    PlanRequest,
    ScheduledRequest,
    SeveralMeanings,
)
from steward.conversation.request_talk import is_talk, without_talk
from steward.conversation.said_text import Known
from steward.conversation.several_sentences import recognise_all
from steward.language.words import plain

from .test_scheduled_requests import OFFERS, TARGETS

KNOWN = Known(
    among=TARGETS,
    offers=OFFERS,
    readings={"queue": "queue", "memory": "memory", "cola": "queue", "file": "queue"},
    kinds={"container": "container"},
)
REQUESTS = (PersonRequest, PlanRequest, ScheduledRequest)


def found(text: str, language: str = "en", *before: str) -> Meaning:
    return recognise_all(text, before, KNOWN, matchers(language))


def requested(meaning: Meaning) -> tuple[list[str], str]:
    """Return what is requested now, and the talk beside it."""
    assert isinstance(meaning, SeveralMeanings), meaning
    talk, request = meaning.meanings
    assert isinstance(talk, OpenText)
    assert isinstance(request, PersonRequest | PlanRequest), request
    wanted = request.requests if isinstance(request, PlanRequest) else (request,)
    return [one.named_target.label for one in wanted], talk.text


@pytest.mark.parametrize(
    ("language", "text", "talk"),
    [
        ("en", "My wife is rolling her eyes at me. Restart Sonarr.", "My wife is rolling her eyes at me"),
        ("en", "I'm off to bed so restart Sonarr please", "I'm off to bed"),
        ("en", "restart Sonarr please, my brother is driving me mad", "my brother is driving me mad"),
        ("en", "Hello, Sonarr can't find anything, bounce it, bye", "Sonarr can't find anything"),
        ("en", "Sonarr is being a diva, restart please", "Sonarr is being a diva"),
        ("en", "Restart Sonarr, otherwise the kids cry", "otherwise the kids cry"),
        ("en", "Last time it took ages. Restart Sonarr.", "Last time it took ages"),
        ("en", "We have dinner at eight, restart Sonarr right now", "We have dinner at eight"),
        ("de", "Sonarr hängt schon wieder, starte es bitte neu, die Kinder warten", "die Kinder warten"),
        ("de", "Wir haben Hunger, also starte Sonarr neu", "Wir haben Hunger"),
        ("de", "Ich habe in zehn Minuten Besuch, starte jetzt Sonarr neu", "Ich habe in zehn Minuten Besuch"),
        ("fr", "Je pars au travail, redémarre Sonarr s'il te plaît", "Je pars au travail"),
        (
            "es",
            "Mi mujer está perdiendo la paciencia. Reinicia Sonarr.",
            "Mi mujer está perdiendo la paciencia",
        ),
        ("nl", "We hebben visite, dus herstart Sonarr", "We hebben visite"),
    ],
)
def test_a_request_beside_talk_is_made_and_the_talk_is_named(language: str, text: str, talk: str) -> None:
    names, named = requested(found(text, language))
    assert names == ["Sonarr"]
    assert talk in named


def test_several_things_are_requested_beside_talk() -> None:
    names, _ = requested(found("I can't sleep, so restart Sonarr and Radarr, my husband is snoring"))
    assert names == ["Sonarr", "Radarr"]


def test_a_time_of_the_request_is_kept() -> None:
    meaning = found("Die Kinder schlafen, starte Radarr morgen um sieben neu", "de")
    assert isinstance(meaning, SeveralMeanings)
    later = meaning.meanings[-1]
    assert isinstance(later, ScheduledRequest)
    assert later.said is not None
    assert later.said.hour == 7


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Restart Radarr the moment its queue is empty, my wife is loud"),
        ("en", "Radarr is sulking again. Restart it the second its queue is empty and not a second sooner."),
        ("de", "Starte Radarr neu, sobald seine Warteschlange leer ist, keine Sekunde früher"),
        ("fr", "Redémarre Radarr dès que sa file est vide, pas avant"),
        ("es", "Reinicia Radarr en cuanto su cola esté vacía, ni un segundo antes"),
        ("nl", "Herstart Radarr zodra zijn wachtrij leeg is, geen seconde eerder"),
    ],
)
def test_a_condition_is_carried_also_when_it_is_said_twice(language: str, text: str) -> None:
    meaning = found(text, language)
    later = meaning.meanings[-1] if isinstance(meaning, SeveralMeanings) else meaning
    assert isinstance(later, ScheduledRequest), later
    assert [(one.happens, one.work) for one in later.conditions] == [(Happens.OVER, "downloading")]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Sonarr hangs again, restart it, but not while the kids are watching"),
        ("en", "I'm off to bed, restart Radarr once I'm asleep"),
        ("en", "Restart Sonarr, the queue must be empty"),
        ("en", "Restart Sonarr, it has to be done gently"),
        ("en", "Restart Sonarr, it has a full queue"),
        ("en", "Restart Prowlarr, my wife has to say yes first"),
        ("en", "Restart Sonarr, my wife can't use the container"),
        ("en", "My wife is working, restart Sonarr later"),
        ("en", "Restart Radarr, I'll give you the signal"),
        ("en", "Restart Sonarr, the other one too"),
        ("en", "Restart Sonarr. The other one too."),
        ("en", "Restart Radarr, my son has homework at eight"),
        ("en", "Restart Radarr, I stop Sonarr"),
        ("en", "Restart Sonarr, my son only"),
        ("en", "Restart Radarr and not a second sooner"),
        ("en", "Restart Radarr, not a second sooner"),
        ("en", "Restart Radarr, we are still watching"),
        ("en", "I finish my movie, restart Radarr"),
        ("en", "Dad confirms it, restart Radarr"),
        ("de", "Die Kinder gehen ins Bett, starte Radarr neu"),
        ("fr", "Maman confirme, redémarre Radarr"),
        ("es", "Mi madre lo confirma, reinicia Radarr"),
        ("nl", "Mama bevestigt het, herstart Radarr"),
        ("en", "Sonarr is slow, Radarr is slow, restart it"),
        ("de", "Sonarr hängt, starte es neu, aber erst wenn ich es sage"),
        ("de", "Starte Radarr neu, meine Frau soll vorher zustimmen"),
        ("de", "Ich gehe ins Bett, starte Sonarr später neu"),
        ("de", "Wir essen um acht, starte Radarr neu"),
        ("de", "Starte Sonarr neu, die Kinder dürfen nichts merken"),
        ("de", "Starte Sonarr neu, das andere auch"),
        ("de", "Starte Sonarr neu, sonst nichts"),
        ("fr", "Redémarre Sonarr, les enfants ne doivent rien remarquer"),
        ("fr", "Redémarre Radarr, je te dirai quand"),
        ("fr", "Redémarre Sonarr, l'autre aussi"),
        ("fr", "Redémarre Sonarr. L'autre aussi."),
        ("es", "Reinicia Sonarr, los niños no deben enterarse"),
        ("es", "Reinicia Sonarr, el otro también"),
        ("es", "Me voy a la cama, reinicia Radarr más tarde"),
        ("nl", "Herstart Sonarr, de kinderen mogen niets merken"),
        ("nl", "Herstart Sonarr, de andere ook"),
        ("nl", "Ik ga naar bed, herstart Radarr later"),
    ],
)
def test_what_could_limit_a_request_is_no_talk(language: str, text: str) -> None:
    meaning = found(text, language)
    parts = meaning.meanings if isinstance(meaning, SeveralMeanings) else (meaning,)
    assert not any(isinstance(one, REQUESTS) for one in parts), meaning


def test_a_pronoun_refers_to_what_was_named_before_only_if_no_talk_is_between() -> None:
    before = ("How is Sonarr",)
    assert requested(found("restart it, the kids keep moaning", "en", *before))[0] == ["Sonarr"]
    meaning = found("The kids keep moaning about it, restart it", "en", *before)
    assert not isinstance(meaning, SeveralMeanings | PersonRequest)


def test_a_question_is_no_talk() -> None:
    assert not is_talk("my wife is sad?", KNOWN, matchers()[0])
    assert is_talk("my wife is sad", KNOWN, matchers()[0])


@pytest.mark.parametrize(
    "text", ["Restart Sonarr", "My wife is sad. I am tired.", "a, b, c, d, e, f, g, h, i"]
)
def test_a_text_without_talk_or_with_nothing_else_is_left_as_it_is(text: str) -> None:
    assert without_talk(plain(text), KNOWN, matchers()[0]) is None


async def test_the_request_waits_for_approval_and_the_answer_names_the_talk(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False) as rig:
        text = await rig.ask("My wife is rolling her eyes at me. Restart the container radarr.")
        assert "My wife is rolling her eyes at me" in text
        (incident,) = await rig.rig.incidents()
        assert incident.status is IncidentStatus.WAITING
