"""Checks that several services share."""

import pytest

from homelab_steward.contract.incidents import Severity
from steward.sdk.checks import filling
from steward.sdk.readings import NotKnown, known


def _used(item: float | None) -> float:
    return known(item)


NEARLY, FULL = filling("pool", _used, lambda item, used: f"{item} is {used:g} % full", nearly=80.0, full=90.0)


@pytest.mark.parametrize(
    ("used", "is_nearly", "is_full"),
    [
        (80.0, False, False),
        (80.1, True, False),
        (90.0, True, False),
        (90.1, False, True),
        (250.0, False, True),
    ],
)
def test_a_storage_that_fills_has_one_problem(used: float, is_nearly: bool, is_full: bool) -> None:  # noqa: FBT001
    text = f"{used} is {used:g} % full"
    assert NEARLY.problem(used) == (text if is_nearly else None)
    assert FULL.problem(used) == (text if is_full else None)


def test_nothing_is_said_about_a_storage_whose_use_is_not_known() -> None:
    for check in (NEARLY, FULL):
        with pytest.raises(NotKnown):
            check.problem(None)


def test_that_a_storage_is_full_is_critical() -> None:
    assert [(one.key, one.severity, one.scope) for one in (NEARLY, FULL)] == [
        ("storage_nearly_full", Severity.WARNING, "pool"),
        ("storage_full", Severity.CRITICAL, "pool"),
    ]
    usual = filling("pool", _used, lambda *_: "full")
    assert [one.problem(85.1) for one in usual] == ["full", None]
    assert [one.problem(95.1) for one in usual] == [None, "full"]
