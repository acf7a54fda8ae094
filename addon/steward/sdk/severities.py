"""The severities of alerts for the words that monitors use."""

from typing import Final

from homelab_steward.contract.incidents import Severity

_WORST_FIRST: Final = (Severity.CRITICAL, Severity.WARNING, Severity.INFO)
_WORDS: Final = {
    **dict.fromkeys(("critical", "page", "emergency"), Severity.CRITICAL),
    **dict.fromkeys(("info", "information", "none"), Severity.INFO),
}


def severity_of(text: str) -> Severity:
    """Return the severity for a word of a monitor, WARNING for an unknown word."""
    return _WORDS.get(text.strip().lower(), Severity.WARNING)


def severity_rank(severity: Severity) -> int:
    """Return the rank of a severity: 0 is the worst."""
    return _WORST_FIRST.index(severity)
