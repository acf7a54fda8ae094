"""The service `traefik` reads a real Traefik: servers that end, routers without a service, certificates."""

import asyncio
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from demo.waiting import becomes
from homelab_steward.contract.state import CoverageStatus, Snapshot, TargetRef
from lab.certificate import make_certificate
from lab.ports import free_port
from real.conftest import Record
from steward.clock import SystemClock
from steward.errors import ServiceError
from steward.sdk.access import Access
from steward.sdk.coverage import Gaps
from steward.sdk.description import Call
from steward.sdk.snapshot import CheckResults, run_checks, snapshot
from steward.services.traefik import SERVICE, TraefikClient

PROGRAM = Path(__file__).parents[2] / ".tools" / "real" / "traefik" / "bin" / "traefik"
DEADLINE = 60.0
CALL = Call(target=TargetRef(instance_id="i", kind="instance", id="i", name="Traefik"))


class Page:
    """A server behind Traefik; ``status`` is what its health check answers."""

    def __init__(self) -> None:
        self.status = 200

    async def answer(self, _: web.Request) -> web.Response:
        """Answer the health check."""
        return web.Response(status=self.status)


@pytest.fixture
async def page() -> AsyncIterator[tuple[Page, str]]:
    page, app = Page(), web.Application()
    app.router.add_get("/", page.answer)
    async with TestServer(app) as server:
        yield page, f"http://{server.host}:{server.port}/"


def configuration(folder: Path, url: str) -> dict[str, Any]:
    """Return two sites, of which one has no service, and a certificate that ends in less than two days."""
    made = make_certificate(folder, "films.example.org", days=1)
    checked = {"servers": [{"url": url}], "healthCheck": {"path": "/", "interval": "1s"}}
    return {
        "http": {
            "routers": {
                "films": {"rule": "Host(`films.example.org`)", "service": "films", "entryPoints": ["web"]},
                "lost": {"rule": "Host(`lost.example.org`)", "service": "missing", "entryPoints": ["web"]},
            },
            "services": {
                "films": {"loadBalancer": checked},
                "photos": {"loadBalancer": {"servers": [{"url": "http://127.0.0.1:9/"}]}},
            },
        },
        "tls": {"certificates": [{"certFile": str(made.ca_path), "keyFile": str(made.key_path)}]},
    }


@pytest.fixture
async def client(
    tmp_path: Path,
    session: ClientSession,
    page: tuple[Page, str],
    record_testsuite_property: Record,
) -> AsyncIterator[TraefikClient]:
    if not PROGRAM.is_file():
        pytest.skip("no Traefik is in .tools, and it cannot be fetched")
    port, web_port = free_port(), free_port()
    (tmp_path / "dynamic.yml").write_text(yaml.safe_dump(configuration(tmp_path, page[1])))
    static = {
        "entryPoints": {
            name: {"address": f"127.0.0.1:{one}"} for name, one in (("web", web_port), ("traefik", port))
        },
        "api": {"insecure": True, "dashboard": False},
        "global": {"checkNewVersion": False, "sendAnonymousUsage": False},
        "providers": {"file": {"filename": str(tmp_path / "dynamic.yml")}},
    }
    (tmp_path / "traefik.yml").write_text(yaml.safe_dump(static))
    process = await asyncio.create_subprocess_exec(
        PROGRAM,
        f"--configfile={tmp_path}/traefik.yml",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    made = TraefikClient(
        Access(settings={"url": f"http://127.0.0.1:{port}"}, session=session, clock=SystemClock())
    )
    try:
        await becomes(lambda: read(made), DEADLINE, "a list of backends")
        record_testsuite_property(
            "Traefik", f"{(await SERVICE.poll(made, Gaps())).version.version}, HTTP on loopback"
        )
        yield made
    finally:
        process.terminate()
        await process.wait()


async def read(client: TraefikClient) -> Snapshot | None:
    """Return the snapshot, None until Traefik has read its configuration."""
    gaps = Gaps()
    try:
        state = await SERVICE.poll(client, gaps)
    except ServiceError:
        return None
    return snapshot(SERVICE, "i", state, gaps, client.clock.now()) if [*state.backends()] else None


async def checks(client: TraefikClient) -> CheckResults:
    return run_checks(SERVICE, await SERVICE.poll(client, Gaps()))


async def test_a_server_that_fails_and_comes_back(client: TraefikClient, page: tuple[Page, str]) -> None:
    down = ("backend_down", ("backend", "http:films@file"))

    async def is_clear() -> bool:
        return down in (await checks(client)).clear

    async def is_down() -> bool:
        return down in (await checks(client)).problems

    await becomes(is_clear, DEADLINE, "a health check")
    page[0].status = 503
    await becomes(is_down, DEADLINE, "a failed health check")
    page[0].status = 200
    await becomes(is_clear, DEADLINE, "a good health check")


async def test_routers_certificates_and_what_is_not_checked(client: TraefikClient) -> None:
    shown = await read(client)
    assert shown is not None
    assert shown.coverage.status is CoverageStatus.COMPLETE
    assert (shown.values["routers"], shown.values["routers_failed"]) == (2, 1)
    assert shown.values["certificate_days"] in (0, 1)
    found = await checks(client)
    assert 'the service "missing@file" does not exist' in found.problems[("router_failed", None)]
    assert [one.id for one in shown.resources if one.kind == "backend"] == ["http:films@file"]
    [certificate] = [one for one in shown.resources if one.kind == "certificate"]
    assert "It ends in" in found.problems[("certificate_expiring", ("certificate", certificate.id))]
    tools = {one.key: one for one in SERVICE.tools}
    assert "films.example.org: " in (await tools["certificates"].read(client, CALL)).text
    backends = (await tools["backends"].read(client, CALL)).text
    assert "photos@file" in backends
    assert "no health check" in backends
    assert (await tools["routers"].read(client, CALL)).text.startswith(
        "lost@file for Host(`lost.example.org`): It is"
    )
