"""How bad an alert is, by the words that monitors use."""

import pytest

from homelab_steward.contract.incidents import Severity
from steward.sdk.severities import severity_of, severity_rank


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("critical", Severity.CRITICAL),
        (" Page ", Severity.CRITICAL),
        ("warning", Severity.WARNING),
        ("", Severity.WARNING),
        ("ticket", Severity.WARNING),
        ("none", Severity.INFO),
    ],
)
def test_what_is_not_known_is_a_warning(text: str, expected: Severity) -> None:
    assert severity_of(text) is expected


def test_critical_is_the_worst() -> None:
    assert sorted(Severity, key=severity_rank) == [Severity.CRITICAL, Severity.WARNING, Severity.INFO]
