"""Time that the integration adds to the start of Home Assistant, with forty services."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bench.figures import Figure, Goal, Result
from bench.progress import report
from bench.rig import BenchRig, forty_services
from demo.ha_api import HomeAssistantApi, list_of, object_of
from demo.home_assistant import HomeAssistant
from demo.integration import DOMAIN, Integration

PAIRS: Final = 3
SETTLE: Final = 5.0
"""Seconds until the entities of every instance exist."""

SETUP: Final = Goal(0.3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Seconds of two starts: with the integration and with its entry disabled.

    ``setup`` is the setup time of the integration, as Home Assistant reports it.
    """

    with_entry: float
    without: float
    setup: float


async def measure(*, pairs: int = PAIRS) -> Result:
    """Restart one Home Assistant with the integration and without it, in turns."""
    async with BenchRig(forty_services()) as rig:
        report("starts Home Assistant and the steward")
        home_assistant = await rig.start_home_assistant()
        await rig.start_steward()
        integration = Integration(home_assistant.api)
        await integration.set_up(rig.steward.url, await rig.steward.token())
        await integration.wait_until_loaded()
        await rig.wait_until_polled()
        await asyncio.sleep(SETTLE)
        entities, devices = len(await integration.entities()), len(await integration.devices())
        starts: list[Start] = []
        for pair in range(1, pairs + 1):
            starts.append(await _pair(home_assistant, integration))
            report(f"start with and without the integration, {pair} of {pairs}")
    return Result(
        name="ha_start",
        group="Home Assistant, Assist and MCP",
        title="Start of Home Assistant",
        how=HOW.format(pairs=pairs),
        figures=figures(starts, entities, devices),
    )


def figures(starts: Sequence[Start], entities: int, devices: int) -> tuple[Figure, ...]:
    """Return the figures of all starts."""
    return (
        Figure.of(
            "Start of Home Assistant, setup of the integration", "s", [one.setup for one in starts], SETUP
        ),
        Figure.of("Entities enabled by default, 40 services", "", [entities], is_headline=True),
        Figure.of("devices, 40 services", "", [devices]),
        Figure.of("start with the integration", "s", [one.with_entry for one in starts]),
        Figure.of("start without the integration", "s", [one.without for one in starts]),
        Figure.of("difference of a pair", "s", [one.with_entry - one.without for one in starts]),
    )


async def _pair(home_assistant: HomeAssistant, integration: Integration) -> Start:
    without = await _restart(home_assistant, integration, is_enabled=False)
    with_entry = await _restart(home_assistant, integration, is_enabled=True)
    await integration.wait_until_loaded()
    return Start(with_entry=with_entry, without=without, setup=await _setup_seconds(home_assistant.api))


async def _restart(home_assistant: HomeAssistant, integration: Integration, *, is_enabled: bool) -> float:
    """Return the seconds from the start of the process until Home Assistant reports that it runs."""
    disabled_by = None if is_enabled else "user"
    await home_assistant.api.command(
        "config_entries/disable", entry_id=integration.entry_id, disabled_by=disabled_by
    )
    await home_assistant.close()
    began = time.perf_counter()
    await home_assistant.start()
    await home_assistant.wait_until_running()
    return time.perf_counter() - began


async def _setup_seconds(api: HomeAssistantApi) -> float:
    rows = [object_of(row) for row in list_of(await api.command("integration/setup_info"))]
    (seconds,) = [row["seconds"] for row in rows if row.get("domain") == DOMAIN]
    if not isinstance(seconds, float):
        raise TypeError("the setup time is not a number")
    return seconds


HOW: Final = """\
One real Home Assistant is restarted with the integration and with its entry disabled, in {pairs} pairs. The
steward runs with forty services and answers at once. The setup time is the one that Home Assistant reports
for the integration (`integration/setup_info`): importing it, connecting, and adding its entities. The start
is the time until Home Assistant reports that it is running; it varies more than the setup time."""
