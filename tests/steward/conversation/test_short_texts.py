"""Fragments as they are said aloud: what they name is listed, and a command is no question."""

import pytest

from homelab_steward.contract.state import TargetRef
from rig.question_lab import OFFERS
from rig.recognition_rig import matchers
from steward.conversation.meanings import Meaning, OpenText, UnknownName, UnsupportedRequest
from steward.conversation.mentions import NamedTarget
from steward.conversation.questions import ListQuestion, ReadingQuestion, SeveralQuestions, TopicQuestion
from steward.conversation.several_sentences import recognise_all
from steward.conversation.vocabulary import known_things


def target(name: str, service: str, kind: str = "instance", instance: str = "") -> NamedTarget:
    return NamedTarget(
        name, TargetRef(instance_id=instance or service, kind=kind, id=name, name=name), service
    )


KNOWN = known_things(
    OFFERS,
    (
        target("Radarr", "radarr"),
        target("Sonarr", "sonarr"),
        target("Proxmox", "proxmox"),
        target("pve1", "proxmox", "node"),
        target("radarr", "proxmox", "container"),
        target("sonarr", "proxmox", "container"),
    ),
)


def meaning(text: str, language: str = "en", *, has_model: bool = False) -> Meaning:
    return recognise_all(text, (), KNOWN, matchers(language), has_model=has_model)


@pytest.mark.parametrize(
    ("language", "text", "state", "place"),
    [
        ("en", "running containers", "running", None),
        ("en", "all the containers, please", None, None),
        ("de", "laufende Container", "running", None),
        ("fr", "les conteneurs de pve1", None, "pve1"),
        ("es", "contenedores de pve1", None, "pve1"),
        ("nl", "draaiende containers", "running", None),
    ],
)
def test_a_kind_of_things_is_listed(language: str, text: str, state: str | None, place: str | None) -> None:
    found = meaning(text, language)
    assert isinstance(found, ListQuestion), found
    assert (found.kind, found.state, found.place and found.place.name) == ("container", state, place)


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "pending updates"), ("de", "offene Updates"), ("fr", "mises à jour disponibles")],
)
def test_a_topic_needs_no_question(language: str, text: str) -> None:
    assert isinstance(meaning(text, language), TopicQuestion)


@pytest.mark.parametrize(
    "text",
    ["make it faster", "reload the memory of radarr", "replace the disk", "flush the memory of Radarr"],
)
def test_a_command_that_nothing_offers_is_not_answered_with_a_reading(text: str) -> None:
    found = meaning(text)
    assert isinstance(found, OpenText), found
    assert found.partly is None
    assert found.lacks_action is not None or found.lacks_target


@pytest.mark.parametrize("text", ["make it faster", "reload the memory of radarr"])
def test_a_command_that_nothing_offers_is_for_a_model_if_there_is_one(text: str) -> None:
    found = meaning(text, has_model=True)
    assert isinstance(found, OpenText), found
    assert (found.partly, found.lacks_action, found.lacks_target) == (None, None, False)


@pytest.mark.parametrize(
    ("language", "text", "part"),
    [
        ("en", "restart radarr and tell me a joke", None),
        ("de", "mach das Licht aus und starte Radarr neu", "mach das Licht aus"),
        ("en", "order a pizza and restart Sonarr", "order a pizza"),
    ],
)
def test_nothing_is_requested_beside_what_is_not_understood(
    language: str, text: str, part: str | None
) -> None:
    found = meaning(text, language)
    assert isinstance(found, UnsupportedRequest | OpenText), found
    if part is not None:
        assert isinstance(found, UnsupportedRequest), found
        assert found.part.text == part


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("en", "hot tub temperature", "tub"),
        ("en", "how much milk is left in the refrigerator in the kitchen", "refrigerator"),
        ("de", "wie warm ist gerade das Wasser im Swimmingpool im Garten?", "Swimmingpool"),
        ("fr", "si le lave-vaisselle a terminé", "lave-vaisselle"),
        ("nl", "of de wasmachine klaar is", "wasmachine"),
    ],
)
def test_what_is_not_here_is_said_not_to_be_known(language: str, text: str, name: str) -> None:
    found = meaning(text, language)
    assert isinstance(found, OpenText), found
    assert isinstance(found.unknown, UnknownName), found
    assert found.unknown.name == name


def test_why_something_is_broken_is_no_unknown_thing() -> None:
    found = meaning("why is the film in the living room stuttering")
    assert isinstance(found, OpenText), found
    assert found.unknown is None


def test_readings_of_several_machines_are_compared() -> None:
    found = meaning("compare the memory usage of the radarr container with that of the sonarr container")
    assert isinstance(found, SeveralQuestions), found
    assert all(isinstance(one, ReadingQuestion) and one.target is not None for one in found.questions)


@pytest.mark.parametrize(
    "text", ["would you kindly list the virtual machines and containers", "list VMs and containers on pve1"]
)
def test_several_kinds_are_listed_together(text: str) -> None:
    found = meaning(text)
    found = found.partly.question if isinstance(found, OpenText) and found.partly else found
    assert isinstance(found, ListQuestion), found
    assert set(found.kind.split("|")) == {"vm", "container"}


@pytest.mark.parametrize(
    "text", ["containers on pve1 and disks on Proxmox", "memory usage of radarr and disks sonarr"]
)
def test_different_kinds_in_two_places_are_not_mixed(text: str) -> None:
    assert not isinstance(meaning(text), SeveralQuestions)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "How fast does the internet respond?"),
        ("de", "Wie schnell ist das Internet gerade?"),
        ("nl", "Hoe snel is het internet?"),
    ],
)
def test_the_speed_of_the_internet_is_its_delay(language: str, text: str) -> None:
    found = meaning(text, language)
    found = found.partly.question if isinstance(found, OpenText) and found.partly else found
    assert isinstance(found, ReadingQuestion), found
    assert "delay latency" in found.reading
