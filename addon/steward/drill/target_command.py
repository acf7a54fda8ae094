"""The command for a drill on marked targets: the app that runs asks an owner, and does it."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Final

import aiohttp

from homelab_steward.contract.drill import DrillTargets, TargetDrill, TryState
from homelab_steward.contract.errors import ContractError
from homelab_steward.contract.state import FrontEnd, Speaker
from mcp_bridge.remote import RemoteSteward

from ..errors import StewardError
from ..secret_file import read_secret
from ..settings.model import Settings
from ..wiring.schedule_commands import CONNECT_SECONDS, USER, address_of

HELD: Final = 0
FAILED: Final = 1
NOT_RUN: Final = 2

EVERY: Final = 2.0
"""Seconds between two looks at what became of it."""

ASKED: Final = "An owner is asked now, in the panel, on the phone and in Telegram. This waits for the end."

_MARKS: Final = {
    TryState.WAITS: "waits",
    TryState.UNDONE: "undone",
    TryState.FAILED: "FAILED",
    TryState.NOT_TRIED: "not tried",
}

type Send = Callable[[DrillTargets], Awaitable[TargetDrill]]


async def drill_targets(settings: Settings, *, as_json: bool) -> int:
    """Ask for a drill on marked targets, wait for its end, and print it.

    Returns 1 when an undo failed or the inventory differs afterwards, 2 when nothing could be tried.
    """
    try:
        async with AsyncExitStack() as stack:
            found = await wait_for_end(await _connected(settings, stack), as_json=as_json)
    except (StewardError, ContractError, OSError) as err:
        print(f"The drill could not be run: {err}", file=sys.stderr)  # noqa: T201
        return NOT_RUN
    print(json.dumps(found.to_dict()) if as_json else "\n".join(lines(found)))  # noqa: T201
    return exit_code(found)


async def wait_for_end(send: Send, *, as_json: bool, every: float = EVERY) -> TargetDrill:
    """Ask for a drill and return it when it has ended. Raises ContractError."""
    speaker = Speaker(front_end=FrontEnd.COMMAND_LINE, user_id=USER)
    found = await send(DrillTargets(speaker=speaker))
    if not as_json:
        print("\n".join([*lines(found), ASKED]), flush=True)  # noqa: T201
    while found.ended_at is None:
        await asyncio.sleep(every)
        found = await send(DrillTargets(speaker=speaker, approval_id=found.approval_id))
    return found


async def _connected(settings: Settings, stack: AsyncExitStack) -> Send:
    token = settings.api_token or read_secret(settings.data_dir / "token")
    url, trusted = address_of(settings.listen)
    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trusted))
    app = RemoteSteward(await stack.enter_async_context(session), url, token)
    stack.push_async_callback(app.close)
    await app.start(CONNECT_SECONDS)
    return app.drill_targets


def exit_code(drill: TargetDrill) -> int:
    """Return 0 when all that was tried is undone and nothing else changed. Pure."""
    states = [one.state for one in drill.tries]
    if drill.differences or TryState.FAILED in states:
        return FAILED
    return HELD if TryState.UNDONE in states else NOT_RUN


def lines(drill: TargetDrill) -> list[str]:
    """Return a drill as lines, the summary last. Pure. Only what was undone counts."""
    found = [
        f"{_MARKS[one.state]:<14} {one.target.name}: {one.title}" + (f": {one.reason}" if one.reason else "")
        for one in drill.tries
    ]
    found += [f"{'not applicable':<14} {one}" for one in drill.left_out]
    found += [f"{'DIFFERENT':<14} {one}" for one in drill.differences]
    count = {state: sum(one.state is state for one in drill.tries) for state in TryState}
    summary = f"{count[TryState.UNDONE]} of {len(drill.tries)} undone, {count[TryState.FAILED]} failed"
    summary += f", {count[TryState.NOT_TRIED]} not tried, {len(drill.left_out)} not applicable"
    return [*found, summary]
