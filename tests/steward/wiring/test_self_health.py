"""Each part of the app is judged by its threshold, and what cannot be read is not known."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from homelab_steward.contract.state import (
    FrontEnd,
    FrontEndState,
    FrontEndStatus,
    Instance,
    InstanceStatus,
    Origin,
)
from rig.inventory import NOW
from rig.toy import SERVICE
from steward.clock import ManualClock
from steward.event_webhooks.events import Backlog
from steward.inventory.polling import LONGEST_DELAY
from steward.llm.messages import DeploymentHealth, Tier
from steward.sdk.description import AnyService
from steward.settings.model import Backups, Settings
from steward.store.archive import file_name
from steward.store.database import StoreUnavailable
from steward.wiring import self_health
from steward.wiring.self_health import LONGEST_LAG, OLDEST_MESSAGE, HealthSources, SelfHealth

RADARR: Final = Instance(
    id="i1", service="toy", name="Films", origin=Origin.FILE, status=InstanceStatus.OK, polled_at=NOW
)


class Known:
    def __init__(self, *found: Instance) -> None:
        self.found = found

    def instances(self) -> tuple[Instance, ...]:
        return self.found

    def service(self, instance_id: str) -> AnyService | None:
        return SERVICE if instance_id == "i1" else None


class Parts:
    """The parts as they are; a test changes one."""

    def __init__(self, folder: Path) -> None:
        (folder / "backups").mkdir()
        self.backup = folder / "backups" / file_name(NOW)
        self.backup.write_text("x")
        self.age(hours=1)
        self.settings = Settings(data_dir=folder)
        self.known = Known(RADARR)
        self.backlogs: Mapping[str, Backlog] | None = {"telegram": Backlog(0, None)}
        self.deployments: Sequence[DeploymentHealth] = ()
        self.statuses: Sequence[FrontEndStatus] = ()
        self.lag = 0.0
        self.database: Path | None = folder / "steward.db"

    def age(self, *, hours: float) -> None:
        at = (NOW - timedelta(hours=hours)).timestamp()
        os.utime(self.backup, (at, at))

    async def queues(self) -> Mapping[str, Backlog]:
        if self.backlogs is None:
            raise StoreUnavailable
        return self.backlogs

    async def models(self) -> Sequence[DeploymentHealth]:
        return self.deployments

    def health(self) -> SelfHealth:
        sources = HealthSources(
            settings=self.settings,
            clock=ManualClock(NOW),
            instances=self.known,
            queues=self.queues,
            models=self.models,
            front_ends=lambda: self.statuses,
            worst_lag=lambda: self.lag,
            database_file=self.database,
        )
        return SelfHealth(sources)

    async def read(self) -> tuple[bool | None, dict[str, tuple[bool | None, list[str]]]]:
        """Return whether all is well, and the checks that are not, with their reasons."""
        found = await self.health().read()
        checks = {key: (one["ok"], one["reasons"]) for key, one in found["checks"].items()}
        return found["ok"], {key: one for key, one in checks.items() if one[0] is not True}


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    return Parts(tmp_path)


async def test_all_is_well(parts: Parts) -> None:
    assert await parts.read() == (True, {})


async def test_a_database_that_does_not_answer_leaves_the_rest_not_known(parts: Parts) -> None:
    parts.backlogs = None
    assert await parts.read() == (False, {"database": (False, ["no answer"]), "queues": (None, [])})


async def test_a_full_disk(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(self_health, "LEAST_FREE", 2**70)
    assert await parts.read() == (False, {"disk": (False, ["the disk of the data folder is nearly full"])})


async def test_a_late_event_loop(parts: Parts) -> None:
    parts.lag = LONGEST_LAG
    assert (await parts.read())[0] is True
    parts.lag = LONGEST_LAG + 1
    assert await parts.read() == (False, {"event_loop": (False, ["it was 1.5 s late"])})


@pytest.mark.parametrize(
    ("instance", "is_late"),
    [
        (RADARR, True),
        (replace(RADARR, status=InstanceStatus.UNREACHABLE), True),
        (replace(RADARR, settings={"poll_seconds": 3600}), False),
        (replace(RADARR, status=InstanceStatus.PENDING), False),
        (replace(RADARR, polled_at=None), False),
        (replace(RADARR, id="removed"), False),
    ],
)
async def test_a_poll_that_is_late(parts: Parts, instance: Instance, *, is_late: bool) -> None:
    at = NOW - timedelta(seconds=2 * LONGEST_DELAY)
    parts.known = Known(replace(instance, polled_at=instance.polled_at and at))
    assert await parts.read() == (True, {})
    at -= timedelta(seconds=1)
    parts.known = Known(replace(instance, polled_at=instance.polled_at and at))
    late = {"polls": (False, ["Films was not polled in time"])}
    assert await parts.read() == ((False, late) if is_late else (True, {}))


async def test_messages_that_wait(parts: Parts) -> None:
    old = NOW - timedelta(seconds=OLDEST_MESSAGE + 1)
    parts.backlogs = {"telegram": Backlog(1, NOW), "webhook n8n": Backlog(3, old)}
    assert await parts.read() == (False, {"queues": (False, ["webhook n8n: messages wait"])})


async def test_a_model_and_a_front_end_that_do_not_work(parts: Parts) -> None:
    parts.deployments = (
        DeploymentHealth(deployment="home", tier=Tier.LOCAL),
        DeploymentHealth(deployment="cloud", tier=Tier.CLOUD, reason="a limit is used up"),
    )
    parts.statuses = (FrontEndStatus(front_end=FrontEnd.TELEGRAM, state=FrontEndState.DOWN),)
    assert await parts.read() == (
        False,
        {
            "models": (False, ["cloud: a limit is used up"]),
            "front_ends": (False, ["telegram: down"]),
        },
    )


async def test_backups(parts: Parts) -> None:
    parts.age(hours=48)
    assert await parts.read() == (True, {})
    parts.age(hours=49)
    assert await parts.read() == (False, {"backups": (False, ["the newest backup is too old"])})
    parts.backup.unlink()
    assert await parts.read() == (False, {"backups": (False, ["there is no backup"])})
    parts.settings = replace(parts.settings, backups=Backups(every_hours=None))
    assert await parts.read() == (True, {})


async def test_clients_get_the_same_parts_with_the_size_of_the_database(parts: Parts) -> None:
    parts.lag = LONGEST_LAG + 1
    assert parts.database is not None
    parts.database.write_bytes(b"x" * 4096)
    found = {one.key: one for one in await parts.health().parts()}
    plain = await parts.health().read()
    assert list(found) == list(plain["checks"])
    assert (found["database"].ok, found["database"].value) == (True, 4096)
    late = found["event_loop"]
    assert (late.ok, late.value, late.limit) == (False, LONGEST_LAG + 1, LONGEST_LAG)
    assert late.reasons == ("it was 1.5 s late",)
    parts.database = None
    found = {one.key: one for one in await parts.health().parts()}
    assert (found["database"].ok, found["database"].value) == (True, None), "it is on a server"
