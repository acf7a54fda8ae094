"""`python -m lab`: the lab alone, to look at and to play with."""

import argparse
import asyncio
import signal

from lab.lab import Lab
from lab.page import LabPage


def main() -> None:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="lab", description="A simulated homelab on loopback.")
    parser.add_argument("--port", type=int, default=8099, help="port of the page (0: any)")
    parser.add_argument("--webhook-url", default="", help="the steward's Alertmanager webhook")
    parser.add_argument("--webhook-token", default="", help="the bearer token for it")
    parser.add_argument("--simulated-alertmanager", action="store_true", help="even where the real one is")
    options = parser.parse_args()
    asyncio.run(_serve(options))


async def _serve(options: argparse.Namespace) -> None:
    async with (
        Lab(real_alertmanager=not options.simulated_alertmanager) as lab,
        LabPage(lab, port=options.port) as page,
    ):
        if options.webhook_url:
            await lab.connect_steward(options.webhook_url, options.webhook_token)
        print(f"The lab is at {page.url}, Alertmanager is {lab.alertmanager.kind}. Ctrl-C ends it.")  # noqa: T201
        stopped = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
        await stopped.wait()


main()
