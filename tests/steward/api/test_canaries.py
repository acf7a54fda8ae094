"""Secrets of services are not in websocket frames, logs or the database."""

import io
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import aiohttp
import pytest
from prometheus_client import CollectorRegistry

from homelab_steward.contract.base import Message
from homelab_steward.contract.catalogue import Field, SettingKind
from homelab_steward.contract.commands import InstanceId, PersonId, SaveInstance, SavePerson
from homelab_steward.contract.errors import ErrorCode
from homelab_steward.contract.protocol import Command, FrameKind
from homelab_steward.contract.state import Instance, InstanceStatus, TargetRef
from steward.api.configuration_commands import ConfigurationCommands
from steward.clock import SystemClock
from steward.errors import ServiceUnauthorized, ServiceUnreachable
from steward.inventory import tables
from steward.inventory.inventory import LiveInventory
from steward.inventory.people import People
from steward.inventory.polling import PollerContext
from steward.inventory.secret_vault import Vault
from steward.observability.logs import Logs
from steward.observability.metrics import Metrics
from steward.sdk.access import Access
from steward.sdk.categories import GENERAL
from steward.sdk.description import AnyService, Service
from steward.store.database import Database
from steward.store.schema import metadata
from steward.store.store import Store

from .api_rig import ApiRig, FrameClient

CANARY = "canary-4f2e-of-a-service"


@dataclass
class Leaky:
    """A service client whose errors contain its secret."""

    access: Access
    errors: dict[str, Exception] = field(default_factory=dict)

    async def poll(self) -> int:
        if "next" in self.errors:
            raise self.errors["next"]
        return 1

    async def close(self) -> None:
        raise RuntimeError(f"cannot close with {self.access.text('token')}")


class SecretsRig:
    """The API with a real inventory, real people and a real log."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.errors: dict[str, Exception] = {}
        self.api = ApiRig()
        self.frames: list[str] = []
        self.log = io.StringIO()

    async def __aenter__(self) -> Self:
        self.logs = Logs(self.api.redactor, self.log, level="debug", as_json=True)
        self.logs.open()
        self.database = Database(f"sqlite+aiosqlite:///{self.folder}/steward.db")
        async with self.database.engine.begin() as connection:
            own = [tables.instances, tables.people, tables.pin_failures, tables.target_states]
            await connection.run_sync(lambda sync: metadata.create_all(sync, tables=own))
        store = Store(self.database, self.api.changes)
        self.session = aiohttp.ClientSession()
        context = PollerContext(
            changes=self.api.changes,
            session=self.session,
            clock=SystemClock(),
            redactor=self.api.redactor,
            metrics=Metrics(CollectorRegistry()),
        )
        vault = Vault(self.folder / "secret.key")
        self.inventory = LiveInventory(store, {"leaky": self._service()}, vault, (), context)
        await self.inventory.start(self._found, self._is_changing)
        self.people = People(store, ())
        await self.people.start()
        commands = ConfigurationCommands(self.inventory, self.people)
        self.api.behave = {
            Command.SAVE_INSTANCE: commands.save_instance,
            Command.REMOVE_INSTANCE: commands.remove_instance,
            Command.POLL_INSTANCE: commands.poll_instance,
            Command.SAVE_PERSON: commands.save_person,
            Command.REMOVE_PERSON: commands.remove_person,
        }
        await self.api.__aenter__()
        self.client = await self.api.subscribe()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.api.__aexit__()
        await self.inventory.close()
        await self.session.close()
        await self.database.close()
        self.logs.close()

    async def ask(self, command: Command, request: Message) -> tuple[FrameKind, dict[str, Any]]:
        await self.client.send(FrameKind.COMMAND, request.to_dict(), 1, command)
        while True:
            frame = await self.frame(self.client)
            if frame.kind in {FrameKind.RESULT, FrameKind.ERROR}:
                return frame.kind, frame.body

    async def frame(self, client: FrameClient) -> Any:
        frame = await client.frame()
        self.frames.append(str(frame))
        return frame

    async def _is_changing(self, _targets: Sequence[TargetRef]) -> bool:
        return False

    async def _found(self, *_alerts: object) -> None:
        if "found" in self.errors:
            raise self.errors["found"]

    def _service(self) -> AnyService:
        return Service[Leaky, int](
            key="leaky",
            name="Leaky",
            category=GENERAL,
            settings=(
                Field(key="url", kind=SettingKind.URL, name="Address"),
                Field(key="token", kind=SettingKind.SECRET, name="Token"),
            ),
            connect=lambda access: Leaky(access, self.errors),
            poll=lambda client, _gaps: client.poll(),
            version=lambda _state: None,
        )


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[SecretsRig]:
    async with SecretsRig(tmp_path) as rig:
        yield rig


def save_request(token: str = CANARY, instance_id: str | None = None) -> SaveInstance:
    settings: dict[str, Any] = {"url": "http://leaky:1"} | ({"token": token} if token else {})
    return SaveInstance(service="leaky", name="Leaky", settings=settings, id=instance_id)


async def test_secret_is_not_in_frames_log_or_database(rig: SecretsRig, tmp_path: Path) -> None:
    rig.errors["next"] = ServiceUnauthorized(f"401 for token={CANARY}")
    kind, refused = await rig.ask(Command.SAVE_INSTANCE, save_request())
    assert (kind, refused["code"]) == (FrameKind.ERROR, ErrorCode.INVALID_AUTH)
    assert "401 for" in refused["message"]

    del rig.errors["next"]
    kind, made = await rig.ask(Command.SAVE_INSTANCE, save_request())
    assert kind is FrameKind.RESULT
    instance = Instance.from_plain(made)
    assert instance.status is InstanceStatus.OK

    for error in (
        ServiceUnreachable(f"GET http://leaky:1/?apikey={CANARY} refused"),
        KeyError(CANARY),
        ServiceUnauthorized(f"Authorization: Bearer {CANARY}"),
    ):
        rig.errors["next"] = error
        kind, refused = await rig.ask(Command.POLL_INSTANCE, InstanceId(id=instance.id))
        assert kind is FrameKind.ERROR
    rig.errors["found"] = RuntimeError(CANARY)
    rig.errors.pop("next")
    await rig.ask(Command.POLL_INSTANCE, InstanceId(id=instance.id))
    await rig.ask(Command.SAVE_INSTANCE, save_request("", instance.id))
    await rig.ask(Command.SAVE_PERSON, SavePerson.from_plain({"id": "a", "name": "A", "role": "owner"}))
    await rig.ask(Command.REMOVE_PERSON, PersonId(id="a"))
    await rig.ask(Command.REMOVE_INSTANCE, InstanceId(id=instance.id))

    wire, log = "\n".join(rig.frames), rig.log.getvalue()
    assert "refused" in wire
    assert "instance cannot be read" in log
    assert "alerts could not be reported" in log
    assert "client did not close" in log
    assert "RuntimeError" in log
    assert CANARY not in wire
    assert CANARY not in log
    assert CANARY.encode() not in on_disk(tmp_path)


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
