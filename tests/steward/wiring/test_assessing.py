"""What judges updates asks the Internet only when it may, and configured forges with their login."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from homelab_steward.contract.changes import ChangeLevel, ChangeSource, PackageChange, WayBack
from rig.agent_rig import opened_store
from rig.inventory import NOW, ToyInventory, box
from rig.toy import Toy
from steward.changes.forges import ForgeKind
from steward.changes.found import Found
from steward.clock import ManualClock
from steward.errors import ServiceUnreachable
from steward.schedules.version_data import VersionData
from steward.sdk.access import Access
from steward.sdk.client import Rest
from steward.wiring.assessing import AssessingParts, build_assessor, own_forges, summary_writer, vulnerable_in

FOUND = Found(
    id="radarr",
    source=ChangeSource.IMAGE,
    target=box(),
    title="Radarr 1.0.0 → 1.2.0",
    packages=(PackageChange(name="radarr", old="1.0.0", new="1.2.0"),),
    revision="sha256:1",
    repository="https://elsewhere.example/lab/sun",
    way_back=WayBack.DATA,
)


def forges(*addresses: tuple[str, str]) -> ToyInventory:
    """Return an inventory with instances of a service at an address; without one there is no client."""

    class Inventory(ToyInventory):
        def instances(self) -> Any:
            return [SimpleNamespace(id=address, service=service) for service, address in addresses]

        def client(self, instance_id: str) -> Any:
            if not instance_id:
                raise ServiceUnreachable("not configured")
            access = Access(settings={"url": instance_id}, session=cast("Any", None), clock=ManualClock(NOW))
            return Rest(access)

    return Inventory(Toy())


def test_configured_forges_by_the_host_of_their_repositories() -> None:
    found = own_forges(
        forges(
            ("github", "https://api.github.com"),
            ("github", "https://api.github.com/"),
            ("gitea", "http://git.lan:3000"),
            ("gitea", ""),
            ("radarr", "http://radarr.lan:7878"),
        )
    )
    assert {host: kind for host, (kind, _) in found.items()} == {
        "github.com": ForgeKind.GITHUB,
        "git.lan:3000": ForgeKind.GITEA,
    }


@pytest.mark.parametrize(
    ("look_up", "missing"),
    [(False, "Release notes are not looked up"), (True, "The sources are at an address that is not asked")],
)
async def test_nothing_is_looked_up_unless_the_owner_allows_it(
    tmp_path: Path, missing: str, *, look_up: bool
) -> None:
    async with opened_store(tmp_path) as store, aiohttp.ClientSession() as session:
        inventory = ToyInventory(Toy())
        inventory.service_row = replace(inventory.service_row, package="")
        parts = AssessingParts(
            store=store,
            clock=ManualClock(NOW),
            inventory=inventory,
            session=session,
            versions=lambda: (),
            look_up=look_up,
        )
        found = await build_assessor(parts).assess(FOUND)
        assert found.level is ChangeLevel.UNKNOWN
        assert found.missing.startswith(missing)


async def test_vulnerabilities_are_not_known_while_nobody_answers() -> None:
    answers: list[Any] = [{"vulns": [{"id": "CVE-2031-1"}]}, {}, None]

    async def query(_: web.Request) -> web.Response:
        answer = answers.pop(0)
        return web.Response(status=500) if answer is None else web.json_response(answer)

    app = web.Application()
    app.router.add_post("/query", query)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        look_up = vulnerable_in(
            VersionData(session, ManualClock(NOW), vulnerabilities=str(server.make_url("/query")))
        )
        assert [await look_up("PyPI:sun", version) for version in ("1", "2", "3")] == [
            frozenset({"CVE-2031-1"}),
            frozenset(),
            None,
        ]


def test_without_models_nothing_is_summed_up() -> None:
    models = SimpleNamespace(talking=lambda: None)
    assert summary_writer(cast("Any", None), cast("Any", models)) is None
