"""Runs a whole drill and reports it."""

import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from zoneinfo import ZoneInfo

from homelab_steward.contract.drill import DrillReport, ProbeReport

from ..settings.model import Settings
from ..texts import set_household, set_zone, translate
from .probe import Probe, ProbeResult
from .results import Result
from .runner import run_probes
from .scratch import open_workshop
from .workplace import workplace

_MARKS = {Result.HELD: "held", Result.FAILED: "FAILED", Result.NOT_APPLICABLE: "not applicable"}


async def run_drill(
    installed: Settings, probes: Iterable[Probe]
) -> tuple[DrillReport, Sequence[ProbeResult]]:
    """Run the probes with the installed settings; return the report and every result.

    Raises DrillUnderWay, StoreUnavailable, and ContractError for settings that cannot be used.
    """
    set_household(installed.language)
    set_zone(ZoneInfo(installed.time_zone))
    begun = time.monotonic()
    with workplace(installed.data_dir) as folder:
        async with open_workshop(installed, folder) as shop:
            results = await run_probes(shop, probes)
    return report_of(results, datetime.now(UTC), time.monotonic() - begun), results


def report_of(results: Sequence[ProbeResult], at: datetime, seconds: float) -> DrillReport:
    """Return the report of results. Pure. Only what held counts as held."""
    return DrillReport(
        at=at,
        version=version("homelab-steward"),
        probes=len(results),
        held=sum(one.result is Result.HELD for one in results),
        failed=tuple(_report(one) for one in results if one.result is Result.FAILED),
        not_applicable=tuple(_report(one) for one in results if one.result is Result.NOT_APPLICABLE),
        seconds=round(seconds, 1),
    )


def _report(one: ProbeResult) -> ProbeReport:
    return ProbeReport(id=one.probe.id, title=translate(one.probe.title), reason=one.reason)


def table(report: DrillReport, results: Iterable[ProbeResult]) -> list[str]:
    """Return the results as lines, the summary last. Pure."""
    lines = [
        f"{_MARKS[one.result]:<14} {one.probe.title}" + (f": {one.reason}" if one.reason else "")
        for one in results
    ]
    failed, left = len(report.failed), len(report.not_applicable)
    summary = f"{report.held} of {report.probes} held, {failed} failed, {left} not applicable"
    return [*lines, f"{summary} ({report.seconds:g} s)"]
