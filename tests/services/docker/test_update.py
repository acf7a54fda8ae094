"""An update keeps everything but the image, goes back with the data, and survives a kill at any change."""

import asyncio
import copy
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, override

import aiohttp
import pytest
from aiohttp import ClientSession
from hypothesis import given
from hypothesis import strategies as st

from homelab_steward.contract.base import Value
from homelab_steward.contract.changes import WayBack
from homelab_steward.contract.state import TargetRef
from services.docker.engine import ENV_SECRET, Engine
from services.docker.storage import LABEL
from services.docker.test_docker import QuickClock
from steward.errors import (
    PreconditionFailed,
    ServiceError,
    ServiceRefused,
    ServiceUnreachable,
    TemporaryFailure,
)
from steward.sdk.access import Access
from steward.sdk.answers import Unknown
from steward.sdk.coverage import Gaps
from steward.sdk.description import IMAGE_ONLY, Call, Effect, Identity
from steward.sdk.item_versions import versions
from steward.sdk.snapshot import snapshot
from steward.services._docker.mounts import MOST_COPIED, Mount, Volume, data_of
from steward.services._docker.recreate import lost_parts
from steward.services._docker.update import is_passing
from steward.services._docker.update_action import _bytes as bytes_of
from steward.services.docker import SERVICE
from steward.services.docker.client import DockerClient
from steward.texts import translate

UPDATE = next(one for one in SERVICE.actions if one.key == "update")
DIGEST = f"sha256:{'b' * 64}"
KEPT = f"homelab-steward-{'01' * 6}"
COMPOSE = {"com.docker.compose.project": "media"}


class Killed(BaseException):
    """The app ended while it sent a change."""


class MortalSession:
    """A session that ends the app at one of its changes: before it is sent, or after it was made."""

    def __init__(self, session: aiohttp.ClientSession, at: int, *, after: bool) -> None:
        self.session = session
        self.left = at
        self.after = after

    @asynccontextmanager
    async def request(self, method: str, url: Any, **more: Any) -> AsyncIterator[aiohttp.ClientResponse]:
        self.left -= method != "GET"
        is_last = self.left == 0 and method != "GET"
        if is_last and not self.after:
            raise Killed
        async with self.session.request(method, url, **more) as response:
            if is_last:
                await response.read()
                raise Killed
            yield response


class MortalClient(DockerClient):
    """A client whose app ends at one of its changes."""

    def __init__(self, access: Access, at: int, *, after: bool) -> None:
        super().__init__(access)
        self.kill_at = at
        self.kills_after = after
        self.mortal: Any = None

    @override
    def _sessions(self) -> Any:
        if self.mortal is None:
            self.mortal = MortalSession(super()._sessions(), self.kill_at, after=self.kills_after)
        return self.mortal


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[Engine]:
    engine = Engine()
    radarr = engine.add("radarr", Labels=COMPOSE)
    engine.describe("radarr")
    radarr["HostConfig"] |= {"Binds": ["config:/config"], "RestartPolicy": {"Name": "always"}}
    radarr["Mounts"] = [{"Type": "volume", "Name": "config", "Destination": "/config", "RW": True}]
    engine.storage.add_volume("config", b"one", Labels={"mine": "yes"})

    def start(one: Mapping[str, Any]) -> None:
        """Let the new version change the data."""
        if one["Image"] == "sha256:new":
            engine.storage.content["config"] = b"migrated"

    engine.started = start
    runner = await engine.serve(tmp_path / "d.sock")
    yield engine
    engine.events.put_nowait(None)
    await runner.cleanup()


type Connect = Callable[..., AbstractAsyncContextManager[DockerClient]]


@pytest.fixture
def connect(tmp_path: Path) -> Connect:
    @asynccontextmanager
    async def connect(at: int = 0, *, after: bool = False) -> AsyncIterator[DockerClient]:
        async with ClientSession() as session:
            settings = {"address": f"unix://{tmp_path}/d.sock"}
            access = Access(settings=settings, session=session, clock=QuickClock())
            client = MortalClient(access, at, after=after)
            yield client
            await client.close()

    return connect


