"""The doctor on the command line: while no app runs, and while one does."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from homelab_steward.contract.doctor import (
    Area,
    AreaChecked,
    DoctorReport,
    Finding,
    FindingSeverity,
    Versions,
)
from homelab_steward.contract.incidents import IncidentStatus
from homelab_steward.contract.state import TargetRef
from lab.faults import Faults
from lab.radarr import RadarrSimulator
from lab.world import World
from rig import records
from rig.agent_rig import opened_store
from rig.databases import SERVER, store_url
from steward.app import App
from steward.clock import SystemClock
from steward.command_line.command import FAILURE, SUCCESS
from steward.command_line.main import main
from steward.doctor.terminal import report_lines
from steward.secret_file import keep_secret
from steward.settings.model import ConfiguredInstance, Listen, Settings
from steward.settings.reader import keep_secrets
from steward.store.incidents import save_incident
from steward.wiring.doctor_command import AppDoesNotAnswer, doctor_report, versions


@pytest.fixture(autouse=True)
def _no_server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name of the server of the tests is no setting of the command."""
    if "capsys" in request.fixturenames:
        monkeypatch.delenv(SERVER, raising=False)


class Wrong(SystemClock):
    """A clock that is two hours late."""

    def now(self) -> datetime:
        return datetime.now(UTC) - timedelta(hours=2)


def settings_of(folder: Path, *instances: ConfiguredInstance) -> Settings:
    return Settings(
        data_dir=folder / "data",
        database_url=f"sqlite+aiosqlite:///{folder}/data/steward.db",
        listen=Listen(port=0),
        instances=instances,
    )


def instance(key: str, url: str, secret: str) -> ConfiguredInstance:
    return ConfiguredInstance(id=key, service="radarr", name=key, settings={"url": url, "api_key": secret})


def of_instance(key: str) -> TargetRef:
    return TargetRef(instance_id=key, kind="instance", id=key, name=key)


def findings(report: DoctorReport) -> dict[str, str]:
    return {one.id: one.problem for one in report.findings}


async def test_services_are_read_without_an_app(tmp_path: Path) -> None:
    radarr = RadarrSimulator(World(), Faults())
    await radarr.start()
    try:
        settings = settings_of(
            tmp_path,
            instance("good", radarr.url, radarr.api_key),
            instance("wrong", radarr.url, "0123456789abcdef0123456789abcdef"),
            instance("dead", "http://127.0.0.1:9", "0123456789abcdef0123456789abcdef"),
        )
        report = await doctor_report(settings, None)
        late = await doctor_report(settings, None, clock=Wrong())
    finally:
        await radarr.close()
    found = findings(report)
    assert not report.is_running
    assert "services.good.state" not in found
    assert "401" in found["services.wrong.state"]
    assert "cannot connect" in found["services.dead.state"]
    assert "clock.own" not in found
    assert "2 hours behind" in findings(late)["clock.own"]
    assert not (tmp_path / "data").exists()


async def test_no_secret_is_in_the_report(tmp_path: Path) -> None:
    secret = "a-secret-of-the-test-0123456789"
    report = await doctor_report(settings_of(tmp_path, instance("dead", "http://127.0.0.1:9", secret)), None)
    assert secret not in json.dumps(report.to_dict())


async def test_a_full_disk_fails(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    report = await doctor_report(settings_of(tmp_path), None, free=lambda _: 1024)
    assert "storage.space" in findings(report)
    assert report.has_problem


@pytest.mark.parametrize(("settings", "code"), [("", SUCCESS), ("sentences_dir: nowhere\n", FAILURE)])
def test_the_exit_code_says_whether_anything_has_to_be_done(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], settings: str, code: int
) -> None:
    file = tmp_path / "steward.yaml"
    file.write_text(f"data_dir: {tmp_path}/data\nlisten: {{port: 0}}\n{settings}")
    assert main(["doctor", "--settings", str(file)]) == code
    text = capsys.readouterr().out
    assert text.startswith("No running app was reached on port 0: this command checked what it can itself.")
    assert "\x1b" not in text
    assert ("sentences_dir" in text) is (code == FAILURE)
    assert main(["doctor", "--json", "--settings", str(file)]) == code
    assert DoctorReport.from_plain(json.loads(capsys.readouterr().out)).has_problem is (code == FAILURE)


