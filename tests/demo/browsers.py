"""Finds a browser, and plays a part in it step by step."""

import asyncio
import shutil
import time
from collections.abc import Awaitable, Callable, Mapping

from demo.installation import ROOT, Installation
from demo.processes import plain_environment
from demo.steps import Steps
from demo.waiting import expect, seen
from lab.wire import JsonObject, dumps
from lab.world import Effect

PYTHON = ROOT / ".venv-ha" / "bin" / "python"
NAMES = ("chromium", "chromium-browser", "google-chrome")
DID, DO = "did ", "do "
QUICK = 60.0
REQUESTED_MEMORY = "4096"
"""What `demo.first_browser` requests, in MiB."""


class BrowserError(Exception):
    """There is no browser, or what was played in it failed; the text says why."""


def find_browser() -> str:
    """Return the path of a browser. Raises BrowserError."""
    for name in NAMES:
        if (found := shutil.which(name)) is not None:
            return found
    raise BrowserError(f"none of {', '.join(NAMES)} is installed")


class Browsing:
    """One run of `demo.first_browser`; `deeds` is what the parent does when the browser asks for it."""

    def __init__(self, job: JsonObject, deeds: Mapping[str, Callable[[], Awaitable[None]]]) -> None:
        self._job = job
        self._deeds = deeds

    async def play(self, steps: Steps) -> dict[str, float]:
        """Report each step, and return when it was done. Raises StepFailedError."""
        process = await asyncio.create_subprocess_exec(
            str(PYTHON),
            "-m",
            "demo.first_browser",
            env=plain_environment(PYTHONPATH=str(ROOT / "tests")),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        if process.stdin is None or process.stdout is None or process.stderr is None:
            raise BrowserError("the browser has no pipes")
        errors = asyncio.create_task(process.stderr.read())
        times: dict[str, float] = {}
        try:
            process.stdin.write(dumps(self._job).encode() + b"\n")
            while (name := await self._next(process.stdin, process.stdout, steps)) is not None:
                times[name] = time.monotonic()
            await steps.play("browser closed", _ended(process, errors))
        finally:
            if process.returncode is None:
                process.kill()
            await errors
        return times

    async def _next(
        self, answers: asyncio.StreamWriter, lines: asyncio.StreamReader, steps: Steps
    ) -> str | None:
        """Wait for the next step and return its name, None at the end."""
        began = time.monotonic()
        while line := (await lines.readline()).decode().strip():
            if line.startswith(DID):
                steps.done(line.removeprefix(DID), time.monotonic() - began)
                return line.removeprefix(DID)
            await self._deeds[line.removeprefix(DO)]()
            answers.write(b"\n")
        return None


async def _ended(process: asyncio.subprocess.Process, errors: asyncio.Task[bytes]) -> None:
    if await process.wait():
        raise BrowserError((await errors).decode(errors="replace")[-2500:])


async def job_of(installation: Installation, part: str) -> JsonObject:
    """Return what the browser needs to know."""
    proxmox, owner = installation.lab.proxmox, installation.owner
    return {
        "program": find_browser(),
        "part": part,
        "home_assistant": installation.home_assistant.url,
        "username": owner.username,
        "password": owner.password,
        "person": owner.name,
        "steward": installation.steward.url,
        "token": await installation.steward.token(),
        "proxmox": {
            "url": proxmox.url,
            "token_id": f"{proxmox.user}!{proxmox.token_name}",
            "token_secret": proxmox.token_value,
        },
        "screens": None,
    }


async def play_sample(installation: Installation, steps: Steps) -> None:
    """Play a wrong input, a request and a decision in a browser, if there is one.

    Raises StepFailedError.
    """
    try:
        job = await job_of(installation, "sample")
    except BrowserError as err:
        steps.done(f"nothing is played in a browser: {err}", 0)
        return
    world = installation.lab.world
    before = len(world.effects)
    await Browsing(job, {}).play(steps)
    await steps.play("memory set once, as decided in the panel", _set_once(installation, before))


async def _set_once(installation: Installation, before: int) -> str:
    world = installation.lab.world

    def changed() -> list[Effect]:
        return [one for one in world.effects[before:] if one.service == "proxmox"]

    await seen(world.changes, changed, QUICK, "a change in Proxmox")
    (effect,) = changed()
    expect(str(effect.body.get("memory")) == REQUESTED_MEMORY, f"changed to {dict(effect.body)}")
    return f"{effect.method} {effect.path}"
