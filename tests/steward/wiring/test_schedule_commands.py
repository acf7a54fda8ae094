"""The command that lists schedules."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rig.agent_rig import opened_store
from rig.databases import SERVER, store_url
from steward.app import App
from steward.command_line.main import main
from steward.settings.model import Listen, Settings
from steward.settings.reader import keep_secrets
from steward.store.schedule_states import RunState, ScheduleState, save
from steward.wiring.schedule_commands import NotRun, address_of, list_schedules, run_schedule

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


async def test_a_schedule_is_run_in_the_app_that_runs(tmp_path: Path) -> None:
    (tmp_path / "schedules").mkdir()
    (tmp_path / "schedules" / "mine.yaml").write_text(
        "title: Mine\ncron: 0 12 * * *\nrules: [requests, authentication]\nsend: news\n"
    )
    listen = Listen(host="127.0.0.1", port=0)
    url, workflow_url = store_url(tmp_path), f"sqlite:///{tmp_path / 'workflows.db'}"
    settings = keep_secrets(
        Settings(data_dir=tmp_path, database_url=url, workflow_database_url=workflow_url, listen=listen)
    )
    app = App(settings)
    await app.start()
    try:
        running = replace(settings, listen=replace(listen, port=app.port))
        lines = await run_schedule(running, "mine")
        assert lines[0] == "mine: done (nothing to say, so nothing was sent)"
        assert lines[1].startswith("not checked: Ports")
        assert [one for one in await list_schedules(running, NOW) if "mine" in one and "(done)" in one]
        with pytest.raises(NotRun, match="There is no such schedule"):
            await run_schedule(running, "theirs")
        with pytest.raises(NotRun, match="refused the access token"):
            await run_schedule(replace(running, api_token="wrong" * 8), "mine")
    finally:
        await app.close()
    with pytest.raises(NotRun, match="did not answer"):
        await run_schedule(running, "mine", seconds=0.1)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("0.0.0.0", "127.0.0.1"),  # noqa: S104 - nothing listens
        ("::", "[::1]"),
        ("192.168.1.4", "192.168.1.4"),
    ],
)
def test_the_app_is_asked_on_this_machine(host: str, address: str) -> None:
    assert address_of(Listen(host=host, port=8099)) == (f"http://{address}:8099", True)


@pytest.mark.parametrize("arguments", [["run"], ["list", "mine"]])
def test_a_name_is_given_to_run_only(
    tmp_path: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (file := tmp_path / "steward.yaml").write_text(f"data_dir: {tmp_path / 'data'}\n")
    assert main(["schedules", *arguments, "--settings", str(file)]) == 2
    assert "schedules run NAME" in capsys.readouterr().err