def call(version: str = "6", **arguments: Value) -> Call:
    target = TargetRef(instance_id="d", kind="container", id="radarr", name="radarr")
    return Call(target=target, arguments={"version": version, **arguments})


async def updated(client: DockerClient, target: Call | None = None) -> Mapping[str, Value]:
    """Update as the executor does, and return the baseline."""
    target = target or call()
    run = await UPDATE.dry_run(client, target)
    await UPDATE.precheck(client, target, run.baseline)
    await UPDATE.execute(client, target, run.baseline)
    return run.baseline


def is_as_before(engine: Engine) -> None:
    radarr = engine.containers["radarr"]
    assert set(engine.containers) == {"radarr"}, "containers are left over"
    assert set(engine.storage.volumes) == {"config"}, "volumes are left over"
    assert engine.storage.volumes["config"]["Labels"] == {"mine": "yes"}
    assert engine.storage.content["config"] == b"one"
    assert (radarr["Image"], radarr["Config"]["Image"]) == ("sha256:old", "radarr:5")
    assert radarr["State"]["Running"] is True
    assert radarr["HostConfig"]["RestartPolicy"] == {"Name": "always"}
    assert {"radarr:5", "radarr:6"} == {tag for tags in engine.images.values() for tag in tags}


def is_updated(engine: Engine) -> None:
    radarr = engine.containers["radarr"]
    assert set(engine.containers) == {"radarr", KEPT}
    assert set(engine.storage.volumes) == {"config", f"{KEPT}-0"}
    assert engine.storage.content == {"config": b"migrated", f"{KEPT}-0": b"one"}
    assert (radarr["Config"]["Image"], radarr["State"]["Running"]) == ("radarr:6", True)
    assert radarr["Config"]["Labels"] == COMPOSE
    assert ENV_SECRET in radarr["Config"]["Env"]
    assert radarr["HostConfig"]["RestartPolicy"] == {"Name": "always"}
    assert engine.containers[KEPT]["State"]["Running"] is False
    assert ENV_SECRET not in str(engine.containers[KEPT]["Config"]["Labels"]), "labels are shown by monitors"


async def test_an_update_is_made_and_taken_back_with_its_data(engine: Engine, connect: Connect) -> None:
    async with connect() as client:
        baseline = await updated(client)
        is_updated(engine)
        assert ENV_SECRET not in str(baseline)
        assert UPDATE.undo is not None
        lines = await UPDATE.undo.dry_run(client, call(), baseline)
        assert [one.field for one in lines] == ["Image", "Data in config"]
        await UPDATE.undo.execute(client, call(), baseline)
        is_as_before(engine)
        assert await UPDATE.undo.dry_run(client, call(), baseline) == ()


async def test_an_update_is_taken_back_without_its_data(engine: Engine, connect: Connect) -> None:
    async with connect() as client:
        baseline = {**await updated(client), IMAGE_ONLY: True}
        assert UPDATE.undo is not None
        lines = await UPDATE.undo.dry_run(client, call(), baseline)
        assert [one.field for one in lines] == ["Image"]
        await UPDATE.undo.execute(client, call(), baseline)
        assert engine.storage.content["config"] == b"migrated"
        radarr = engine.containers["radarr"]
        assert (radarr["Image"], radarr["State"]["Running"]) == ("sha256:old", True)
        assert await UPDATE.undo.dry_run(client, call(), baseline) == ()


@pytest.mark.parametrize("after", [False, True])
async def test_killed_at_any_change_an_update_is_finished(
    engine: Engine,
    connect: Connect,
    after: bool,  # noqa: FBT001
) -> None:
    engine.started = lambda one: engine.storage.content.update(
        config=b"migrated" if one["Image"] == "sha256:new" else engine.storage.content["config"]
    )
    async with connect() as client:
        baseline = (await UPDATE.dry_run(client, call())).baseline
    number = 0
    while True:
        number += 1
        before = fresh(engine)
        async with connect(number, after=after) as client:
            try:
                await UPDATE.execute(client, call(), baseline)
            except Killed:
                pass
            else:
                break
        async with connect() as client:
            if await UPDATE.probe(client, call(), baseline) is not Effect.DONE:
                await UPDATE.precheck(client, call(), baseline)
                await UPDATE.execute(client, call(), baseline)
            assert await UPDATE.probe(client, call(), baseline) is Effect.DONE
            assert (await UPDATE.verify(client, call(), baseline)).ok is True
        is_updated(engine)
        restore(engine, before)
    assert number > 15, "the update was killed at every change"


