"""The service with a real Prometheus: its rules are enough, and silence is no recovery."""

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import yaml
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from demo.waiting import becomes
from homelab_steward.contract.incidents import Severity
from lab.ports import free_port
from lab.visit import load
from real.conftest import Record
from steward.clock import SystemClock
from steward.errors import ServiceUnreachable
from steward.sdk.access import Access
from steward.sdk.coverage import Gaps
from steward.sdk.description import IncomingAlert, ReadAlerts
from steward.services.prometheus.client import PrometheusClient

FETCHED = Path(__file__).parents[2] / ".tools" / "prometheus" / "usr" / "bin" / "prometheus"
DEADLINE = 60.0
RULES = {
    "groups": [
        {
            "name": "home",
            "rules": [
                {
                    "alert": "DiskFull",
                    "expr": "disk_used > 0.9",
                    "labels": {"severity": "critical"},
                    "annotations": {"summary": "The disk of {{ $labels.instance }} is full"},
                }
            ],
        }
    ]
}


class Exporter:
    """Reports how full a disk is; ``answers`` is False while it is down."""

    def __init__(self) -> None:
        self.used, self.answers = 0.95, True

    async def metrics(self, _: web.Request) -> web.Response:
        """Answer a scrape."""
        return web.Response(text=f"disk_used {self.used}\n", status=200 if self.answers else 503)


@pytest.fixture
async def exporter() -> AsyncIterator[tuple[Exporter, str]]:
    exporter, app = Exporter(), web.Application()
    app.router.add_get("/metrics", exporter.metrics)
    async with TestServer(app) as server:
        yield exporter, f"{server.host}:{server.port}"


@pytest.fixture
async def client(
    tmp_path: Path,
    session: ClientSession,
    exporter: tuple[Exporter, str],
    record_testsuite_property: Record,
) -> AsyncIterator[PrometheusClient]:
    """Yield a client of a Prometheus that scrapes the exporter every second."""
    program = shutil.which("prometheus") or (str(FETCHED) if FETCHED.is_file() else None)
    if program is None:
        pytest.skip("no Prometheus is installed, and it cannot be fetched")
    port, config = free_port(), tmp_path / "prometheus.yml"
    config.write_text(
        yaml.safe_dump(
            {
                "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
                "rule_files": ["rules.yml"],
                "scrape_configs": [{"job_name": "disks", "static_configs": [{"targets": [exporter[1]]}]}],
            }
        )
    )
    config.with_name("rules.yml").write_text(yaml.safe_dump(RULES))
    options = (f"--config.file={config}", f"--storage.tsdb.path={tmp_path}/data")
    process = await asyncio.create_subprocess_exec(
        program,
        *options,
        f"--web.listen-address=127.0.0.1:{port}",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    access = Access(settings={"url": f"http://127.0.0.1:{port}"}, session=session, clock=SystemClock())
    made = PrometheusClient(access)
    try:

        async def answers() -> bool:
            try:
                return bool(await made.query("disk_used", Gaps()))
            except ServiceUnreachable:
                return False

        await becomes(answers, DEADLINE, "a first scrape")
        state = await made.poll(Gaps())
        record_testsuite_property("Prometheus", f"{state.build.version}, HTTP on loopback")
        yield made
    finally:
        process.terminate()
        await process.wait()


async def listed(client: PrometheusClient, *, firing: bool) -> ReadAlerts:
    """Return the alerts once the rule fires, or once nothing fires and nothing is kept."""

    async def is_so() -> bool:
        return bool((await client.read_alerts()).alerts) is firing

    await becomes(is_so, DEADLINE, "an alert" if firing else "no alert")
    return await client.read_alerts()


async def test_an_alert_of_a_rule_ends_when_its_target_is_seen_to_be_fine(
    client: PrometheusClient, exporter: tuple[Exporter, str]
) -> None:
    source, place = exporter
    found = await listed(client, firing=True)
    [alert] = found.alerts
    assert (alert.name, alert.severity, alert.summary) == (
        "DiskFull",
        Severity.CRITICAL,
        f"The disk of {place} is full",
    )
    assert not found.is_passed_on
    source.answers = False

    async def is_kept() -> bool:
        kept: tuple[IncomingAlert, ...] = (await client.read_alerts()).alerts
        return [one.suppressed for one in kept] == ["not listed by Prometheus any more"]

    await becomes(is_kept, DEADLINE, "an alert that Prometheus does not list any more")
    source.used, source.answers = 0.5, True
    await listed(client, firing=False)


async def test_everything_is_read(client: PrometheusClient) -> None:
    gaps = Gaps()
    state = await client.poll(gaps)
    assert not gaps.coverage.gaps
    assert [str(one) for one in state.watched if one.rank != 2] == []
    assert load("prometheus").version(state)
