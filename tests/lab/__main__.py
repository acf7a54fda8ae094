"""`python -m lab`: starts the lab alone."""

import argparse
import asyncio
import signal

from lab.lab import Lab
from lab.page import LabPage


def main() -> None:
    """Serve until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(prog="lab", description="A simulated homelab on loopback.")
    parser.add_argument("--port", type=int, default=8099, help="port of the page (0: any)")
    parser.add_argument("--webhook-url", default="", help="the steward's Alertmanager webhook")
    parser.add_argument("--webhook-token", default="", help="the bearer token for it")
    parser.add_argument("--simulated-alertmanager", action="store_true", help="even if the real one exists")
    options = parser.parse_args()
    asyncio.run(_serve(options))


async def _serve(options: argparse.Namespace) -> None:
    async with (
        Lab(real_alertmanager=not options.simulated_alertmanager) as lab,
        LabPage(lab, port=options.port) as page,
    ):
        if options.webhook_url:
            await lab.connect_steward(options.webhook_url, options.webhook_token)
        print(f"The lab is at {page.url}, Alertmanager is {lab.alertmanager.kind}. Press Ctrl-C to stop.")  # noqa: T201
        stopped = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
        await stopped.wait()


main()
