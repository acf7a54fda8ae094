"""Runs the probes one after another, each with a time limit."""

import asyncio
import time
from collections.abc import Iterable

import structlog

from ..errors import describe_error
from .probe import Probe, ProbeResult
from .results import NotApplicable, NotHeld, Result
from .scratch import Workshop

log = structlog.get_logger(__name__)


async def run_probes(shop: Workshop, probes: Iterable[Probe]) -> tuple[ProbeResult, ...]:
    """Return the result of each probe."""
    return tuple([await run_probe(shop, one) for one in probes])


async def run_probe(shop: Workshop, probe: Probe) -> ProbeResult:
    """Run one probe. One that cannot be carried out, or takes too long, has failed."""
    begun = time.monotonic()
    result, reason = await _result(shop, probe)
    return ProbeResult(probe=probe, result=result, reason=reason, seconds=time.monotonic() - begun)


async def _result(shop: Workshop, probe: Probe) -> tuple[Result, str]:
    try:
        async with asyncio.timeout(probe.seconds):
            await probe.run(shop)
    except NotHeld as err:
        return Result.FAILED, str(err)
    except NotApplicable as err:
        return Result.NOT_APPLICABLE, str(err)
    except Exception as err:
        log.exception("probe could not be carried out", probe=probe.id)
        return Result.FAILED, f"the probe could not be carried out: {describe_error(err)}"
    return Result.HELD, ""
