"""The texts that say when an approved request is executed, and that it was late."""

from datetime import timedelta
from typing import Final

from homelab_steward.contract.incidents import ApprovalRequest
from homelab_steward.contract.later import Later

from ..texts import Texts, household, local, translate

LATE: Final = timedelta(minutes=2)
"""A shorter delay is not worth a sentence."""


def scheduled_text(later: Later, texts: Texts | None = None) -> str:
    """Return when a request is executed, in the time zone and by default the language of the household."""
    texts = texts or household()
    at, until = texts.date_and_time(local(later.at)), texts.date_and_time(local(later.until))
    if not later.conditions:
        return texts(t"Scheduled: {at}.")
    return texts(t"Scheduled: from {at}, on the condition “{later.text}”. It waits until {until}.")


def late_text(request: ApprovalRequest | None) -> str:
    """Return that a scheduled request was executed late, "" when it was not."""
    if request is None or request.later is None or request.later.conditions or request.released_at is None:
        return ""
    late = request.released_at - request.later.at
    if late < LATE:
        return ""
    length = household().duration(late)
    return translate(t"It was executed {length} late, because the app was not running at that time.")