def test_without_a_settings_file_the_command_says_that_the_app_may_have_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STEWARD_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("STEWARD_LISTEN__PORT", "0")
    assert main(["doctor"]) == SUCCESS
    assert "port 0 (the settings of an app with a settings file need --settings)" in capsys.readouterr().out


def test_versions_without_an_app(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "steward.yaml"
    file.write_text(f"data_dir: {tmp_path}/data\nlisten: {{port: 0}}\n")
    assert main(["version", "--settings", str(file)]) == SUCCESS
    lines = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())
    assert lines["database"] == "none yet"
    assert lines["integration"] == "not connected"
    assert set(lines) == {"app", "contract", "database", "Python", "integration"}


async def test_the_app_that_runs_is_asked(tmp_path: Path) -> None:
    url, workflow_url = store_url(tmp_path), f"sqlite:///{tmp_path / 'workflows.db'}"
    dead = instance("dead", "http://127.0.0.1:9", "0123456789abcdef0123456789abcdef")
    settings = keep_secrets(
        Settings(
            data_dir=tmp_path,
            database_url=url,
            workflow_database_url=workflow_url,
            listen=Listen(host="127.0.0.1", port=0),
            instances=(dead,),
        )
    )
    # The service was down before the app was started: its incident says so already.
    known = records.incident(status=IncidentStatus.UNSOLVED, target=of_instance("dead"))
    async with opened_store(tmp_path) as store, store.change() as unit:
        await save_incident(unit.connection, known)
    app = App(settings)
    await app.start()
    try:
        at = Settings(data_dir=tmp_path, database_url=url, listen=Listen(port=app.port))
        report = await doctor_report(at, None)
        found = await versions(at)
        keep_secret(tmp_path / "other" / "token", lambda: "another-token-of-the-test")
        wrong = Settings(data_dir=tmp_path / "other", database_url=url, listen=Listen(port=app.port))
        with pytest.raises(AppDoesNotAnswer):
            await doctor_report(wrong, None)
    finally:
        await app.close()
    assert report.is_running
    assert "cannot connect" in findings(report)["services.dead.state"]
    assert [one.id for one in report.findings if one.needs_repair] == []
    assert {one.key: one.ok for one in report.health}["database"] is True
    assert "home.connected" in findings(report)
    assert "network.port" not in findings(report)
    assert found.database == report.versions.database is not None


def sample() -> DoctorReport:
    finding = Finding(
        id="clock.own",
        area=Area.CLOCK,
        severity=FindingSeverity.ERROR,
        subject="Clock",
        problem="It is late. " * 20,
        why="Times are wrong.",
        remedy="Set it.",
    )
    areas = (
        AreaChecked(area=Area.CLOCK, text="Checked."),
        AreaChecked(area=Area.TELEGRAM, text="Checked."),
        AreaChecked(area=Area.HOME, text="Checked.", not_checked=("Phones.",)),
    )
    known = Versions(app="1", contract=1, database=None, python="3.14")
    return DoctorReport(at=datetime.now(UTC), versions=known, areas=areas, findings=(finding,))


def test_lines_are_aligned_and_colored_on_a_terminal_only() -> None:
    colored = list(report_lines(sample(), in_color=True))
    plain = list(report_lines(sample(), in_color=False))
    assert any("\x1b[31merror" in one for one in colored)
    assert not any("\x1b" in one for one in plain)
    assert plain[-1] == "1 error"
    assert max(map(len, plain)) <= 100
    columns = {one.index("Checked") for one in plain if "Checked" in one}
    assert len(columns) == 1