@pytest.mark.parametrize("after", [False, True])
async def test_killed_at_any_change_it_is_taken_back(
    engine: Engine,
    connect: Connect,
    after: bool,  # noqa: FBT001
) -> None:
    assert UPDATE.undo is not None
    async with connect() as client:
        baseline = await updated(client)
    number = 0
    while True:
        number += 1
        before = fresh(engine)
        async with connect(number, after=after) as client:
            try:
                await UPDATE.undo.execute(client, call(), baseline)
            except Killed:
                pass
            else:
                break
        async with connect() as client:
            if await UPDATE.undo.dry_run(client, call(), baseline):
                await UPDATE.undo.execute(client, call(), baseline)
            assert await UPDATE.undo.dry_run(client, call(), baseline) == ()
        is_as_before(engine)
        restore(engine, before)
    assert number > 10


@pytest.mark.parametrize("after", [False, True])
async def test_killed_at_any_change_a_version_that_ends_at_once_goes_back(
    engine: Engine,
    connect: Connect,
    after: bool,  # noqa: FBT001
) -> None:
    def crash(one: dict[str, Any]) -> None:
        if one["Image"] == "sha256:new":
            engine.storage.content["config"] = b"broken"
            one["State"] |= {"Running": False, "Status": "exited", "ExitCode": 3}

    engine.started = crash
    async with connect() as client:
        baseline = (await UPDATE.dry_run(client, call())).baseline
    number = 0
    while True:
        number += 1
        before, noted = fresh(engine), dict[str, Value]()
        async with connect(number, after=after) as client:
            try:
                await UPDATE.execute(client, noting(noted), baseline)
            except Killed:
                pass
            except PreconditionFailed:
                break
        async with connect() as client:
            known = {**baseline, **noted}
            if await UPDATE.probe(client, call(), known) is not Effect.NOT_DONE:
                assert await UPDATE.probe(client, call(), known) is Effect.NOT_SEEN, (number, known)
                await UPDATE.precheck(client, call(), known)
                with pytest.raises(PreconditionFailed, match="runs again as before"):
                    await UPDATE.execute(client, noting(noted), known)
            assert await UPDATE.probe(client, call(), {**known, **noted}) is Effect.NOT_DONE
        is_as_before(engine)
        restore(engine, before)
    assert number > 25


def parts_of(engine: Engine) -> tuple[dict[str, Any], ...]:
    return (engine.containers, engine.storage.volumes, engine.storage.content, engine.images)


def fresh(engine: Engine) -> tuple[Any, ...]:
    """Return a copy of all that the engine has."""
    return copy.deepcopy(parts_of(engine))


def restore(engine: Engine, kept: tuple[Any, ...]) -> None:
    for part, old in zip(parts_of(engine), kept, strict=True):
        part.clear()
        part.update(old)


@pytest.mark.parametrize(
    "step",
    [
        *("/containers/create", "/networks/proxy/connect", "/stop", "/rename"),
        *("/volumes/create", "/update", "/archive", "/tag"),
    ],
)
async def test_a_step_that_fails_leaves_all_as_it_was(engine: Engine, connect: Connect, step: str) -> None:
    old = engine.containers["radarr"]["Id"]
    async with connect() as client:
        run = await UPDATE.dry_run(client, call())
        engine.broken = {step: 409}
        if step in ("/stop", "/rename", "/update", "/tag"):
            engine.broken_times = 1
        with pytest.raises(PreconditionFailed, match="runs again as before"):
            await UPDATE.execute(client, call(), run.baseline)
        engine.broken = {}
    is_as_before(engine)
    assert engine.containers["radarr"]["Id"] == old, "it is the same container"


