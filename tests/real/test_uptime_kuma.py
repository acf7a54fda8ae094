"""The Uptime Kuma of the tests checks monitors, posts notifications, and is removed completely."""

import base64
import json
import os
import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.request import Request, urlopen

import pytest

from real import uptime_kuma
from real.conftest import Record
from real.uptime_kuma import Examples, Status, UptimeKuma, UptimeKumaError

GONE = 60.0
"""Seconds in which the system removes processes that were killed."""


@pytest.fixture(scope="module")
def kuma(record_testsuite_property: Record) -> Iterator[UptimeKuma]:
    reason = uptime_kuma.skip_reason()
    if reason is not None:
        pytest.skip(reason)
    with uptime_kuma.running() as kuma:
        record_testsuite_property("Uptime Kuma", f"{kuma.info['version']}, HTTP and Socket.IO on loopback")
        yield kuma


@pytest.fixture(scope="module")
def examples(kuma: UptimeKuma) -> Examples:
    return kuma.add_examples()


def test_each_example_has_its_status(kuma: UptimeKuma, examples: Examples) -> None:
    statuses = {number: beat["status"] for number, beat in kuma.beats.items()}
    assert statuses[examples.up] == Status.UP
    assert statuses[examples.down] == Status.DOWN
    assert statuses[examples.push] == Status.UP
    assert not is_active(kuma, examples.paused)


def test_the_metrics_list_active_monitors(kuma: UptimeKuma, examples: Examples) -> None:
    credentials = base64.b64encode(f":{kuma.add_api_key()}".encode()).decode()
    request = Request(f"{kuma.url}/metrics", headers={"Authorization": f"Basic {credentials}"})  # noqa: S310
    with urlopen(request, timeout=60) as response:  # noqa: S310 - loopback
        metrics = response.read().decode()
    statuses = [line for line in metrics.splitlines() if line.startswith("monitor_status{")]
    found = {line.split('monitor_name="')[1].split('"')[0]: line.rsplit(" ", 1)[1] for line in statuses}
    assert found == {"Web page": "1", "Broken page": "0", "Backup job": "1"}


def test_a_monitor_is_paused_and_resumed(kuma: UptimeKuma, examples: Examples) -> None:
    kuma.change("pauseMonitor", examples.up)
    assert not is_active(kuma, examples.up)
    kuma.change("resumeMonitor", examples.up)
    assert is_active(kuma, examples.up)


def test_a_refused_change_has_a_reason(kuma: UptimeKuma) -> None:
    with pytest.raises(UptimeKumaError, match="You do not own this monitor"):
        kuma.change("pauseMonitor", 999)


def test_a_failure_is_posted_to_the_webhook(kuma: UptimeKuma) -> None:
    with receiver() as (url, bodies):
        webhook = kuma.add_webhook(url)
        number = kuma.add_monitor(
            "Certificates",
            type="push",
            pushToken="token-certificates",
            notificationIDList={str(webhook): True},
        )
        kuma.push("token-certificates")
        kuma.push("token-certificates", "down", "expired")
        body = bodies.get(timeout=60)
    assert body["monitor"]["id"] == number
    assert body["heartbeat"]["status"] == Status.DOWN
    assert body["msg"] == "[Certificates] [🔴 Down] expired"


def test_a_status_page_is_public(kuma: UptimeKuma, examples: Examples) -> None:
    kuma.add_status_page("home", [examples.up, examples.down])
    page = json.loads(kuma.get("/api/status-page/home"))
    listed = [monitor["id"] for group in page["publicGroupList"] for monitor in group["monitorList"]]
    assert listed == [examples.up, examples.down]


def test_monitors_survive_a_restart(kuma: UptimeKuma, examples: Examples) -> None:
    kuma.stop()
    with pytest.raises(OSError, match="refused"):
        kuma.get("/api/entry-page")
    kuma.start()
    assert not is_active(kuma, examples.paused)
    kuma.wait_for_status(examples.down, Status.DOWN)


def test_processes_and_files_are_removed() -> None:
    reason = uptime_kuma.skip_reason()
    if reason is not None:
        pytest.skip(reason)
    with uptime_kuma.running() as kuma:
        assert kuma._process is not None
        group, folder = kuma._process.pid, kuma._folder
        kuma.add_monitor("Ping", type="ping", hostname="127.0.0.1")
        os.killpg(group, 0)
    deadline = time.monotonic() + GONE
    while is_there(group):  # a child that has ended stays until init takes it
        assert time.monotonic() < deadline, "the processes are still there"
        time.sleep(0.05)
    assert not folder.exists()


def is_there(group: int) -> bool:
    """Return whether a process group has processes."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def is_active(kuma: UptimeKuma, monitor: int) -> bool:
    active: bool = kuma.call("getMonitor", monitor)["monitor"]["active"]
    return active


@contextmanager
def receiver() -> Iterator[tuple[str, queue.Queue[Any]]]:
    """Yield the URL of a server that puts the JSON posted to it into a queue."""
    bodies: queue.Queue[Any] = queue.Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # http.server requires this name
            bodies.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/", bodies
        finally:
            server.shutdown()
            thread.join()
