"""Runs the app with a clock that runs faster, for tests of what takes minutes.

The arguments are the speed, the settings file, and the seconds of a step if the clock moves in steps.
"""

import asyncio
import signal
import sys
from pathlib import Path

from steward.app import App
from steward.settings.reader import keep_secrets, read_settings

from .clocks import CoarseClock, FastClock


async def run(speed: float, settings: Path, step: float = 0.0) -> None:
    """Run until SIGINT or SIGTERM."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    clock = CoarseClock(speed, step) if step else FastClock(speed)
    app = App(keep_secrets(read_settings({}, None, settings)), clock)
    moving = asyncio.create_task(clock.run()) if isinstance(clock, CoarseClock) else None
    await app.start()
    try:
        await stop.wait()
    finally:
        await app.close()
        if moving is not None:
            moving.cancel()


if __name__ == "__main__":
    asyncio.run(run(float(sys.argv[1]), Path(sys.argv[2]), *map(float, sys.argv[3:])))
