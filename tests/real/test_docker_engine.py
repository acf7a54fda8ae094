"""The Docker Engine of the tests runs containers, and is removed completely."""

import http.client
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from real import docker_engine
from real.conftest import Record
from real.docker_engine import DockerEngine, DockerEngineError

CREATED_BY_CONTAINERD = [Path("/run/containerd"), Path("/run/docker"), Path("/opt/containerd")]


@pytest.fixture(scope="module")
def engine(record_testsuite_property: Record) -> Iterator[DockerEngine]:
    reason = docker_engine.skip_reason()
    if reason is not None:
        pytest.skip(reason)
    with docker_engine.running() as engine:
        record_testsuite_property("Docker Engine", f"{engine.version()}, unix socket and TCP on loopback")
        yield engine


def test_the_unix_socket_responds(engine: DockerEngine) -> None:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(engine.socket))
        client.sendall(b"GET /_ping HTTP/1.0\r\n\r\n")
        response = http.client.HTTPResponse(client)
        response.begin()
        assert (response.status, response.read()) == (200, b"OK")


def test_a_container_becomes_unhealthy_and_healthy_again(engine: DockerEngine) -> None:
    engine.run("radarr", labels={"role": "movies"}, health="test ! -e /tmp/broken")
    engine.wait_for_health("radarr", "healthy")
    engine.execute("radarr", "touch", "/tmp/broken")  # noqa: S108 - a path in the container
    engine.wait_for_health("radarr", "unhealthy")
    engine.execute("radarr", "rm", "/tmp/broken")  # noqa: S108
    engine.wait_for_health("radarr", "healthy")
    listed = engine.request("GET", "/containers/json?all=1")
    assert [(one["Names"], one["Labels"]["role"]) for one in listed] == [(["/radarr"], "movies")]
    engine.remove("radarr")


def test_a_container_writes_a_log_and_ends(engine: DockerEngine) -> None:
    engine.run("job", "echo done; echo failed >&2; exit 3")
    ended = engine.wait_until("job", lambda container: not container["State"]["Running"], "ended")
    assert ended["State"]["ExitCode"] == 3
    log = engine.request("GET", "/containers/job/logs?stdout=1&stderr=1")
    assert "done\n" in log
    assert "failed\n" in log
    engine.remove("job")


def test_a_refused_request_names_the_reason(engine: DockerEngine) -> None:
    with pytest.raises(DockerEngineError, match=r"404 .*No such container: absent"):
        engine.inspect("absent")


def test_containers_stay_when_the_engine_restarts(engine: DockerEngine) -> None:
    engine.run("sonarr", host={"RestartPolicy": {"Name": "always"}})
    engine.stop()
    engine.start()
    engine.wait_until("sonarr", lambda container: container["State"]["Running"], "running")
    engine.remove("sonarr")


def test_processes_control_groups_and_files_are_removed() -> None:
    reason = docker_engine.skip_reason()
    if reason is not None:
        pytest.skip(reason)
    created = [one for one in CREATED_BY_CONTAINERD if not one.exists()]
    with docker_engine.running() as engine:
        engine.run("busy")
        folder = engine.socket.parent
        namespace = process_namespace(folder)
        assert namespace in process_namespaces()
        assert control_groups(engine)
    assert namespace not in process_namespaces()
    assert not control_groups(engine)
    assert str(folder) not in Path("/proc/self/mountinfo").read_text()
    assert not folder.exists()
    assert not any(one.exists() for one in created)


def control_groups(engine: DockerEngine) -> list[Path]:
    top = Path("/sys/fs/cgroup")
    return [*top.glob(engine.control_group), *top.glob(f"*/{engine.control_group}")]


def process_namespace(folder: Path) -> Path:
    """Return the process namespace of the dockerd with its data in `folder`."""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # a process that has ended
            command = (process / "cmdline").read_text()
            if command.startswith("dockerd") and str(folder) in command:
                return (process / "ns" / "pid").readlink()
    raise AssertionError(f"no dockerd in {folder}")


def process_namespaces() -> set[Path]:
    """Return the process namespaces of all processes."""
    found = set()
    for link in Path("/proc").glob("[0-9]*/ns/pid"):
        with suppress(OSError):
            found.add(link.readlink())
    return found
