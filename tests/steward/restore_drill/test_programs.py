"""Programs that read backups: they get no secrets, end with the app, and their failures are told apart."""

import asyncio
import os
import signal
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from demo.waiting import becomes
from steward.errors import PreconditionFailed
from steward.restore_drill.programs import ProgramFailed, Programs, installed

SECRET = "heron-42"


class Folder:
    """A folder with programs, and what runs them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.programs = Programs(folder, f"{folder}:{installed()}", {"GIVEN": "yes"})

    def write(self, text: str, name: str = "tool") -> None:
        path = self.folder / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def tools(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


async def test_a_program_gets_only_what_it_needs(tools: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEWARD_API_TOKEN", SECRET)
    tools.write('env; pwd; echo "$1"')
    text = await tools.programs.output("tool", "a b")
    assert SECRET not in text
    assert "GIVEN=yes" in text.splitlines()
    assert text.splitlines()[-2:] == [str(tools.folder), "a b"]


async def test_an_error_has_the_end_of_what_was_written(tools: Folder) -> None:
    tools.write("echo part; echo 'it is  broken' >&2; exit 3")
    with pytest.raises(ProgramFailed, match=r"^it is broken$"):
        await tools.programs.output("tool")


async def test_much_output_on_both_streams_does_not_hang(tools: Folder) -> None:
    tools.write("head -c 3000000 /dev/zero; head -c 3000000 /dev/zero >&2")
    assert len(await tools.programs.output("tool")) == 3_000_000


async def test_a_program_that_is_not_installed_says_nothing_about_a_backup(tools: Folder) -> None:
    with pytest.raises(PreconditionFailed, match="The program tool is not installed where the app runs"):
        await tools.programs.output("tool")


async def test_a_program_ends_with_what_runs_it(tools: Folder) -> None:
    # Without programs: a shell can lose a signal that comes while it starts one.
    tools.write("trap '' TERM; trap ': >ended; exit' QUIT; : >begun; while :; do :; done")
    async with tools.programs.running("tool", end=signal.SIGQUIT) as process:
        await becomes(_exists(tools.folder / "begun"), 60, "the program runs")
    assert process.returncode == 0
    assert (tools.folder / "ended").exists()


async def test_a_cancelled_program_ends(tools: Folder) -> None:
    tools.write("echo $$ > pid.new; mv pid.new pid; exec sleep 3600")
    running = asyncio.create_task(tools.programs.output("tool"))
    await becomes(_exists(tools.folder / "pid"), 60, "the program runs")
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tools.folder / "pid").read_text()), 0)


def _exists(path: Path) -> Callable[[], Awaitable[bool]]:
    async def look() -> bool:
        return await asyncio.to_thread(path.exists)

    return look
