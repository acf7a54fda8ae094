"""What is switched: the beeper of a UPS by verbs of five languages, and a verb that is also a name."""

import pytest

from homelab_steward.contract.catalogue import ActionOffer, Risk
from homelab_steward.contract.state import TargetRef
from rig.recognition_rig import meaning_of
from steward.conversation.meanings import Meaning, NoTarget, OpenText, PersonRequest
from steward.conversation.mentions import NamedTarget
from steward.conversation.questions import ListQuestion, TargetQuestion


def action(key: str, scope: str) -> ActionOffer:
    return ActionOffer(key=key, name=key, description="", risk=Risk.LOW, reversible=True, scope=scope)


def target(name: str, service: str, kind: str) -> NamedTarget:
    return NamedTarget(name, TargetRef(instance_id=service, kind=kind, id=name, name=name), service)


TARGETS = (target("rack", "nut", "ups"), target("Switch", "unifi", "switch"))
OFFERS = {
    "nut": (action("disable_beeper", "ups"), action("enable_beeper", "ups")),
    "unifi": (action("restart_switch", "switch"),),
}


def meaning(text: str, language: str = "en") -> Meaning:
    return meaning_of(text, TARGETS, OFFERS, language=language, kinds={"switch": "switch"})


@pytest.mark.parametrize(
    ("language", "text", "key"),
    [
        ("en", "mute the beeper of rack", "disable_beeper"),
        ("en", "turn the beeper of rack off", "disable_beeper"),
        ("en", "switch off the beeper of rack", "disable_beeper"),
        ("en", "switch the buzzer of rack on", "enable_beeper"),
        ("de", "Piepser der USV rack abschalten", "disable_beeper"),
        ("de", "Schalt der USV rack endlich den Piepser ab", "disable_beeper"),
        ("de", "Stell bitte den Piepser der USV rack ab", "disable_beeper"),
        ("de", "schalte den Piepser der USV rack wieder ein", "enable_beeper"),
        ("fr", "coupe le bip de l'onduleur rack", "disable_beeper"),
        ("es", "apaga el pitido del SAI rack", "disable_beeper"),
        ("nl", "zet de piepser van de UPS rack uit", "disable_beeper"),
    ],
)
def test_a_beeper_is_switched(language: str, text: str, key: str) -> None:
    found = meaning(text, language)
    assert isinstance(found, PersonRequest), found
    assert found.action.key == key


@pytest.mark.parametrize("text", ["stop rack", "mute rack", "switch rack off"])
def test_a_thing_is_not_its_beeper(text: str) -> None:
    found = meaning(text)
    assert isinstance(found, OpenText)
    assert found.lacks_action is not None


@pytest.mark.parametrize("text", ["just switch that thing off", "switch it on", "switch it off already"])
def test_a_verb_is_no_name(text: str) -> None:
    found = meaning(text)
    assert isinstance(found, NoTarget) or (isinstance(found, OpenText) and found.lacks_target), found


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Switch off?", TargetQuestion),
        ("switch status", TargetQuestion),
        ("restart the Switch", PersonRequest),
        ("Switch restart", PersonRequest),
        ("which switch is off", ListQuestion),
    ],
)
def test_a_name_is_no_verb(text: str, kind: type) -> None:
    assert isinstance(meaning(text), kind)
