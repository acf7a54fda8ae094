"""Pronouns refer to the target named last, unless they are articles, expletives, or have their own noun."""

import pytest

from homelab_steward.contract.catalogue import ActionOffer, Risk
from homelab_steward.contract.state import TargetRef
from rig.recognition_rig import meaning_of
from steward.conversation.meanings import (
    AmbiguousName,
    Meaning,
    NoTarget,
    OpenText,
    PersonRequest,
    Prohibition,
    UnsupportedRequest,
)
from steward.conversation.mentions import NamedTarget
from steward.conversation.questions import ReadingQuestion, SinceQuestion, TargetQuestion
from steward.conversation.said_text import LONGEST

EARLIER = ("Is Sonarr fine?", "How is Radarr?", "What waits for me?")


def target(name: str) -> NamedTarget:
    key = name.casefold()
    return NamedTarget(name, TargetRef(instance_id=key, kind="instance", id=key, name=name), key)


def offer(key: str) -> ActionOffer:
    return ActionOffer(key=key, name=key, description="", risk=Risk.LOW, reversible=True)


TARGETS = (target("Sonarr"), target("Radarr"), target(r"back\1slash"))
OFFERS = {one.service: (offer("restart"), offer("stop"), offer("start")) for one in TARGETS}


def meaning(text: str, *before: str) -> Meaning:
    return meaning_of(text, TARGETS, OFFERS, before)


@pytest.mark.parametrize(
    "text",
    [
        "Is it fine?",
        "why is it so slow",
        "What is wrong with it?",
        "What is the problem with it?",
        "Is this one running?",
        "Läuft es wieder?",
        "Ist es erreichbar?",
        "Geht es wieder?",
        "Läuft er noch?",
        "Wie geht es ihm?",
        "Warum ist das so langsam?",
        "Ist das kaputt?",
    ],
)
def test_a_question_about_it_is_about_the_target_named_last(text: str) -> None:
    assert meaning(text, *EARLIER) == TargetQuestion(TARGETS[1].target)
    assert meaning(text) == NoTarget()
    assert meaning(text, "Hello") == NoTarget()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("How much memory does it use?", ReadingQuestion("memory", TARGETS[1].target)),
        ("Since when is it running?", SinceQuestion(TARGETS[1].target)),
        ("Seit wann läuft es?", SinceQuestion(TARGETS[1].target)),
        ("Wie viel Speicher braucht es?", ReadingQuestion("memory", TARGETS[1].target)),
    ],
)
def test_a_question_about_a_value_of_it(text: str, expected: Meaning) -> None:
    assert meaning(text, *EARLIER) == expected


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Restart it", "restart"),
        ("Please restart it now", "restart"),
        ("Stop that one", "stop"),
        ("Starte es neu", "restart"),
        ("Starte ihn neu", "restart"),
        ("Starte das neu", "restart"),
        ("starte das bitte gleich noch einmal neu", "restart"),
        ("Kannst du das bitte neu starten?", "restart"),
        ("Schalte das ab", "stop"),
        ("Starte den neu", "restart"),
        ("Stopp den!", "stop"),
    ],
)
def test_a_request_for_it_is_for_the_target_named_last(text: str, key: str) -> None:
    found = meaning(text, *EARLIER)
    assert isinstance(found, PersonRequest), found
    assert (found.named_target, found.action.key) == (TARGETS[1], key)
    assert meaning(text) == NoTarget()


