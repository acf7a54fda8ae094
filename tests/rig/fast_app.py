"""Runs the app with a clock that runs faster, for tests of what takes minutes.

The arguments are the speed, the settings file, the seconds of a step (0: the clock does not move in steps),
and optionally a file and a number of stack frames: a census of the process is written to the file on SIGUSR1,
with allocations by their innermost frames if there are any.
"""

import asyncio
import signal
import sys
from pathlib import Path

from steward.app import App
from steward.heap import limit_heap
from steward.settings.reader import keep_secrets, read_settings

from .census import write
from .clocks import CoarseClock, FastClock


async def run(speed: float, settings: Path, step: float = 0.0) -> None:
    """Run until SIGINT or SIGTERM."""
    limit_heap()
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


async def run_with_census(speed: float, settings: Path, step: float, census: Path, frames: int) -> None:
    """Run until SIGINT or SIGTERM, and write a census on SIGUSR1."""
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, write, census, frames)
    await run(speed, settings, step)


def main(speed: str, settings: str, step: str = "0", census: str = "", frames: str = "0") -> None:
    """Run with these arguments."""
    if census:
        asyncio.run(run_with_census(float(speed), Path(settings), float(step), Path(census), int(frames)))
    else:
        asyncio.run(run(float(speed), Path(settings), float(step)))


if __name__ == "__main__":
    main(*sys.argv[1:])
