"""Recognises requests for a runbook by its title or id: "run the runbook restart-all for media"."""

from typing import TYPE_CHECKING, Final

from .meanings import RunbookRequest
from .said_text import SaidText

if TYPE_CHECKING:
    from ..language.language_matcher import LanguageMatcher

INTENT: Final = "RunRunbook"
RUNBOOK: Final = "runbook"
_AROUND: Final = " \"'“”„«».,:!?"


def recognise_runbook(said: SaidText, matcher: LanguageMatcher) -> RunbookRequest | None:
    """Return the request for a runbook that a text is, None if it is none. The title is not looked up."""
    if RUNBOOK not in said.text.casefold():
        return None
    found = next((one for one in matcher.plans(said.text, said.lists) if one.intent == INTENT), None)
    rest = found.texts.get("rest", "").strip(_AROUND) if found else ""
    if not rest:
        return None
    named = tuple(one.target for mention in said.mentions for one in mention.targets)
    return RunbookRequest(text=rest, named=named)
