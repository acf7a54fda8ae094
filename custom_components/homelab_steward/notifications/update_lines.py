"""What a phone shows of updates: the judgement above the plans, and release notes in the details."""

from typing import Final

from ..contract.changes import Change
from ..contract.incidents import ApprovalRequest
from ..contract.plain_text import one_line, quoted
from ..phrases import Phrases

TITLE_LIMIT: Final = 120

UPDATE_LINES: Final = 8
UPDATE_LIMIT: Final = 160
"""Lines of what is known about updates, and characters of each."""

NOTES_LIMIT: Final = 600
"""Characters of the release notes of each update in the details."""


def update_lines(approval: ApprovalRequest, phrases: Phrases) -> list[str]:
    """Return what is known about updates, the judgement first; none for another request.

    Some lines quote release notes: each begins with a dot, so that none can imitate a plan.
    """
    if not approval.is_update:
        return []
    found = [line for line in own_text(approval).splitlines() if one_line(line)][:UPDATE_LINES]
    checked = next((one.verification for one in approval.proposal.options if one.verification), "")
    lines = [f"• {outside(line, UPDATE_LIMIT)}" for line in found]
    return [*lines, phrases("verification", text=one_line(checked))] if checked else lines


def notes_of(change: Change, phrases: Phrases) -> list[str]:
    """Return the release notes of an update as a quotation: they are text from outside."""
    notes = change.assessment.notes if change.assessment else ""
    if not one_line(notes):
        return []
    heading = f"{phrases('change_notes')}: {outside(change.title, TITLE_LIMIT)}"
    return [heading, quoted(notes, NOTES_LIMIT, phrases.language)]


def own_text(approval: ApprovalRequest) -> str:
    """Return the text of a request without when it is executed, which stands above the plans."""
    return approval.text if approval.later is None else approval.text.partition("\n")[2]


def outside(text: str, limit: int) -> str:
    """Return a text from outside on one line without hidden characters, cut to ``limit`` characters."""
    return shortened(one_line(text), limit)


def shortened(text: str, limit: int) -> str:
    """Return the text, cut with an ellipsis when it is longer than ``limit``."""
    return text if len(text) <= limit else text[: limit - 1] + "…"
