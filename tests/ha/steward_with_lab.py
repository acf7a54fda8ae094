"""Starts a real app with the lab, for tests in an environment that can import neither.

Run by the app's own Python. Says where the bridge is as one line of JSON; for every line it
reads it says what was changed in the lab so far; ends everything when nothing more can come. The
argument is for how many seconds updates are watched.
"""

import asyncio
import json
import secrets
import sys
import tempfile
from pathlib import Path
from typing import Any

from aiohttp import ClientSession

from demo.steward import Steward, settings_for
from lab.lab import Lab

PERSON = "alex"


async def main() -> None:
    """Serve until standard input ends."""
    token = secrets.token_urlsafe(32)
    with tempfile.TemporaryDirectory() as folder:
        async with ClientSession() as session, Lab(real_alertmanager=False, is_alerting=False) as lab:
            steward = Steward(session, Path(folder) / "steward")
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
                say({"port": steward.port, "token": token, "client_token": await steward.token()})
                while await asyncio.to_thread(sys.stdin.readline):
                    say([str(effect) for effect in lab.world.effects])
            finally:
                await steward.close()


def say(phrases: Any) -> None:
    """Write one line without buffering."""
    sys.stdout.write(json.dumps(phrases) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main())
