"""Conditions of requests are understood in five languages, and what is not understood is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homelab_steward.contract.state import TargetRef
from rig.question_lab import OFFERS
from rig.recognition_rig import matchers
from steward.conversation.meanings import (
    GoalRequest,
    Meaning,
    PersonRequest,
    PlanRequest,
    SaidCondition,
    ScheduledRequest,
    UnsupportedRequest,
)
from steward.conversation.mentions import NamedTarget
from steward.conversation.recognition import recognise
from steward.conversation.request_parts import PartKind
from steward.conversation.vocabulary import known_things


def target(name: str, service: str) -> NamedTarget:
    return NamedTarget(name, TargetRef(instance_id=service, kind="instance", id=service, name=name), service)


TARGETS = (
    target("Radarr", "radarr"),
    target("Sonarr", "sonarr"),
    target("Plex", "plex"),
    target("Jellyfin", "jellyfin"),
    target("If Only", "lidarr"),
    target("Living Room", "prowlarr"),
)
KNOWN = known_things(OFFERS, TARGETS)


def meaning(text: str, language: str = "en", *before: str) -> Meaning:
    return recognise(text, before, KNOWN, matchers(language))


def scheduled(text: str, language: str = "en", *before: str) -> ScheduledRequest:
    found = meaning(text, language, *before)
    assert isinstance(found, ScheduledRequest), found
    return found


def shown(condition: SaidCondition) -> str:
    about = (
        condition.target.name
        if condition.target
        else "all"
        if condition.is_of_all
        else "any"
        if condition.is_general
        else "own"
    )
    once = " once" if condition.is_once else ""
    bound = condition.threshold.bound if condition.threshold else None
    limit = f" {'>' if bound.is_over else '<'} {bound.number:g}" if bound else ""
    return " ".join(filter(None, (str(condition.happens), condition.work, about))) + limit + once


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Restart Radarr when nobody is streaming", "over streaming any"),
        ("en", "When no one's watching anything, restart Radarr", "over streaming any"),
        ("en", "Restart Radarr as soon as nobody is watching on Plex", "over streaming Plex"),
        ("en", "Only restart Radarr when nobody is streaming", "over streaming any"),
        ("en", "Restart Radarr, but not while someone watches", "over streaming any"),
        ("en", "Not while someone watches, restart Radarr", "over streaming any"),
        ("en", "Restart Radarr unless somebody is watching", "over streaming any once"),
        ("en", "Restart Radarr if nobody is streaming", "over streaming any once"),
        ("en", "Restart Radarr once Plex is idle", "over Plex"),
        ("en", "Restart Radarr when it is idle", "over own"),
        ("en", "Restart Radarr when it is not downloading", "over downloading own"),
        ("en", "Restart Radarr once the queue of Sonarr is empty", "over downloading Sonarr"),
        ("en", "Restart Radarr when all downloads are done", "over downloading all"),
        ("en", "Restart Radarr when Plex isn't scanning", "over scanning Plex"),
        ("en", "Restart Radarr while someone is watching", "under_way streaming any"),
        ("en", "Restart Radarr when the backup is done", "backup own"),
        ("en", "Restart Radarr after the backup of Sonarr", "backup Sonarr"),
        ("en", "Restart Radarr once Sonarr is up again", "up Sonarr"),
        ("en", "Restart Radarr only if it is down", "down own once"),
        ("en", "Restart Radarr unless it is running", "down own once"),
        ("en", "Restart Radarr when the CPU is below 20 %", "bound own < 20"),
        ("en", "Restart Radarr once the memory of Sonarr is above 80%", "bound Sonarr > 80"),
        ("en", "Restart Radarr unless the CPU is above 80 %", "bound own < 80 once"),
        ("en", "Wait until nobody is streaming, then restart Radarr", "over streaming any"),
        ("en", "Restart Radarr when everyone has stopped watching", "over streaming any"),
        ("en", "Restart Radarr as soon as Sonarr is back online", "up Sonarr"),
        ("en", "Restart Radarr if it has crashed", "down own once"),
        ("en", "Restart Radarr when the CPU drops below 20 %", "bound own < 20"),
        ("de", "Starte Radarr neu, wenn niemand schaut", "over streaming any"),
        ("de", "Warte, bis niemand mehr schaut, und starte dann Radarr neu", "over streaming any"),
        ("de", "Starte Radarr neu, sobald die CPU unter 20 % fällt", "bound own < 20"),
        ("de", "Solange niemand streamt, starte Radarr neu", "over streaming any"),
        ("de", "Starte Radarr neu, aber nicht solange jemand schaut", "over streaming any"),
        ("de", "Starte Radarr nur neu, wenn es nicht läuft", "down own once"),
        ("de", "Starte Radarr erst neu, wenn Plex untätig ist", "over Plex"),
        ("de", "Starte Radarr nach dem Backup neu", "backup own"),
        ("de", "Starte Radarr neu, sobald das Backup fertig ist", "backup own"),
        ("de", "Starte Radarr neu, wenn es nichts mehr herunterlädt", "over downloading own"),
        ("de", "Starte Radarr neu, sobald Sonarr wieder läuft", "up Sonarr"),
        ("de", "Starte Radarr neu, wenn die CPU unter 20 % liegt", "bound own < 20"),
        ("fr", "Redémarre Radarr quand personne ne regarde", "over streaming any"),
        ("fr", "Redémarre Radarr, mais pas pendant que quelqu'un regarde", "over streaming any"),
        ("fr", "Redémarre Radarr après la sauvegarde", "backup own"),
        ("fr", "Redémarre Radarr une fois la sauvegarde terminée", "backup own"),
        ("fr", "Redémarre Radarr quand sa file d'attente sera vide", "over downloading own"),
        ("fr", "Redémarre Radarr quand le processeur passe sous 20 %", "bound own < 20"),
        ("fr", "Redémarre Radarr dès que la file d'attente est vide", "over downloading own"),
        ("fr", "Redémarre Radarr seulement s'il est arrêté", "down own once"),
        ("fr", "Redémarre Radarr dès que Plex est inactif", "over Plex"),
        ("es", "Reinicia Radarr cuando nadie esté viendo nada", "over streaming any"),
        ("es", "Reinicia Radarr después de la copia de seguridad", "backup own"),
        ("es", "Reinicia Radarr cuando la cola esté vacía", "over downloading own"),
        ("es", "Reinicia Radarr solo si está caído", "down own once"),
        ("es", "Reinicia Radarr cuando la CPU baje del 20 %", "bound own < 20"),
        ("es", "Reinicia Radarr en cuanto Sonarr esté funcionando", "up Sonarr"),
        ("nl", "Herstart Radarr als niemand kijkt", "over streaming any"),
        ("nl", "Herstart Radarr, maar niet terwijl iemand kijkt", "over streaming any"),
        ("nl", "Herstart Radarr na de back-up", "backup own"),
        ("nl", "Herstart Radarr zodra Plex inactief is", "over Plex"),
        ("nl", "Herstart Radarr als de wachtrij leeg is", "over downloading own"),
        ("nl", "Herstart Radarr alleen als het niet draait", "down own once"),
    ],
)
def test_a_condition_is_understood(language: str, text: str, expected: str) -> None:
    found = scheduled(text, language)
    assert [shown(one) for one in found.conditions] == [expected]
    assert isinstance(found.request, PersonRequest)
    assert (found.request.named_target.label, found.said) == ("Radarr", None)


def test_a_thing_that_only_the_condition_names_is_what_a_pronoun_means() -> None:
    found = scheduled("If Radarr is down, restart it")
    assert isinstance(found.request, PersonRequest)
    assert found.request.named_target.label == "Radarr"
    again = scheduled("Restart it when nobody is streaming", "en", "How is Sonarr?")
    assert isinstance(again.request, PersonRequest)
    assert again.request.named_target.label == "Sonarr"


def test_a_possessive_pronoun_is_explained_by_what_it_refers_to() -> None:
    scan = meaning("scan its libraries", "en", "How is Jellyfin?")
    assert isinstance(scan, PersonRequest), scan
    assert scan.action.key == "scan"
    found = scheduled("When nobody is streaming on Jellyfin, scan its libraries")
    assert isinstance(found.request, PersonRequest)
    assert found.request.named_target.label == "Jellyfin"


@pytest.mark.parametrize(
    "text",
    [
        "Restart Radarr tonight at 3 if nobody is watching",
        "Tonight at 3, if nobody is watching, restart Radarr",
        "If nobody is watching, restart Radarr tonight at 3",
        "Restart Radarr if nobody is watching tonight at 3",
    ],
)
def test_a_time_and_a_condition(text: str) -> None:
    found = scheduled(text)
    assert [shown(one) for one in found.conditions] == ["over streaming any once"]
    assert found.said is not None
    assert (found.said.hour, found.said.part) == (3, "night")


def test_several_conditions_and_several_targets() -> None:
    found = scheduled("Restart Radarr and Sonarr when nobody is streaming and the backup is done")
    assert [shown(one) for one in found.conditions] == ["over streaming any", "backup own"]
    assert isinstance(found.request, PlanRequest)
    goal = scheduled("Prepare for the power cut at 14:00")
    assert isinstance(goal.request, GoalRequest)
    assert isinstance(
        scheduled("Bereite alles auf den Stromausfall um 14 Uhr vor", "de").request, GoalRequest
    )


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Restart Radarr when nobody is streaming and stop Sonarr"),
        ("en", "Restart Radarr when nobody is streaming and Sonarr when the queue is empty"),
        ("en", "Restart Radarr once Plex is idle and Sonarr"),
        ("de", "Starte Radarr, wenn niemand schaut, und Sonarr neu"),
        ("en", "Restart Radarr when nobody is streaming or the backup is done"),
        ("en", "Restart Radarr unless it is down and nobody is streaming"),
        ("en", "Restart Radarr unless the backup is done"),
        ("en", "Restart Radarr when the backup"),
        ("en", "Restart Radarr when nobody is streaming, but not tonight"),
        ("en", "Restart Radarr if nobody is streaming, otherwise stop it"),
        ("en", "Restart Radarr 5 minutes after the backup"),
        ("en", "Restart Radarr when nobody is streaming until 6"),
        ("en", "Should I restart Radarr if nobody is streaming?"),
        ("en", "Don't restart Radarr if nobody is streaming"),
        ("de", "Starte Radarr immer neu, wenn es nicht läuft"),
        ("de", "Starte Radarr 5 Minuten nach dem Backup neu"),
        ("en", "Restart Radarr when nobody is watching in the living room"),
        ("en", "Restart Radarr when nobody is watching in the bathroom"),
        ("en", "Restart Radarr when the kids are not watching"),
        ("en", "Restart Radarr when nobody has been watching for an hour"),
        ("en", "Restart Radarr before the backup"),
        ("en", "Restart Radarr when hell freezes over"),
        ("en", "Restart Radarr when the CPU is low"),
        ("en", "Restart Radarr when the CPU is between 10 and 20 %"),
        ("en", "restart radarr if needed"),
        ("en", "Restart Radarr when Emby is idle"),
        ("de", "Starte Radarr neu, wenn es hängt"),
        ("de", "Starte Radarr neu, wenn niemand seit einer Stunde schaut"),
        ("fr", "Redémarre Radarr s'il est lent"),
        ("es", "Reinicia Radarr si hace falta"),
        ("nl", "Herstart Radarr als het nodig is"),
    ],
)
def test_what_cannot_be_decided_is_refused(language: str, text: str) -> None:
    assert not isinstance(meaning(text, language), ScheduledRequest | PersonRequest | PlanRequest)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Restart Radarr every night"),
        ("en", "Restart Radarr on mondays at 3"),
        ("de", "Starte Radarr jeden Montag um 3 neu"),
        ("fr", "Redémarre Radarr chaque nuit"),
        ("es", "Reinicia Radarr todos los lunes a las 3"),
        ("nl", "Herstart Radarr elke nacht"),
        ("en", "Restart Radarr whenever nobody is streaming"),
        ("es", "Reinicia Radarr siempre que nadie esté viendo nada"),
    ],
)
def test_a_time_that_comes_again_is_named(language: str, text: str) -> None:
    found = meaning(text, language)
    assert isinstance(found, UnsupportedRequest)
    assert found.part.kind is PartKind.REPEATED


def test_no_name_is_made_by_leaving_a_condition_out() -> None:
    found = meaning("Restart living, when nobody is streaming, room")
    assert not isinstance(found, ScheduledRequest | PersonRequest)


def test_words_of_a_name_begin_no_condition() -> None:
    found = meaning("Restart If Only")
    assert isinstance(found, PersonRequest)
    assert isinstance(meaning("Restart If Only if nobody is streaming"), ScheduledRequest)


WORDS = [
    "when",
    "nobody",
    "is",
    "streaming",
    "and",
    "the",
    "backup",
    "done",
    "not",
    "or",
    "Plex",
    "idle",
    "tonight",
]


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=7))
def test_no_word_of_a_condition_is_dropped(words: list[str]) -> None:
    """Whatever follows a request either adds a condition or a time, or nothing is requested."""
    found = meaning(f"Restart Radarr when {' '.join(words)}")
    assert not isinstance(found, PersonRequest | PlanRequest), words
    if isinstance(found, ScheduledRequest):
        assert found.conditions, words
        assert "or" not in words


@pytest.mark.parametrize(
    ("language", "text", "fact", "is_so"),
    [
        ("en", "Restart Radarr when everybody's asleep", "everybody_asleep", True),
        ("en", "Restart Radarr as soon as everybody has left the house", "somebody_home", False),
        ("en", "Restart Radarr unless somebody is home", "somebody_home", False),
        ("en", "Restart Radarr once nobody is asleep any more", "somebody_asleep", False),
        ("en", "Restart Radarr, but not while guests are here", "guests", False),
        ("en", "Restart Radarr when the alarm is armed", "alarm_armed", True),
        ("en", "Restart Radarr once the power is back", "on_battery", False),
        ("de", "Starte Radarr neu, sobald alle schlafen", "everybody_asleep", True),
        ("de", "Starte Radarr neu, wenn niemand zu Hause ist", "somebody_home", False),
        ("fr", "Redémarre Radarr dès que tout le monde dort", "everybody_asleep", True),
        ("fr", "Redémarre Radarr quand toute la famille sera partie", "somebody_home", False),
        ("es", "Reinicia Radarr cuando todos estén durmiendo", "everybody_asleep", True),
        ("es", "Reinicia Radarr cuando no haya nadie en casa", "somebody_home", False),
        ("nl", "Herstart Radarr zodra iedereen slaapt", "everybody_asleep", True),
        ("nl", "Herstart Radarr als er niemand thuis is", "somebody_home", False),
    ],
)
def test_a_condition_on_people_is_a_fact_about_the_home(
    language: str, text: str, fact: str, *, is_so: bool
) -> None:
    (found,) = scheduled(text, language).conditions
    assert (str(found.happens), found.fact, not found.is_not_so) == ("home", fact, is_so)


@pytest.mark.parametrize("text", ["when the kids are asleep", "when my boss is away"])
def test_some_people_are_not_everybody(text: str) -> None:
    assert isinstance(meaning(f"Restart Radarr {text}"), UnsupportedRequest)


def test_nobody_is_no_correction_of_another_word() -> None:
    found = meaning("Starte Radarr neu, sobald alle Kinder im Bett sind", "de")
    assert isinstance(found, UnsupportedRequest)
    assert "Kinder" in found.part.text


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "when nobody is streaming on Plex and Jellyfin", "over streaming"),
        ("en", "when nobody is streaming on Plex or Jellyfin", "over streaming"),
        ("en", "once Plex and Jellyfin are idle", "over"),
        ("en", "once Plex and Jellyfin are up again", "up"),
        ("de", "wenn niemand über Plex und Jellyfin schaut", "over streaming"),
        ("nl", "zodra Plex en Jellyfin online zijn", "up"),
    ],
)
def test_a_condition_on_two_things_is_one_on_each(language: str, text: str, expected: str) -> None:
    request = {"en": "Restart Radarr", "de": "Starte Radarr neu,", "nl": "Herstart Radarr"}[language]
    found = scheduled(f"{request} {text}", language).conditions
    assert [shown(one) for one in found] == [f"{expected} Plex", f"{expected} Jellyfin"]


@pytest.mark.parametrize(
    "text",
    [
        "when somebody is streaming on Plex or Jellyfin",
        "unless somebody is streaming on Plex and Jellyfin",
        "once Plex or Jellyfin is up",
    ],
)
def test_one_of_two_things_is_not_decided(text: str) -> None:
    assert isinstance(meaning(f"Restart Radarr {text}"), UnsupportedRequest)


@pytest.mark.parametrize("text", ["once Emby is idle", "when nobody is watching on Emby"])
def test_a_thing_in_a_condition_that_is_not_known_is_named(text: str) -> None:
    found = meaning(f"Restart Radarr {text}")
    assert isinstance(found, UnsupportedRequest)
    assert found.unknown is not None
    assert found.unknown.name == "Emby"
