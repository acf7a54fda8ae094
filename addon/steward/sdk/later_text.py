"""The text that says when an approved request is executed."""

from homelab_steward.contract.later import Later

from ..texts import Texts, household, local


def scheduled_text(later: Later, texts: Texts | None = None) -> str:
    """Return when a request is executed, in the time zone and by default the language of the household."""
    texts = texts or household()
    at, until = texts.date_and_time(local(later.at)), texts.date_and_time(local(later.until))
    if not later.conditions:
        return texts(t"Scheduled: {at}.")
    return texts(t"Scheduled: from {at}, on the condition “{later.text}”. It waits until {until}.")
