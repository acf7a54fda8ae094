"""Runs all checks; one that fails itself is reported as not checked."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

import structlog

from homelab_steward.contract.doctor import Area, DoctorReport, Versions

from ..errors import StewardError
from ..texts import translate
from .findings import Checked, worst_first

log = structlog.get_logger(__name__)

type Check = Callable[[], Awaitable[Checked]]


async def examine(
    checks: Mapping[Area, Check], versions: Versions, now: datetime, *, is_running: bool
) -> DoctorReport:
    """Return the report of all areas, in the order of ``Area``."""
    areas = [one for one in Area if one in checks]
    found = await asyncio.gather(*(_checked(one, checks[one]) for one in areas))
    return DoctorReport(
        at=now,
        versions=versions,
        areas=tuple(one.row() for one in found),
        findings=worst_first(found),
        is_running=is_running,
    )


async def _checked(area: Area, check: Check) -> Checked:
    try:
        return await check()
    except StewardError as err:
        reason = str(err)
    except Exception as err:
        log.exception("check failed", area=area.value)
        reason = type(err).__name__
    return Checked(area=area, text=translate(t"Not checked."), not_checked=[reason])
