"""What can be commanded: the beeper and a test of the battery."""

from functools import partial
from typing import Final

from ...errors import PreconditionFailed
from ...sdk.answers import worded
from ...sdk.description import Call
from ...sdk.kits import Job, Jobs, RunJob, Switch, Turn, always
from ...texts import Text
from .client import NutClient

TEST: Final = "test.battery.start.quick"
TEST_SECONDS: Final = 90.0


async def _missing(client: NutClient, call: Call, *, command: str) -> Text | None:
    commands = (await client.ups(call)).commands
    return None if command in commands else t"{call.target.name} has no command {command}"


def _turn(command: str, *, to: bool) -> Turn[NutClient]:
    refusal = partial(_missing, command=command)
    return Turn(to=to, run=partial(NutClient.command, name=command), refusal=refusal)


async def _beeps(client: NutClient, call: Call) -> bool:
    return (await client.ups(call)).beeps


BEEPER: Final = Switch(
    is_on=_beeps, on=_turn("beeper.enable", to=True), off=_turn("beeper.disable", to=False), label=t"Beeper"
)


async def _test(client: NutClient, call: Call) -> Job:
    """Return the last test by its date and its result: a UPS says no more of it."""
    values = (await client.ups(call)).values
    if values.test is None:
        raise PreconditionFailed(t"{call.target.name} does not report the results of its tests")
    handle, text = f"{values.test_date or ''} {values.test}", values.test.lower()
    is_running = "progress" in text or "running" in text
    ok = None if is_running else "pass" in text or "ok" in text
    return Job(handle=handle, is_running=is_running, ok=ok, text=values.test)


def _is_undated(handle: str) -> bool:
    """Return whether two tests that end alike look the same."""
    return handle.startswith(" ")


async def _last_test(client: NutClient, call: Call) -> Job | None:
    found = await _test(client, call)
    return None if _is_undated(found.handle) and not found.is_running else found


async def _undated(client: NutClient, call: Call) -> Text | None:
    return None if await _last_test(client, call) else t"{call.target.name} does not date its tests"


async def _start_test(client: NutClient, call: Call) -> str:
    before = (await _test(client, call)).handle
    await client.command(call, TEST)
    return before


async def _read_test(client: NutClient, call: Call, handle: str) -> Job:
    """Return the test that began after the one of ``handle``."""
    found = await _test(client, call)
    is_old = found.handle == handle or (_is_undated(found.handle) and not _is_undated(handle))
    return Job(handle=handle, is_running=True, text="under way") if is_old else found


async def _refusal(client: NutClient, call: Call) -> Text | None:
    ups = await client.ups(call)
    problem = worded(lambda: ups.on_battery() or "")
    return t"Power source: {problem}" if problem else await _missing(client, call, command=TEST)


TEST_BATTERY: Final = RunJob(
    start=_start_test,
    jobs=Jobs(read=_read_test, newest=_last_test, unread=_undated, seconds=TEST_SECONDS),
    changes=always(t"Battery", t"last test", t"tested for some seconds"),
    refusal=_refusal,
)
