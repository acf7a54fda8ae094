"""Cards and buttons of scheduled requests."""

from dataclasses import replace
from datetime import UTC, timedelta

from homelab_steward.contract.incidents import ApprovalStatus, Verb
from homelab_steward.contract.later import Later
from rig import records
from rig.inventory import NOW
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


def test_a_cancelled_request_is_not_called_rejected() -> None:
    decision = records.decision(Verb.CANCEL, option=None, label="Cancel")
    cancelled = replace(SCHEDULED, status=ApprovalStatus.REJECTED, decision=decision)
    assert decision_text(cancelled, UTC).startswith("Cancelled, decided by Olga")
