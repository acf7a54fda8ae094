"""Requests, their parts, decisions and unknown names in every language."""

import pytest

from homelab_steward.contract.catalogue import ActionOffer, Field, Risk, SettingKind
from homelab_steward.contract.incidents import Verb
from homelab_steward.contract.state import TargetRef
from rig.recognition_rig import meaning_of
from steward.conversation.meanings import (
    ApprovalAnswer,
    NoTarget,
    OpenText,
    PersonRequest,
    Prohibition,
    ScheduledRequest,
    UnknownName,
    UnsupportedRequest,
)
from steward.conversation.mentions import NamedTarget
from steward.conversation.request_parts import PartKind

MEMORY = Field(
    key="memory_mib", kind=SettingKind.NUMBER, name="Memory", minimum=128, maximum=65_536, unit="MiB"
)


def offer(key: str, *arguments: Field) -> ActionOffer:
    return ActionOffer(key=key, name=key, description="", risk=Risk.LOW, reversible=True, arguments=arguments)


RADARR = NamedTarget(
    "Radarr", TargetRef(instance_id="radarr", kind="instance", id="radarr", name="Radarr"), "radarr"
)
OFFERS = {
    "radarr": (offer("restart"), offer("stop"), offer("start"), offer("pause"), offer("set_memory", MEMORY))
}


@pytest.mark.parametrize(
    ("language", "text", "key"),
    [
        ("de", "Fahre Radarr bitte herunter", "stop"),
        ("de", "Setze den Speicher von Radarr auf zwei Gigabyte", "set_memory"),
        ("de", "Pausiere Radarr", "pause"),
        ("en", "Give Radarr two gigabytes of memory", "set_memory"),
        ("en", "turn radarr off please", "stop"),
        ("fr", "Redémarre Radarr s'il te plaît", "restart"),
        ("fr", "Arrête le service Radarr", "stop"),
        ("fr", "Augmente la mémoire d'Radarr à 2 Go", "set_memory"),
        ("fr", "Peux-tu démarrer Radarr ?", "start"),
        ("fr", "Mets la mémoire de Radarr à 2 Go", "set_memory"),
        ("es", "Reinicia Radarr por favor", "restart"),
        ("es", "¿Puedes parar Radarr?", "stop"),
        ("es", "Pon la memoria de Radarr a 2 GB", "set_memory"),
        ("nl", "Herstart Radarr alsjeblieft", "restart"),
        ("nl", "Zet Radarr uit", "stop"),
        ("nl", "Kun je Radarr opnieuw starten?", "restart"),
        ("nl", "Zet het geheugen van Radarr op 2 GB", "set_memory"),
    ],
)
def test_a_request(language: str, text: str, key: str) -> None:
    found = meaning_of(text, [RADARR], OFFERS, language=language)
    assert isinstance(found, PersonRequest), found
    assert found.action.key == key
    assert found.arguments == ({"memory_mib": 2048.0} if key == "set_memory" else {})


