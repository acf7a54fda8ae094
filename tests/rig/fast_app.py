"""Runs the app with a clock that runs faster, for tests of what takes minutes.

The arguments are the speed, and the settings file.
"""

import asyncio
import signal
import sys
from pathlib import Path

from steward.app import App
from steward.settings.reader import keep_secrets, read_settings

from .clocks import FastClock


async def run(speed: float, settings: Path) -> None:
    """Run until SIGINT or SIGTERM."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    app = App(keep_secrets(read_settings({}, None, settings)), FastClock(speed))
    await app.start()
    try:
        await stop.wait()
    finally:
        await app.close()


if __name__ == "__main__":
    asyncio.run(run(float(sys.argv[1]), Path(sys.argv[2])))
