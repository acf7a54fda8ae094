"""The command that runs a drill: its output, its exit codes, and where its result is stored."""

import asyncio
import json
from pathlib import Path

import pytest

from homelab_steward.contract.drill import DrillReport
from rig.agent_rig import migrate_by_copy
from steward.drill import command
from steward.drill.probe import Probe
from steward.drill.results import NotApplicable, NotHeld
from steward.drill.scratch import Workshop
from steward.settings.model import Settings
from steward.store import audit
from steward.store.database import Database
from steward.store.drills import last_drill
from steward.store.folder_lock import FolderLock


async def _held(_: Workshop) -> None:
    """Hold."""


async def _failed(_: Workshop) -> None:
    raise NotHeld("somebody got past it")


async def _not_there(_: Workshop) -> None:
    raise NotApplicable("there are no fences")


async def _defect(_: Workshop) -> None:
    raise KeyError("secret")


HELD = Probe(id="held", title="It holds", run=_held)
FAILED = Probe(id="failed", title="It does not hold", run=_failed)
NOT_THERE = Probe(id="not-there", title="It is not there", run=_not_there)
DEFECT = Probe(id="defect", title="It breaks", run=_defect)


def installed(folder: Path) -> Settings:
    return Settings(data_dir=folder, database_url=f"sqlite+aiosqlite:///{folder / 'steward.db'}")


async def make_database(settings: Settings) -> Database:
    database = Database(settings.database_url)
    await migrate_by_copy(database)
    return database


async def test_every_held_rule_is_success(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "PROBES", (HELD, NOT_THERE))
    assert await command.drill(installed(tmp_path), as_json=True) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["probes"], found["held"], found["failed"]) == (2, 1, [])
    assert [one["id"] for one in found["not_applicable"]] == ["not-there"]
    assert not (tmp_path / "steward.db").exists(), "nothing is stored before the first start of the app"


async def test_failed_rule_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "PROBES", (HELD, FAILED, NOT_THERE, DEFECT))
    assert await command.drill(installed(tmp_path), as_json=False) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["held", "It", "holds"]
    assert lines[1].endswith("It does not hold: somebody got past it")
    assert lines[2].startswith("not applicable")
    assert "secret" not in lines[3]
    assert lines[4].startswith("1 of 4 held, 2 failed, 1 not applicable")


async def test_result_is_stored_once_with_an_audit_entry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "PROBES", (HELD, FAILED))
    settings = installed(tmp_path)
    database = await make_database(settings)
    try:
        for _ in range(2):
            await command.drill(settings, as_json=True)
        async with database.read() as connection:
            stored = await last_drill(connection)
            entries = await audit.page(connection, 10, event="drill")
            report = await audit.verify(connection)
    finally:
        await database.close()
    assert isinstance(stored, DrillReport)
    assert [one.id for one in stored.failed] == ["failed"]
    assert [json.loads(one.body)["held"] for one in entries] == [1, 1]
    assert (report.entries, report.broken_at) == (2, None)


async def test_second_drill_at_the_same_time_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "PROBES", (HELD,))
    lock = FolderLock.take(tmp_path / "drill")
    try:
        assert await command.drill(installed(tmp_path), as_json=True) == 2
    finally:
        lock.release()
    assert "Another drill runs" in capsys.readouterr().err


async def test_result_that_cannot_be_sent_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "PROBES", (HELD,))
    lock = FolderLock.take(tmp_path)
    try:
        assert await command.drill(installed(tmp_path), as_json=True) == 0
    finally:
        lock.release()
    assert "The result is not stored" in capsys.readouterr().err


async def test_too_slow_probe_has_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    slow = Probe(id="slow", title="It never ends", run=_never, seconds=0.01)
    monkeypatch.setattr(command, "PROBES", (slow,))
    assert await command.drill(installed(tmp_path), as_json=False) == 1
    assert "no answer in time" in capsys.readouterr().out


async def _never(_: Workshop) -> None:
    await asyncio.Event().wait()
