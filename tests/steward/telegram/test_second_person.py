"""What cards and details say about the number of people who approve, and who did."""

from dataclasses import replace
from datetime import UTC, timedelta
from typing import Final

import pytest

from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus
from homelab_steward.contract.mode import Elevation
from homelab_steward.contract.proposals import Option, OptionKind
from homelab_steward.contract.state import FrontEnd
from lab.telegram.html import parse_html
from steward.telegram.cards import approval_card
from steward.telegram.details import detail_file, detail_pages
from steward.texts import set_household

from .samples import CATALOGUE, NOON, decided, option, request
from .test_cards import shown

ASKED: Final = request(options=(option(1, risk=Risk.HIGH, needs_two=True), option(2)))
ELEVATION: Final = Elevation(
    person_id="olga",
    person_name="Olga",
    via=FrontEnd.PANEL,
    opened_at=NOON,
    ends_at=NOON + timedelta(hours=2),
    category=ASKED.category,
)


def details(asked: ApprovalRequest, elevation: Elevation | None = None) -> str:
    """Return the text of the details, which is the same in the message and in the file."""

    def elevated(one: Option) -> Elevation | None:
        return elevation if one.needs_two else None

    (page,) = detail_pages(asked, None, CATALOGUE, (), elevated)
    text = parse_html(page).text
    assert detail_file(asked, None, CATALOGUE, (), elevated).strip() == text.strip()
    return text


def given(*, by_two: bool, status: ApprovalStatus = ApprovalStatus.APPROVED) -> ApprovalRequest:
    first = decided(ASKED, name="Ben").decision if by_two else None
    return replace(decided(ASKED, name="Olga"), first=first, status=status)


def test_a_pending_request_says_who_may_approve_alone_instead_of_two_people() -> None:
    card = shown(approval_card(ASKED, None, UTC, CATALOGUE, elevated=lambda _: ELEVATION))
    for text in (card, details(ASKED, ELEVATION)):
        assert "Olga can approve it alone until " in text
        assert "Two people" not in text
    for text in (shown(approval_card(ASKED, None, UTC, CATALOGUE)), details(ASKED)):
        assert "Two people have to approve it" in text
        assert "alone" not in text


@pytest.mark.parametrize("status", [ApprovalStatus.APPROVED, ApprovalStatus.SCHEDULED])
def test_a_decided_request_says_how_many_approved_it(status: ApprovalStatus) -> None:
    alone = given(by_two=False, status=status)
    for text in (shown(approval_card(alone, None, UTC, CATALOGUE)), details(alone, ELEVATION)):
        assert "Olga approved it alone" in text
        assert "Two people" not in text
        assert "until 14" not in text
        assert "Needs a PIN" not in text
    both = given(by_two=True, status=status)
    for text in (shown(approval_card(both, None, UTC, CATALOGUE)), details(both, ELEVATION)):
        assert text.count("Two people approved it") == 1
        assert "alone" not in text


def test_a_first_approval_of_another_option_is_none_of_this_one() -> None:
    asked = given(by_two=True)
    assert asked.first is not None
    asked = replace(asked, first=replace(asked.first, option=2))
    assert "Olga approved it alone" in shown(approval_card(asked, None, UTC, CATALOGUE))


@pytest.mark.parametrize("number", [2, 3])
def test_nothing_is_said_where_one_approval_is_enough(number: int) -> None:
    asked = request(options=(*ASKED.proposal.options, option(3, kind=OptionKind.INVESTIGATE, steps=())))
    text = details(decided(asked, number))
    assert "Two people" not in text
    assert "approved it" not in text


def test_nobody_approved_what_expired() -> None:
    text = details(replace(ASKED, status=ApprovalStatus.EXPIRED), ELEVATION)
    assert "Two people" not in text
    assert "alone" not in text


@pytest.mark.parametrize(
    ("language", "alone", "both"),
    [
        ("de", "Olga hat es allein genehmigt", "Zwei Personen haben es genehmigt"),
        ("fr", "Olga l'a approuvé sans autre personne", "Deux personnes l'ont approuvé"),
        ("es", "Olga lo aprobó sin otra persona", "Dos personas lo aprobaron"),
        ("nl", "Olga heeft het alleen goedgekeurd", "Twee personen hebben het goedgekeurd"),
    ],
)
def test_it_is_said_in_the_language_of_the_household(language: str, alone: str, both: str) -> None:
    set_household(language)
    try:
        assert alone in details(given(by_two=False))
        assert both in details(given(by_two=True))
    finally:
        set_household(None)
