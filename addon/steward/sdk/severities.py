"""How bad an alert is, by the words that monitors use."""

from typing import Final

from homelab_steward.contract.incidents import Severity

_WORST_FIRST: Final = (Severity.CRITICAL, Severity.WARNING, Severity.INFO)
_WORDS: Final = {
    **dict.fromkeys(("critical", "page", "emergency"), Severity.CRITICAL),
    **dict.fromkeys(("info", "information", "none"), Severity.INFO),
}


def severity_of(text: str) -> Severity:
    """Return what a text says, a warning when that is nothing that is known."""
    return _WORDS.get(text.strip().lower(), Severity.WARNING)


def severity_rank(severity: Severity) -> int:
    """Return how bad it is: 0 is the worst."""
    return _WORST_FIRST.index(severity)
