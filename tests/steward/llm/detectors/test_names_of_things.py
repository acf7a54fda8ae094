"""Programs with given names, public people, and examples are harmless; people of a household are not."""

import pytest

from steward.llm.detectors.addresses import is_example_address
from steward.llm.detectors.names_of_things import is_name_of_thing
from steward.llm.detectors.people import find_people
from steward.llm.detectors.public_people import is_of_public_person
from steward.llm.privacy import PrivacyClass, classify, find_certain

SHARED_NAMES = ("Felix", "Hugo", "Otto", "Max")


@pytest.mark.parametrize("name", SHARED_NAMES)
@pytest.mark.parametrize(
    "text",
    [
        "{} restarted three times last night",
        "{} keeps crashing after the update",
        "{} needs an update",
        "{} eats all the memory",
        "{} returned 502",
        "{} cannot reach the database",
        "{} is an open source report tool",
        "{} is our CI runner",
        "{} is slow today",
        "restart {} when nobody is streaming",
        "which version of {} is installed",
        "is {} down or is it just me",
        "is {} running?",
        "moved {} to the new VM",
        "why is {} so slow",
        "why does {} need so much memory",
        "update {} to the latest version",
        "{}: connection refused",
        "- name: {}\n  port: 8080",
        "container_name: {}",
        "Starte {} neu",
        "{} braucht zu viel Speicher",
        "{} antwortet mit 502",
        "Redémarre {}",
        "Pourquoi {} est-il si lent ?",
        "{} a redémarré trois fois",
        "Reinicia {}",
        "{} escucha en el puerto 9000",
        "Herstart {}",
        "{} is traag",
        "the traceback in {} points to a missing module",
    ],
)
def test_what_is_said_of_programs_is_about_no_person(text: str, name: str) -> None:
    assert list(find_people(text.format(name))) == []


@pytest.mark.parametrize("name", [*SHARED_NAMES, "Priyanka", "Nirmala", "Sjoerd"])
@pytest.mark.parametrize(
    "text",
    [
        "Can {} see the cameras?",
        "Does {} have an account?",
        "has {} used the vpn today",
        "Is {} allowed to open the garage?",
        "what did {} watch last night",
        "{} installed Sonarr",
        "{} restarted the router",
        "{} has no access to Plex",
        "{} is late again",
        "{} runs every morning at 7",
        "Kann {} die Kameras sehen?",
        "Darf {} den Server neu starten?",
        "Hat {} Zugriff auf die Fotos?",
        "{} hat den Router neu gestartet",
        "Est-ce que {} peut voir les caméras ?",
        "¿Puede {} ver las cámaras?",
        "Kan {} de camera's zien?",
        "Is {} thuis?",
        "{}'s phone is offline",
        "restart {}'s laptop",
        "tell {} that the container is back",
        "{} plays on the server in a docker container",
    ],
)
def test_what_is_said_of_people_is_private(text: str, name: str) -> None:
    assert classify(text.format(name)).privacy_class is not PrivacyClass.PUBLIC


@pytest.mark.parametrize(
    "text",
    [
        "did Linus Torvalds really write git in two weeks",
        "Wer hat Home Assistant geschrieben? Paulus Schoutsen",
        "¿Quién escribió Python? Guido van Rossum",
        "Is Stephen King in the library as an author?",
        "Victor Hugo est l'auteur du livre audio",
    ],
)
def test_public_people_are_no_secret_of_a_home(text: str) -> None:
    assert classify(text).privacy_class is PrivacyClass.PUBLIC


@pytest.mark.parametrize(
    "line",
    [
        "my neighbour Stephen King lost his key",
        "Stephen King <s.king@heronclose.net> wrote",
        "appointment with Stephen King at nine",
        "Stephen King's laptop",
        "Stephen Kingsley is here",
    ],
)
def test_who_is_known_in_person_is_not_public(line: str) -> None:
    start = line.index("Stephen King")
    assert not is_of_public_person(line, start, start + len("Stephen King"))


def test_a_part_of_a_public_name_is_public_only_within_it() -> None:
    line = "Guido van Rossum wrote Python"
    assert is_of_public_person(line, 0, 5)
    assert is_of_public_person(line, 10, 16)
    assert not is_of_public_person("Guido wrote Python", 0, 5)
    assert not is_of_public_person(line, 10, 22)
    assert not is_of_public_person(line, 5, 5)


def test_only_names_that_programs_have_are_those_of_things() -> None:
    assert is_name_of_thing("Felix needs a restart", 0, 5)
    assert not is_name_of_thing("Annegret needs a restart", 0, 8)
    assert not is_name_of_thing("Felix Berg needs a restart", 0, 10)


@pytest.mark.parametrize(
    "text",
    [
        "rsync -a /srv/ backup@host.example:/srv/",
        "IBAN: DE00 0000 0000 0000 0000 00",
        "raspberrypi.local is the default hostname",
        "the router is fritz.box by default",
        "the form shows 123 Main Street, Anytown",
        "license key format is AAAAA-BBBBB-CCCCC",
        "mot de passe oublié : cliquez sur le lien",
    ],
)
def test_examples_and_defaults_are_found_by_no_rule(text: str) -> None:
    assert find_certain(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "rsync -a /srv/ backup@host.exampleton.net:/srv/",
        "IBAN: DE02 1203 0000 0000 2020 51",
        "raspberrypi.attic.local is offline",
        "the parcel is for 123 Mulberry Street, Anytown",
        "license key is KTQRA-BWNZB-XCCYC",
        "mot de passe : cliquetis sur le lac",
    ],
)
def test_what_only_looks_like_an_example_is_private(text: str) -> None:
    assert find_certain(text)


def test_addresses_for_documentation() -> None:
    assert is_example_address("203.0.113.45")
    assert is_example_address("127.0.0.1")
    assert is_example_address("backup@host.example")
    assert not is_example_address("backup@example.lan")
    assert not is_example_address("81.57.203.14")
    assert not is_example_address("192.0.2.example")
