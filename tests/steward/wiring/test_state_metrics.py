"""Gauges show what is known and stored at the time of the scrape, and answer without a database."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.mode import Pause, PauseScope, StewardMode
from homelab_steward.contract.model_limits import LimitUse
from homelab_steward.contract.state import (
    FrontEnd,
    Instance,
    InstanceStatus,
    Origin,
    Resource,
    Snapshot,
)
from rig.agent_rig import migrate_by_copy
from rig.databases import store_url
from rig.inventory import NOW
from steward.clock import ManualClock
from steward.event_webhooks.events import Backlog
from steward.llm.messages import DeploymentHealth, Tier
from steward.store.database import Database
from steward.store.mode import write_mode
from steward.store.tables import approvals, incidents, journal, runs
from steward.telegram.tables import outbox
from steward.wiring import state_metrics as module
from steward.wiring.state_metrics import StateMetrics, StateSources

RADARR = Instance(
    id="i1",
    service="radarr",
    name="Films",
    origin=Origin.FILE,
    status=InstanceStatus.OK,
    polled_at=NOW,
)


RAW = {"body": b""}


async def fill(connection: AsyncConnection) -> None:
    """Store a request that waits and one that does not, two runs with steps, and two messages."""
    await connection.execute(
        insert(incidents).values(
            id="i",
            number=1,
            group_key="g",
            status="waiting",
            opened_at=NOW,
            updated_at=NOW,
            is_request=False,
            severity="warning",
            category="media",
            title="t",
            **RAW,
        )
    )
    for key, status, hours in (("new", "pending", 0), ("old", "pending", 1), ("done", "approved", 9)):
        at = NOW - timedelta(hours=hours)
        values = {"id": key, "incident_id": "i", "status": status, "created_at": at, "expires_at": NOW}
        await connection.execute(insert(approvals).values(asked="[]", **values, **RAW))
    for run, status, state in (("r1", "running", "effect_unknown"), ("r2", "succeeded", "started")):
        values = {"id": run, "incident_id": "i", "status": status, "started_at": NOW, "before": b""}
        await connection.execute(insert(runs).values(**values, **RAW))
        step = {"run_id": run, "position": 0, "state": state, "idempotency_key": run, "changed_at": NOW}
        await connection.execute(
            insert(journal).values(baseline=b"", has_effect=True, preserves=False, **step)
        )
    for key, waiting, seconds in (("card", True, 60), ("sent", False, 600)):
        await connection.execute(
            insert(outbox).values(
                chat_id=1,
                key=key,
                kind="card",
                topic="media",
                own_topic=False,
                incident_id="i",
                approval_id="",
                priority=1,
                text="t",
                buttons="[]",
                reply_to="",
                version=1,
                sent_version=0,
                attempt="",
                waiting=waiting,
                held=False,
                is_open=True,
                form=0,
                failure="",
                is_silent=False,
                file_name="",
                changed_at=NOW - timedelta(seconds=seconds),
            )
        )


class Known:
    def __init__(self) -> None:
        self.found: tuple[Instance, ...] = (RADARR,)
        self.read: Snapshot | None = Snapshot(
            instance_id="i1",
            taken_at=NOW - timedelta(seconds=30),
            values={"queue": 3, "free": None},
            unknown={"free": "Not read"},
            resources=(Resource(kind="disk", id="d", name="d", values={"used": 1, "total": 2}),),
        )

    def instances(self) -> tuple[Instance, ...]:
        return self.found

    def snapshot(self, instance_id: str) -> Snapshot | None:
        return self.read


class Rig:
    def __init__(self, folder: Path) -> None:
        self.database = Database(store_url(folder))
        self.known = Known()
        self.registry = CollectorRegistry()
        self.deployments: Sequence[DeploymentHealth] = ()
        self.hooks: Mapping[str, Backlog] = {}
        self.is_stalled = False
        self.metrics = StateMetrics(
            self.registry,
            StateSources(
                instances=self.known,
                database=self.database,
                data_dir=folder,
                models=self.models,
                webhooks=self.webhooks,
                clock=ManualClock(NOW),
                version="1.2.3",
            ),
        )

    async def models(self) -> Sequence[DeploymentHealth]:
        if self.is_stalled:
            await asyncio.Event().wait()
        return self.deployments

    async def webhooks(self) -> Mapping[str, Backlog]:
        return self.hooks

    async def value(self, name: str, **labels: str) -> float | None:
        await self.metrics.refresh()
        return self.registry.get_sample_value(name, labels)


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    made = Rig(tmp_path)
    await migrate_by_copy(made.database)
    yield made
    await made.database.close()


FILMS = {"instance": "Films", "service": "radarr"}


async def test_an_instance_that_was_read(rig: Rig) -> None:
    assert await rig.value("steward_build_info", version="1.2.3") == 1
    assert await rig.value("steward_instance_up", **FILMS) == 1
    assert await rig.value("steward_instance_expected_off", **FILMS) == 0
    assert await rig.value("steward_instance_reading_age_seconds", **FILMS) == 30
    assert await rig.value("steward_instance_known_ratio", **FILMS) == 0.75


async def test_an_instance_that_is_not_read(rig: Rig) -> None:
    rig.known.found = (replace(RADARR, status=InstanceStatus.UNREACHABLE, expected_off="Backup"),)
    rig.known.read = None
    assert await rig.value("steward_instance_up", **FILMS) == 0
    assert await rig.value("steward_instance_expected_off", **FILMS) == 1
    assert await rig.value("steward_instance_known_ratio", **FILMS) is None, "no readings are no zero"


async def test_an_instance_that_waits_for_its_first_poll_is_neither_up_nor_down(rig: Rig) -> None:
    rig.known.found = (replace(RADARR, status=InstanceStatus.PENDING),)
    assert await rig.value("steward_instance_up", **FILMS) is None


async def test_a_removed_instance_is_not_shown_any_more(rig: Rig) -> None:
    assert await rig.value("steward_instance_up", **FILMS) == 1
    rig.known.found = ()
    assert await rig.value("steward_instance_up", **FILMS) is None


async def test_readings_without_any_value_are_complete(rig: Rig) -> None:
    rig.known.read = Snapshot(instance_id="i1", taken_at=NOW)
    assert await rig.value("steward_instance_known_ratio", **FILMS) == 1


async def test_requests_runs_and_messages_that_wait(rig: Rig) -> None:
    async with rig.database.write() as connection:
        await fill(connection)
    assert await rig.value("steward_approvals_waiting") == 2
    assert await rig.value("steward_approval_oldest_seconds") == 3600
    assert await rig.value("steward_runs_unfinished", status="running") == 1
    assert await rig.value("steward_runs_unfinished", status="verifying") == 0
    assert await rig.value("steward_journal_steps_unfinished", state="effect_unknown") == 1
    assert await rig.value("steward_journal_steps_unfinished", state="started") == 0, "its run is finished"
    assert await rig.value("steward_queue_messages", queue="telegram") == 1
    assert await rig.value("steward_queue_oldest_seconds", queue="telegram") == 60


async def test_what_waits_for_a_webhook(rig: Rig) -> None:
    rig.hooks = {"n8n": Backlog(3, NOW - timedelta(seconds=90)), "quiet": Backlog(0, None)}
    assert await rig.value("steward_queue_messages", queue="webhook n8n") == 3
    assert await rig.value("steward_queue_oldest_seconds", queue="webhook n8n") == 90
    assert await rig.value("steward_queue_oldest_seconds", queue="webhook quiet") == 0


async def test_nothing_waits(rig: Rig) -> None:
    assert await rig.value("steward_approvals_waiting") == 0
    assert await rig.value("steward_approval_oldest_seconds") == 0
    assert await rig.value("steward_queue_messages", queue="telegram") == 0
    assert await rig.value("steward_paused") == 0


async def test_a_pause(rig: Rig) -> None:
    pause = Pause(
        scope=PauseScope.EVERYTHING, person_id="p", person_name="P", via=FrontEnd.HOME_ASSISTANT, at=NOW
    )
    async with rig.database.write() as connection:
        await write_mode(connection, StewardMode(pause=pause))
    assert await rig.value("steward_paused") == 1


async def test_models_and_their_limits(rig: Rig) -> None:
    limits = (
        LimitUse(kind="daily_requests", used=3, limit=12),
        LimitUse(kind="daily_cost", used=0, limit=0),
    )
    rig.deployments = (
        DeploymentHealth(deployment="ollama", tier=Tier.LOCAL),
        DeploymentHealth(deployment="claude", tier=Tier.PREMIUM, reason="Paid up", limits=limits),
    )
    assert await rig.value("steward_model_available", deployment="ollama", tier="local") == 1
    assert await rig.value("steward_model_available", deployment="claude", tier="premium") == 0
    used = "steward_model_limit_used_ratio"
    assert await rig.value(used, deployment="claude", limit="daily_requests") == 0.25
    assert await rig.value(used, deployment="claude", limit="daily_cost") == 1, "nothing is allowed"


async def test_the_disk(rig: Rig, tmp_path: Path) -> None:
    before = await rig.value("steward_data_bytes")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "file").write_bytes(bytes(100_000))
    (tmp_path / "nowhere").symlink_to(tmp_path / "not-there")
    after = await rig.value("steward_data_bytes")
    assert before is not None
    assert after is not None
    assert 100_000 <= after - before < 200_000
    free = await rig.value("steward_disk_free_bytes")
    assert free is not None
    assert free > 0


async def test_a_database_that_does_not_answer(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    rig.deployments = (DeploymentHealth(deployment="ollama", tier=Tier.LOCAL),)
    assert await rig.value("steward_database_up") == 1
    monkeypatch.setattr(module, "TIMEOUT", 0.01)
    rig.is_stalled = True
    assert await rig.value("steward_database_up") == 0
    assert await rig.value("steward_instance_up", **FILMS) == 1, "what is in memory is still shown"
    assert await rig.value("steward_model_available", deployment="ollama", tier="local") is None
