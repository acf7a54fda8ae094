"""The group is in the language of the household, and a person gets direct answers in their own."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.errors import ErrorCode
from homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus, IncidentStatus
from homelab_steward.contract.state import FrontEnd
from lab.faults import FaultKind
from steward.telegram import press_answers
from steward.telegram.cards import approval_card, digest, notice, reminder, resolved_line
from steward.telegram.details import detail_pages
from steward.telegram.message_forms import without_formatting
from steward.telegram.settings import BUILT_IN_CATEGORIES
from steward.telegram.topic_names import titles_of
from steward.texts import set_household, texts_of

from .rig import open_front_end, open_rig
from .samples import CATALOGUE, NOON, decided, incident, option, request, run, three_options

ENGLISH = re.compile(r"\b(the|is|are|not|of|with|was|has|be|which|it|incident|waiting|until|approve)\b")
FOREIGN = "Speicher"
"""Stands for what comes from services, models and people, in their language."""


@pytest.fixture
def german() -> Iterator[None]:
    set_household("de")
    yield
    set_household(None)


def check(html: str) -> str:
    """Return the text of a message; fail when English is left in it."""
    text = without_formatting(html)
    found = ENGLISH.findall(text)
    assert not found, f"{found} in {text}"
    return text


def plain_request(**changes: object) -> ApprovalRequest:
    """Return a request whose own texts are German."""
    options = tuple(
        replace(
            one,
            label=FOREIGN,
            history="",
            verification=FOREIGN,
            blast_radius=FOREIGN,
            steps=tuple(replace(step, title=FOREIGN, note="") for step in one.steps),
        )
        for one in three_options()
    )
    asked = request(options=options, title=FOREIGN, text=FOREIGN)
    proposal = replace(asked.proposal, matches=(), left_out=(FOREIGN,))
    return replace(asked, proposal=proposal, **changes)  # type: ignore[arg-type]


@pytest.mark.usefixtures("german")
def test_waiting_card_is_german() -> None:
    asked = plain_request(snoozed_until=NOON + timedelta(days=1))
    first = decided(asked, 1).decision
    card = approval_card(replace(asked, first=first), None, UTC, CATALOGUE)
    text = check(card.text)
    assert "🟠 Warnung · Vorfall 12" in text
    assert "Geringes Risiko, kann rückgängig gemacht werden" in text
    assert "💤 Zurückgestellt bis 22. Nov. 2026, 12:00." in text
    assert "Wartet bis 14:00 auf eine Antwort." in text
    assert [one.label for one in card.buttons[-1]] == ["Ignorieren", "Details"]
    dangerous = request(options=(option(1, risk=Risk.HIGH, needs_two=True, label=FOREIGN),))
    text = approval_card(dangerous, None, UTC, CATALOGUE).text
    assert "Hohes Risiko" in text
    assert "Braucht hier eine PIN, in Home Assistant keine. Zwei Personen müssen zustimmen" in text


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize("status", [one for one in ApprovalStatus if one is not ApprovalStatus.PENDING])
def test_closed_card_is_german(status: ApprovalStatus) -> None:
    asked = plain_request()
    done = replace(decided(asked, via=FrontEnd.PANEL), status=status)
    about = incident(done, status=IncidentStatus.RESOLVED, diagnosis=None, title=FOREIGN, resolution=FOREIGN)
    said = run(done).verdict
    assert said is not None
    verdict = replace(said, summary="", checks=())
    about = replace(about, run=replace(run(done), label=FOREIGN, verdict=verdict))
    check(approval_card(done, about, UTC, CATALOGUE).text)


@pytest.mark.usefixtures("german")
def test_other_messages_are_german() -> None:
    asked = plain_request()
    about = incident(asked, title=FOREIGN, diagnosis=None)
    for status in IncidentStatus:
        check(notice(replace(about, status=status), UTC).text)
    check(resolved_line(about))
    check(reminder(asked, UTC))
    for count in (0, 1, 5):
        check(digest(count))
    (page,) = detail_pages(asked, about, CATALOGUE)
    check(page.replace("memory", ""))
    assert list(titles_of(()).values()) == ["Allgemein", "Kritische Meldungen", "Wochenberichte", "Gelöst"]


def test_answers_to_presses_are_german_and_fit() -> None:
    texts = texts_of("de")
    constants = [
        value for name, value in vars(press_answers).items() if name.isupper() and isinstance(value, str)
    ]
    assert len(constants) > 10
    for one in constants:
        answer = press_answers.alert(one, texts)
        assert answer.text != one
        assert len(answer.text) <= 200
        check(answer.text)
    asked = decided(plain_request())
    check(press_answers.closed(asked, texts, UTC).text)
    check(press_answers.accepted(asked, texts).text)
    check(press_answers.locked(NOON.isoformat(), texts, UTC).text)


async def test_person_gets_the_answer_in_their_language_and_the_group_in_its_own(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        rig.people[1002] = replace(rig.people[1002], language="de")
        await rig.ask()
        card = await rig.card()
        second = card.button("2").data or ""
        answer = await rig.forum.wait_for_answer(rig.forum.press(card.message_id, "1", "family"))
        assert answer.text == "Increase memory 2 → 3 GiB: in Arbeit…"
        await rig.text(card, "decided by Sam via Telegram at ")
        answer = await rig.forum.wait_for_answer(rig.forum.forge_press(card.message_id, second, "owner"))
        assert answer.text.endswith(". Nothing was done now.")
        forged = rig.forum.forge_press(card.message_id, "garbage", "family")
        answer = await rig.forum.wait_for_answer(forged)
        assert answer.text == "Dieser Knopf ist nicht gültig. Es wurde nichts getan."
        assert rig.refusals == [ErrorCode.ALREADY_DECIDED]


async def test_topics_are_renamed_once_the_language_is_known(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    async with open_rig(tmp_path, speed=50) as rig:
        async with open_front_end(rig) as made:
            await rig.forum.wait_for(lambda: len(rig.forum.topics) == 7)
            own = rig.forum.topic("Critical Alerts")
            request.getfixturevalue("german")
            wanted = {*titles_of(BUILT_IN_CATEGORIES.categories).values()} - {"Allgemein"}
            await rig.forum.wait_for(lambda: {one.name for one in rig.forum.topics} == wanted)
            assert rig.forum.topic("Kritische Meldungen").thread_id == own.thread_id
            assert "Wochenberichte" in [one.name for one in made.status.places]
            await rig.ask()
            await rig.card("Medien")
        rig.telegram.requests.clear()
        async with open_front_end(rig):
            await rig.ask("a2")
            await rig.card("Medien", number=1)
        later = [one.path for one in rig.telegram.requests]
        assert not [path for path in later if path.endswith(("createForumTopic", "editForumTopic"))]


async def test_refused_name_is_tried_again(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    async with open_rig(tmp_path, speed=2_000) as rig, open_front_end(rig):
        await rig.forum.wait_for(lambda: len(rig.forum.topics) == 7)
        rig.forum.drop_topic("Resolved")
        rig.fault(FaultKind.STATUS, "/editForumTopic", times=1, status=429, retry_after=90)
        rig.fault(FaultKind.RESET, "/editForumTopic", times=1)
        rig.fault(FaultKind.STATUS, "/editForumTopic", times=1, status=400)
        request.getfixturevalue("german")
        names = {"Kritische Meldungen", "Wochenberichte"}
        await rig.forum.wait_for(lambda: names <= {one.name for one in rig.forum.topics})
        assert len(rig.forum.topics) == 6
