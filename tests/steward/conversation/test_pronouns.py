"""Pronouns refer to the target named last, unless they are articles, expletives, or have their own noun."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homelab_steward.contract.state import TargetRef
from steward.conversation.named_targets import NamedTarget
from steward.conversation.recognition import LONGEST_WITH_PRONOUN, with_name

EARLIER = ("Is Sonarr fine?", "How is Radarr?", "What waits for me?")


def target(name: str) -> NamedTarget:
    key = name.casefold()
    return NamedTarget(name, TargetRef(instance_id=key, kind="instance", id=key, name=name), key)


TARGETS = (target("Sonarr"), target("Radarr"), target(r"back\1slash"))


@pytest.mark.parametrize(
    ("text", "resolved"),
    [
        ("Restart it", "Restart Radarr"),
        ("Please restart it now", "Please restart Radarr now"),
        ("Is it fine?", "Is Radarr fine?"),
        ("why is it so slow", "why is Radarr so slow"),
        ("What is wrong with it?", "What is wrong with Radarr?"),
        ("What is the problem with it?", "What is the problem with Radarr?"),
        ("How much memory does it use?", "How much memory does Radarr use?"),
        ("It seems slow", "Radarr seems slow"),
        ("Is it ready to update?", "Is Radarr ready to update?"),
        ("Is it able to import films?", "Is Radarr able to import films?"),
        ("Does it need to restart?", "Does Radarr need to restart?"),
        ("Is it a container?", "Is Radarr a container?"),
        ("Move it to the other node", "Move Radarr to the other node"),
        ("For the last hour it has been slow", "For the last hour Radarr has been slow"),
        ("At the moment, is it running?", "At the moment, is Radarr running?"),
        ("Stop that one", "Stop Radarr"),
        ("Is this one running?", "Is Radarr running?"),
        ("Starte es neu", "Starte Radarr neu"),
        ("Läuft es wieder?", "Läuft Radarr wieder?"),
        ("Ist es erreichbar?", "Ist Radarr erreichbar?"),
        ("Ist es sicher?", "Ist Radarr sicher?"),
        ("Geht es wieder?", "Geht Radarr wieder?"),
        ("Starte ihn neu", "Starte Radarr neu"),
        ("Läuft er noch?", "Läuft Radarr noch?"),
        ("Wie geht es ihm?", "Wie geht es Radarr?"),
        ("Starte das neu", "Starte Radarr neu"),
        ("starte das bitte gleich noch einmal neu", "starte Radarr bitte gleich noch einmal neu"),
        ("Kannst du das bitte neu starten?", "Kannst du Radarr bitte neu starten?"),
        ("Warum ist das so langsam?", "Warum ist Radarr so langsam?"),
        ("Ist das kaputt?", "Ist Radarr kaputt?"),
        ("Schalte das ab", "Schalte Radarr ab"),
        ("Starte den neu", "Starte Radarr neu"),
        ("Stopp den!", "Stopp Radarr!"),
    ],
)
def test_a_pronoun_refers_to_the_target_named_last(text: str, resolved: str) -> None:
    assert with_name(text, EARLIER, TARGETS) == resolved


@pytest.mark.parametrize(
    ("text", "resolved"),
    [
        ("Is it safe to restart it?", "Is it safe to restart Radarr?"),
        ("Would it be better to stop it?", "Would it be better to stop Radarr?"),
        ("Is it OK if I restart it?", "Is it OK if I restart Radarr?"),
        ("Ist es möglich, es neu zu starten?", "Ist es möglich, Radarr neu zu starten?"),
        ("Lohnt es sich, ihn zu behalten?", "Lohnt es sich, Radarr zu behalten?"),
    ],
)
def test_the_first_pronoun_that_refers_is_resolved(text: str, resolved: str) -> None:
    assert with_name(text, EARLIER, TARGETS) == resolved


@pytest.mark.parametrize(
    "text",
    [
        # An article belongs to its own noun, with or without a capital letter.
        "Was kostet das Modell?",
        "was kostet das modell",
        "Wie viel Speicher hat das neue Modell?",
        "Was ist das neu installierte Modell?",
        "Lösche das Backup",
        "Ist das Update da?",
        "Starte den Server neu",
        "starte den server neu",
        "Wer hat den Alarm ausgelöst?",
        "Was bedeutet das Wort Quota?",
        "Ein Modell, das billig ist",
        "Is this one disk full?",
        # An expletive refers to nothing.
        "is it possible to add a new disk?",
        "It is possible to add a disk?",
        "Would it be better to buy a disk?",
        "Is it worth adding a second node?",
        "Is it normal that disks are loud?",
        "is it ok if I unplug the cable",
        "Is it a good idea to use ZFS?",
        "Does it make sense to add memory?",
        "Does it matter which disk I buy?",
        "How long does it take to copy 3 TB?",
        "It looks like a disk is full",
        "It turns out that disks fail",
        "It is time to go",
        "Is it raining?",
        "Is it late?",
        "Is it already Monday?",
        "What time is it?",
        "How is the weather, will it rain?",
        "How is it going?",
        "Is it the network?",
        "Forget it",
        "That's it",
        "That\N{RIGHT SINGLE QUOTATION MARK}s it",
        "Ist es möglich, eine neue Platte hinzuzufügen?",
        "Ist es besser, wenn ich warte?",
        "Gibt es ein neues Modell?",
        "es gibt Neuigkeiten",
        "Worum geht es?",
        "Wie geht es dir?",
        "Lohnt es sich, mehr Speicher zu kaufen?",
        "Wie lange dauert es, 3 TB zu kopieren?",
        "Es scheint, dass eine Platte fehlt",
        "Macht es Sinn, zu warten?",
        "Es tut mir leid",
        "Regnet es?",
        "Ist es schon spät?",
        "Wie spät ist es?",
        "Ist es der Router?",
        # A noun of the same text is what the pronoun refers to.
        "The disk is full, can it be extended?",
        "If I add a disk, will it be formatted?",
        "My router restarts when it is hot",
        "Die Platte ist voll, kann ich es erweitern?",
        "Mein Router ist langsam und ich starte ihn neu",
        # A text about something else than what machines do.
        "Was kostet das?",
        "Wie lange dauert das?",
        "Hat es geklappt?",
        "Wer ist er?",
        "Ich finde es gut",
        "Lass es sein",
        "Explain it to me",
        "How much does it cost?",
        "What is it?",
        "I like it",
        "Add it to the shopping list",
        # An expletive with any adjective.
        "How hard is it to set up a VLAN?",
        "it would be nice to update less often",
        "Could it be that my router is down?",
        "Why is it that containers use less memory?",
        "Does it have to be a VM?",
        "How does it work?",
        "Kann es sein, dass mein Router spinnt?",
        "Wie schwer ist es, ein Update zu machen?",
        "Woran liegt es, dass Updates scheitern?",
        # A remark on the answer.
        "Das reicht",
        "Das ist gut, danke",
        # No pronoun, or a target of its own.
        "What is a VLAN?",
        "Is Sonarr faster than it?",
        "",
    ],
)
def test_a_text_without_a_referring_pronoun_is_unchanged(text: str) -> None:
    assert with_name(text, EARLIER, TARGETS) == text


def test_without_an_earlier_target_a_pronoun_is_unchanged() -> None:
    assert with_name("Restart it", (), TARGETS) == "Restart it"
    assert with_name("Restart it", ("Hello",), TARGETS) == "Restart it"


def test_a_label_is_inserted_literally() -> None:
    assert with_name("Restart it", (r"How is back\1slash?",), TARGETS) == r"Restart back\1slash"


def test_a_long_text_is_unchanged() -> None:
    text = "Restart it".ljust(LONGEST_WITH_PRONOUN, ".")
    assert with_name(text, EARLIER, TARGETS) != text
    assert with_name(f"{text}.", EARLIER, TARGETS) == f"{text}."


@given(st.text(max_size=LONGEST_WITH_PRONOUN + 1))
def test_any_text_is_accepted(text: str) -> None:
    found = with_name(text, EARLIER, TARGETS)
    assert found == text or "Radarr" in found
