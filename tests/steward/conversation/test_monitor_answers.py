"""Questions about what the monitors say about a device, and which of them is blind."""

from dataclasses import replace
from pathlib import Path

import pytest

from homelab_steward.contract.devices import (
    Agreement,
    Aspect,
    BlindMonitor,
    DeviceAspect,
    DevicesQuery,
    DevicesView,
    DeviceView,
    Method,
    Statement,
    Word,
)
from rig.conversation_rig import open_conversation
from rig.inventory import NOW, ToyInventory, box
from rig.toy import Toy
from steward.conversation.monitor_answers import MonitorAnswers, no_devices
from steward.texts import texts_of

SAY = {
    "en": (
        "What do both monitors say about radarr?",
        "Which monitors watch radarr?",
        "Do the monitors agree on radarr?",
    ),
    "de": (
        "Was sagen beide Monitore über Radarr?",
        "Welche Monitore überwachen Radarr?",
        "Sind sich die Monitore einig über Radarr?",
    ),
    "fr": ("Que disent les deux surveillances sur Radarr ?", "Quelles surveillances suivent Radarr ?"),
    "es": ("¿Qué dicen ambos monitores sobre Radarr?", "¿Qué monitores vigilan Radarr?"),
    "nl": ("Wat zeggen beide monitors over Radarr?", "Welke monitors bewaken Radarr?"),
}
BLIND = {
    "en": ("Is any monitor blind?", "Which monitors are blind?"),
    "de": ("Ist ein Monitor blind?", "Welcher Monitor ist blind?"),
    "fr": ("Y a-t-il une surveillance aveugle ?", "Quelle surveillance est aveugle ?"),
    "es": ("¿Hay algún monitor ciego?", "¿Qué monitores están ciegos?"),
    "nl": ("Is er een monitor blind?", "Welke monitors zijn blind?"),
}
SAID = {
    "en": "radarr: PRTG says down since",
    "de": "radarr: PRTG meldet einen Ausfall seit",
    "fr": "radarr: PRTG signale une panne depuis le",
    "es": "radarr: PRTG informa de una caída desde",
    "nl": "radarr: PRTG meldt een storing sinds",
}
IS_BLIND = {
    "en": "Kuma is blind: It stands.",
    "de": "Kuma ist blind: It stands.",
    "fr": "Kuma est aveugle : It stands.",
    "es": "Kuma está ciego: It stands.",
    "nl": "Kuma is blind: It stands.",
}


def says(instance: str, word: Word, *, is_fresh: bool = True, since: bool = True) -> Statement:
    return Statement(
        instance_id=instance.lower(),
        instance=instance,
        name="x",
        method=Method.ICMP,
        word=word,
        since=NOW if since else None,
        is_fresh=is_fresh,
    )


def aspect(verdict: Agreement, *statements: Statement, part: str = "") -> DeviceAspect:
    return DeviceAspect(aspect=Aspect.REACH, verdict=verdict, why="", part=part, statements=statements)


RADARR = DeviceView(
    id="1",
    name="radarr",
    names=("radarr", "Films"),
    targets=(box(),),
    aspects=(aspect(Agreement.SPLIT, says("PRTG", Word.DOWN), says("Kuma", Word.UP)),),
)
OTHER = replace(RADARR, id="2", targets=(), name="radarr2", names=("radarr2",))
VIEW = DevicesView(
    devices=(OTHER, RADARR),
    total=2,
    blind=(BlindMonitor(instance_id="kuma", name="Kuma", why="It stands"),),
)


def answers(view: DevicesView) -> MonitorAnswers:
    async def devices(query: DevicesQuery) -> DevicesView:
        assert query.language == "en"
        return view

    return MonitorAnswers(devices)


async def said(*devices: DeviceView, target: str | None = "radarr", shown: int = 5) -> str:
    view = DevicesView(devices=devices, total=len(devices))
    about = None if target is None else box(target)
    return await answers(view).what_they_say(about, texts_of("en"), "en", shown)


@pytest.mark.parametrize("language", SAY)
async def test_it_is_asked_in_every_language(tmp_path: Path, language: str) -> None:
    asked: list[DevicesQuery] = []

    async def devices(query: DevicesQuery) -> DevicesView:
        asked.append(query)
        return VIEW

    async with open_conversation(tmp_path, model=False, devices=devices) as rig:
        for text in SAY[language]:
            assert (await rig.ask(text, language=language)).startswith(SAID[language]), text
        for text in BLIND[language]:
            assert await rig.ask(text, language=language) == IS_BLIND[language], text
    assert {(one.text, one.language) for one in asked} == {("radarr", language), ("", language)}


