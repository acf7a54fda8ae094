"""Cards and buttons of scheduled requests."""

from dataclasses import replace
from datetime import UTC, timedelta

from homelab_steward.contract.incidents import ApprovalStatus, Verb
from homelab_steward.contract.later import Later, LaterCondition
from rig import records
from rig.inventory import NOW, box
from steward.telegram.buttons import ButtonAction
from steward.telegram.cards import approval_card, decision_text
from steward.telegram.press_answers import accepted
from steward.texts import household

from .samples import CATALOGUE

AT = NOW + timedelta(hours=3)
SCHEDULED = replace(
    records.request(status=ApprovalStatus.SCHEDULED, decision=records.decision()),
    later=Later(at=AT, until=AT + timedelta(hours=1)),
)


def test_a_scheduled_request_shows_when_it_is_executed_and_can_be_cancelled() -> None:
    card = approval_card(SCHEDULED, None, UTC, CATALOGUE)
    assert "Scheduled: " in card.text
    actions = [one.action for row in card.buttons for one in row]
    assert actions == [ButtonAction.CANCEL, ButtonAction.DETAILS]
    assert "Scheduled: " in accepted(SCHEDULED, household()).text
    released = replace(SCHEDULED, status=ApprovalStatus.APPROVED)
    assert approval_card(released, None, UTC, CATALOGUE).buttons == ()


def test_a_condition_is_shown_in_full() -> None:
    condition = LaterCondition(name="Plex: Nobody is streaming", target=box(), reading="idle", equals=True)
    made_at = SCHEDULED.created_at
    later = Later(
        at=made_at,
        until=made_at + timedelta(days=1),
        conditions=(condition,),
        text="When nobody is streaming on Plex",
    )
    waiting = replace(SCHEDULED, later=later)
    until = household().date_and_time(later.until)
    expected = f"When nobody is streaming on Plex, at the latest {until}."
    assert expected in approval_card(waiting, None, UTC, CATALOGUE).text
    assert expected in accepted(waiting, household()).text
    pending = replace(
        waiting, status=ApprovalStatus.PENDING, decision=None, text=f"{expected}\nIt is stopped."
    )
    text = approval_card(pending, None, UTC, CATALOGUE).text
    assert text.count(expected) == 1
    assert text.index(expected) < text.index(pending.proposal.options[0].label), "it is above the plan"
    assert text.endswith("<blockquote>It is stopped.</blockquote>")
    assert (
        expected
        not in approval_card(replace(waiting, status=ApprovalStatus.REJECTED), None, UTC, CATALOGUE).text
    )
    timed = replace(waiting, later=replace(later, at=made_at + timedelta(hours=3)))
    assert "not before " in approval_card(timed, None, UTC, CATALOGUE).text


def test_a_cancelled_request_is_not_called_rejected() -> None:
    decision = records.decision(Verb.CANCEL, option=None, label="Cancel")
    cancelled = replace(SCHEDULED, status=ApprovalStatus.REJECTED, decision=decision)
    assert decision_text(cancelled, UTC).startswith("Cancelled, decided by Olga")
