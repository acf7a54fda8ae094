"""What an update kept of a container is restored as a container of its own, which is asked and removed."""

import hashlib
import io
import tarfile
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from homelab_steward.contract.restore_drill import ProofLevel
from services.docker.engine import ENV_SECRET, Engine
from services.docker.test_docker import QuickClock
from services.docker.test_update import COMPOSE, KEPT, updated
from steward.errors import PreconditionFailed, ServiceForbidden, ServiceMalformed, ServiceRefused
from steward.sdk.access import Access
from steward.sdk.coverage import Gaps
from steward.sdk.description import Backup, NotRestorable
from steward.services._docker.isolated import GIB, isolated, mounts, needed, share_refusal, variables
from steward.services._docker.kept import Definition
from steward.services._docker.mounts import Volume
from steward.services._docker.restore_drill import BOOT, RESTORE_DRILL, STEADY
from steward.services._docker.tar_files import BLOCK, MOST, SMALL, TarFiles
from steward.services.docker.client import DockerClient, poll

MARK = "steward-drill-ab12cd34-0011"
DATA = {"app.db": b"rows", "config.xml": b"<config/>"}
DF = "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/sda1 1000 400 600 40% /kept/data\n"
TCP = "  sl  local_address rem_address   st\n   0: 00000000:1EBE 00000000:0000 0A 00000000:00000000\n"


