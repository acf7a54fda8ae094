"""`python -m demo`: starts the demo to try it out, or plays the story as a check (see --help)."""

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from demo.faults import play_faults
from demo.installation import Installation
from demo.processes import ChildEndedError
from demo.screens import play_for_screenshots
from demo.steps import StepFailedError, Steps
from demo.story import play_story, verify_audit

INTERRUPTED = 130


def main() -> int:
    """Return the exit code: 0 on success."""
    parser = argparse.ArgumentParser(
        prog="script/demo",
        description="Real Home Assistant, the steward and a simulated homelab on this machine.",
    )
    parser.add_argument(
        "--check", action="store_true", help="play the story without a browser window and report the result"
    )
    parser.add_argument("--faults", action="store_true", help="with --check: also play the story with faults")
    parser.add_argument("--screens", type=Path, metavar="FOLDER", help="play the story and take screenshots")
    parser.add_argument("--keep", action="store_true", help="keep the temporary folder")
    return asyncio.run(_until_stopped(parser.parse_args()))


async def _until_stopped(options: argparse.Namespace) -> int:
    """Run until the end, or until SIGINT or SIGTERM, and stop all processes."""
    work = asyncio.create_task(_run(options))
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    waiting_for_stop = asyncio.create_task(stopping.wait())
    await asyncio.wait((work, waiting_for_stop), return_when=asyncio.FIRST_COMPLETED)
    waiting_for_stop.cancel()
    if not stopping.is_set():
        return await work
    _print("Stopping…")
    work.cancel()  # only once: a second Ctrl-C must not interrupt the cleanup
    await asyncio.wait((work,))
    return INTERRUPTED if options.check or options.screens else 0


async def _run(options: argparse.Namespace) -> int:
    async with Installation(keep=options.keep) as installation:
        steps = Steps(_print)
        try:
            await installation.start_all(steps, has_history=not options.screens)
            if options.check or options.screens:
                await _play(installation, steps, options)
                _print(f"All {steps.count} steps succeeded.")
                return 0
            _print_instructions(installation)
            raise ChildEndedError(await installation.wait_for_end())
        except (StepFailedError, ChildEndedError) as err:
            _show_logs(installation)
            _print(f"{err}")
            return 1
        finally:
            if options.keep:
                _print(f"The files are in {installation.folder}.")


async def _play(installation: Installation, steps: Steps, options: argparse.Namespace) -> None:
    if options.screens:
        await play_for_screenshots(installation, steps, options.screens)
    else:
        await play_story(installation, steps)
    if options.faults:
        await play_faults(installation, steps)
    await steps.play("audit log verified", verify_audit(installation))


def _print_instructions(installation: Installation) -> None:
    owner = installation.owner
    _print(f"""
Home Assistant   {installation.home_assistant.url}   user {owner.username}, password {owner.password}
The lab          {installation.page.url}

In the lab press “Start the story”: Radarr's memory climbs, and both the phone and the topic
Media ask what to do. Press 1 on either and watch the other. In Home Assistant look at
Settings, Devices & services, Homelab Steward, and ask it in Assist (the bubble on the Overview):
“What is wrong?”, “Restart Radarr”, “Why do the downloads in the queue of Radarr wait?”
“Open pull request #47” asks about Sonarr 4.0.2: approve it, and Argo CD deploys what is merged.
“Run Paperless” asks about version 2.13.2, which damages its data: it goes back with its data.
Ctrl-C ends everything.""")


def _show_logs(installation: Installation) -> None:
    for child in installation.children:
        _print(f"--- {child.name} {child.state}; end of its log: ---\n{child.tail()}")


def _print(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - output of the demo


if __name__ == "__main__":
    sys.exit(main())
