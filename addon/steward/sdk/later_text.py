"""The texts about when a scheduled request is executed, and that it was executed late."""

from datetime import datetime, timedelta
from typing import Final

from homelab_steward.contract.incidents import ApprovalRequest
from homelab_steward.contract.later import Later

from ..texts import Texts, household, local, translate

LATE: Final = timedelta(minutes=2)
"""The shortest delay that is reported."""


def scheduled_text(later: Later, made_at: datetime, texts: Texts | None = None) -> str:
    """Return when a request of ``made_at`` is executed, in the time zone and language of the household.

    ``texts`` are for another language; the conditions stay in that of the household.
    """
    texts = texts or household()
    at, until = texts.date_and_time(local(later.at)), texts.date_and_time(local(later.until))
    clause = later.text
    if later.finish_by is not None:
        end, length = texts.date_and_time(local(later.finish_by)), texts.duration(later.finish_by - later.at)
        return texts(t"Scheduled: {at}, {length} before it has to be finished ({end}).")
    if not later.conditions:
        return texts(t"Scheduled: {at}.")
    if later.is_once:
        return texts(
            t"{clause}. This is checked right after the approval, and nothing is done if it is not so."
        )
    if later.at > made_at:
        return texts(t"{clause}, not before {at} and at the latest {until}.")
    return texts(t"{clause}, at the latest {until}.")


def late_text(request: ApprovalRequest | None) -> str:
    """Return the sentence that a scheduled request was executed late, "" when it was not late."""
    if request is None or request.later is None or request.later.conditions or request.released_at is None:
        return ""
    late = request.released_at - request.later.at
    if late < LATE:
        return ""
    length = household().duration(late)
    return translate(t"It was executed {length} late, because the app was not running at that time.")