@pytest.mark.parametrize(
    ("language", "text", "key"),
    [
        ("fr", "le redémarrer, s'il te plaît", "restart"),
        ("fr", "Pourrais-tu le relancer ?", "restart"),
        ("fr", "je voudrais l'arrêter", "stop"),
        ("fr", "Il faut le redémarrer", "restart"),
        ("fr", "démarre-le", "start"),
        ("es", "reinícialo, por favor", "restart"),
        ("es", "¿lo podrías reiniciar?", "restart"),
        ("es", "¿Me lo reinicias?", "restart"),
        ("es", "quiero pararlo", "stop"),
        ("es", "enciéndelo", "start"),
        ("es", "deténlo", "stop"),
        ("es", "¿puedes volver a reiniciarlo?", "restart"),
        ("es", "vuélvelo a reiniciar", "restart"),
        ("es", "venga, reinícialo una vez más", "restart"),
        ("fr", "vas-y, redémarre-le", "restart"),
        ("fr", "relance-le à nouveau stp", "restart"),
        ("fr", "tu peux le relancer encore un coup ?", "restart"),
        ("nl", "herstart hem", "restart"),
        ("nl", "kun je hem nog eens herstarten?", "restart"),
        ("de", "starte ihn bitte abermals neu", "restart"),
        ("en", "could you restart it one more time?", "restart"),
        ("en", "restart it once more", "restart"),
    ],
)
def test_a_pronoun_before_or_in_a_verb_refers_to_the_target_named_last(
    language: str, text: str, key: str
) -> None:
    found = meaning_of(text, TARGETS, OFFERS, EARLIER, language)
    assert isinstance(found, PersonRequest), found
    assert (found.named_target, found.action.key) == (TARGETS[1], key)
    assert meaning_of(text, TARGETS, OFFERS, (), language) == NoTarget()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "ne le redémarre pas"),
        ("fr", "Faut-il le redémarrer ?"),
        ("fr", "pourquoi le relancer ?"),
        ("fr", "surtout ne pas le redémarrer"),
        ("es", "no lo reinicies"),
        ("es", "¿debería reiniciarlo?"),
        ("es", "¿cuándo lo reinicias?"),
        ("es", "nunca hay que reiniciarlo"),
        ("es", "no lo vuelvas a reiniciar"),
        ("en", "don't restart it once more"),
    ],
)
def test_such_a_verb_is_no_request_if_it_is_negated_or_asked(language: str, text: str) -> None:
    found = meaning_of(text, TARGETS, OFFERS, EARLIER, language)
    assert isinstance(found, OpenText | Prohibition)
    if isinstance(found, Prohibition):
        assert [one.name for one in found.targets] == ["Radarr"]


@pytest.mark.parametrize("text", ["Restart it every night", "Starte es neu, wenn es langsam ist"])
def test_a_request_for_it_with_a_part_that_nothing_carries_out(text: str) -> None:
    assert isinstance(meaning(text, *EARLIER), UnsupportedRequest)


@pytest.mark.parametrize(
    "text",
    [
        # An article belongs to its own noun, with or without a capital letter.
        "Was kostet das Modell?",
        "was kostet das modell",
        "Wie viel Speicher hat das neue Modell?",
        "Was ist das neu installierte Modell?",
        "Lösche das Backup",
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
def test_another_pronoun_refers_to_nothing(text: str) -> None:
    found = meaning(text, *EARLIER)
    assert isinstance(found, OpenText | UnsupportedRequest), found


def test_a_name_is_taken_literally() -> None:
    assert meaning("Is it fine?", r"How is back\1slash?") == TargetQuestion(TARGETS[2].target)


def test_a_long_text_is_not_recognised() -> None:
    text = "Restart it".ljust(LONGEST, ".")
    assert isinstance(meaning(text, *EARLIER), PersonRequest)
    assert isinstance(meaning(f"{text}.", *EARLIER), OpenText)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Is the other one running?", "en", TargetQuestion(TARGETS[0].target)),
        ("How much memory does the other one use?", "en", ReadingQuestion("memory", TARGETS[0].target)),
        ("Läuft der andere noch?", "de", TargetQuestion(TARGETS[0].target)),
        ("L'autre fonctionne ?", "fr", TargetQuestion(TARGETS[0].target)),
        ("¿Funciona el otro?", "es", TargetQuestion(TARGETS[0].target)),
        ("Draait de andere?", "nl", TargetQuestion(TARGETS[0].target)),
        ("What happened the other day?", "en", OpenText(text="What happened the other day?")),
        ("Was ist mit den anderen Filmen?", "de", OpenText(text="Was ist mit den anderen Filmen?")),
    ],
)
def test_the_other_one_is_what_was_named_before(text: str, language: str, expected: Meaning) -> None:
    assert meaning_of(text, TARGETS, OFFERS, EARLIER, language) == expected


