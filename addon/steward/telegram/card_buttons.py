"""The buttons of a request's card. Pure."""

from dataclasses import dataclass
from typing import Final

from homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus, Incident

from ..texts import english, translate
from .buttons import ButtonAction
from .markup import plain

BUTTON: Final = 40
DETAILS: Final = english("Details")


@dataclass(frozen=True, slots=True)
class CardButton:
    """A button: its label and its action."""

    label: str
    action: ButtonAction
    option: int = 0


def rows_of(request: ApprovalRequest, incident: Incident | None) -> tuple[tuple[CardButton, ...], ...]:
    """Return all buttons. To stop what the steward is about to do comes first: it cannot wait."""
    rows = (*_option_rows(request), common_buttons(request, incident))
    return rows if request.acts_at is None else rows[::-1]


def _option_rows(request: ApprovalRequest) -> tuple[tuple[CardButton, ...], ...]:
    if request.acts_at is not None:
        first = request.proposal.options[0].number
        return ((CardButton(translate("Do it now"), ButtonAction.APPROVE, first),),)
    return tuple(
        (CardButton(plain(f"{one.number} {one.label}", BUTTON), ButtonAction.APPROVE, one.number),)
        for one in request.proposal.options
    )


def buttons_when_closed(request: ApprovalRequest) -> tuple[tuple[CardButton, ...], ...]:
    """Return the buttons of a request that is not pending: one that waits for its time can be cancelled."""
    if request.status is not ApprovalStatus.SCHEDULED:
        return ()
    details = CardButton(translate(DETAILS), ButtonAction.DETAILS)
    return ((CardButton(translate("Cancel"), ButtonAction.CANCEL), details),)


def common_buttons(request: ApprovalRequest, incident: Incident | None) -> tuple[CardButton, ...]:
    """Return the buttons of all requests; a version that is rejected is not offered again.

    Where people may say so, one says that the incident was a false alarm.
    """
    refuse = CardButton(translate("Ignore"), ButtonAction.IGNORE)
    if request.is_update:
        refuse = CardButton(translate("Reject"), ButtonAction.REJECT)
    if request.acts_at is not None:
        refuse = CardButton(translate("Stop"), ButtonAction.REJECT)
    can_be_false = incident is not None and incident.can_be_false_alarm
    return (
        refuse,
        *((CardButton(translate("False alarm"), ButtonAction.FALSE_ALARM),) if can_be_false else ()),
        CardButton(translate(DETAILS), ButtonAction.DETAILS),
    )
