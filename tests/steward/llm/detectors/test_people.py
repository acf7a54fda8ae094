"""Names of people, their devices and places, and private topics."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.llm.detectors.common_words import is_usual, is_usual_name
from steward.llm.detectors.detector import DetectorSet
from steward.llm.detectors.devices import DEVICE_DETECTORS
from steward.llm.detectors.people import find_people
from steward.llm.detectors.phones import PHONE_DETECTORS
from steward.llm.detectors.places import PLACE_DETECTORS
from steward.llm.detectors.private_topics import PINNING_DETECTORS
from steward.llm.privacy import PrivacyClass, classify

from .search import found_in, labels

find_devices = DetectorSet(DEVICE_DETECTORS).find
find_places = DetectorSet((*PLACE_DETECTORS, *PHONE_DETECTORS)).find
find_topics = DetectorSet(PINNING_DETECTORS).find

PEOPLE = {
    "My name is Jorinde de Vos, hello": ["Jorinde de Vos"],
    "Dear Jorinde, the disk is dead": ["Jorinde"],
    "Sehr geehrter Herr van der Zee,": ["van der Zee"],
    "my sister Jorinde cannot log in": ["Jorinde"],
    "Tell Jorinde that it works": ["Jorinde"],
    "Kannst du Jorinde anrufen?": ["Jorinde"],
    "Waarom kan Jorinde niet inloggen?": ["Jorinde"],
    "Jorinde says the tv is dark": ["Jorinde"],
    "Jorinde is not at home": ["Jorinde"],
    "did Jorinde come home?": ["Jorinde"],
    "Jorinde and Wout are both away": ["Jorinde", "Wout"],
    "Jorinde, can you look?": ["Jorinde"],
    "set Jorinde's alarm to seven": ["Jorinde"],
    "Jorinde's Nextcloud is full": ["Jorinde"],
    "Owner: Jorinde de Vos <j@vos.nl>": ["Jorinde de Vos"],
    "person recognised: Jorinde": ["Jorinde"],
    "face detected: Jorinde (0.91) at the door": ["Jorinde"],
    "door opened by Jorinde": ["Jorinde"],
    "we sent Jorinde de Vos the bill": ["Jorinde de Vos"],
    "I think we met in Zutphen once": ["Zutphen"],
    "Groet,\nJorinde": ["Jorinde"],
    "Oma Jorinde called": ["Jorinde"],
    "Ask Jorinde K. Vos about it": ["Jorinde K. Vos"],
}

OTHER_NAMES = (
    "Rose and Jasmine are scenes, Victoria Metrics keeps 30 days",
    "Ask Grafana, tell Jellyfin, call Home Assistant",
    "Radarr says the disk is full",
    "DHCPACK arrived, MainThread left home",
    "Go to Settings > Devices and choose Matter",
    "Check if Horizontal Pod Autoscaler is on",
    "Kernel Panic and Disk Failure are alerts",
    "Die Lampe und der Schalter sind aus",
    "Warum startet mein Zigbee-Koordinator neu?",
    "Additionally, you can check the pods",
    "I use my Synology with Docker",
    "The Guide To My Very Own Home Server Is Now In Its Third Edition",
)

DEVICES = {
    "192.168.4.7 Jorindes-iPhone": ["Jorindes"],
    "jorinde-laptop is offline": ["jorinde"],
    "Jorinde's Pixel 8": ["Jorinde's"],
    "iPad von Jorinde": ["Jorinde"],
    "Jorindes Apple Watch": ["Jorindes"],
}
OTHER_DEVICES = (
    "work-laptop",
    "the Apple Watch",
    "Kitchen Tablet",
    "gaming-pc",
    "Office PC",
    "an iPhone of ours",
)

PLACES = {
    "I live at Zeedijk 9, Breskens": "STREET_ADDRESS",
    "wir wohnen in der Birkenallee 12": "STREET_ADDRESS",
    "12 Elm Street, Dover": "STREET_ADDRESS",
    "am Wiener Platz 3": "STREET_ADDRESS",
    "rue de la Gare 5": "STREET_ADDRESS",
    "via Garibaldi 22, Torino": "STREET_ADDRESS",
    "al. Zielona 7": "STREET_ADDRESS",
    "deliver it to Hoge Wei 32": "STREET_ADDRESS",
    "(52.37022, 4.89517)": "GPS",
    "52.3702N 4.8952E": "GPS",
    "lat 52.3702": "GPS",
    "we moved to Breskens last year": "CITY",
    "login from Breskens (84.22.11.9)": "CITY",
    "zip code is 10115": "CITY",
    "call +31 6 55512345": "PHONE",
    "bel 06-55512345": "PHONE",
    "(555) 555-0199 x12": "PHONE",
    "ring 0611122233: it is urgent": "PHONE",
    "sip:+31655512345@pbx": "PHONE",
}
OTHER_PLACES = (
    "via Grafana 11.2 and Loki 3",
    "home in 25 minutes",
    "arrived home at 17:42",
    "the server is at 95 percent",
    "the rack is in state 3 of 4",
    "during 10 minutes",
    "rtt 1.123/1.456/2.789/0.282 ms",
    "21.43, 48.12",
    "2026-11-20 03:00",
    "call job 12345",
    "process 123456789",
    "node is at version 1234567",
)

PRIVATE_TOPICS = (
    "look through these vpn logs",
    "what is in my mails from the landlord?",
    "who was at home yesterday?",
    "summarise the access log of today: here are the auth messages",
    "our billing address",
    "go through the door sensor history of last week",
    "was that while nobody was at home?",
    "sum up the correspondence with my landlord",
    "From: a@b.cd\nTo: c@d.ef\nSubject: hi",
)
OTHER_TOPICS = (
    "look through the audit log rules of Kubernetes",
    "who needs RAID?",
    "the address is already in use",
    "these are the values of the chart",
    "the mail server is down",
    "the door sensor is offline",
    "turn it on when somebody is home",
)


@pytest.mark.parametrize(("text", "found"), PEOPLE.items())
def test_names_in_the_context_of_a_person(text: str, found: list[str]) -> None:
    assert found_in(find_people, text) == found


@pytest.mark.parametrize("text", OTHER_NAMES)
def test_programs_things_and_headlines_are_not_people(text: str) -> None:
    assert found_in(find_people, text) == []


@pytest.mark.parametrize(("text", "found"), DEVICES.items())
def test_devices_named_after_their_owner(text: str, found: list[str]) -> None:
    assert found_in(find_devices, text) == found


@pytest.mark.parametrize("text", OTHER_DEVICES)
def test_devices_with_other_names_are_not_found(text: str) -> None:
    assert found_in(find_devices, text) == []


@pytest.mark.parametrize(("text", "label"), PLACES.items())
def test_places_and_phone_numbers(text: str, label: str) -> None:
    assert label in labels(find_places, text)


@pytest.mark.parametrize("text", OTHER_PLACES)
def test_times_measures_and_versions_are_not_places(text: str) -> None:
    assert found_in(find_places, text) == []


@pytest.mark.parametrize("text", PRIVATE_TOPICS)
def test_private_topics(text: str) -> None:
    assert list(find_topics(text))


@pytest.mark.parametrize("text", OTHER_TOPICS)
def test_other_topics_are_not_found(text: str) -> None:
    assert not list(find_topics(text))


@pytest.mark.parametrize("word", ["the", "Grafana", "don't", "I'm", "Montag", "keuken", "Sonarr's"])
def test_usual_words(word: str) -> None:
    assert is_usual(word)
    assert not is_usual("Jorinde")


@pytest.mark.parametrize(
    ("name", "is_usual_one"), [("media-server_2", True), ("nas01", True), ("jorindes-nas", False)]
)
def test_usual_names(name: str, is_usual_one: bool) -> None:  # noqa: FBT001 - a column of the table
    assert is_usual_name(name) is is_usual_one


_WORDS = st.sampled_from(
    [
        "Jorinde",
        "de",
        "Vos",
        "tell",
        "my",
        "sister",
        "says",
        ",",
        "\n",
        ".",
        "'s",
        "<a@b.cd>",
        "(94%)",
        "Dear",
        "ÅSA",
        "I",
    ]
)


@given(st.lists(_WORDS | st.text(max_size=6), max_size=30).map(" ".join))
def test_names_are_within_the_text_and_start_with_a_letter(text: str) -> None:
    for span in find_people(text):
        assert 0 <= span.start < span.end <= len(text)
        assert text[span.start : span.end].strip() == text[span.start : span.end]
        assert text[span.start].isalpha()


@pytest.mark.parametrize(
    "text",
    [
        "Bruno and Insomnia import the same collection",
        "Felix crashed twice",
        "Alfred indexes the share",
        "Julia fails to compile",
        "Crystal 1.18 is fine, Julia is not",
        "Kerstin medium voice",
        "Victoria restarted",
        "tell Homer to reload the icons",
        "ask Jarvis for the temperature in the rack",
        "Alfred workflow fails again",
        "bump Hugo to 0.152 in the compose file",
        "Felix wurde heute früh auf 2.4 angehoben",
        "Julia was upgraded to 1.12 on the node",
        "Otto läuft auf einem der drei Nodes",
        "Felix stürzt ab",
        "Der Passwortmanager fragt nach jedem Neustart",
        "Grant the user access",
        "the pin was bent",
    ],
)
def test_names_of_programs_and_words_are_not_those_of_people(text: str) -> None:
    assert classify(text).privacy_class is PrivacyClass.PUBLIC


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Bruno and my mother import wine", "Bruno"),
        ("Julia is compiled with her flags", "Julia"),
        ("Felix crashed the car", "Felix"),
        ("Julia called", "Julia"),
        ("ask Mark to reboot it", "Mark"),
        ("Ruby broke her tablet", "Ruby"),
        ("the laptop of Victoria is slow", "Victoria"),
        ("tell frank that it works", "frank"),
        ("tell Homer that my tea is cold", "Homer"),
        ("Felix läuft auf dem Weg zum Bahnhof im Regen", "Felix"),
        ("Jarvis's bike is outside", "Jarvis"),
        ("ask Jarvis Bakker for the invoice", "Jarvis Bakker"),
        ("Felix updated Sonarr to 4.0", "Felix"),
        ("Felix hat Sonarr auf 4.0 angehoben", "Felix"),
        ("Felix wurde auf 1.82 m geschätzt", "Felix"),
        ("Felix installed Sonarr yesterday", "Felix"),
    ],
)
def test_people_who_are_called_like_programs_or_words(text: str, name: str) -> None:
    assert name in [text[one.start : one.end] for one in classify(text).spans]
