"""What the service understands of an engine, and that its actions say no as well as yes."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from homelab_steward.contract.state import CoverageStatus, Instance, Origin, Snapshot, TargetRef
from services.docker.engine import ENV_SECRET, NEVER, Engine, frame, stats
from steward.errors import (
    InvalidSetting,
    PreconditionFailed,
    ServiceError,
    ServiceForbidden,
    ServiceRefused,
    ServiceUnreachable,
)
from steward.inventory.topology import Topology, places
from steward.sdk.access import Access
from steward.sdk.coverage import Gaps
from steward.sdk.description import Call, Changed, Effect
from steward.sdk.snapshot import CheckResults, run_checks, snapshot
from steward.services.docker import SERVICE
from steward.services.docker.client import DockerClient
from steward.services.docker.connection import address

ACTIONS = {one.key: one for one in SERVICE.actions}
TOOLS = {one.key: one for one in SERVICE.tools}


class QuickClock:
    """A clock on which waiting takes no time."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return datetime(2026, 11, 27, 12, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        await asyncio.sleep(0)


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[Engine]:
    engine = Engine()
    runner = await engine.serve(tmp_path / "d.sock")
    yield engine
    engine.events.put_nowait(None)
    await runner.cleanup()


@pytest.fixture
async def client(engine: Engine, tmp_path: Path) -> AsyncIterator[DockerClient]:
    async with ClientSession() as session:
        client = DockerClient(access(session, address=f"unix://{tmp_path}/d.sock"))
        yield client
        await client.close()


def access(session: ClientSession, **settings: Any) -> Access:
    return Access(settings=settings, session=session, clock=QuickClock())


def call(name: str = "radarr", **arguments: Any) -> Call:
    return Call(target=TargetRef(instance_id="d", kind="container", id=name, name=name), arguments=arguments)


async def look(client: DockerClient) -> tuple[Snapshot, CheckResults]:
    gaps = Gaps()
    state = await SERVICE.poll(client, gaps)
    return snapshot(SERVICE, "d", state, gaps, client.clock.now()), run_checks(SERVICE, state)


async def problem(client: DockerClient, check: str, name: str = "radarr") -> str | None:
    """The problem, None when the check says that all is well, "?" when that is not known."""
    _, results = await look(client)
    key = (f"container_{check}", ("container", name))
    if key in results.unknown:
        return "?"
    assert (key in results.problems) is not (key in results.clear)
    return results.problems.get(key)


async def test_a_poll_reads_the_engine_and_its_containers(engine: Engine, client: DockerClient) -> None:
    labels = {"com.docker.compose.project": "media", "com.docker.compose.service": "films"}
    health = {"Status": "healthy", "Log": [{"Output": "ok"}]}
    engine.add("radarr", Memory=512 * 2**20, Labels=labels, Health=health)
    engine.add("old", "exited", ExitCode=3)
    await look(client)
    engine.stats = stats(used=10**9, passed=10**12 + 4 * 10**9)
    shown, _ = await look(client)
    radarr, old = shown.resources
    assert shown.version == "28.5.2"
    assert not shown.coverage.gaps
    assert (shown.values["containers_running"], shown.values["containers_stopped"]) == (1, 1)
    assert (shown.values["disk_used"], shown.values["containers_unhealthy"]) == (1.5, 0)
    assert (radarr.id, radarr.values["running"], radarr.values["health"]) == ("radarr", True, "healthy")
    assert (radarr.values["memory_used"], radarr.values["memory_share"]) == (256, 50.0)
    assert radarr.values["cpu"] == 25.0
    assert (old.values["running"], old.values["exit_code"], old.values["health"]) == (False, 3, None)
    assert old.unknown["memory_used"] == "The container does not run"
    state = await SERVICE.poll(client, Gaps())
    assert state.containers[0].labels["compose_service"] == "films"