async def test_a_full_disk_goes_back(engine: Engine, connect: Connect) -> None:
    engine.storage.full = True
    noted: dict[str, Value] = {}
    async with connect() as client:
        run = await UPDATE.dry_run(client, call())
        with pytest.raises(TemporaryFailure, match=r"no space left.*runs again as before"):
            await UPDATE.execute(client, noting(noted), run.baseline)
        is_as_before(engine)
        assert await UPDATE.probe(client, call(), {**run.baseline, **noted}) is Effect.NOT_DONE


def noting(noted: dict[str, Value]) -> Call:
    async def note(values: Mapping[str, Value]) -> None:
        noted.update(values)

    return Call(target=call().target, arguments=call().arguments, note=note)


@pytest.mark.parametrize(
    ("ended", "restarts", "reason"),
    [
        ({"Running": False, "Status": "exited", "ExitCode": 3}, 0, "It ended with exit code 3"),
        ({"Restarting": True, "Status": "restarting", "ExitCode": 3}, 1, "It ended with exit code 3"),
        ({}, 1, "It ended and was started again"),
    ],
)
async def test_a_version_that_ends_at_once_goes_back_with_its_data(
    engine: Engine, connect: Connect, ended: dict[str, Any], restarts: int, reason: str
) -> None:
    def crash(one: dict[str, Any]) -> None:
        if one["Image"] == "sha256:new":
            engine.storage.content["config"] = b"broken"
            one["State"] |= ended
            one["RestartCount"] = restarts

    engine.started = crash
    async with connect() as client:
        with pytest.raises(PreconditionFailed, match=rf"does not run: {reason}\. .*runs again as before"):
            await updated(client)
    is_as_before(engine)


