"""Names before a comma, numbers of machines, and numbers said as words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homelab_steward.contract.state import TargetRef
from rig.question_lab import OFFERS
from rig.recognition_rig import matchers
from steward.conversation.meanings import (
    Meaning,
    OpenText,
    PersonRequest,
    PlanRequest,
    UnknownName,
    UnsupportedRequest,
)
from steward.conversation.mentions import NamedTarget
from steward.conversation.questions import ReadingQuestion
from steward.conversation.recognition import recognise
from steward.conversation.said_text import spoken_names, with_names_in_place, with_names_of_ids
from steward.conversation.vocabulary import known_things


def target(name: str, service: str, kind: str = "instance", ident: str = "") -> NamedTarget:
    instance = service if kind == "instance" else "pve"
    return NamedTarget(name, TargetRef(instance_id=instance, kind=kind, id=ident or name, name=name), service)


TARGETS = (
    target("Radarr", "radarr"),
    target("Sonarr", "sonarr"),
    target("Proxmox", "proxmox"),
    target("radarr", "proxmox", "container", "105"),
    target("paperless", "proxmox", "container", "106"),
    target("haos", "proxmox", "vm", "200"),
    target("pve1", "proxmox", "node"),
    target("pve2", "proxmox", "node"),
)
KNOWN = known_things(OFFERS, TARGETS)


def meaning(text: str, language: str = "en") -> Meaning:
    return recognise(text, (), KNOWN, matchers(language))


def requested(text: str, language: str = "en") -> list[str]:
    found = meaning(text, language)
    requests = found.requests if isinstance(found, PlanRequest) else (found,)
    return [
        f"{one.action.key} {one.named_target.target.kind} {one.named_target.label}"
        if isinstance(one, PersonRequest)
        else repr(one)
        for one in requests
    ]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Radarr and Sonarr, restart them both", "restart Radarr and Sonarr"),
        ("en", "Radarr: how is it doing", "how is Radarr doing"),
        ("de", "Radarr und Sonarr, starte sie neu", "starte Radarr und Sonarr neu"),
        ("fr", "Radarr et Sonarr, redémarre-les", "redémarre Radarr et Sonarr"),
        ("en", "Please, restart it", "Please, restart it"),
        ("en", "Radarr is slow, restart it", "Radarr is slow, restart it"),
        ("en", "Radarr, restart Sonarr and then it", "Radarr, restart Sonarr and then it"),
    ],
)
def test_names_replace_the_pronoun_after_them(language: str, text: str, expected: str) -> None:
    assert with_names_in_place(text, KNOWN.index, matchers(language)) == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "restart ct 105", ["restart_container container radarr"]),
        (
            "en",
            "restart containers 105+106",
            ["restart_container container radarr"] * 1 + ["restart_container container paperless"],
        ),
        (
            "en",
            "restart ct 105, 106",
            ["restart_container container radarr", "restart_container container paperless"],
        ),
        (
            "de",
            "starte Container 105 und 106 neu",
            ["restart_container container radarr", "restart_container container paperless"],
        ),
        ("en", "restart Radarr", ["restart instance Radarr"]),
    ],
)
def test_the_number_of_a_machine_is_its_name(language: str, text: str, expected: list[str]) -> None:
    assert requested(text, language) == expected


@pytest.mark.parametrize("text", ["restart ct 105 and 999", "restart 105", "restart ct 999"])
def test_a_number_that_is_no_machine_is_not_dropped(text: str) -> None:
    assert isinstance(meaning(text), UnsupportedRequest | OpenText | UnknownName)


@given(st.lists(st.sampled_from(["105", "106", "512", "MB", "ct", "and", "give", "+", "memory"]), max_size=8))
def test_only_counted_machines_are_named(words: list[str]) -> None:
    text = " ".join(words)
    found = with_names_of_ids(text, KNOWN.index, matchers())
    assert found == text or "ct" in words
    assert found.count("512") == text.count("512")


def test_names_with_a_number_are_known_as_they_are_said() -> None:
    found = spoken_names(["pve1", "pve12", "Radarr", "tank/media 2"], matchers())
    assert found["pve one"] == found["pve eins"] == found["pve uno"] == found["pve 1"] == "pve1"
    assert found["pve zwölf"] == found["pve twelve"] == "pve12"
    assert {*found.values()} == {"pve1", "pve12"}


@pytest.mark.parametrize("text", ["How busy is pve3?", "cpu of proxmox pve3", "is pve3 quorate?"])
def test_a_name_that_differs_in_its_number_is_not_known(text: str) -> None:
    found = meaning(text)
    assert isinstance(found, UnknownName), found
    assert found.name == "pve3"


@pytest.mark.parametrize(
    "text", ["restart Radarr / Sonarr", "restart Radarr u. Sonarr", "restart Radarr near Sonarr"]
)
def test_no_name_of_a_request_is_dropped(text: str) -> None:
    found = meaning(text)
    assert not isinstance(found, PersonRequest), found


def test_a_reason_names_what_the_request_is_about() -> None:
    assert requested("Since Sonarr has been acting up all morning, restart it") == ["restart instance Sonarr"]


def test_each_number_has_a_noun_of_its_own() -> None:
    expected = ["backup_container container radarr", "backup_container container paperless"]
    assert requested("backup ct 105 and ct 106") == expected


def test_a_machine_moves_to_the_node_that_is_named() -> None:
    found = meaning("live-migrate ct 106 to pve2")
    assert isinstance(found, PersonRequest), found
    assert (found.action.key, found.arguments) == ("migrate_container", {"node": "pve2"})


def test_a_node_whose_noun_stands_before_it_is_one_thing() -> None:
    found = meaning("hypervisor pve1: memory usage")
    assert isinstance(found, ReadingQuestion)
    assert found.target is not None
    assert found.target.name == "pve1"