async def test_an_engine_without_containers_is_read(engine: Engine, client: DockerClient) -> None:
    engine.containers.clear()
    gaps = Gaps()
    assert (await SERVICE.poll(client, gaps)).containers == ()
    assert gaps.coverage.status is CoverageStatus.COMPLETE


async def test_the_name_identifies_a_container_that_is_recreated(
    engine: Engine, client: DockerClient
) -> None:
    old = engine.add("radarr")
    engine.add(f"{old['Id'][:12]}_radarr", "created")
    shown, _ = await look(client)
    assert [one.id for one in shown.resources] == ["radarr"]


async def test_containers_of_one_name_on_two_engines_differ_by_their_host(
    engine: Engine, client: DockerClient
) -> None:
    engine.add("adguard")
    found = places(SERVICE, "first", await SERVICE.poll(client, Gaps()))
    engine.host = "backup"
    found += places(SERVICE, "second", await SERVICE.poll(client, Gaps()))
    engines = [
        Instance(id=one, service="docker", name=one, origin=Origin.FILE) for one in ("first", "second")
    ]
    topology = Topology(engines, found, {})
    by_host = topology.locate({"name": "adguard", "host": "backup"})
    assert by_host is not None
    assert by_host.instance_id == "second"
    assert topology.locate({"name": "adguard"}) is None


async def test_what_cannot_be_read_is_unknown_and_a_gap(engine: Engine, client: DockerClient) -> None:
    engine.add("radarr")
    engine.add("sonarr")
    engine.broken = {f"{engine.containers['sonarr']['Id']}/json": 500, "stats": 500, "/system/df": 500}
    shown, _ = await look(client)
    assert [one.name for one in shown.resources] == ["radarr"]
    assert {gap.part for gap in shown.coverage.gaps} == {"containers", "container", "stats", "disk"}
    assert shown.values["containers_running"] is shown.values["disk_used"] is None
    assert shown.resources[0].values["memory_used"] is None


async def test_a_container_that_ends_while_it_is_read_has_no_statistics(
    engine: Engine, client: DockerClient
) -> None:
    engine.add("radarr")
    engine.stats = {"read": NEVER, "cpu_stats": {"cpu_usage": {"total_usage": 0}}, "memory_stats": {}}
    shown, _ = await look(client)
    assert not shown.coverage.gaps
    assert shown.resources[0].unknown["memory_used"] == "The container does not run"


async def test_a_proxy_that_denies_shows_as_missing_rights(engine: Engine, client: DockerClient) -> None:
    engine.add("radarr")
    engine.denied = ("/info", "/system/df", "/events", "/restart", "/pause")
    shown, _ = await look(client)
    assert [one.split(" (")[0] for one in shown.missing_rights] == [
        "GET /info",
        "GET /system/df",
        "GET /events",
        "POST /containers/*/restart",
        "POST /containers/*/pause",
    ]
    assert set(shown.unavailable) == {"action.restart", "action.pause"}
    with pytest.raises(ServiceForbidden):
        await client.act(call(), "restart")


async def test_an_api_that_is_too_new_is_refused(engine: Engine, client: DockerClient) -> None:
    engine.version["MinAPIVersion"] = "1.60"
    with pytest.raises(ServiceRefused, match=r"1\.60"):
        await look(client)


async def test_an_older_engine_is_asked_by_its_own_version(engine: Engine, client: DockerClient) -> None:
    engine.version["ApiVersion"] = "1.41"
    with pytest.raises(ServiceError):
        await look(client)
    assert "GET /v1.41/containers/json" in engine.calls


