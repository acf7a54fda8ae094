"""The whole app with a real engine and a real registry: updates are found, asked about, applied, watched, and
taken back with their data when they are bad. All kinds of versions run at the same time in one engine.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final
from urllib.parse import quote

import pytest
from aiohttp import ClientSession

from demo.front_end import FrontEndClient
from homelab_steward.contract.base import Value
from homelab_steward.contract.changes import Change, ChangeStatus
from homelab_steward.contract.commands import Confirmation
from homelab_steward.contract.state import FrontEnd, Role, Speaker
from lab.ports import free_port
from real import container_registry, docker_engine
from real.conftest import Record
from real.docker_engine import DockerEngine
from rig.clocks import FastClock
from steward.app import App
from steward.secret_file import read_secret
from steward.services._docker.client import frames
from steward.settings.changes import Changes, RegistryLogin
from steward.settings.model import ConfiguredInstance, KnownPerson, Limits, Listen, Settings
from steward.settings.reader import keep_secrets, read_settings

SPEED: Final = 6.0
"""Seconds of the app in one second: it watches an update for half a minute instead of some."""

WATCHED: Final = 160
DEADLINE: Final = 240.0
"""Seconds after which a step of the test fails that usually takes some seconds."""

OWNER: Final = Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id="owner")
ALIVE: Final = "exec sleep 100000"


@dataclass(frozen=True)
class Version:
    """A container whose new version is of one kind. ``new`` is the script of the new version.

    ``reasons`` are texts of which the result of a bad version has one. ``{port}`` is where it serves.
    """

    name: str
    new: str
    old: str = ALIVE
    reasons: tuple[str, ...] = ()
    health: str = ""
    network: str = "none"
    limits: Mapping[str, object] = field(default_factory=dict)

    @property
    def volume(self) -> str:
        return f"{self.name}_data"


SERVES: Final = (
    "mkdir -p /www/api/v1/endpoints; echo '[]' >/www/api/v1/endpoints/statuses;"
    " exec httpd -f -p {port} -h /www"
)
VERSIONS: Final = (
    Version("good", f"echo migrated >>log; {ALIVE}", health="test -e /data/log"),
    Version("plain", ALIVE),
    Version(
        "crashing", "echo broken >log; rm owned; exit 3", reasons=("does not run", "restarts again and again")
    ),
    Version(
        "later",
        "echo broken >log; sleep 4; echo 'panic: no memory left' >&2; exit 2",
        reasons=("does not run", "restarts again and again"),
    ),
    Version(
        "migrating",
        "rm owned link; mv log old; echo x >schema; sleep 2;"
        " echo 'ERROR: the table users is missing' >&2; exit 1",
        reasons=("does not run", "restarts again and again"),
    ),
    Version(
        "deaf",
        f"echo broken >log; echo listening; {ALIVE}",
        SERVES,
        network="host",
        reasons=("does not answer",),
    ),
    Version(
        "greedy",
        # Its last program touches more and more of its buffer, for as long as it is watched.
        "echo broken >log; while :; do dd if=/dev/zero bs=1000000 count=1 2>/dev/null; sleep 0.25; done"
        " | busybox tail -c 500000000",
        limits={"Memory": 600 * 2**20},
        reasons=("Memory used is",),
    ),
)


@pytest.fixture(scope="module")
def engine(record_testsuite_property: Record) -> Iterator[DockerEngine]:
    reason = docker_engine.skip_reason()
    if reason is not None:
        pytest.skip(reason)
    with docker_engine.running() as engine:
        record_testsuite_property("Docker pipeline", engine.version())
        yield engine


class Pipeline:
    """The app as a client sees it, beside the engine."""

    def __init__(self, engine: DockerEngine, front_end: FrontEndClient) -> None:
        self.engine = engine
        self._front_end = front_end

    async def becomes(self, name: str, *wanted: ChangeStatus) -> Change:
        """Wait until the update of a container has one of these statuses, and return its row."""

        def found() -> Change | None:
            rows = [one for one in self._front_end.updates.values() if one.target.name == name]
            return next((one for one in rows if one.status in wanted), None)

        try:
            row = await self._front_end.wait_for(found, DEADLINE)
        except TimeoutError:
            rows = [(one.status, one.reason, one.result) for one in self._front_end.updates.values()]
            pytest.fail(f"{name} is not {wanted}: {rows}")
        assert row is not None
        return row

    async def approve(self, name: str) -> None:
        """Ask about an update that is held, and approve it."""
        row = await self.becomes(name, ChangeStatus.HELD)
        asked = await self._front_end.ask_about(row, OWNER)
        assert asked.status is ChangeStatus.ASKED
        approvals = self._front_end.approvals
        request = await self._front_end.wait_for(lambda: approvals.get(asked.approval_id or ""), DEADLINE)
        assert request is not None
        await self._front_end.approve(request, 1, OWNER, Confirmation.UNLOCKED)

    async def data(self, name: str) -> list[str]:
        """Return everything in the volume with owners, modes, sizes, times and contents."""
        script = "cd /data; ls -lanR --full-time; cat $(ls)"
        framed = await asyncio.to_thread(self.engine.execute, name, "sh", "-c", script)
        lines = b"".join(frames(framed)).decode().splitlines()
        # The folder above is in the container's own file system.
        return [one for one in lines if not one.endswith("..") and not one.startswith("total ")]

    async def image(self, name: str) -> str:
        """Return the image that a container runs from."""
        found = await asyncio.to_thread(self.engine.inspect, name)
        assert found["State"]["Running"], found["State"]
        return str(found["Config"]["Image"])


def create(engine: DockerEngine, registry: str, version: Version, port: int) -> None:
    """Push both versions of an image, and run the old one."""
    repository = f"{registry}/media/{version.name}"
    for tag, script in (("4.0.1", version.old), ("4.0.2", f"cd /data; {version.new}")):
        command = json.dumps(["sh", "-c", script.replace("{port}", str(port))])
        container_registry.push(engine, repository, tag, (f"CMD {command}", f"ENV VERSION={tag}"))
    engine.request("DELETE", f"/images/{repository}:4.0.2")
    engine.request("POST", "/volumes/create", {"Name": version.volume})
    health = {"Test": ["CMD-SHELL", version.health], "Interval": 500_000_000} if version.health else None
    host = {
        "NetworkMode": version.network,
        "Binds": [f"{version.volume}:/data"],
        "RestartPolicy": {"Name": "unless-stopped"},
        "Init": True,
        **version.limits,
    }
    body = {"Image": f"{repository}:4.0.1", "HostConfig": host, "StopTimeout": 1, "Healthcheck": health}
    engine.request("POST", f"/containers/create?name={quote(version.name)}", body)
    engine.request("POST", f"/containers/{version.name}/start")
    script = (
        "cd /data; echo one >log; echo secret >owned; chown 1000:1001 owned; chmod 640 owned; ln -s log link"
    )
    engine.execute(version.name, "sh", "-c", script)


def settings_of(folder: Path, engine: DockerEngine, registry: str, port: int) -> Settings:
    """Return the settings of an app with the engine, and with what runs in one of its containers."""
    inside: dict[str, Value] = {"url": f"http://127.0.0.1:{port}", "runs_on": "deaf"}
    instances = (
        ConfiguredInstance(
            id="docker", service="docker", name="Docker", settings={"address": f"unix://{engine.socket}"}
        ),
        ConfiguredInstance(id="gatus", service="gatus", name="Inside", settings=inside),
    )
    return replace(
        read_settings({"STEWARD_DATA_DIR": str(folder / "data")}, None, None),
        listen=Listen(host="127.0.0.1", port=0),
        instances=instances,
        people=(KnownPerson(id="owner", name="Olga", role=Role.OWNER, ha_user_id=OWNER.user_id),),
        limits=Limits(changes_per_hour=100),
        registries=(RegistryLogin(host=registry, plain_http=True),),
        changes=Changes(watch_seconds=WATCHED, watch_poll_seconds=2),
    )


@asynccontextmanager
async def pipeline(settings: Settings, engine: DockerEngine) -> AsyncIterator[Pipeline]:
    """Run the app with a fast clock, and a client of it."""
    settings = keep_secrets(settings)
    app = App(settings, FastClock(SPEED))
    try:
        await app.start()
        async with ClientSession() as session:
            token = settings.api_token or read_secret(settings.data_dir / "token")
            front_end = FrontEndClient(session, f"http://127.0.0.1:{app.port}", token)
            try:
                await front_end.start()
                yield Pipeline(engine, front_end)
            finally:
                await front_end.close()
    finally:
        await app.close()


async def check(rig: Pipeline, version: Version) -> None:
    """Approve the new version of a container, and see it stay or go back with its data."""
    before, image = await rig.data(version.name), await rig.image(version.name)
    await rig.approve(version.name)
    if not version.reasons:
        row = await rig.becomes(version.name, ChangeStatus.DONE)
        assert await rig.image(version.name) == image.replace("4.0.1", "4.0.2"), row
        return
    row = await rig.becomes(version.name, ChangeStatus.BLOCKED, ChangeStatus.DONE)
    assert row.status is ChangeStatus.BLOCKED, row
    assert row.result.startswith("4.0.2 failed here on "), row.result
    assert any(one in row.result for one in version.reasons), row.result
    assert await rig.image(version.name) == image, row.result
    assert await rig.data(version.name) == before, row.result


async def test_good_versions_stay_and_bad_ones_go_back_with_their_data(
    engine: DockerEngine, tmp_path: Path
) -> None:
    port = free_port()
    async with container_registry.serving(tmp_path) as registry:
        for one in VERSIONS:
            await asyncio.to_thread(create, engine, registry, one, port)
        async with (
            pipeline(settings_of(tmp_path, engine, registry, port), engine) as rig,
            asyncio.TaskGroup() as group,
        ):
            for one in VERSIONS:
                group.create_task(check(rig, one))
