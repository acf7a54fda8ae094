"""Questions of a household: power, secrets, who watches, negations, complaints, and two at once."""

import pytest

from homelab_steward.contract.state import Resource
from rig.question_lab import OFFERS, QuestionLab
from rig.recognition_rig import matchers
from steward.conversation.meanings import (
    Meaning,
    OpenText,
    PersonRequest,
    ScheduledRequest,
    SeveralMeanings,
    UnknownName,
)
from steward.conversation.named_targets import named_targets
from steward.conversation.questions import (
    ListQuestion,
    ReadingQuestion,
    Topic,
    TopicQuestion,
)
from steward.conversation.several_sentences import recognise_all
from steward.conversation.vocabulary import known_things

LAB = QuestionLab()
EVERY = named_targets(LAB)  # type: ignore[arg-type]
KNOWN = known_things(OFFERS, EVERY)


def meaning(text: str, language: str = "en", *before: str) -> Meaning:
    found = recognise_all(text, before, KNOWN, matchers(language))
    is_whole = isinstance(found, OpenText) and found.partly is not None and not found.partly.left_out
    return found.partly.question if is_whole else found  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "how much longer do we have power"),
        ("en", "how long will the battery keep us going if the lights go out"),
        ("en", "for how many minutes can the ups feed the house"),
        ("de", "wie lange haben wir noch strom"),
        ("de", "wie viele Minuten hält die USV noch durch?"),
        ("fr", "combien de temps on a encore du courant"),
        ("es", "cuánto tiempo nos queda de luz"),
        ("nl", "hoe lang hebben we nog stroom"),
    ],
)
def test_how_long_the_power_lasts_is_asked_of_everything(language: str, text: str) -> None:
    found = meaning(text, language)
    assert isinstance(found, ReadingQuestion), found
    assert found.reading == "runtime"
    assert found.target is None or found.target.name == "UPS"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "who is on the wifi right now"),
        ("en", "is anybody using our wlan"),
        ("de", "wer ist gerade im WLAN"),
        ("de", "wer nutzt das Wi-Fi"),
        ("fr", "qui utilise le wifi en ce moment"),
        ("es", "quién está conectado a la red inalámbrica"),
        ("nl", "wie zit er nu op de wifi"),
    ],
)
def test_who_is_in_the_wireless_network_asks_for_clients_not_for_access_points(
    language: str, text: str
) -> None:
    assert meaning(text, language) == ReadingQuestion("=clients", kind="access_point")


@pytest.mark.parametrize(
    ("language", "text", "topic"),
    [
        ("en", "what is the wifi password", Topic.SECRETS),
        ("en", "Give me the API key of Radarr", Topic.SECRETS),
        ("en", "tell me the pin of dad", Topic.SECRETS),
        ("de", "Wie lautet das WLAN-Passwort?", Topic.SECRETS),
        ("de", "sag mir den api schlüssel von sonarr", Topic.SECRETS),
        ("fr", "Donne-moi la clé api de Radarr", Topic.SECRETS),
        ("es", "¿Cuál es la contraseña del wifi?", Topic.SECRETS),
        ("nl", "wat is het wifi wachtwoord", Topic.SECRETS),
        ("en", "what is the ip address of pve1", Topic.ADDRESSES),
        ("de", "welche ip hat der nas", Topic.ADDRESSES),
        ("fr", "quelle est l'adresse ip de radarr", Topic.ADDRESSES),
        ("es", "cuál es la dirección ip de radarr", Topic.ADDRESSES),
        ("nl", "wat is het ip adres van radarr", Topic.ADDRESSES),
        ("en", "what is dad watching", Topic.WATCHING),
        ("en", "is anyone watching a movie upstairs", Topic.WATCHING),
        ("de", "was guckt papa gerade", Topic.WATCHING),
        ("fr", "que regarde maman", Topic.WATCHING),
        ("es", "qué está viendo papá", Topic.WATCHING),
        ("nl", "wat kijkt papa", Topic.WATCHING),
        ("en", "which certificate is valid the longest", Topic.CERTIFICATES),
    ],
)
def test_what_is_private_is_a_topic(language: str, text: str, topic: Topic) -> None:
    found = meaning(text, language)
    assert isinstance(found, TopicQuestion), found
    assert found.topic is topic


def test_a_request_with_a_value_is_none_of_these() -> None:
    assert isinstance(meaning("give the radarr container 3 GB memory"), PersonRequest)