@pytest.mark.parametrize(
    ("check", "status", "changes", "expected"),
    [
        (
            "unhealthy",
            "running",
            {"Health": {"Status": "unhealthy", "Log": [{"Output": "refused"}]}},
            "refused",
        ),
        ("unhealthy", "running", {"Health": {"Status": "starting"}}, "?"),
        ("unhealthy", "running", {"Health": {"Status": "healthy"}}, None),
        ("unhealthy", "exited", {"Health": {"Status": "unhealthy"}}, "?"),
        ("unhealthy", "paused", {"Health": {"Status": "healthy"}}, "?"),
        ("unhealthy", "running", {}, None),
        ("restarting", "restarting", {"ExitCode": 1}, "again and again"),
        ("restarting", "running", {"StartedAt": "2026-11-27T11:59:30Z"}, "?"),
        ("restarting", "running", {}, None),
        ("exited", "exited", {"ExitCode": 3, "RestartPolicy": {"Name": "on-failure"}}, "exit code 3"),
        ("exited", "exited", {"ExitCode": 143, "RestartPolicy": {"Name": "always"}}, "exit code 143"),
        ("exited", "exited", {"ExitCode": 3}, "exit code 3"),
        ("exited", "exited", {"OOMKilled": True, "RestartPolicy": {"Name": "on-failure"}}, "out of memory"),
        ("exited", "created", {"Error": "port in use", "RestartPolicy": {"Name": "always"}}, "port in use"),
        ("exited", "restarting", {"RestartPolicy": {"Name": "always"}}, "?"),
        ("exited", "running", {"RestartPolicy": {"Name": "always"}}, None),
        ("exited", "dead", {"RestartPolicy": {"Name": "always"}}, "It is dead"),
        ("exited", "removing", {"RestartPolicy": {"Name": "always"}}, "?"),
        ("exited", "created", {"RestartPolicy": {"Name": "always"}}, "?"),
        ("paused", "paused", {}, "paused"),
        ("paused", "running", {}, None),
    ],
)
async def test_checks_have_three_answers(
    engine: Engine,
    client: DockerClient,
    check: str,
    status: str,
    changes: dict[str, Any],
    expected: str | None,
) -> None:
    engine.add("radarr", status, **changes)
    found = await problem(client, check)
    assert found == expected or (expected and expected in (found or ""))


async def test_a_loop_is_seen_between_the_restarts_and_ends_with_time(
    engine: Engine, client: DockerClient
) -> None:
    radarr = engine.add("radarr", RestartCount=40)
    assert await problem(client, "restarting") is None
    radarr["RestartCount"] = 41
    assert await problem(client, "restarting") == "?"
    radarr["RestartCount"] = 43
    assert "again" in (await problem(client, "restarting") or "")
    await client.clock.sleep(700)
    assert await problem(client, "restarting") is None


async def test_logs_are_put_in_order_and_keep_secrets_of_the_settings_out(
    engine: Engine, client: DockerClient
) -> None:
    radarr = engine.add("radarr", FinishedAt="2026-11-27T09:59:00Z", ExitCode=1)
    engine.log = frame(2, "2026-11-27T10:00:02.000000000Z \x1b[31müber\x1b[0m\n") + engine.log
    text = (await TOOLS["logs"].read(client, call(lines=5))).text
    assert text == "2026-11-27T10:00:01 started\n2026-11-27T10:00:02 über"
    radarr["Config"]["Tty"] = True
    engine.log = b"2026-11-27T10:00:03.000000000Z bare\r\n"
    assert (await TOOLS["before_end"].read(client, call(lines=5))).text.endswith("\n2026-11-27T10:00:03 bare")
    for tool in ("status", "processes"):
        text = (await TOOLS[tool].read(client, call())).text
        assert "radarr:5" in text or "Radarr" in text
        assert ENV_SECRET not in text


@pytest.mark.parametrize(
    ("key", "status"),
    [
        ("restart", "exited"),
        ("restart", "paused"),
        ("restart", "restarting"),
        ("start", "running"),
        ("start", "paused"),
        ("start", "restarting"),
        ("stop", "exited"),
        ("pause", "exited"),
        ("pause", "paused"),
        ("resume", "running"),
    ],
)
async def test_what_makes_no_sense_now_is_not_offered(
    engine: Engine, client: DockerClient, key: str, status: str
) -> None:
    engine.add("radarr", status)
    with pytest.raises(PreconditionFailed):
        await ACTIONS[key].dry_run(client, call())


