"""Records which option people chose of each proposal, as evidence for levels."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus

from ...autonomy.evidence import Selection
from ...clock import Clock
from ...store import approvals
from ...store import autonomy as stored
from ...store.store import Store
from ..decisions.alone import ALONE
from .observing import made_selections

AUTOMATIC: Final = "automatic"
WITHDRAWN: Final = "withdrawn"

UNDECIDED: Final = (ApprovalStatus.PENDING, ApprovalStatus.SCHEDULED)
CHOICES: Final[Mapping[ApprovalStatus, str]] = {
    ApprovalStatus.REJECTED: Selection.REJECTED.value,
    ApprovalStatus.IGNORED: Selection.IGNORED.value,
    ApprovalStatus.EXPIRED: Selection.IGNORED.value,
    ApprovalStatus.SUPERSEDED: WITHDRAWN,
}


def choice_of(request: ApprovalRequest | None) -> str | None:
    """Return the choice for a request, None while it is pending. Pure."""
    if request is None:
        return stored.GONE
    if request.status in UNDECIDED:
        return None
    if request.status is not ApprovalStatus.APPROVED or request.decision is None:
        return CHOICES.get(request.status, stored.GONE)
    if request.decision.person_id == "":
        return AUTOMATIC
    is_first = request.decision.option == ALONE
    return (Selection.APPROVED if is_first else Selection.OTHER_OPTION).value


class Selections:
    """Writes the choices of people, also those that were made while the app was off."""

    def __init__(self, store: Store, clock: Clock) -> None:
        """Nothing is written before :meth:`look`."""
        self._store = store
        self._clock = clock

    async def look(self) -> None:
        """Write the choices that were made since the last check."""
        async with self._store.read(quick=True) as connection:
            waiting = await stored.offered(connection)
            found = await approvals.requests(connection, [one.approval_id for one in waiting])
            by_hand = await made_selections(connection)
        requests = {one.id: one for one in found}
        chosen = [(one.approval_id, choice_of(requests.get(one.approval_id))) for one in waiting]
        made = [(key, choice, _at(requests.get(key))) for key, choice in chosen if choice is not None]
        made += by_hand
        if not made:
            return
        async with self._store.change() as unit:
            for key, choice, at in made:
                await stored.choose(unit.connection, key, choice, at or self._clock.now())


def _at(request: ApprovalRequest | None) -> datetime | None:
    return request.decision.at if request and request.decision else None