async def test_an_update_that_is_cancelled_goes_back(
    engine: Engine, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted: dict[str, Value] = {}
    async with connect() as client:
        run = await UPDATE.dry_run(client, call())
        begun = asyncio.Event()
        engine.started = lambda _: begun.set()
        monkeypatch.setattr(client.clock, "sleep", lambda _: asyncio.Event().wait())
        task = asyncio.ensure_future(UPDATE.execute(client, noting(noted), run.baseline))
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    is_as_before(engine)
    assert noted == {"going_back": True, "went_back": True}


async def test_a_container_that_would_lose_a_setting_is_not_replaced(
    engine: Engine, connect: Connect
) -> None:
    engine.loses = "Env"
    async with connect() as client:
        with pytest.raises(PreconditionFailed, match="would lose settings: Env"):
            await updated(client)
    is_as_before(engine)


@pytest.mark.parametrize(
    ("problem", "passes"),
    [
        ("no such host", True),
        ("Get https://registry-1.docker.io/v2/: net/http: TLS handshake timeout", True),
        ("toomanyrequests: You have reached your pull rate limit", True),
        ("write /var/lib/docker/tmp/x: no space left on device", True),
        ("manifest for radarr:7 not found: manifest unknown", False),
        ("no matching manifest for linux/arm64/v8 in the manifest list entries", False),
    ],
)
async def test_what_cannot_be_pulled_may_be_there_later(
    engine: Engine, connect: Connect, problem: str, *, passes: bool
) -> None:
    engine.pull_error = problem
    async with connect() as client:
        with pytest.raises(PreconditionFailed, match="cannot be pulled") as raised:
            await updated(client, call("7"))
    assert isinstance(raised.value, TemporaryFailure) is passes
    is_as_before(engine)


@pytest.mark.parametrize(
    ("error", "is_made", "expected"),
    [
        (ServiceUnreachable("no answer"), True, True),
        (TemporaryFailure("later"), True, True),
        (ServiceRefused("No space left on device"), True, True),
        (ServiceRefused("the driver failed"), False, True),
        (ServiceRefused("exec format error"), True, False),
        (PreconditionFailed("it would lose settings"), False, False),
        (PreconditionFailed("it ended with exit code 3"), True, False),
    ],
)
def test_the_version_is_not_the_reason_of_every_failure(
    error: ServiceError, *, is_made: bool, expected: bool
) -> None:
    assert is_passing(error, is_made=is_made) is expected


async def test_what_does_not_fit_is_refused_before(engine: Engine, connect: Connect) -> None:
    radarr = engine.containers["radarr"]
    async with connect() as client:
        for version, digest, match in (
            ("../6", "", "is no tag"),
            ("6", "sha256:short", "is no tag"),
        ):
            with pytest.raises(PreconditionFailed, match=match):
                await updated(client, call(version, digest=digest))
        user = engine.add("vpn-user")
        for name in (radarr["Id"], "radarr"):
            user["HostConfig"]["NetworkMode"] = f"container:{name}"
            with pytest.raises(PreconditionFailed, match="vpn-user would lose the network"):
                await updated(client)
        del engine.containers["vpn-user"]
        radarr["HostConfig"]["AutoRemove"] = True
        with pytest.raises(PreconditionFailed, match="--rm"):
            await updated(client)
        radarr["HostConfig"]["AutoRemove"] = False
        radarr["State"] |= {"Running": False, "Status": "exited"}
        with pytest.raises(PreconditionFailed, match="does not run"):
            await updated(client)
    assert not [one for one in engine.calls if one.endswith(("/stop", "/rename"))]


async def test_what_the_app_itself_needs_is_not_replaced(
    engine: Engine, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with connect() as client:
        monkeypatch.setattr("steward.services._docker.replaceable.gethostname", lambda: "01" * 6)
        with pytest.raises(PreconditionFailed, match="The app runs in radarr"):
            await UPDATE.dry_run(client, call())
        monkeypatch.setattr(type(client), "way", ("docker-socket-proxy",))
        engine.containers["radarr"]["Config"]["Image"] = "tecnativa/docker-socket-proxy:0.3"
        with pytest.raises(PreconditionFailed, match="reached through radarr"):
            await UPDATE.dry_run(client, call())


@pytest.mark.parametrize(
    ("label", "manager"),
    [
        ("com.docker.swarm.task.id", "Docker Swarm"),
        ("io.kubernetes.pod.uid", "Kubernetes"),
        ("supervisor_managed", "Home Assistant Supervisor"),
    ],
)
async def test_what_something_else_replaces_is_updated_there(
    engine: Engine, connect: Connect, label: str, manager: str
) -> None:
    engine.containers["radarr"]["Config"]["Labels"] = {label: "1"}
    async with connect() as client:
        with pytest.raises(PreconditionFailed, match=f"{manager} manages radarr"):
            await UPDATE.dry_run(client, call())
        state = await SERVICE.poll(client, Gaps())
        assert [one.image for one in versions(SERVICE, state)] == [None]


async def test_a_copy_that_has_no_space_is_refused_with_both_sizes(
    engine: Engine, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with connect() as client:
        monkeypatch.setattr(client, "volume_sizes", lambda _: {"config": 3 * 2**30})
        engine.info = {"DriverStatus": [["Space Available", str(2**30)], ["Pool", "tank"]]}
        with pytest.raises(PreconditionFailed, match="needs 3072 MiB, and the engine has 1024 MiB left"):
            await UPDATE.dry_run(client, call())
        engine.info = {"DriverStatus": None}
        assert "volume config, 3072 MiB" in (await UPDATE.dry_run(client, call())).note


async def test_the_file_of_compose_is_named(engine: Engine, connect: Connect) -> None:
    async with connect() as client:
        note = (await UPDATE.dry_run(client, call())).note
    assert engine.containers
    assert note.startswith("Can be taken back with its data: volume config. The Compose file of media")


async def test_data_that_another_container_uses_now_is_not_replaced(engine: Engine, connect: Connect) -> None:
    assert UPDATE.undo is not None
    async with connect() as client:
        baseline = await updated(client)
        user = engine.add("backup")
        user["Mounts"] = [{"Type": "volume", "Name": "config", "Destination": "/x", "RW": False}]
        with pytest.raises(PreconditionFailed, match="backup uses volume config too"):
            await UPDATE.undo.execute(client, call(), baseline)
    assert engine.containers["radarr"]["Image"] == "sha256:new"
    assert engine.containers["radarr"]["State"]["Running"] is True


@pytest.mark.parametrize("step", ["/volumes/create", "/containers/create", "/archive"])
async def test_an_engine_that_fails_for_a_short_time_is_asked_again(
    engine: Engine, connect: Connect, step: str
) -> None:
    assert UPDATE.undo is not None
    async with connect() as client:
        baseline = await updated(client)
        engine.broken, engine.broken_times = {step: 500}, 2
        await UPDATE.undo.execute(client, call(), baseline)
    is_as_before(engine)


async def test_an_update_whose_copy_is_gone_is_not_half_taken_back(engine: Engine, connect: Connect) -> None:
    assert UPDATE.undo is not None
    async with connect() as client:
        baseline = await updated(client)
        del engine.containers[KEPT]
        for step in (UPDATE.undo.dry_run, UPDATE.undo.execute):
            with pytest.raises(PreconditionFailed, match="does not exist any more"):
                await step(client, call(), baseline)
    assert engine.containers["radarr"]["State"]["Running"] is True


async def test_without_data_the_image_is_enough(engine: Engine, connect: Connect) -> None:
    assert UPDATE.undo is not None
    radarr = engine.containers["radarr"]
    radarr["HostConfig"]["Binds"], radarr["Mounts"] = [], []
    async with connect() as client:
        baseline = await updated(client)
        del engine.containers[KEPT]
        await UPDATE.undo.execute(client, call(), baseline)
    assert engine.containers["radarr"]["Config"]["Image"] == "radarr:5"
    assert ENV_SECRET in engine.containers["radarr"]["Config"]["Env"]


async def test_somebody_elses_change_is_kept(engine: Engine, connect: Connect) -> None:
    assert UPDATE.undo is not None
    async with connect() as client:
        run = await UPDATE.dry_run(client, call())
        engine.images["sha256:own"] = ["radarr:7"]
        engine.add("radarr", Image="radarr:7", Id="ff" * 32)["Image"] = "sha256:own"
        for step in (UPDATE.precheck, UPDATE.undo.dry_run):
            with pytest.raises(PreconditionFailed):
                await step(client, call(), run.baseline)
        assert await UPDATE.probe(client, call(), run.baseline) is Effect.UNKNOWN


async def test_old_copies_are_removed_and_the_only_one_stays(engine: Engine, connect: Connect) -> None:
    for number, volume in (("aa" * 32, "config"), ("bb" * 32, "lost")):
        name = f"homelab-steward-{number[:12]}"
        engine.storage.add_volume(f"{name}-0", b"older", Labels={LABEL: number})
        labels = {LABEL: number, "homelab-steward.name": "other", "homelab-steward.taken": "0"}
        definition = {"name": "other", "image": "i", "reference": "r", "body": {}, "networks": {}}
        written = json.dumps({**definition, "volumes": [{"Name": volume}]})
        engine.add(name, "created", Labels=labels, Env=[f"HOMELAB_STEWARD_KEPT={written}"])
    async with connect() as client:
        await updated(client)
    assert set(engine.storage.volumes) == {"config", f"{KEPT}-0", f"homelab-steward-{'bb' * 6}-0"}


async def test_each_container_is_told_from_those_of_other_engines(engine: Engine, connect: Connect) -> None:
    async with connect() as client:

        async def identity() -> Identity:
            (version,) = versions(SERVICE, await SERVICE.poll(client, Gaps()))
            assert version.identity is not None
            return version.identity

        unknown = await identity()
        assert unknown == Identity("", engine.containers["radarr"]["Id"])
        engine.info = {"ID": "7TRN:IPZB"}
        known = await identity()
        assert known == Identity("7TRN:IPZB/nas/radarr", engine.containers["radarr"]["Id"])
        assert known.is_same(unknown)
        engine.host = "copy-of-nas"
        assert not known.is_same(await identity())
        engine.denied = ("/info",)
        assert await identity() == unknown, "it may be another engine by now"


async def test_a_poll_reads_images_and_data_and_hides_what_is_kept(engine: Engine, connect: Connect) -> None:
    engine.storage.labels["sha256:old"] = {"org.opencontainers.image.version": "5.0"}
    async with connect() as client:
        await updated(client)
        gaps = Gaps()
        state = await SERVICE.poll(client, gaps)
        shown = snapshot(SERVICE, "d", state, gaps, client.clock.now())
        assert [one.id for one in shown.resources] == ["radarr"]
        assert not shown.coverage.gaps
        (version,) = versions(SERVICE, state)
        assert version.image is not None
        assert version.image.platform == "linux/arm64/v8"
        assert version.image.digest is None, "radarr has no digest that is one"
        assert version.image.way_back is WayBack.DATA
        inspected = [one for one in engine.calls if "/images/" in one]
        await SERVICE.poll(client, Gaps())
        assert [one for one in engine.calls if "/images/" in one] == inspected, "each image is read once"


async def test_the_names_that_a_container_sets_are_known_and_no_values(
    engine: Engine, connect: Connect
) -> None:
    engine.storage.labels["sha256:old"] = {"of.image": "5.0"}
    radarr = engine.containers["radarr"]
    radarr["Config"]["Labels"] = {"lab.rule": "x", "of.image": "5.0"}
    ports = {"7878/tcp": [{"HostIp": "", "HostPort": "80"}, {}], "53/udp": []}
    radarr["HostConfig"]["PortBindings"] = ports
    async with connect() as client:
        state = await SERVICE.poll(client, Gaps())
        (version,) = versions(SERVICE, state)
        assert version.image is not None
        name, _, secret = ENV_SECRET.partition("=")
        assert version.image.uses == {name, "VERSION", "lab.rule", "7878", "80", "53"}
        assert secret not in repr(state)


async def test_volumes_and_images_that_cannot_be_read_are_gaps(engine: Engine, connect: Connect) -> None:
    engine.broken = {"/volumes": 500, "sha256:old/json": 500}
    async with connect() as client:
        gaps = Gaps()
        state = await SERVICE.poll(client, gaps)
        assert {one.part for one in gaps.coverage.gaps} >= {"volumes", "images"}
        (version,) = versions(SERVICE, state)
        assert version.unknown
        assert state.containers[0].data.way_back is WayBack.IMAGE


async def test_what_a_proxy_denies_costs_updates_only(engine: Engine, connect: Connect) -> None:
    engine.denied = ("/volumes", "sha256:old/json")
    async with connect() as client:
        gaps = Gaps()
        state = await SERVICE.poll(client, gaps)
        assert not gaps.coverage.gaps
        (version,) = versions(SERVICE, state)
        assert "403" in str(version.unknown)


def mount(name: str = "", source: str = "", **more: Any) -> Mount:
    kind = "volume" if name else "bind"
    return Mount(type=kind, name=name, source=source, **more)


LOCAL = {name: Volume(name=name) for name in ("config", "db")}


@pytest.mark.parametrize(
    ("mounts", "volumes", "users", "sizes", "way", "text"),
    [
        ([], LOCAL, {}, {}, WayBack.DATA, "Can be taken back: it keeps no data outside its image"),
        ([mount("config")], LOCAL, {}, {"config": 432013312}, WayBack.DATA, "volume config, 412 MiB"),
        ([mount("config"), mount("db")], LOCAL, {}, {"config": 1}, WayBack.DATA, "volume config, db"),
        ([mount("config", is_writable=False)], LOCAL, {}, {}, WayBack.DATA, "no data"),
        (
            [mount(source="/mnt/media")],
            LOCAL,
            {},
            {},
            WayBack.IMAGE,
            "Image only: /mnt/media is a bind mount",
        ),
        ([mount(source="/var/run/docker.sock")], LOCAL, {}, {}, WayBack.DATA, "no data"),
        ([mount(source="/etc/localtime")], LOCAL, {}, {}, WayBack.DATA, "no data"),
        ([mount(source="/etc/localtimes")], LOCAL, {}, {}, WayBack.IMAGE, "bind mount"),
        (
            [mount("config"), mount(source="/mnt/media")],
            LOCAL,
            {},
            {},
            WayBack.IMAGE,
            "Image and volume config can be taken back, the rest of its data cannot: /mnt/media",
        ),
        ([mount("config")], LOCAL, {"config": {"me", "b"}}, {}, WayBack.IMAGE, "is used by b too"),
        ([mount("config")], LOCAL, {"config": {"me"}}, {}, WayBack.DATA, "volume config"),
        ([mount("config")], {}, {}, {}, WayBack.IMAGE, "is not known"),
        ([mount("config")], Unknown("refused"), {}, {}, WayBack.IMAGE, "is not known"),
        (
            [mount("config")],
            {"config": Volume(name="config", options={"device": ":/nas"})},
            {},
            {},
            WayBack.IMAGE,
            "not kept by the engine itself",
        ),
        (
            [mount("config")],
            LOCAL,
            {},
            {"config": MOST_COPIED + 2**30},
            WayBack.IMAGE,
            "has 21.0 GiB",
        ),
    ],
)
def test_what_can_be_taken_back_is_said(
    mounts: list[Mount],
    volumes: Any,
    users: Mapping[str, set[str]],
    sizes: Mapping[str, int],
    way: WayBack,
    text: str,
) -> None:
    found = data_of(mounts, volumes, users, sizes, "me")
    assert found.way_back is way
    assert text in translate(found.text)


NFS = {"type": "nfs", "o": "addr=nas.lan,rw,nfsvers=4", "device": ":/mnt/tank/apps"}


@pytest.mark.parametrize(
    ("mounts", "options", "expected"),
    [
        ([mount("config")], {}, []),
        ([mount(source="/mnt/media")], {}, [("", "/mnt/media")]),
        ([mount("config", "/var/lib/docker/volumes/config")], NFS, [("nas.lan", "/mnt/tank/apps")]),
        (
            [mount("config", "/v")],
            {"type": "nfs4", "device": "10.0.0.5:/mnt/tank/apps"},
            [("10.0.0.5", "/mnt/tank/apps")],
        ),
        # Without a server, it may be anywhere: a folder of the machine is no folder of a NAS.
        ([mount("config", "/v")], {"type": "nfs", "device": ":/mnt/tank/apps"}, [("", "/v")]),
        ([mount("config", "/v")], {"type": "cifs", "device": "//nas/apps"}, [("", "/v")]),
    ],
)
def test_where_data_is_that_is_not_copied(
    mounts: list[Mount], options: dict[str, str], expected: list[tuple[str, str]]
) -> None:
    found = data_of(mounts, {"config": Volume(name="config", options=options)}, {}, {}, "me")
    assert [(one.server, one.path) for one in found.places] == expected


plain = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=8,
)
bodies = st.dictionaries(st.sampled_from(["Env", "Cmd", "Labels", "User"]), plain, max_size=4)


@given(bodies, st.dictionaries(st.text(max_size=3), plain, max_size=3))
def test_a_container_has_all_that_it_was_made_with(config: dict[str, Any], host: dict[str, Any]) -> None:
    body = {**config, "HostConfig": host, "Image": "a:1"}
    raw = {"Config": {**config, "Image": "a:2"}, "HostConfig": host, "NetworkSettings": {"Networks": {}}}
    assert lost_parts(body, {}, raw) == []
    for key, value in config.items():
        without = {**raw, "Config": {name: one for name, one in config.items() if name != key}}
        assert lost_parts(body, {}, without) == ([key] if value else [])
    assert lost_parts(body, {"media": {}}, raw) == ["network media"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("123", 123),
        ("1.5 GB", 1_500_000_000),
        ("2 TB", 2 * 10**12),
        ("much", None),
        ("1 cubit", None),
        ("", None),
    ],
)
def test_sizes_of_storage_drivers(text: str, expected: int | None) -> None:
    assert bytes_of(text) == expected