async def test_a_container_between_two_restarts_can_be_stopped(engine: Engine, client: DockerClient) -> None:
    engine.add("radarr", "restarting")
    assert (await ACTIONS["stop"].dry_run(client, call())).differences[0].after == "stopped"


async def test_what_is_so_already_is_done_and_a_conflict_is_a_refusal(
    engine: Engine, client: DockerClient
) -> None:
    engine.add("radarr", "exited")
    await client.act(call(), "stop")
    with pytest.raises(ServiceRefused, match="409"):
        await client.act(call(), "pause")


async def test_a_name_that_is_gone_never_means_the_beginning_of_an_id(
    engine: Engine, client: DockerClient
) -> None:
    engine.add("radarr", Id="db" * 32)
    for key in ("restart", "stop"):
        with pytest.raises(PreconditionFailed, match="no container db"):
            await ACTIONS[key].dry_run(client, call("db"))
    with pytest.raises(PreconditionFailed):
        await client.act(call("db"), "stop")
    assert not any(one.startswith("POST") for one in engine.calls)


async def test_events_ask_for_a_poll_until_the_connection_ends(engine: Engine, client: DockerClient) -> None:
    engine.events.put_nowait({"Type": "container", "Action": "die"})
    pushes = client.listen()
    assert await anext(pushes) is Changed.POLL_NOW
    engine.events.put_nowait(None)
    assert [one async for one in pushes] == []


async def test_an_engine_that_is_away_ends_the_listener(tmp_path: Path) -> None:
    async with ClientSession() as session:
        client = DockerClient(access(session, address=f"unix://{tmp_path}/absent.sock"))
        with pytest.raises(ServiceError):
            await client.version()
        await client.close()


async def test_a_socket_that_the_app_may_not_open_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object, **__: object) -> object:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(asyncio.get_running_loop(), "create_unix_connection", refuse)
    async with ClientSession() as session:
        client = DockerClient(access(session, address=f"unix://{tmp_path}/docker.sock"))
        with pytest.raises(ServiceUnreachable, match="permission denied"):
            await client.version()
        await client.close()


@pytest.mark.parametrize("text", ["", "docker.sock", "unix://relative", "ftp://nas", "http://a:b@nas:2375"])
async def test_an_address_that_is_none_is_refused(text: str) -> None:
    async with ClientSession() as session:
        with pytest.raises(InvalidSetting, match="address"):
            address(access(session, address=text))


@pytest.mark.parametrize("status", ["dead", "removing"])
async def test_what_the_engine_removes_is_not_started(
    engine: Engine, client: DockerClient, status: str
) -> None:
    engine.add("radarr", status, Running=False)
    with pytest.raises(PreconditionFailed, match=f"radarr is {status}"):
        await ACTIONS["start"].dry_run(client, call())


async def test_what_is_removed_when_it_stops_is_not_stopped(engine: Engine, client: DockerClient) -> None:
    engine.add("radarr", AutoRemove=True)["HostConfig"]["AutoRemove"] = True
    with pytest.raises(PreconditionFailed, match="--rm"):
        await ACTIONS["stop"].dry_run(client, call())


@pytest.mark.parametrize("status", [400, 409, 429])
async def test_only_404_says_that_a_container_is_removed(
    engine: Engine, client: DockerClient, status: int
) -> None:
    engine.add("radarr")
    engine.add("sonarr")
    engine.broken = {f"{engine.containers['sonarr']['Id']}/json": status}
    shown, _ = await look(client)
    assert {gap.part for gap in shown.coverage.gaps} == {"containers", "container"}
    assert shown.values["containers_running"] is None
    engine.broken = {"sonarr/json": status}
    with pytest.raises(ServiceRefused, match=str(status)):
        await ACTIONS["restart"].dry_run(client, call("sonarr"))


