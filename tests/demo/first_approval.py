"""`python -m demo.first_approval`: from a new app to the first approval, in a browser, with the time."""

import argparse
import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from demo.browsers import Browsing, job_of
from demo.installation import Installation
from demo.processes import ChildEndedError
from demo.steps import StepFailedError, Steps
from demo.waiting import expect
from lab.population import RADARR

LIMIT_SECONDS = 300.0
RIGHT = "VM.PowerMgmt"
"""The right that the token lacks at first."""

type Deeds = Mapping[str, Callable[[], Awaitable[None]]]
"""What the household does when the browser asks for it."""


def main() -> int:
    """Return the exit code: 0 when the first approval comes within five minutes."""
    parser = argparse.ArgumentParser(prog="script/first-approval", description=__doc__)
    parser.add_argument("--screens", type=Path, metavar="FOLDER", help="take screenshots on the way")
    options = parser.parse_args()
    if options.screens is None:
        return asyncio.run(_run(None))
    options.screens.mkdir(parents=True, exist_ok=True)
    return asyncio.run(_run(options.screens.resolve()))


async def _run(screens: Path | None) -> int:
    steps = Steps(_print)
    async with Installation(keep=False) as installation:
        try:
            await installation.start_home(steps)
            began = time.monotonic()
            await steps.play("app started", installation.start_empty_steward())
            seconds = await _play(installation, steps, screens) - began
        except (StepFailedError, ChildEndedError) as err:
            _print("\n".join((*(f"{one.name}: {one.tail()}" for one in installation.children), str(err))))
            return 1
    pictures = ", with the time of the screenshots" if screens else ""
    _print(f"From the start of the app to the first approval: {seconds:.0f} s{pictures}.")
    return 0 if seconds <= LIMIT_SECONDS else 1


async def _play(installation: Installation, steps: Steps, screens: Path | None) -> float:
    """Play everything in the browser, and return when the first request was approved."""
    lab = installation.lab
    lab.proxmox.privileges.discard(RIGHT)

    async def grant() -> None:
        lab.proxmox.privileges.add(RIGHT)

    async def crash() -> None:
        lab.world.crash(RADARR)

    job = {**await job_of(installation, "first"), "screens": str(screens) if screens else None}
    deeds: Deeds = {"grant": grant, "crash": crash}
    browsing = Browsing(job, deeds)
    times = await browsing.play(steps)
    expect(len(lab.world.effects) == 1, f"{len(lab.world.effects)} changes in Proxmox instead of one")
    return times["first approval"]


def _print(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - output of the script


if __name__ == "__main__":
    sys.exit(main())
