"""Private names of the home, and the models of the model stack."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import ClassVar

import aiohttp

from homelab_steward.contract.base import Value
from homelab_steward.contract.state import Instance, Origin, Person, Resource, Role, Snapshot
from steward.clock import SystemClock
from steward.llm.egress import PrivacyContext
from steward.llm.messages import Tier
from steward.llm.settings import Deployment
from steward.services.finder import find_services
from steward.store.database import Database
from steward.wiring.model_stack import ModelStack, own_names

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
SERVICES = find_services()


class FakeInventory:
    """Three instances: one with the standard name of its service."""

    settings: ClassVar[dict[str, Value]] = {
        "url": "https://media.example.net:7878/radarr",
        "other": "ssh://[broken",
        "text": "plain",
        "none": "file:///tmp",
        "poll_seconds": 5,
    }

    def instances(self) -> tuple[Instance, ...]:
        return (
            Instance(id="a", service="radarr", name="Radarr", origin=Origin.FILE, settings=self.settings),
            Instance(id="b", service="proxmox", name="Cellar", origin=Origin.FILE),
            Instance(id="c", service="gone", name=" ", origin=Origin.FILE),
        )

    def service(self, instance_id: str) -> object:
        return SERVICES.get({"a": "radarr", "b": "proxmox"}.get(instance_id, ""))

    def snapshot(self, instance_id: str) -> Snapshot | None:
        if instance_id != "b":
            return None
        names = ("radarr", "nextcloud-anna")
        return Snapshot(
            instance_id="b",
            taken_at=NOW,
            resources=tuple(Resource(kind="container", id=one, name=one) for one in names),
        )


class FakePeople:
    def list(self) -> tuple[Person, ...]:
        return (Person(id="anna", name="Anna Vogel", role=Role.OWNER),)


def test_own_names() -> None:
    names = own_names(FakeInventory(), FakePeople())()  # type: ignore[arg-type]
    assert names == {"Anna Vogel", "Cellar", "media.example.net", "nextcloud-anna"}, (
        "the standard name of a service is not a private name"
    )


async def nothing() -> None:
    """Count nothing."""


async def test_models_need_a_chat_model(tmp_path: object) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path}/x.db")
    context = PrivacyContext(names=frozenset, clean=str)
    async with aiohttp.ClientSession() as session:
        embedder = Deployment(id="e", url="http://127.0.0.1:9/v1", embedding_model="m")
        none = ModelStack([embedder], session, database, context, SystemClock(), nothing)
        assert (none.talking(), none.explaining()) == (None, None)
        small = Deployment(id="s", url="http://127.0.0.1:9/v1", model="m", context_tokens=2048)
        large = Deployment(id="l", url="http://127.0.0.1:9/v1", model="m", context_tokens=9000)
        both = ModelStack([embedder, large, small], session, database, context, SystemClock(), nothing)
        talking, explaining = both.talking(), both.explaining()
        assert talking is not None
        assert explaining is not None
        assert talking.bounds.context_tokens == explaining.context_tokens == 2048
        await both.close()
        # Runbooks and incidents are private: no model outside embeds them.
        outside = replace(embedder, tier=Tier.CLOUD)
        made = ModelStack([outside, small], session, database, context, SystemClock(), nothing)
        assert (none.embedder is None, both.embedder is None, made.embedder is None) == (False, False, True)
    await database.close()
