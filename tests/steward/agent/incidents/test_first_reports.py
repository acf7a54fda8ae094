"""What the first polls report is held until all instances were polled."""

from typing import Any

import pytest

from rig.inventory import alert
from steward.agent.incidents import first_reports as module
from steward.agent.incidents.first_reports import FirstReports
from steward.inventory.ports import Completeness

MONITOR, PARTIAL = Completeness.MONITOR, Completeness.PARTIAL


class Taken(list[tuple[str, Completeness]]):
    """A correlator that writes down what it takes; it fails for the source ``broken``."""

    reports: FirstReports

    async def take(self, source: str, alerts: object, completeness: Completeness) -> None:
        self.append((source, completeness))
        if source == "broken":
            raise RuntimeError(source)
        if source == "first":
            await self.reports.take("while it is passed on", (), PARTIAL)


def reports() -> tuple[FirstReports, Taken]:
    taken: Any = Taken()
    taken.reports = FirstReports(taken)
    return taken.reports, taken


async def test_reports_are_held_and_passed_on_in_their_order() -> None:
    held, taken = reports()
    await held.take("first", (alert(),), MONITOR)
    await held.take("broken", (), PARTIAL)
    await held.take("last", (), PARTIAL)
    assert taken == []
    await held.pass_on()
    expected = ["first", "broken", "last", "while it is passed on"]
    assert [source for source, _ in taken] == expected
    assert taken[0] == ("first", MONITOR)
    await held.take("later", (), PARTIAL)
    assert taken[-1] == ("later", PARTIAL)


async def test_no_more_than_a_limit_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_HELD", 1)
    held, taken = reports()
    await held.take("held", (), PARTIAL)
    await held.take("passed on at once", (), PARTIAL)
    assert taken == [("passed on at once", PARTIAL)]
