"""Traefik: servers that nobody checks, certificates that were renewed, and older versions."""

import pytest

from lab.replay import Raw
from lab.visit import visit
from services.traefik import CERTIFICATES, ROUTERS, SERVICES, UDP, backend, certificate, router

FILMS = ("backend", "http:films@docker")


async def test_a_server_that_nobody_checks_is_not_known_to_be_up() -> None:
    async with visit("traefik") as here:
        here.served.state.answers[SERVICES] = [backend("films@docker", is_checked=False, nas="UP")]
        assert ("backend_down", FILMS) not in (await here.checks()).clear
        assert FILMS[1] not in {one.id for one in (await here.snapshot()).resources}
        tool = here.tool("backends")
        assert "no health check" in (await tool.read(here.client, await here.call_of(tool))).text


@pytest.mark.parametrize(
    ("servers", "problems"),
    [
        ({"nas": "DOWN", "nas2": "DOWN"}, {"backend_down"}),
        ({"nas": "DOWN", "nas2": "UP"}, {"backend_degraded"}),
        ({"nas": "UP"}, set()),
        ({}, set()),
    ],
)
async def test_one_server_that_is_down_is_no_outage(servers: dict[str, str], problems: set[str]) -> None:
    async with visit("traefik") as here:
        here.served.state.answers[SERVICES] = [backend("films@docker", is_checked=True, **servers)]
        assert {check for check, _ in (await here.checks()).problems} == problems


async def test_only_the_newest_certificate_of_a_name_counts() -> None:
    async with visit("traefik") as here:
        here.served.state.answers[CERTIFICATES] = [
            certificate("example.org", "2026-11-10T00:00:00Z"),
            certificate("example.org", "2027-02-10T00:00:00Z"),
            certificate("example.net", "2026-11-10T00:00:00Z"),
        ]
        found = await here.checks()
        assert [*found.problems.values()] == ["It ended on 2026-11-10"]
        assert (await here.snapshot()).values["certificate_days"] == -9


async def test_an_older_traefik_does_not_list_certificates() -> None:
    async with visit("traefik") as here:
        here.served.state.answers[CERTIFICATES] = Raw(status=404, text="404 page not found")
        shown = await here.snapshot()
        assert shown.values["certificate_days"] is None
        assert not shown.coverage.gaps


async def test_routers_with_errors_come_first() -> None:
    async with visit("traefik") as here:
        here.served.state.answers[ROUTERS] = [
            router("films@docker", "films"),
            router("photos@file", "photos", "warning", "middleware is missing"),
        ]
        tool = here.tool("routers")
        text = (await tool.read(here.client, await here.call_of(tool))).text
        assert text.startswith("photos@file for Host(`photos.example.org`): It is warning: middleware")
        assert "api@internal" not in text


async def test_routers_of_udp_count_and_may_fail() -> None:
    async with visit("traefik") as here:
        assert (await here.snapshot()).values["routers"] == 4
        here.served.state.answers[UDP] = [router("dns@file", "dns", "disabled", "no such entry point")]
        assert "dns@file: It is disabled" in (await here.checks()).problems[("router_failed", None)]
        del here.served.state.answers[UDP]
        found, checks = await here.snapshot(), await here.checks()
        assert found.values["routers"] is None
        assert ("router_failed", None) in checks.unknown
