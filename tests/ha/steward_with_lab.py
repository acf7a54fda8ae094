"""Starts a real app with the lab, for tests in an environment that can import neither.

Run by the app's own Python. Says where the bridge is as one line of JSON; for every line it
reads it says what was changed in the lab so far; ends everything when nothing more can come. The
arguments are for how many seconds updates are watched, and how many times as fast the app's clock runs.
"""

import asyncio
import json
import secrets
import sys
import tempfile
from pathlib import Path
from typing import Any

from aiohttp import ClientSession

from demo.front_end import FrontEndClient
from demo.steward import START_SECONDS, Steward, settings_for
from lab.lab import Lab

PERSON = "alex"


async def main() -> None:
    """Serve until standard input ends."""
    token = secrets.token_urlsafe(32)
    with tempfile.TemporaryDirectory() as folder:
        async with ClientSession() as session, Lab(real_alertmanager=False, is_alerting=False) as lab:
            speed = float(sys.argv[2])
            steward = Steward(session, Path(folder) / "steward", None if speed == 1 else speed)
            people = [{"id": PERSON, "name": "Alex", "role": "owner", "telegram_user_id": 1}]
            mcp = {"tokens": [{"person": PERSON, "token": token, "as_password": True, "reader": "home"}]}
            settings = settings_for(lab, people)
            home = {"id": "home", "service": "home_assistant", "name": "Home", "settings": {}}
            more = {
                "instances": [*settings["instances"], home],
                "mcp": mcp,
                "changes": {"watch_seconds": int(sys.argv[1]), "watch_poll_seconds": 2},
            }
            await steward.write_settings({**settings, **more})
            try:
                await steward.start()
                await read_once(session, steward)
                say({"port": steward.port, "token": token, "client_token": await steward.token()})
                while await asyncio.to_thread(sys.stdin.readline):
                    say([str(effect) for effect in lab.world.effects])
            finally:
                await steward.close()


async def read_once(session: ClientSession, steward: Steward) -> None:
    """Wait until every service of the lab was read: tests ask for readings at once."""
    client = FrontEndClient(session, steward.url, await steward.token())
    await client.start()
    try:
        services = {one.id for one in client.instances.values() if one.service != "home_assistant"}
        await client.wait_for(lambda: services <= client.snapshots.keys(), START_SECONDS)
    finally:
        await client.close()


def say(phrases: Any) -> None:
    """Write one line without buffering."""
    sys.stdout.write(json.dumps(phrases) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main())