def test_the_other_one_can_be_restarted() -> None:
    found = meaning("Restart the other one", *EARLIER)
    assert isinstance(found, PersonRequest), found
    assert (found.named_target, found.action.key) == (TARGETS[0], "restart")


def test_without_two_things_there_is_no_other_one() -> None:
    assert not isinstance(meaning("Is the other one running?", "Is Radarr fine?"), TargetQuestion)


def container(name: str) -> NamedTarget:
    target = TargetRef(instance_id="pve", kind="container", id=name, name=name)
    return NamedTarget(f"{name} on pve", target, "pve")


BOX, DISK = (
    container("Box"),
    NamedTarget("sda", TargetRef(instance_id="nas", kind="vdev_disk", id="sda", name="sda"), "nas"),
)
MIXED = (*TARGETS, BOX, DISK)


@pytest.mark.parametrize(
    ("text", "language", "before", "expected"),
    [
        ("Is that container running?", "en", ("Is Box fine?", "How is Radarr?"), BOX),
        ("Is that service running?", "en", ("How is Radarr?", "Is Box fine?"), TARGETS[1]),
        ("Is the other container running?", "en", ("Is Box fine?", "How is Radarr?"), None),
        ("Läuft dieser Container?", "de", ("Läuft Box?", "Wie geht es Radarr?"), BOX),
        ("Läuft der andere Dienst?", "de", ("Läuft Sonarr?", "Läuft Box?", "Läuft Radarr?"), TARGETS[0]),
        ("Ce conteneur fonctionne ?", "fr", ("Box fonctionne ?", "Radarr fonctionne ?"), BOX),
        ("¿Funciona ese contenedor?", "es", ("¿Funciona Box?", "¿Funciona Radarr?"), BOX),
        ("Draait die container?", "nl", ("Draait Box?", "Draait Radarr?"), BOX),
        ("Läuft er noch?", "de", ("Vergleiche Box und sda",), BOX),
        ("Läuft sie noch?", "de", ("Vergleiche Box und sda",), DISK),
        ("Il fonctionne ?", "fr", ("Compare Box et Radarr", "Radarr fonctionne ?"), TARGETS[1]),
    ],
)
def test_a_reference_agrees_with_what_it_refers_to(
    text: str, language: str, before: tuple[str, ...], expected: NamedTarget | None
) -> None:
    found = meaning_of(text, MIXED, OFFERS, before, language)
    if expected is None:
        assert not isinstance(found, TargetQuestion)
    else:
        assert found == TargetQuestion(expected.target)


@pytest.mark.parametrize(
    ("text", "language", "before"),
    [
        ("Restart it", "en", ("Compare Radarr and Sonarr",)),
        ("Is it running?", "en", ("Compare Radarr and Sonarr",)),
        ("Starte ihn neu", "de", ("Vergleiche Radarr und Sonarr",)),
        ("Is the other one running?", "en", ("Is Sonarr fine?", "Is Box fine?", "Is Radarr fine?")),
        ("Stop that service", "en", ("Compare Radarr and Sonarr",)),
    ],
)
def test_when_two_things_fit_a_person_is_asked(text: str, language: str, before: tuple[str, ...]) -> None:
    found = meaning_of(text, MIXED, OFFERS, before, language)
    assert isinstance(found, AmbiguousName), found
    assert len(found.labels) == 2
    completed = found.offered.with_name("Radarr")
    assert isinstance(meaning_of(completed, MIXED, OFFERS, before, language), TargetQuestion | PersonRequest)
