"""Alerts that a monitor does not list any more end with evidence only."""

from datetime import UTC, datetime

import pytest

from homelab_steward.contract.incidents import AlertStatus, Severity
from steward.sdk import firing
from steward.sdk.description import IncomingAlert
from steward.sdk.firing import Firing

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def alert(key: str, summary: str = "") -> IncomingAlert:
    return IncomingAlert(
        name=key,
        status=AlertStatus.FIRING,
        severity=Severity.WARNING,
        starts_at=NOW,
        labels={},
        summary=summary,
        fingerprint=key,
    )


def shown(found: tuple[IncomingAlert, ...]) -> dict[str, str | None]:
    return {one.name: one.suppressed for one in found}


def test_what_is_gone_is_kept_until_it_has_ended() -> None:
    kept = Firing("Nagios")
    assert shown(kept.update([alert("a"), alert("b")], lambda _: False)) == {"a": None, "b": None}
    gone = {"a": None, "b": "not listed by Nagios any more"}
    for _ in range(2):
        assert shown(kept.update([alert("a")], lambda _: False)) == gone
    assert shown(kept.update([alert("a")], lambda one: one.name == "b")) == {"a": None}
    assert shown(kept.update([], lambda one: one.name == "b")) == {"a": "not listed by Nagios any more"}


def test_what_is_listed_again_is_as_it_is_listed() -> None:
    kept = Firing("Nagios")
    kept.update([alert("a", "old")], lambda _: False)
    kept.update([], lambda _: False)
    [found] = kept.update([alert("a", "new")], lambda _: False)
    assert (found.summary, found.suppressed) == ("new", None)


def test_of_too_many_the_listed_ones_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(firing, "MOST", 3)
    kept = Firing("Nagios")
    kept.update([alert("a"), alert("b"), alert("c")], lambda _: False)
    assert set(shown(kept.update([alert("d"), alert("e")], lambda _: False))) == {"c", "d", "e"}