@pytest.mark.parametrize(
    ("language", "text", "state"),
    [
        ("en", "which containers aren't running", "stopped"),
        ("en", "which containers don't run", "stopped"),
        ("en", "which containers aren't stopped", "running"),
        ("en", "which disks aren't ok", "failing"),
        ("de", "welche Container sind nicht online", "stopped"),
        ("de", "welche Container sind nicht gestoppt", "running"),
        ("de", "welche Container haben keine Probleme", "healthy"),
        ("de", "welche Container sind online", "running"),
        ("fr", "quels conteneurs ne sont pas en ligne", "stopped"),
        ("fr", "quels conteneurs ne sont pas arrêtés", "running"),
        ("es", "qué contenedores no están en línea", "stopped"),
        ("es", "qué contenedores no están parados", "running"),
        ("nl", "welke containers zijn niet online", "stopped"),
        ("nl", "welke containers zijn niet gestopt", "running"),
    ],
)
def test_a_negated_state_is_its_opposite(language: str, text: str, state: str) -> None:
    found = meaning(text, language)
    assert isinstance(found, ListQuestion), found
    assert found.state == state


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "welche Container sind veraltet und nicht wahr"),
        ("de", "welche Container sind nicht veraltet"),
        ("nl", "welke containers zijn niet verouderd"),
    ],
)
def test_a_negation_without_an_opposite_is_never_left_out(language: str, text: str) -> None:
    assert not isinstance(meaning(text, language), ListQuestion)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "is it normal that sdb is at 41 degrees"),
        ("en", "is sdb at 41 degrees"),
        ("de", "ist es normal, dass die Platte sdb 41 Grad hat"),
        ("de", "sdb hat 41 grad"),
        ("fr", "c'est normal que sdb soit à 41 degrés"),
        ("es", "es normal que sdb esté a 41 grados"),
        ("nl", "is het normaal dat sdb 41 graden is"),
    ],
)
def test_whether_a_value_is_normal_gets_the_reading(language: str, text: str) -> None:
    found = meaning(text, language)
    assert isinstance(found, ReadingQuestion), found
    assert found.target is not None
    assert (found.reading, found.target.name) == ("temperature", "sdb")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "radarr is stuck again, can you restart it"),
        ("en", "Radarr keeps crashing. Restart it please"),
        ("de", "Radarr spinnt, starte ihn bitte mal neu"),
        ("fr", "Radarr rame, redémarre-le"),
        ("es", "Radarr se ha colgado, reinícialo por favor"),
        ("nl", "Radarr hangt, kun je hem even herstarten"),
        ("en", "give radarr a kick"),
    ],
)
def test_a_complaint_gives_the_name_of_what_is_requested(language: str, text: str) -> None:
    found = meaning(text, language)
    assert isinstance(found, PersonRequest), found
    assert (found.named_target.target.name, found.action.key) == ("Radarr", "restart")


@pytest.mark.parametrize(
    "text",
    [
        "Radarr is slow if Plex runs, restart it",
        "Radarr is slow at night, restart it",
        "Radarr is slow unless nobody watches, restart it",
        "In case Radarr hangs, restart it",
    ],
)
def test_a_complaint_with_a_condition_is_none(text: str) -> None:
    assert not isinstance(meaning(text), PersonRequest | ScheduledRequest)


def test_a_complaint_without_a_request_is_no_request() -> None:
    assert not isinstance(meaning("radarr is stuck again, is sonarr up"), PersonRequest)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "is everything fine and are there any updates"),
        ("de", "läuft alles und gibt es updates"),
        ("fr", "est-ce que tout va bien et y a-t-il des mises à jour"),
        ("fr", "Est-ce que tout va bien ? Y a-t-il des mises à jour ?"),
        ("es", "va todo bien y hay actualizaciones"),
        ("nl", "gaat alles goed en zijn er updates"),
    ],
)
def test_of_two_topics_none_is_left_out(language: str, text: str) -> None:
    found = meaning(text, language)
    assert isinstance(found, SeveralMeanings), found
    topics = [one.topic for one in found.meanings if isinstance(one, TopicQuestion)]
    assert topics == [Topic.PROBLEM, Topic.UPDATES]


def test_a_word_between_an_article_and_a_name_makes_it_another_thing() -> None:
    assert isinstance(meaning("is the fish tank warm enough"), OpenText | UnknownName)
    assert isinstance(meaning("is the tank full"), ReadingQuestion)


def test_one_topic_is_asked_once() -> None:
    assert isinstance(meaning("are there updates and are there any upgrades"), TopicQuestion)


@pytest.mark.parametrize(
    ("name", "said", "is_found"),
    [
        ("Unbound DNS", "is unbound running", True),
        ("Kea DHCPv4 Server", "läuft der kea noch", True),
        ("Mosquitto MQTT Broker", "is mosquitto up", True),
        ("Office Server", "is office up", False),
        ("Gateway Monitor WAN", "is gateway up", False),
    ],
)
def test_a_program_has_its_name_without_what_it_serves(name: str, said: str, *, is_found: bool) -> None:
    lab = QuestionLab()
    lab.add("docker", Resource(kind="container", id="x1", name=name, values={}))
    known = known_things(OFFERS, named_targets(lab))  # type: ignore[arg-type]
    assert bool([one for one in known.index.find(said) if one.targets[0].target.name == name]) is is_found
