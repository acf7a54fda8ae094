"""A real registry: its tags and images are read, and what it offers is installed by its digest."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from aiohttp import ClientSession

from homelab_steward.contract.changes import Distance
from homelab_steward.contract.state import TargetRef
from real import container_registry, docker_engine
from real.conftest import Record
from real.docker_engine import DockerEngine
from rig.inventory import ToyInventory
from rig.toy import Toy
from steward.changes.images import VERSION, ImageSource
from steward.changes.registry import RegistryClient
from steward.clock import SystemClock
from steward.errors import ServiceNotFound
from steward.sdk.access import Access
from steward.sdk.coverage import Gaps
from steward.sdk.description import Call
from steward.sdk.image_names import Repository
from steward.sdk.item_versions import versions
from steward.services.docker import SERVICE
from steward.services.docker.client import DockerClient

NAME = "sonarr"
UPDATE = next(one for one in SERVICE.actions if one.key == "update")


@pytest.fixture(scope="module")
def engine() -> Iterator[DockerEngine]:
    reason = docker_engine.skip_reason()
    if reason is not None:
        pytest.skip(reason)
    with docker_engine.running() as engine:
        yield engine


@pytest.fixture
async def repository(tmp_path: Path, record_testsuite_property: Record) -> AsyncIterator[Repository]:
    async with container_registry.serving(tmp_path) as host:
        record_testsuite_property("Container registry", "Debian's docker-registry, TCP on loopback")
        yield Repository(host, "media/sonarr")


def push(engine: DockerEngine, repository: Repository, version: str) -> None:
    changes = ('CMD ["sleep", "100000"]', f"LABEL {VERSION}={version}")
    container_registry.push(engine, repository.name, version, changes)


async def test_a_newer_tag_is_found_and_installed_by_its_digest(
    engine: DockerEngine, repository: Repository
) -> None:
    push(engine, repository, "4.0.1")
    image = f"{repository.name}:4.0.1"
    body = {"Image": image, "StopTimeout": 0, "HostConfig": {"NetworkMode": "none"}}
    engine.request("POST", f"/containers/create?name={NAME}", body)
    engine.request("POST", f"/containers/{NAME}/start")
    push(engine, repository, "4.0.2")
    engine.request("DELETE", f"/images/{repository.name}:4.0.2")
    async with ClientSession() as session:
        settings = {"address": f"unix://{engine.socket}"}
        client = DockerClient(Access(settings=settings, session=session, clock=SystemClock()))
        registry = RegistryClient(session, SystemClock())
        assert set(await registry.tags(repository)) == {"4.0.1", "4.0.2"}
        with pytest.raises(ServiceNotFound):
            await registry.digest(repository, "9")
        inventory = ToyInventory(Toy())
        inventory.service_row = SERVICE
        inventory.boxes = {NAME: TargetRef(instance_id="toy1", kind="container", id=NAME, name=NAME)}
        state = await SERVICE.poll(client, Gaps())
        inventory.item_versions = versions(SERVICE, state)
        clock = SystemClock()
        source = ImageSource(inventory, registry, clock)
        (found,) = (await source.find()).found
        assert found.packages[0].distance is Distance.PATCH
        assert found.revision == await registry.digest(repository, "4.0.2")
        (step,) = found.steps
        call = Call(target=found.target, arguments=getattr(step, "arguments", {}))
        run = await UPDATE.dry_run(client, call)
        await UPDATE.execute(client, call, run.baseline)
        assert (await UPDATE.verify(client, call, run.baseline)).ok is True
        assert engine.inspect(NAME)["Config"]["Image"] == f"{repository.name}:4.0.2"
        inventory.item_versions = versions(SERVICE, await SERVICE.poll(client, Gaps()))
        assert (await ImageSource(inventory, registry, clock).find()).found == ()
        assert UPDATE.undo is not None
        await UPDATE.undo.execute(client, call, run.baseline)
        assert engine.inspect(NAME)["Config"]["Image"] == image
        await client.close()
