"""`python -m demo`: the product on this machine, to play with (see --help) or to check."""

import argparse
import asyncio
import signal
import sys

from demo.household import Household
from demo.processes import ChildEndedError
from demo.steps import StepFailedError, Steps
from demo.story import play_story


def main() -> int:
    """Returns 0 when all went well."""
    parser = argparse.ArgumentParser(
        prog="script/demo",
        description="Real Home Assistant, the steward and a simulated homelab on this machine.",
    )
    parser.add_argument(
        "--check", action="store_true", help="play the story without a screen and say how it went"
    )
    parser.add_argument("--keep", action="store_true", help="keep the temporary folder")
    return asyncio.run(_until_told(parser.parse_args()))


async def _until_told(options: argparse.Namespace) -> int:
    """Run, and end everything properly on SIGINT and SIGTERM too."""
    work = asyncio.current_task()
    if work is None:
        raise RuntimeError("no task")
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, work.cancel)
    try:
        return await _run(options)
    except asyncio.CancelledError:
        _tell("Ended everything.")
        return 0 if not options.check else 130


async def _run(options: argparse.Namespace) -> int:
    async with Household(keep=options.keep) as household:
        steps = Steps(_tell)
        try:
            await household.furnish(steps)
            if options.check:
                await play_story(household, steps)
                _tell(f"All {steps.count} steps went well.")
                return 0
            _invite(household)
            raise ChildEndedError(await household.wait_for_end())
        except (StepFailedError, ChildEndedError) as err:
            _show_logs(household)
            _tell(f"{err}")
            return 1
        finally:
            if options.keep:
                _tell(f"Everything is kept in {household.folder}.")


def _invite(household: Household) -> None:
    owner = household.owner
    _tell(f"""
Home Assistant   {household.home_assistant.url}   user {owner.username}, password {owner.password}
The lab          {household.page.url}

In the lab press “Start the story”: Radarr's memory climbs, and both the phone and the topic
Arr Suite ask what to do. Press 1 on either and watch the other. In Home Assistant look at
Settings, Devices & services, Homelab Steward.
Ctrl-C ends everything.""")


def _show_logs(household: Household) -> None:
    for child in household.children:
        _tell(f"--- the last words of {child.name} ---\n{child.tail()}")


def _tell(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - it talks to a person


if __name__ == "__main__":
    sys.exit(main())