async def test_cpu_usage_does_not_need_the_memory_control_group(engine: Engine, client: DockerClient) -> None:
    engine.add("radarr")
    engine.stats = stats(used=0, passed=10**12) | {"memory_stats": {}}
    await look(client)
    engine.stats = stats(used=10**9, passed=10**12 + 4 * 10**9) | {"memory_stats": {}}
    shown, _ = await look(client)
    assert not shown.coverage.gaps
    assert (shown.resources[0].values["cpu"], shown.resources[0].values["memory_used"]) == (25.0, None)


@pytest.mark.parametrize("verb", ["restart", "stop"])
@pytest.mark.parametrize(("stop_timeout", "seconds"), [(None, 10), (0, 0), (120, 120), (-1, float("inf"))])
async def test_a_program_that_stops_slowly_may_still_stop(
    engine: Engine, client: DockerClient, verb: str, stop_timeout: int | None, seconds: float
) -> None:
    engine.add("radarr")["Config"]["StopTimeout"] = stop_timeout
    latest = ACTIONS[verb].latest
    assert latest is not None
    assert await latest(client, call(), {}) == seconds
    dry = await ACTIONS[verb].dry_run(client, call())
    assert await ACTIONS[verb].probe(client, call(), dry.baseline) is Effect.NOT_SEEN
    await ACTIONS[verb].execute(client, call(), dry.baseline)
    assert await ACTIONS[verb].probe(client, call(), dry.baseline) is Effect.DONE


@pytest.mark.parametrize("verb", ["restart", "stop", "pause", "start"])
async def test_another_container_with_the_name_is_refused(
    engine: Engine, client: DockerClient, verb: str
) -> None:
    compose = {"com.docker.compose.project": "media", "com.docker.compose.service": "films"}
    status = "exited" if verb == "start" else "running"
    engine.add("radarr", status, Image="ghcr.io:443/films/radarr:5@sha256:1", Labels=compose)
    dry = await ACTIONS[verb].dry_run(client, call())
    engine.add("radarr", status, Image="ghcr.io:443/films/radarr:6", Labels=compose, Id="ff" * 32)
    await ACTIONS[verb].precheck(client, call(), dry.baseline)
    for change in ({"Image": "postgres:17", "Labels": compose}, {"Image": "ghcr.io:443/films/radarr:6"}):
        engine.add("radarr", status, **change)
        with pytest.raises(PreconditionFailed, match="replaced"):
            await ACTIONS[verb].precheck(client, call(), dry.baseline)


async def recreated(engine: Engine, client: DockerClient, tag: str = "6") -> None:
    engine.describe("radarr")
    dry = await ACTIONS["set_image"].dry_run(client, call(tag=tag))
    await ACTIONS["set_image"].execute(client, call(tag=tag), dry.baseline)


async def test_a_recreated_container_keeps_what_was_given_and_takes_what_the_image_sets(
    engine: Engine, client: DockerClient
) -> None:
    engine.add("radarr")["HostConfig"]["Binds"] = ["config:/config"]
    await recreated(engine, client)
    assert list(engine.containers) == ["radarr"]
    radarr = engine.containers["radarr"]
    assert (radarr["Image"], radarr["Config"]["Image"]) == ("sha256:new", "radarr:6")
    assert radarr["Config"]["Env"] == [ENV_SECRET, "VERSION=sha256:new"]
    assert not {"Cmd", "Hostname"} & radarr["Config"].keys()
    assert radarr["HostConfig"]["Binds"] == ["config:/config", "movies:/movies:ro"]
    assert radarr["NetworkSettings"]["Networks"] == {
        "media": {"Aliases": ["films"]},
        "proxy": {"Aliases": [], "IPAMConfig": {"IPv4Address": "172.21.0.5"}},
    }
    assert radarr["State"]["Running"] is True


