"""The result of a drill goes to the app that runs, whose clients get it."""

from dataclasses import replace
from pathlib import Path

from homelab_steward.contract.drill import DrillReport, ProbeReport
from rig.databases import store_url
from rig.inventory import NOW
from steward.app import App
from steward.drill.command import keep
from steward.settings.model import Listen, Settings
from steward.settings.reader import keep_secrets
from steward.store import audit
from steward.store.database import Database
from steward.store.drills import last_drill

FAILED = ProbeReport(id="forged-callback", title="A forged button does nothing", reason="it was taken")
REPORT = DrillReport(at=NOW, version="1", probes=30, held=29, failed=(FAILED,))


async def test_result_is_stored_by_the_app_that_runs(tmp_path: Path) -> None:
    listen = Listen(host="127.0.0.1", port=0)
    settings = keep_secrets(
        Settings(
            data_dir=tmp_path,
            database_url=store_url(tmp_path),
            workflow_database_url=f"sqlite:///{tmp_path / 'workflows.db'}",
            listen=listen,
        )
    )
    app = App(settings)
    await app.start()
    try:
        await keep(replace(settings, listen=replace(listen, port=app.port)), REPORT)
    finally:
        await app.close()
    database = Database(settings.database_url)
    try:
        async with database.read() as connection:
            assert await last_drill(connection) == REPORT
            assert len(await audit.page(connection, 10, event="drill.ended")) == 1
            assert (await audit.verify(connection)).broken_at is None
    finally:
        await database.close()
