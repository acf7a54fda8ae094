"""Questions about one thing are recognised, unknown things are said to be unknown, and others go on."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homelab_steward.contract.catalogue import ActionOffer, Risk
from homelab_steward.contract.state import Instance, TargetRef
from rig.conversation_rig import calls, open_conversation, says
from rig.recognition_rig import meaning_of
from rig.toy import SERVICE as TOY
from steward.conversation.meanings import (
    AmbiguousName,
    Meaning,
    NoTarget,
    OpenQuestion,
    OpenText,
    UnknownName,
)
from steward.conversation.mentions import NamedTarget, nearest_names
from steward.conversation.questions import TargetQuestion, TopicQuestion
from steward.conversation.request_answers import reply_without_request

RESTART = ActionOffer(key="restart", name="Restart", description="", risk=Risk.LOW, reversible=True)
STOP = ActionOffer(key="stop", name="Stop", description="", risk=Risk.LOW, reversible=True)
SET = ActionOffer(key="set_level", name="Set level", description="", risk=Risk.LOW, reversible=True)
OFFERS = {"lidarr": (RESTART, STOP, SET)}


def target(name: str, service: str = "lidarr", kind: str = "instance") -> NamedTarget:
    return NamedTarget(name, TargetRef(instance_id=service, kind=kind, id=name, name=name), service)


TARGETS = (
    target("Lidarr"),
    target("Lidarr 2"),
    target("big-box", "proxmox"),
    target("Home", "home_assistant"),
)
BEFORE = ("How is Lidarr?",)
TWINS = (*TARGETS, target("lidarr", "proxmox", "container"))


def meaning(text: str) -> Meaning:
    return meaning_of(text, TARGETS, OFFERS, BEFORE)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Is lidarr running?", "instance"),
        ("Is the lidarr container running?", "container"),
        ("Is container lidarr down?", "container"),
        ("Läuft der Container lidarr?", "container"),
        ("How is the lidarr service?", "instance"),
        ("Is the big-box machine up?", "instance"),
    ],
)
def test_a_container_is_not_the_program_of_the_same_name(text: str, kind: str) -> None:
    found = meaning_of(text, TWINS, OFFERS, BEFORE)
    assert isinstance(found, TargetQuestion)
    assert found.target.kind == kind


@pytest.mark.parametrize(
    "text",
    [
        "Is Lidarr running?",
        "is lidarr up and running",
        "Is the Lidarr container still down?",
        "Is Lidarr ok again now?",
        "Isn't Lidarr working?",
        "How is Lidarr doing today?",
        "How's Lidarr",
        "What's wrong with Lidarr?",
        "What is going on with Lidarr right now",
        "What is the status of Lidarr?",
        "Lidarr status",
        "Lidarr down?",
        "Why is Lidarr so slow?",
        "Does Lidarr work?",
        "Doesn't Lidarr respond",
        "Hey, can you tell me if Lidarr is running",
        "Is there a problem with Lidarr?",
        "What about Lidarr?",
        "Läuft Lidarr?",
        "Läuft der Lidarr-Container noch?",
        "Ist Lidarr wieder erreichbar?",
        "Ist Lidarr gerade kaputt",
        "Wie geht es Lidarr?",
        "Wie geht's Lidarr heute?",
        "Was ist mit Lidarr los?",
        "Was ist los mit Lidarr",
        "Wie läuft Lidarr?",
        "Warum läuft Lidarr nicht?",
        "Warum ist Lidarr so langsam?",
        "Status von Lidarr",
        "Gibt es Probleme mit Lidarr?",
        "Is it running?",
        "Läuft es noch?",
    ],
)
def test_a_question_about_the_state_is_recognised(text: str) -> None:
    assert meaning(text) == TargetQuestion(TARGETS[0].target)


@pytest.mark.parametrize(
    "text",
    [
        "How is Lidarr's import configured?",
        "How does Lidarr find albums?",
        "Is Lidarr better than Sonarr?",
        "Is Lidarr running on big-box?",
        "Is it a good idea to run Lidarr in a container?",
        "Does Lidarr work with FLAC files?",
        "How is the weather at home?",
        "Is home where the heart is, or is it fine elsewhere?",
        "What is up in the album list of Lidarr?",
        "Why is a disk full when Lidarr is running?",
        "Läuft auf big-box ein Mailserver?",
        "Wie funktioniert Lidarr mit Spotify?",
        "Geht Lidarr auch ohne Internet?",
        "Was kostet das Modell?",
        "Was kostet das?",
        "is it possible to add a new disk?",
        "Ist es möglich, eine neue Platte einzubauen?",
        "How hard is it to set up a VLAN?",
        "Could it be that my router is down?",
        "Kann es sein, dass mein Router spinnt?",
        "How does it work?",
        "Is container 105 running?",
        "Set a timer for 5 minutes",
        "Stop the music",
        "Start a story",
        "Turn on the light",
        "Why is the sky blue?",
        "What is the capital of France?",
        "Tell me a joke",
        "How are you?",
        "Is Dune stuck?",
        "Is Dune downloaded?",
        "How about dinner?",
        "What about performance?",
        "How is performance?",
        "Sounds ok",
        "Do you have a plan?",
        "Wie geht es dir?",
        "Is anyone home?",
    ],
)
def test_another_question_is_not_about_one_thing(text: str) -> None:
    result = meaning(text)
    assert isinstance(result, OpenText), result
    assert result.text == text


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Is Jellyfin running?", "Jellyfin"),
        ("is jellyfin running", "jellyfin"),
        ("Is the Jellyfin container up?", "Jellyfin"),
        ("Is Jellyfin running on big-box?", "Jellyfin"),
        ("How is Paperless doing?", "Paperless"),
        ("What's wrong with Pi-hole?", "Pi-hole"),
        ("Why is Jellyfin so slow today?", "Jellyfin"),
        ("Does Jellyfin work?", "Jellyfin"),
        ("What is the status of Uptime Kuma?", "Uptime Kuma"),
        ("How much memory does Jellyfin use?", "Jellyfin"),
        ("Show me the logs of Jellyfin", "Jellyfin"),
        ("Has Jellyfin crashed?", "Jellyfin"),
        ("When was Jellyfin last restarted?", "Jellyfin"),
        ("Is Jellyfin up to date?", "Jellyfin"),
        ("Can you check if Jellyfin is running?", "Jellyfin"),
        ("What version of Jellyfin is running?", "Jellyfin"),
        ("How long has Jellyfin been running?", "Jellyfin"),
        ("Did Jellyfin restart last night?", "Jellyfin"),
        ("Do I have Jellyfin?", "Jellyfin"),
        ("Is there a Jellyfin container?", "Jellyfin"),
        ("Weißt du, ob Jellyfin läuft?", "Jellyfin"),
        ("Wurde Jellyfin neu gestartet?", "Jellyfin"),
        ("Läuft Jellyfin?", "Jellyfin"),
        ("Läuft Jellyfin auf big-box?", "Jellyfin"),
        ("Ist Jellyfin erreichbar?", "Jellyfin"),
        ("Wie geht es Jellyfin?", "Jellyfin"),
        ("Was ist mit Jellyfin los?", "Jellyfin"),
        ("Wie viel Speicher braucht Jellyfin?", "Jellyfin"),
        ("Restart Jellyfin", "Jellyfin"),
        ("Could you please restart the Jellyfin container now?", "Jellyfin"),
        ("Restart Jellyfin tonight", "Jellyfin"),
        ("Stop Lidar", "Lidar"),
        ("Starte Jellyfin neu", "Jellyfin"),
        ("Kannst du Jellyfin bitte neu starten?", "Jellyfin"),
        ("Jellyfin neu starten", "Jellyfin"),
    ],
)
def test_an_unknown_name_is_found(text: str, name: str) -> None:
    result = meaning(text)
    assert isinstance(result, UnknownName), result
    assert result.name == name


@pytest.mark.parametrize("text", ["Restart everything", "Restart", "Stop everything", "restart the server"])
def test_a_request_without_a_name_has_no_unknown_name(text: str) -> None:
    result = meaning_of(text, TARGETS, OFFERS)
    assert isinstance(result, OpenText)
    assert result.lacks_target


@pytest.mark.parametrize(
    "text",
    [
        "Is it running?",
        "Why is it so slow?",
        "Läuft es noch?",
        "Ist er erreichbar?",
        "Restart it",
        "Starte das neu",
    ],
)
def test_a_pronoun_that_refers_to_nothing_is_asked_about(text: str) -> None:
    assert meaning_of(text, TARGETS, OFFERS) == NoTarget()
    assert meaning_of(text, TARGETS, OFFERS, BEFORE) != NoTarget()


@pytest.mark.parametrize(
    "text", ["How is it going?", "Is it possible to run it at home?", "It is down to you"]
)
def test_other_pronouns_are_not_asked_about(text: str) -> None:
    assert isinstance(meaning_of(text, TARGETS, OFFERS), OpenText)


def test_similar_names_are_found() -> None:
    assert nearest_names("Lidar", TARGETS) == ("Lidarr", "Lidarr 2")
    assert nearest_names("bigbox", TARGETS) == ("big-box",)
    assert nearest_names("Jellyfin", TARGETS) == ()


@pytest.mark.parametrize(
    "text",
    ["What's wrong?", "What is down", "Is everything ok?", "What waits for me?", "How much quota is left?"],
)
def test_a_question_about_everything_has_no_unknown_name(text: str) -> None:
    assert isinstance(meaning(text), TopicQuestion)


@given(st.text(max_size=250), st.sampled_from(["Is ", "Restart ", "Läuft ", "How is ", ""]))
def test_any_text_is_accepted(text: str, begin: str) -> None:
    meaning(f"{begin}{text}")


@pytest.mark.parametrize("words", ["so " * 60, "the " * 60, "is still now " * 14, "und so gut mal " * 13])
def test_repeated_words_are_examined_in_time(words: str) -> None:
    for begin in ("Is ", "How is ", "Restart ", "Läuft "):
        meaning(f"{begin}{words}x")


@pytest.mark.parametrize(
    ("text", "language", "answer"),
    [
        ("Is my NAS online?", "en", "I do not know anything called NAS. I know: Toy."),
        (
            "Does anything on my desk work?",
            "en",
            "I do not know anything called desk.",
        ),
        ("Läuft bei mir ein Mailserver?", "de", "Ich kenne nichts mit dem Namen Mailserver"),
        ("Is it a good idea to use ZFS?", "en", "Yes."),
        ("Tell me a story", "en", "Yes."),
    ],
)
async def test_a_state_that_was_not_read_is_not_given_out(
    tmp_path: Path, text: str, language: str, answer: str
) -> None:
    async with open_conversation(tmp_path, says("Yes.")) as rig:
        assert (await rig.ask(text, language=language)).startswith(answer)


async def test_a_state_that_was_read_is_not_marked(tmp_path: Path) -> None:
    reads = calls("toy_status", match="radarr", times=1, target="radarr")
    async with open_conversation(tmp_path, reads, says("Yes, it is running.", role="tool")) as rig:
        assert await rig.ask("Is the big box radarr running like a charm?") == "Yes, it is running."


def test_without_instances_an_unknown_name_is_all_that_can_be_said() -> None:
    class Empty:
        def instances(self) -> tuple[Instance, ...]:
            return ()

    inventory: Any = Empty()
    text, is_open = reply_without_request(UnknownName("Jellyfin", ()), inventory, "en")
    assert (text, is_open) == ("I do not know anything called Jellyfin.", False)


def test_similar_names_are_named_when_there_is_nothing_to_complete() -> None:
    inventory: Any = None
    text, is_open = reply_without_request(UnknownName("Jelyfin", ("Jellyfin", "Plex")), inventory, "en")
    assert "Jellyfin, Plex" in text
    assert not is_open


def test_things_of_the_same_name_are_asked_about() -> None:
    inventory: Any = None
    meaning = AmbiguousName(("plex (docker)", "plex (vm)"), OpenQuestion("Is ", " fine?"))
    text, is_open = reply_without_request(meaning, inventory, "en")
    assert (text, is_open) == ("Which one do you mean: plex (docker) or plex (vm)?", True)


@pytest.mark.parametrize(
    ("service", "kind", "offered"), [(TOY, "box", True), (TOY, "instance", False), (None, "box", False)]
)
def test_an_action_that_is_not_offered_is_refused_with_what_is(
    service: object,
    kind: str,
    offered: bool,  # noqa: FBT001
) -> None:
    class One:
        def service(self, _instance_id: str) -> object:
            return service

    inventory: Any = One()
    meaning = OpenText(text="scale it", lacks_action=target("toy", kind=kind))
    text, is_open = reply_without_request(meaning, inventory, "en")
    assert text.startswith("I cannot do that with toy. Nothing has been changed.")
    assert ("It offers: " in text) is offered
    assert not is_open


@pytest.mark.parametrize("model", [True, False])
@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("Is Jellyfin running?", "en", "I do not know anything called Jellyfin. I know: Toy"),
        ("Is radar fine?", "en", "I do not know anything called radar. Did you mean radarr?"),
        ("Läuft Jellyfin?", "de", "Ich kenne nichts mit dem Namen Jellyfin. Ich kenne: Toy"),
        ("Starte radar neu", "de", "Ich kenne nichts mit dem Namen radar. Meinst du radarr?"),
    ],
)
async def test_a_model_does_not_guess(
    tmp_path: Path,
    text: str,
    language: str,
    said: str,
    model: bool,  # noqa: FBT001
) -> None:
    async with open_conversation(tmp_path, says("Yes, it runs."), model=model) as rig:
        answer = await rig.ask(text, language=language)
        assert answer.startswith(said)
        assert rig.model.bodies == []
        assert await rig.rig.incidents() == ()