@pytest.mark.parametrize("mode", ["host", "none", "container:vpn"])
async def test_a_container_without_a_network_of_its_own_gets_none(
    engine: Engine, client: DockerClient, mode: str
) -> None:
    engine.add("radarr")["HostConfig"]["NetworkMode"] = mode
    await recreated(engine, client)
    assert engine.containers["radarr"]["NetworkSettings"]["Networks"] == {}


@pytest.mark.parametrize("step", ["/containers/create", "/networks/proxy/connect", "/stop", "/rename"])
async def test_a_recreation_that_fails_leaves_the_old_container_running(
    engine: Engine, client: DockerClient, step: str
) -> None:
    old = engine.add("radarr")
    engine.broken = {step: 409}
    with pytest.raises(ServiceRefused):
        await recreated(engine, client)
    assert engine.containers == {"radarr": old}
    assert (old["State"]["Running"], old["Config"]["Image"]) == (True, "radarr:5")


@pytest.mark.parametrize(
    ("tag", "match"), [("7", "does not have radarr:7"), ("../6", "is no tag"), ("5", "already 5")]
)
async def test_an_image_that_cannot_be_had_changes_nothing(
    engine: Engine, client: DockerClient, tag: str, match: str
) -> None:
    engine.add("radarr")
    with pytest.raises(PreconditionFailed, match=match):
        await recreated(engine, client, tag)
    assert engine.containers["radarr"]["State"]["Running"] is True


@pytest.mark.parametrize(("swap", "sent"), [(2**30, 2**30 + 512 * 2**20), (-1, -1), (0, 0)])
async def test_swap_keeps_its_size_when_memory_changes(
    engine: Engine, client: DockerClient, swap: int, sent: int
) -> None:
    limits = engine.add("radarr", Memory=512 * 2**20)["HostConfig"]
    limits["MemorySwap"] = swap
    dry = await ACTIONS["set_memory"].dry_run(client, call(memory_mib=1024))
    await ACTIONS["set_memory"].execute(client, call(memory_mib=1024), dry.baseline)
    assert (limits["Memory"], limits["MemorySwap"]) == (2**30, sent)


@pytest.mark.parametrize("key", ["set_memory", "set_cpu"])
async def test_a_limit_that_could_not_be_taken_away_again_is_not_set(
    engine: Engine, client: DockerClient, key: str
) -> None:
    engine.add("radarr")
    with pytest.raises(PreconditionFailed, match="has no"):
        await ACTIONS[key].dry_run(client, call(memory_mib=512, cores=1))


async def test_images_are_shown_with_their_digests_used_ones_first(
    engine: Engine, client: DockerClient
) -> None:
    engine.add("radarr")
    lines = (await TOOLS["images"].read(client, call())).text.splitlines()
    assert lines == [
        "radarr:5: sha256:old, 256 MiB, used",
        "radarr:6: sha256:new, 256 MiB, not used",
    ]


async def test_a_container_that_was_set_aside_and_never_replaced_is_shown(
    engine: Engine, client: DockerClient
) -> None:
    old = engine.add("radarr", "exited")
    engine.containers.clear()
    engine.containers[f"{old['Id'][:12]}_radarr"] = old | {"Name": f"/{old['Id'][:12]}_radarr"}
    engine.add(f"{old['Id'][:12]}_radarr.new", "created")
    shown, _ = await look(client)
    assert [(one.id, one.values["running"]) for one in shown.resources] == [("radarr", False)]


async def test_what_an_interrupted_attempt_left_is_removed(engine: Engine, client: DockerClient) -> None:
    left = f"{engine.add('radarr')['Id'][:12]}_radarr.new"
    engine.add(left, "created")
    shown, _ = await look(client)
    assert [one.id for one in shown.resources] == ["radarr"]
    await recreated(engine, client)
    assert list(engine.containers) == ["radarr"]