@pytest.mark.parametrize(
    ("language", "text", "kind", "part"),
    [
        ("fr", "Redémarre Radarr demain matin", PartKind.TIME, "demain matin"),
        ("fr", "Redémarre Radarr dans 5 minutes", PartKind.TIME, "dans 5 minutes"),
        ("fr", "Redémarre Radarr si personne ne regarde", PartKind.CONDITION, "si personne ne regarde"),
        ("fr", "Redémarre Radarr et dis-moi quand c'est fini", PartKind.MORE, "et dis"),
        ("fr", "Redémarre Radarr doucement", PartKind.UNKNOWN, "doucement"),
        ("es", "Reinicia Radarr mañana por la noche", PartKind.TIME, "mañana por la noche"),
        ("es", "Reinicia Radarr en 5 minutos", PartKind.TIME, "en 5 minutos"),
        ("es", "Reinicia Radarr cuando nadie esté viendo", PartKind.CONDITION, "cuando nadie esté viendo"),
        ("es", "Reinicia Radarr pero sin perder la cola", PartKind.MORE, "pero"),
        ("es", "Reinicia Radarr suavemente", PartKind.UNKNOWN, "suavemente"),
        ("nl", "Herstart Radarr morgen vroeg", PartKind.TIME, "morgen vroeg"),
        ("nl", "Herstart Radarr over 5 minuten", PartKind.TIME, "over 5 minuten"),
        ("nl", "Herstart Radarr als niemand kijkt", PartKind.CONDITION, "als niemand kijkt"),
        ("nl", "Herstart Radarr en zeg het me", PartKind.MORE, "en zeg"),
        ("nl", "Herstart Radarr voorzichtig", PartKind.UNKNOWN, "voorzichtig"),
    ],
)
def test_a_part_that_is_no_request_for_now(language: str, text: str, kind: PartKind, part: str) -> None:
    found = meaning_of(text, [RADARR], OFFERS, language=language)
    is_scheduled = kind is PartKind.TIME or "nadie" in part or "niemand" in part or "personne" in part
    assert isinstance(found, ScheduledRequest if is_scheduled else UnsupportedRequest), found
    assert found.part.kind is kind
    assert found.part.text.startswith(part)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "Ne redémarre pas Radarr"),
        ("fr", "Dois-je redémarrer Radarr ?"),
        ("es", "No reinicies Radarr"),
        ("es", "¿Debo reiniciar Radarr?"),
        ("nl", "Herstart Radarr niet"),
        ("nl", "Moet ik Radarr herstarten?"),
    ],
)
def test_what_is_no_request(language: str, text: str) -> None:
    found = meaning_of(text, [RADARR], OFFERS, language=language)
    assert isinstance(found, OpenText | Prohibition)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("fr", "Approuve l'option 2", ApprovalAnswer(Verb.APPROVE, option=2)),
        ("fr", "Refuse la demande 7", ApprovalAnswer(Verb.REJECT, number=7)),
        ("fr", "Reporte-le à demain", ApprovalAnswer(Verb.SNOOZE, until="tomorrow")),
        ("es", "Aprueba la opción dos", ApprovalAnswer(Verb.APPROVE, option=2)),
        ("es", "Recházalo", ApprovalAnswer(Verb.REJECT)),
        ("es", "Ignóralo", ApprovalAnswer(Verb.IGNORE)),
        ("nl", "Keur optie 2 goed", ApprovalAnswer(Verb.APPROVE, option=2)),
        ("nl", "Wijs het af", ApprovalAnswer(Verb.REJECT)),
        ("nl", "Stel het uit tot morgen", ApprovalAnswer(Verb.SNOOZE, until="tomorrow")),
    ],
)
def test_a_decision(language: str, text: str, expected: ApprovalAnswer) -> None:
    assert meaning_of(text, [RADARR], OFFERS, language=language) == expected


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "Est-ce que Jellyfin fonctionne ?"),
        ("fr", "Redémarre Jellyfin"),
        ("es", "¿Funciona Jellyfin?"),
        ("es", "Reinicia Jellyfin"),
        ("nl", "Draait Jellyfin?"),
        ("nl", "Herstart Jellyfin"),
    ],
)
def test_an_unknown_name(language: str, text: str) -> None:
    found = meaning_of(text, [RADARR], OFFERS, language=language)
    assert isinstance(found, UnknownName), found
    assert found.name == "Jellyfin"


@pytest.mark.parametrize(
    ("language", "text"),
    [("fr", "Redémarre-le"), ("es", "Para eso"), ("nl", "Herstart het"), ("nl", "Draait het?")],
)
def test_a_pronoun(language: str, text: str) -> None:
    assert meaning_of(text, [RADARR], OFFERS, language=language) == NoTarget()
    found = meaning_of(text, [RADARR], OFFERS, ["Radarr?"], language=language)
    assert not isinstance(found, NoTarget | OpenText), found


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "Raconte-moi une blague"),
        ("es", "Cuéntame un chiste"),
        ("nl", "Vertel een grap"),
        ("fr", "Quelle heure est-il ?"),
        ("es", "¿Qué tiempo hace?"),
        ("nl", "Hoe laat is het?"),
    ],
)
def test_something_else(language: str, text: str) -> None:
    assert isinstance(meaning_of(text, [RADARR], OFFERS, language=language), OpenText)
