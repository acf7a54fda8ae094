"""Free ports for programs that cannot choose one themselves."""

import secrets
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from lab import ports

TESTS = Path(__file__).resolve().parents[2]
PROGRAM = "from lab.ports import free_port; print(free_port(), flush=True); input()"


def another_process() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=TESTS
    )


def test_a_program_can_listen_on_it() -> None:
    with socket.create_server(("127.0.0.1", ports.free_port())):
        pass


def test_it_is_not_one_of_the_ports_of_connections() -> None:
    first = int(ports.RANGE_OF_CONNECTIONS.read_text().split()[0])

    assert all(ports.LOWEST <= ports.free_port() < first for _ in range(50))


def test_processes_get_different_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    with another_process() as other:
        assert other.stdout is not None
        taken = int(other.stdout.readline())
        offers = iter([taken, taken + 1, taken + 2, taken + 3])
        monkeypatch.setattr(secrets, "randbelow", lambda _: next(offers) - ports.LOWEST)

        assert ports.free_port() != taken
        other.communicate("\n")


def test_it_is_not_given_twice_and_no_program_listens_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    given, wanted = ports.free_port(), ports.free_port()
    ports._given.discard(wanted)
    offers = iter([given, wanted, ports.LOWEST + 1, ports.LOWEST + 2, ports.LOWEST + 3])
    monkeypatch.setattr(secrets, "randbelow", lambda _: next(offers) - ports.LOWEST)

    with socket.create_server(("127.0.0.1", wanted)):
        assert ports.free_port() not in {given, wanted}


def test_without_a_free_port_it_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", ports.free_port())) as listening:
        port = listening.getsockname()[1]
        ports._given.discard(port)
        monkeypatch.setattr(secrets, "randbelow", lambda _: port - ports.LOWEST)

        with pytest.raises(OSError, match="is free"):
            ports.free_port()
