"""The command that lists schedules."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rig.agent_rig import opened_store
from rig.databases import SERVER, store_url
from steward.__main__ import main
from steward.settings.model import Settings
from steward.store.schedule_states import RunState, ScheduleState, save
from steward.wiring.schedule_commands import list_schedules

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


async def test_each_schedule_has_its_next_and_last_run(tmp_path: Path) -> None:
    (tmp_path / "schedules").mkdir()
    (tmp_path / "schedules" / "mine.yaml").write_text("title: Mine\n")
    state = ScheduleState(id="backup", times="", since=NOW, state=RunState.FAILED, due_at=NOW, reason="full")
    async with opened_store(tmp_path) as store, store.change() as unit:
        await save(unit.connection, state)
        await save(unit.connection, replace(state, id="security-review", is_enabled=False, reason=""))
    settings = Settings(data_dir=tmp_path, database_url=store_url(tmp_path), time_zone="Europe/Vienna")
    lines = await list_schedules(settings, NOW)
    assert "backup: next 2026-11-29 13:00, last 2026-11-28 13:00 (failed: full)" in lines
    assert "weekly_report: next 2026-11-30 08:00" in lines
    assert "security-review: off, last 2026-11-28 13:00 (failed)" in lines
    assert "morning-briefing: off" in lines
    assert lines[-1] == "not used: mine.yaml, line 1: “cron” is missing"
    without = Settings(
        data_dir=tmp_path,
        database_url=store_url(tmp_path),
        weekly=replace(settings.weekly, weekday=None),
        backups=replace(settings.backups, every_hours=None),
    )
    assert not [one for one in await list_schedules(without, NOW) if one.startswith(("backup", "weekly"))]


@pytest.fixture(autouse=True)
def _no_server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name of the server of the tests is no setting of the command."""
    if "capsys" in request.fixturenames:
        monkeypatch.delenv(SERVER, raising=False)


def test_before_the_first_start_nothing_has_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (file := tmp_path / "steward.yaml").write_text(f"data_dir: {tmp_path / 'data'}\n")
    assert main(["schedules", "--settings", str(file)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [one.partition(":")[0] for one in lines][:2] == ["weekly_report", "backup"]
    assert "last" not in "".join(lines)
    assert not list((tmp_path / "data").glob("*.db"))


def test_a_database_that_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "data").mkdir()
    (file := tmp_path / "steward.yaml").write_text(
        f"data_dir: {tmp_path / 'data'}\ndatabase_url: sqlite+aiosqlite:///{tmp_path / 'wrong.db'}\n"
    )
    (tmp_path / "wrong.db").write_text("no database " * 100)
    assert main(["schedules", "--settings", str(file)]) == 1
    assert capsys.readouterr().err