async def test_a_device_that_several_monitors_list_under_one_name_is_no_question_back(tmp_path: Path) -> None:
    async def devices(_: DevicesQuery) -> DevicesView:
        return VIEW

    inventory = ToyInventory(Toy())
    inventory.boxes["box/other"] = replace(box(), id="box/other")
    async with open_conversation(tmp_path, model=False, devices=devices, inventory=inventory) as rig:
        assert "which" in (await rig.ask("Is radarr running?")).lower()
        assert (await rig.ask("What do both monitors say about radarr?")).startswith(SAID["en"])


async def test_each_monitor_is_named_with_what_it_says() -> None:
    text = await said(RADARR)
    assert text == (
        "radarr: PRTG says down since Nov 20, 2026, 12:00; Kuma says up since Nov 20, 2026, 12:00. "
        "They disagree."
    )


@pytest.mark.parametrize(
    ("statement", "line"),
    [
        (says("PRTG", Word.UP, since=False), "PRTG says up"),
        (says("PRTG", Word.DOWN, since=False), "PRTG says down"),
        (says("PRTG", Word.PAUSED), "PRTG says nothing now"),
        (says("PRTG", Word.UP, is_fresh=False), "PRTG says nothing now"),
    ],
)
async def test_what_is_not_fresh_or_no_word_says_nothing(statement: Statement, line: str) -> None:
    device = replace(RADARR, aspects=(aspect(Agreement.BLIND, statement),))
    assert await said(device) == f"radarr: {line}. Nobody says anything that counts."


async def test_problems_come_first_and_few_are_said_aloud() -> None:
    up = aspect(Agreement.UP, says("Kuma", Word.UP, since=False), part="443")
    down = aspect(Agreement.DOWN, says("PRTG", Word.DOWN, since=False), says("PRTG", Word.DOWN, since=False))
    device = replace(RADARR, aspects=(up, down))
    assert await said(device) == (
        "radarr: PRTG says down; 443: Kuma says up. Independent monitors agree that there is a problem."
    )
    assert "radarr: PRTG says down, 1 more. " in await said(device, shown=1)


async def test_how_often_a_monitor_was_right_is_said_once() -> None:
    prtg = replace(says("PRTG", Word.DOWN, since=False), right=18, settled=20)
    kuma = replace(says("Kuma", Word.UP, since=False), right=1, settled=1)
    port = aspect(Agreement.SPLIT, prtg, part="443")
    device = replace(RADARR, aspects=(aspect(Agreement.SPLIT, prtg, kuma), port))
    assert await said(device) == (
        "radarr: PRTG says down (right in 18 of 20 cases); Kuma says up (right in 1 of 1 case); "
        "443: PRTG says down. They disagree."
    )


async def test_what_a_monitor_repeats_is_said() -> None:
    kuma = says("Kuma", Word.UP, since=False)
    home = replace(says("Home", Word.UP, since=False), repeats="Kuma", right=1, settled=1)
    device = replace(RADARR, aspects=(aspect(Agreement.UP, kuma, home),))
    assert await said(device) == (
        "radarr: Kuma says up; Home says up (repeats Kuma) (right in 1 of 1 case). Nobody reports a problem."
    )


async def test_a_device_of_the_same_name_is_found_and_another_is_not() -> None:
    named = replace(RADARR, targets=(), names=("x", "Radarr"))
    assert (await said(named, OTHER)).startswith("radarr: ")
    assert await said(OTHER) == "No monitor says anything about radarr."


async def test_without_a_device_it_is_about_what_they_disagree() -> None:
    alone = replace(OTHER, aspects=(aspect(Agreement.ALONE),))
    fine = replace(OTHER, aspects=(aspect(Agreement.UP),))
    assert await said(RADARR, alone, target=None) == "Monitors disagree about radarr."
    assert await said(alone, fine, target=None) == "Only one monitor reports a problem of radarr2."
    assert await said(fine, target=None) == "The monitors do not disagree about any device."
    assert await said(target=None) == "No monitor watches a device."


async def test_which_monitor_is_blind() -> None:
    texts = texts_of("en")
    assert await answers(VIEW).which_are_blind(texts, "en", 5) == "Kuma is blind: It stands."
    seeing = answers(replace(VIEW, blind=()))
    assert await seeing.which_are_blind(texts, "en", 5) == "No monitor is blind."
    nothing = MonitorAnswers(no_devices)
    assert await nothing.which_are_blind(texts, "en", 5) == "No monitor watches a device."