def archive(files: Mapping[str, bytes], folder: str = "data") -> bytes:
    """Return a folder as engines write it."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        top = tarfile.TarInfo(folder)
        top.type = tarfile.DIRTYPE
        tar.addfile(top)
        for name, content in files.items():
            info = tarfile.TarInfo(f"{folder}/{name}")
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return out.getvalue()


class Rig:
    """An engine on which radarr was updated, so that its old data is kept."""

    def __init__(self, engine: Engine, client: DockerClient) -> None:
        self.engine = engine
        self.client = client
        self.levels: list[ProofLevel] = []

    async def backup(self) -> Backup:
        (found,) = await RESTORE_DRILL.backups(self.client)
        return found

    async def drill(self) -> list[ProofLevel]:
        """Run a drill as the app does; nothing of it stays, and nothing else is changed."""
        before = self.state()
        backup = await self.backup()
        try:
            await RESTORE_DRILL.prepare(self.client, backup, MARK)
            await RESTORE_DRILL.try_out(self.client, backup, MARK, self.levels.append)
        finally:
            await RESTORE_DRILL.remove(self.client, MARK)
            assert self.state() == before
        return self.levels

    def state(self) -> Mapping[str, Any]:
        engine = self.engine
        return {
            "containers": {name: one["State"]["Status"] for name, one in engine.containers.items()},
            "volumes": {**engine.storage.content},
            "networks": {**engine.networks},
        }

    def started(self, change: Callable[[dict[str, Any]], object]) -> None:
        """Call `change` with the copy when it is started."""
        self.engine.started = lambda one: change(one) if one["Name"] == f"/{MARK}" else None

    def kept(self, change: Callable[[str], str]) -> None:
        """Change the definition that is kept."""
        one = self.engine.containers[KEPT]
        env = next(one for one in one["Config"]["Env"] if one.startswith("HOMELAB_STEWARD_KEPT="))
        one["Config"]["Env"] = [change(env)]


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    engine = Engine()
    radarr = engine.add("radarr", Labels=COMPOSE, Env=["TZ=Europe/Berlin"], ExposedPorts={"7870/tcp": {}})
    engine.describe("radarr")
    radarr["HostConfig"] |= {"Binds": ["config:/config"], "Memory": 8 * GIB}
    radarr["Config"]["ExposedPorts"] = {"7870/tcp": {}}
    radarr["Mounts"] = [{"Type": "volume", "Name": "config", "Destination": "/config", "RW": True}]
    engine.storage.add_volume("config", archive(DATA))
    engine.programs = {"df": DF, "cat": TCP}
    runner = await engine.serve(tmp_path / "d.sock")
    async with ClientSession() as session:
        settings = {"address": f"unix://{tmp_path}/d.sock"}
        client = DockerClient(Access(settings=settings, session=session, clock=QuickClock()))
        await updated(client)
        engine.storage.content["config"] = archive({"other": b"of the new version"})
        engine.sizes[f"{KEPT}-0"] = 300 * 1024
        await client.seldom(Gaps())
        yield Rig(engine, client)
        await client.close()
    engine.events.put_nowait(None)
    await runner.cleanup()


async def test_what_was_kept_is_started_in_isolation_and_its_files_are_found(rig: Rig) -> None:
    copies: list[dict[str, Any]] = []
    rig.started(lambda one: copies.append({**one, "network": dict(rig.engine.networks[MARK])}))
    assert await rig.drill() == [
        ProofLevel.READABLE,
        ProofLevel.RESTORED,
        ProofLevel.BOOTED,
        ProofLevel.ANSWERED,
    ]
    (copy,) = copies
    host = copy["HostConfig"]
    assert (copy["Image"], copy["network"]["Internal"]) == ("sha256:old", True)
    assert (host["Binds"], host["NetworkMode"]) == ([f"{MARK}-0:/config"], MARK)
    assert (host["Memory"], host["MemorySwap"], host["NanoCpus"]) == (GIB, GIB, 10**9)
    assert "PortBindings" not in host
    assert host["RestartPolicy"] == {"Name": "no"}
    assert copy["Config"]["Labels"] == {"homelab-steward.drill": MARK}, "no proxy or updater takes it"


async def test_the_backup_is_that_of_the_last_update(rig: Rig) -> None:
    backup = await rig.backup()
    assert (backup.kind, backup.target_id, backup.id) == ("container", "radarr", "01" * 32)
    assert backup.size == 300 * 1024
    assert backup.made_at.date() == rig.client.clock.now().date()


async def test_the_space_is_that_where_the_volumes_are(rig: Rig) -> None:
    prepared = await RESTORE_DRILL.prepare(rig.client, await rig.backup(), MARK)
    assert (prepared.copy, prepared.needs, prepared.free) == (MARK, 300 * 1024, 600 * 1024)
    assert MARK not in str(rig.engine.containers)


async def test_space_that_is_not_known_is_not_assumed(rig: Rig) -> None:
    del rig.engine.programs["df"], rig.engine.sizes[f"{KEPT}-0"]
    rig.client.disk = (await poll(rig.client, Gaps())).disk
    rig.client._due = 0.0
    await rig.client.seldom(Gaps())
    prepared = await RESTORE_DRILL.prepare(rig.client, await rig.backup(), MARK)
    assert (prepared.needs, prepared.free) == (None, None)


@pytest.mark.parametrize(
    ("state", "level", "error"),
    [
        ({"Running": False, "Status": "exited", "ExitCode": 1}, ProofLevel.RESTORED, NotRestorable),
        ({"Health": {"Status": "unhealthy"}}, ProofLevel.RESTORED, NotRestorable),
        ({"Health": {"Status": "starting"}}, ProofLevel.RESTORED, NotRestorable),
        (
            {"Running": False, "Status": "exited", "ExitCode": 137, "OOMKilled": True},
            ProofLevel.RESTORED,
            PreconditionFailed,
        ),
    ],
)
async def test_a_copy_that_does_not_start_is_told_apart(
    rig: Rig, state: dict[str, Any], level: ProofLevel, error: type[Exception]
) -> None:
    rig.started(lambda one: one["State"].update(state))
    with pytest.raises(error):
        await rig.drill()
    assert rig.levels[-1] is level


async def test_a_healthy_copy_has_started_whatever_its_ports_are(rig: Rig) -> None:
    rig.engine.programs["cat"] = ""
    rig.started(lambda one: one["State"].update({"Health": {"Status": "healthy"}}))
    assert (await rig.drill())[-1] is ProofLevel.ANSWERED


async def test_a_copy_that_listens_on_no_port_has_not_started(rig: Rig) -> None:
    rig.engine.programs["cat"] = TCP.replace("1EBE", "1EBF")
    with pytest.raises(NotRestorable, match="does not answer"):
        await rig.drill()
    assert rig.client.clock.monotonic() >= BOOT


async def test_without_a_port_the_copy_has_to_run_for_a_while(rig: Rig) -> None:
    del rig.engine.programs["cat"]
    before = rig.client.clock.monotonic()
    assert (await rig.drill())[-1] is ProofLevel.ANSWERED
    assert STEADY <= rig.client.clock.monotonic() - before < BOOT


async def test_a_copy_without_the_files_of_the_backup_has_not_answered(rig: Rig) -> None:
    rig.started(lambda _: rig.engine.storage.content.update({f"{MARK}-0": archive({"app.db": b"new"})}))
    with pytest.raises(NotRestorable, match="none of the files of volume config"):
        await rig.drill()
    assert rig.levels[-1] is ProofLevel.BOOTED


async def test_files_that_the_program_changes_do_not_matter(rig: Rig) -> None:
    changed = archive({**DATA, "app.db": b"more rows", "app.log": b"started"})
    rig.started(lambda _: rig.engine.storage.content.update({f"{MARK}-0": changed}))
    assert (await rig.drill())[-1] is ProofLevel.ANSWERED


async def test_without_files_nothing_is_asked(rig: Rig) -> None:
    rig.engine.storage.content[f"{KEPT}-0"] = archive({"empty": b""})
    assert (await rig.drill())[-1] is ProofLevel.BOOTED


async def test_a_network_with_a_way_out_is_not_used(rig: Rig) -> None:
    rig.engine.is_open = True
    rig.started(lambda _: pytest.fail("it was started"))
    with pytest.raises(PreconditionFailed, match="cannot be isolated"):
        await rig.drill()


async def test_a_failure_with_dummy_secrets_says_nothing_about_the_backup(rig: Rig) -> None:
    rig.kept(lambda env: env.replace("TZ=Europe/Berlin", ENV_SECRET))
    seen: list[list[str]] = []

    def end(one: dict[str, Any]) -> None:
        seen.append(one["Config"]["Env"])
        one["State"].update(Running=False, Status="exited")

    rig.started(end)
    with pytest.raises(PreconditionFailed, match="does not get: API_KEY"):
        await rig.drill()
    assert seen == [["API_KEY=xxxxxxx-xxxxx", "VERSION=sha256:old"]]


async def test_a_failure_without_another_container_says_nothing_about_the_backup(rig: Rig) -> None:
    rig.engine.add("db")
    rig.kept(lambda env: env.replace("TZ=Europe/Berlin", "DB_HOST=db:5432"))
    rig.started(lambda one: one["State"].update(Running=False, Status="exited"))
    with pytest.raises(PreconditionFailed, match="does not get: db"):
        await rig.drill()


async def test_a_program_that_cannot_be_started_is_a_result(rig: Rig) -> None:
    rig.engine.broken[f"/containers/{MARK}/start"] = 400
    with pytest.raises(NotRestorable):
        await rig.drill()
    assert rig.levels[-1] is ProofLevel.RESTORED


async def test_an_answer_that_is_no_archive_is_no_result(rig: Rig) -> None:
    rig.engine.storage.content[f"{KEPT}-0"] = b"no archive" * BLOCK
    with pytest.raises(ServiceMalformed, match="not understood"):
        await rig.drill()
    assert rig.levels == []


@pytest.mark.parametrize("what", ["image", "volume"])
async def test_without_its_image_or_a_volume_it_cannot_be_restored(rig: Rig, what: str) -> None:
    if what == "image":
        rig.engine.images["sha256:older"] = rig.engine.images.pop("sha256:old")
    else:
        del rig.engine.storage.volumes[f"{KEPT}-0"]
    with pytest.raises(NotRestorable):
        await RESTORE_DRILL.prepare(rig.client, await rig.backup(), MARK)


async def test_what_a_later_update_removed_is_not_possible(rig: Rig) -> None:
    backup = await rig.backup()
    del rig.engine.containers[KEPT]
    with pytest.raises(PreconditionFailed, match="does not exist any more"):
        await RESTORE_DRILL.prepare(rig.client, backup, MARK)
    assert await RESTORE_DRILL.backups(rig.client) == []


async def test_a_container_that_shares_a_part_of_its_host_is_left_out(rig: Rig) -> None:
    rig.kept(lambda env: env.replace("config:/config", "/srv/config:/config"))
    with pytest.raises(PreconditionFailed, match="share a part of its host: /config"):
        await RESTORE_DRILL.prepare(rig.client, await rig.backup(), MARK)


async def test_copies_are_found_by_their_mark_and_nothing_else_is_removed(rig: Rig) -> None:
    engine = rig.engine
    engine.storage.add_volume("mine", Labels={"homelab-steward.drill": f"{MARK}5"})
    engine.networks["mine"] = {"Name": "mine", "Id": "id", "Labels": {"homelab-steward.drill": MARK}}
    engine.add("mine", Labels={"homelab-steward.drill": "steward-drill-00000000-1"})
    assert await RESTORE_DRILL.left(rig.client, "steward-drill-ab12cd34-") == [MARK, f"{MARK}5"]
    await RESTORE_DRILL.remove(rig.client, MARK)
    assert await RESTORE_DRILL.left(rig.client, "steward-drill-ab12cd34-") == [f"{MARK}5"]
    assert {"mine", "radarr", KEPT} <= engine.containers.keys()
    for name in ("radarr", "", "steward-drill-../radarr"):
        with pytest.raises(ServiceRefused):
            await RESTORE_DRILL.remove(rig.client, name)


async def test_a_copy_is_neither_shown_nor_watched(rig: Rig) -> None:
    async def shown() -> list[str]:
        return [one.key for one in (await poll(rig.client, Gaps())).containers]

    before = await shown()
    rig.engine.add(MARK, Labels={"homelab-steward.drill": MARK})
    assert await shown() == before


async def test_a_proxy_that_denies_networks_is_no_result(rig: Rig) -> None:
    rig.engine.denied = ("/networks/create",)
    backup = await rig.backup()
    with pytest.raises(ServiceForbidden):
        await RESTORE_DRILL.try_out(rig.client, backup, MARK, rig.levels.append)
    rig.engine.denied = ()
    await RESTORE_DRILL.remove(rig.client, MARK)


def definition(host: Mapping[str, Any] | None = None, **body: Any) -> Definition:
    return Definition(
        name="radarr",
        image="sha256:old",
        reference="radarr:5",
        body={"Env": [], **body, "HostConfig": {"Binds": ["config:/config"], **(host or {})}},
        networks={},
        volumes=(Volume(name="config"),),
    )


@pytest.mark.parametrize(
    ("host", "part"),
    [
        ({"Privileged": True}, "Privileged"),
        ({"Devices": [{"PathOnHost": "/dev/dri"}]}, "Devices"),
        ({"CapAdd": ["SYS_ADMIN"]}, "CapAdd"),
        ({"PidMode": "host"}, "PidMode"),
        ({"NetworkMode": "container:vpn"}, "NetworkMode"),
        ({"Runtime": "nvidia"}, "Runtime"),
        ({"Binds": ["/var/run/docker.sock:/var/run/docker.sock:ro"]}, "/var/run/docker.sock"),
        ({"Binds": ["config:/config", "media:/media"]}, "/media"),
        ({"Mounts": [{"Type": "bind", "Source": "/srv", "Target": "/srv"}]}, "/srv"),
    ],
)
def test_what_is_shared_is_named(host: dict[str, Any], part: str) -> None:
    refusal = share_refusal(definition(host))
    assert refusal is not None
    assert part in str(getattr(refusal, "values", refusal))


@pytest.mark.parametrize(
    "host",
    [
        {},
        {"NetworkMode": "host", "Runtime": "runc", "Privileged": False},
        {"Binds": ["config:/config:rw", "/etc/localtime:/etc/localtime:ro"]},
        {"Mounts": [{"Type": "tmpfs", "Target": "/cache"}, {"Type": "volume", "Source": "config"}]},
    ],
)
def test_what_is_its_own_is_no_reason(host: dict[str, Any]) -> None:
    assert share_refusal(definition(host)) is None


def test_a_copy_gets_only_what_is_chosen() -> None:
    made = isolated(
        definition(
            {
                "Binds": ["config:/config:ro", "/etc/localtime:/etc/localtime:ro"],
                "ExtraHosts": ["a:10.0.0.1"],
                "PortBindings": {"80/tcp": []},
                "Memory": 2**20,
                "Init": True,
                "NetworkMode": "host",
            },
            Cmd=["run"],
            Labels={"traefik.enable": "true"},
            MacAddress="02:00:00:00:00:01",
        ),
        {"config": "copy"},
        MARK,
        {"a": "b"},
    )
    host = made["HostConfig"]
    assert set(made) == {"Cmd", "Image", "Env", "Labels", "HostConfig"}
    assert made["Labels"] == {"a": "b"}
    assert host["Binds"] == ["copy:/config:ro"]
    assert (host["Memory"], host["Init"], host["NetworkMode"]) == (2**20, True, MARK)
    assert not {"ExtraHosts", "PortBindings"} & host.keys()


def test_secrets_have_dummies_of_their_form() -> None:
    env = ["TZ=UTC", "APP_KEY=base64:aZ9+/=", "AUTH=true", "URL=postgres://ann:p4ss@db/x", "PASSWORD="]
    found = variables({"Env": env})
    assert found.env == (
        "TZ=UTC",
        "APP_KEY=xxxx00:xX0+/=",
        "AUTH=true",
        "URL=postgres://xxx:x0xx@db/x",
        "PASSWORD=",
    )
    assert found.secrets == ("APP_KEY", "URL")


def test_other_containers_are_found_in_the_environment_and_the_compose_file() -> None:
    labels = {"com.docker.compose.depends_on": "redis:service_started:false,cache:service_healthy:true"}
    body = {"Env": ["A=postgres://db:5432/x", "B=dbx", "C=web.local"], "Labels": labels}
    assert needed(body, {"db", "redis", "cache", "web", "x1"}) == ("cache", "db", "redis")


def test_mounts_of_both_forms_are_read() -> None:
    volume = {"Type": "volume", "Source": "b", "Target": "/b", "ReadOnly": True}
    host = {"Binds": ["a:/a:z,ro"], "Mounts": [volume]}
    assert mounts({"HostConfig": host}) == [("a", "/a", True), ("b", "/b", True)]


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("piece", [1, 100, 512, 10**6])
def test_small_files_of_an_archive_are_read_however_it_is_cut(piece: int) -> None:
    large, long = {"large": b"x" * (SMALL + 1)}, {"y" * 150: b"3", "é": b"4"}
    content = {"a": b"1", **large, "deep/b": b"2" * BLOCK, **long, "z": b"5"}
    data = archive(content)
    files = TarFiles()
    for start in range(0, len(data), piece):
        files.feed(data[start : start + piece])
    assert files.hashes == {"a": sha(b"1"), "deep/b": sha(b"2" * BLOCK), "z": sha(b"5")}


def test_as_many_files_are_kept_as_needed_or_those_that_are_named() -> None:
    data = archive({f"{number:03}": b"%d" % number for number in range(MOST + 10)})
    some, one = TarFiles(), TarFiles({"025", "none"})
    some.feed(data)
    one.feed(data)
    assert len(some.hashes) == MOST
    assert one.hashes == {"025": sha(b"25")}


def test_the_size_of_a_very_large_file_is_read_in_both_forms() -> None:
    for form in (tarfile.PAX_FORMAT, tarfile.GNU_FORMAT):
        info = tarfile.TarInfo("data/huge")
        info.size = 9 * 2**30
        files = TarFiles()
        files.feed(info.tobuf(form))
        assert files._skip == info.size
