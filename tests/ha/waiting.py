"""Waits for conditions, and lets time pass for Home Assistant only."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from homeassistant.util.async_ import get_scheduled_timer_handles
from pytest_homeassistant_custom_component import common

HANGING: Final = 60.0
"""What has not happened after so many seconds will not happen, on a busy machine neither."""


async def becomes(condition: Callable[[], Any]) -> None:
    """Wait for a condition, but not for Home Assistant's tasks, some of which do not end."""
    async with asyncio.timeout(HANGING):
        while not condition():  # noqa: ASYNC110 - any condition
            await asyncio.sleep(0.005)


def pass_seconds(hass: HomeAssistant, seconds: float) -> None:
    """Let seconds pass for the timers of Home Assistant."""
    pass_time(hass, dt_util.utcnow() + timedelta(seconds=seconds))


def pass_time(hass: HomeAssistant, until: datetime) -> None:
    """Let the time pass for the timers of Home Assistant.

    The function of the harness also ends the timeouts of calls and of tests that are still under way: on a
    busy machine those failed.
    """
    with patch.object(common, "get_scheduled_timer_handles", _timers_of_home_assistant):
        common.async_fire_time_changed(hass, until)  # noqa: TID251 - this is the wrapper of it


def timeouts(seconds: float) -> list[asyncio.TimerHandle]:
    """Return the timeouts of so many seconds, more than HANGING, that are under way."""
    loop = asyncio.get_running_loop()
    timers = [one for one in get_scheduled_timer_handles(loop) if _is_timeout(one) and not one.cancelled()]
    return [one for one in timers if HANGING < one.when() - loop.time() <= seconds]


async def end_timeout(seconds: float) -> None:
    """Wait until a timeout of so many seconds, more than HANGING, has begun, and end it."""
    await becomes(lambda: timeouts(seconds))
    for timer in timeouts(seconds):
        timer._run()  # type: ignore[attr-defined]
        timer.cancel()


def _is_timeout(timer: asyncio.TimerHandle) -> bool:
    return isinstance(getattr(timer._callback, "__self__", None), asyncio.Timeout)  # type: ignore[attr-defined]


def _timers_of_home_assistant(loop: asyncio.AbstractEventLoop) -> list[asyncio.TimerHandle]:
    return [one for one in get_scheduled_timer_handles(loop) if _is_of_home_assistant(one)]


def _is_of_home_assistant(timer: asyncio.TimerHandle) -> bool:
    callback: Any = timer._callback  # type: ignore[attr-defined]
    return str(getattr(callback, "__module__", "")).startswith("homeassistant.")
