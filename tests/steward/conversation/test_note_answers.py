"""How and why something was set up, and what was done in a month."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from homelab_steward.contract.state import Role
from rig import records
from rig.conversation_rig import open_conversation
from rig.inventory import NOW, ToyPeople, box, speaker
from steward.conversation.note_answers import NoteAnswers, Notes
from steward.notebook.lookup import Passage
from steward.notebook.milestone import Month
from steward.texts import texts_of

EN = texts_of("en")
WHY = Passage(
    page="notes/media.md",
    section="Radarr",
    text="It runs on the NAS, because the disks are there.",
    is_own=True,
    written_at=datetime(2026, 11, 3, 12, tzinfo=UTC),
)
LISTED = replace(WHY, page="inventory/docker.md", section="Container", text="radarr, nas", is_own=False)

ASKED = {
    "en": (
        "How was radarr set up and why?",
        "Why is radarr set up like this?",
        "What do the notes say about radarr?",
    ),
    "de": ("Wie wurde radarr eingerichtet und warum?", "Warum haben wir radarr so eingerichtet?"),
    "fr": ("Comment radarr a été configuré et pourquoi ?", "Que disent les notes sur radarr ?"),
    "es": ("¿Cómo se instaló radarr y por qué?", "¿Qué dicen las notas sobre radarr?"),
    "nl": ("Hoe is radarr ingericht en waarom?", "Wat staat er in het notitieboek over radarr?"),
}
SECTION = {
    "en": "notes/media.md, section “Radarr”, written",
    "de": "notes/media.md, Abschnitt „Radarr“, geschrieben",
    "fr": "notes/media.md, section « Radarr »",
    "es": "notes/media.md, sección «Radarr»",
    "nl": "notes/media.md, sectie",
}
MONTH = {
    "en": ("What did we do this month?", "In this month: 1 update installed."),
    "de": ("Was haben wir diesen Monat gemacht?", "In diesem Monat: 1 Update installiert."),
    "fr": ("Qu'avons-nous fait ce mois-ci ?", "Ce mois-ci : "),
    "es": ("¿Qué hicimos este mes?", "En este mes: "),
    "nl": ("Wat hebben we deze maand gedaan?", "In deze maand: "),
}


def notes(*passages: Passage, month: Month | None = None) -> tuple[Notes, list[str]]:
    """Return notes with passages about anything, and a list of what they were asked for."""
    asked: list[str] = []

    async def about(name: str, most: int) -> Sequence[Passage]:
        asked.append(name)
        return passages[:most]

    async def of_month(_: datetime) -> Month:
        return month or Month()

    return Notes(about=about, month=of_month), asked


[OLGA] = [one for one in (ToyPeople().by_speaker(speaker()),) if one is not None]


async def said(found: Notes, role: Role | None = Role.OWNER) -> str:
    listener = None if role is None else replace(OLGA, role=role)
    return await NoteAnswers(found).how_set_up(box(), listener, EN)


@pytest.mark.parametrize("language", ASKED)
async def test_it_is_asked_in_every_language(tmp_path: Path, language: str) -> None:
    found, asked = notes(WHY, month=Month(done=(records.change(),)))
    async with open_conversation(tmp_path, model=False, notes=found) as rig:
        for text in ASKED[language]:
            answer = await rig.ask(text, language=language)
            assert answer.startswith(SECTION[language]), (text, answer)
            assert "because the disks are there" in answer
        text, begin = MONTH[language]
        assert (await rig.ask(text, language=language)).startswith(begin), text
    assert set(asked) == {"radarr"}


async def test_a_passage_is_quoted_with_its_page_section_and_time() -> None:
    assert await said(notes(WHY)[0]) == (
        "notes/media.md, section “Radarr”, written Nov 3, 2026, 12:00: "
        "“It runs on the NAS, because the disks are there.”."
    )
    assert (await said(notes(replace(WHY, written_at=None))[0])).startswith(
        "notes/media.md, section “Radarr”: “It runs"
    )


async def test_what_nobody_wrote_down_is_not_known() -> None:
    assert await said(notes()[0]) == "The notebook does not say how and why radarr was set up."
    assert await said(Notes()) == (
        "No notebook is written, so it is not known how and why something was set up."
    )
    answer = await said(notes(LISTED)[0])
    assert answer.startswith("Nobody wrote down how and why radarr was set up. The steward wrote down this:")
    assert "inventory/docker.md, section “Container”" in answer


@pytest.mark.parametrize("role", [Role.GUEST, None])
async def test_guests_and_strangers_get_nothing_of_it(role: Role | None) -> None:
    found, asked = notes(WHY)
    assert "disks" not in await said(found, role)
    assert asked == []


async def test_a_member_gets_it() -> None:
    assert "disks" in await said(notes(WHY)[0], Role.MEMBER)


async def test_without_a_thing_it_asks_for_one() -> None:
    text = await NoteAnswers(notes(WHY)[0]).how_set_up(None, OLGA, EN)
    assert text == "Name the thing whose notes you want."


async def test_a_month_has_figures_and_what_was_done_last() -> None:
    change = records.change()
    month = Month(done=(change,), back=(change, change))
    text = await NoteAnswers(notes(month=month)[0]).this_month(NOW, EN, 3)
    assert text.startswith("In this month: 1 update installed and 2 updates taken back. The newest: “")
    assert change.title in text
    assert await NoteAnswers(Notes()).this_month(NOW, EN, 3) == "Nothing was done in this month."
