"""steward restore-drill, as people use it, beside an app that runs and without one."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from homelab_steward.contract.restore_drill import BackupProof, ProofLevel, RestoreReport
from homelab_steward.contract.state import TargetRef
from rig.agent_rig import opened_store
from steward.app import App
from steward.command_line.command import FAILURE, SUCCESS, USAGE_ERROR
from steward.command_line.main import main
from steward.restore_drill.own_backup import TARGET
from steward.restore_drill.scratch import FOLDER
from steward.settings.model import Settings
from steward.settings.reader import keep_secrets, read_settings
from steward.store import restore_proofs
from steward.wiring.restore_drill_command import lines, restore_drill

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)


class Place:
    """A data folder with settings, and the command line for it."""

    def __init__(self, folder: Path, output: pytest.CaptureFixture[str]) -> None:
        self.data = folder / "data"
        self.data.mkdir()
        self._output = output
        self.settings = folder / "steward.yaml"
        self.settings.write_text(f"data_dir: {self.data}\nlisten: {{port: 0}}\n")

    def run(self, *arguments: str) -> tuple[int, str]:
        code = main([*arguments, "--settings", str(self.settings)])
        printed = self._output.readouterr()
        return code, printed.out + printed.err

    def read(self) -> Settings:
        return keep_secrets(read_settings({}, None, self.settings))

    async def create(self) -> None:
        async with opened_store(self.data) as store:
            await store.check()


@pytest.fixture
def place(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.delenv("STEWARD_TEST_POSTGRESQL", raising=False)
    return Place(tmp_path, capsys)


def test_before_the_first_start_no_drill_can_be_run(place: Place) -> None:
    code, text = place.run("restore-drill")
    assert (code, "There is no database yet" in text) == (USAGE_ERROR, True)
    assert not (place.data / "steward.db").exists()


def test_without_a_backup_nothing_is_proven(place: Place) -> None:
    asyncio.run(place.create())
    code, text = place.run("restore-drill")
    assert (code, "0 of 0 restorable" in text) == (FAILURE, True)


def test_the_own_backup_is_restored_while_the_app_does_not_run(place: Place) -> None:
    asyncio.run(place.create())
    assert place.run("backup")[0] == SUCCESS
    code, text = place.run("restore-drill")
    assert code == SUCCESS, text
    assert "restorable     Homelab Steward: backup of" in text
    assert "1 of 1 restorable" in text
    assert not [*(place.data / FOLDER).iterdir()]
    code, text = place.run("restore-drill", "--json")
    report = RestoreReport.from_plain(json.loads(text))
    assert (code, [one.level for one in report.proofs]) == (SUCCESS, [ProofLevel.ANSWERED])


def test_without_the_app_the_proofs_of_other_places_stay(place: Place) -> None:
    asyncio.run(place.create())
    vm = TargetRef(instance_id="pve", kind="vm", id="100", name="media")
    row = BackupProof(target=vm, drill="guest", newest_id="a", newest_at=NOW)

    async def stored() -> None:
        async with opened_store(place.data) as store, store.change() as unit:
            await restore_proofs.save(unit.connection, "pve", row)

    asyncio.run(stored())
    assert "media: backup of 2026-11-20 03:00 UTC" in place.run("restore-drill")[1]


def test_a_damaged_backup_is_a_failure(place: Place) -> None:
    asyncio.run(place.create())
    place.run("backup")
    (file,) = (place.data / "backups").iterdir()
    file.write_bytes(file.read_bytes()[:200])
    code, text = place.run("restore-drill")
    assert code == FAILURE
    assert "NOT PROVEN" in text
    assert "none on" in text


async def test_the_app_that_runs_does_it_and_its_clients_see_it(place: Place) -> None:
    settings = place.read()
    app = App(settings)
    await app.start()
    try:
        running = place.settings.read_text().replace("port: 0", f"port: {app.port}")
        place.settings.write_text(running)
        code = await asyncio.to_thread(_backup, place)
        assert code == SUCCESS
        is_good, shown = await restore_drill(place.read(), as_json=False)
    finally:
        await app.close()
    assert is_good, shown
    assert shown[-1] == "1 of 1 restorable"
    async with opened_store(place.data) as store, store.read() as connection:
        report = await restore_proofs.report(connection)
        proof = await restore_proofs.proof(connection, TARGET)
    assert report is not None
    assert report.proofs == (proof,)


def _backup(place: Place) -> int:
    return main(["backup", "--settings", str(place.settings)])


def test_the_lines_name_the_reason_and_what_was_not_removed() -> None:
    vm = TargetRef(instance_id="pve", kind="vm", id="100", name="media")
    failed = BackupProof(
        target=vm,
        drill="guest",
        newest_id="b",
        newest_at=NOW,
        backup_id="a",
        tried_at=NOW - timedelta(days=1),
        level=ProofLevel.RESTORED,
        reason="it did not start",
        skipped="no space",
    )
    unread = BackupProof(target=TARGET, drill="steward", newest_id="", newest_at=None, skipped="no disk")
    report = RestoreReport(days=30, proofs=(failed, unread), left=("steward-drill-1: locked",))
    tried = "backup of 2026-11-20 03:00 UTC; restored on 2026-11-19 03:00 UTC"
    assert lines(report, NOW) == [
        f"NOT PROVEN     media: {tried}; it did not start; no space",
        "NOT PROVEN     Homelab Steward: no backup was read; no disk",
        "NOT REMOVED    steward-drill-1: locked",
        "0 of 2 restorable",
    ]
