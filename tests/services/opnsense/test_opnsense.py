"""OPNsense: gateways that nobody monitors, restarts of services, pools, and odd answers."""

from typing import Any

import pytest

from lab.visit import visit
from lab.wire import Json
from services.opnsense import (
    ACTIVITY,
    CERTIFICATES,
    CLOCK,
    FIRMWARE,
    FIXTURE,
    GATEWAYS,
    KEA_LEASES,
    certificate,
    firmware,
    gateway,
    leases,
    rows,
)
from steward.errors import EffectUnknown, PreconditionFailed, ServiceRefused

DOWN = gateway("WAN_DHCP", "down", "100.0 %", "0.0 ms")
SILENT = gateway("LTE_GW", "none", "~", "~")
LOSSY = gateway("LTE_GW", "loss", "22.0 %", "80.1 ms")


@pytest.mark.parametrize(
    ("found", "internet", "gateways"),
    [
        ([DOWN, LOSSY], "clear", {"WAN_DHCP", "LTE_GW"}),
        ([DOWN, gateway("LTE_GW")], "clear", {"WAN_DHCP"}),
        ([DOWN, SILENT], "unknown", {"WAN_DHCP"}),
        ([DOWN], "problems", {"WAN_DHCP"}),
        ([], "unknown", set()),
    ],
)
async def test_the_internet_is_down_when_no_gateway_answers(
    found: list[Json], internet: str, gateways: set[str]
) -> None:
    async with visit("opnsense") as here:
        here.served.state.answers[GATEWAYS] = {"items": found, "status": "ok"}
        result = await here.checks()
        assert ("wan_down", None) in getattr(result, internet)
        assert {about[1] for key, about in result.problems if key == "gateway_down" and about} == gateways


async def test_a_restart_of_a_service_is_seen_by_its_processes() -> None:
    async with visit("opnsense") as here:
        restart, call = here.action("restart_service"), await here.call(FIXTURE.rounds[0])
        before = await restart.dry_run(here.client, call)
        assert before.baseline["started"] == "2204"
        kea = await here.call_of(restart, "Kea DHCPv4 Server")
        with pytest.raises(PreconditionFailed, match="No process of Kea DHCPv4 Server"):
            await restart.dry_run(here.client, kea)
        here.served.state.object(ACTIVITY)["details"] = [
            {"PID": "7", "COMMAND": "/usr/local/sbin/kea-dhcp4 -c /usr/local/etc/kea/kea-dhcp4.conf"}
        ]
        assert (await restart.dry_run(here.client, kea)).baseline["started"] == "7"


@pytest.mark.parametrize(
    ("answer", "error"), [({"result": "failed"}, ServiceRefused), ({"result": "odd"}, EffectUnknown)]
)
async def test_what_a_change_answers(
    answer: Json, error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def send(*_: object, **__: object) -> Json:
        return answer

    async with visit("opnsense") as here:
        call = await here.call(FIXTURE.rounds[0])
        monkeypatch.setattr(here.client, "send", send)
        with pytest.raises(error):
            await here.client.control(call, "restart")


@pytest.mark.parametrize(
    ("status", "waits", "problem"),
    [
        ("none", False, None),
        ("update", True, "3 updates"),
        ("error", None, "The last check or update failed: 3 updates"),
        ("unknown", None, None),
    ],
)
async def test_the_firmware(status: str, waits: bool | None, problem: str | None) -> None:  # noqa: FBT001
    async with visit("opnsense") as here:
        here.served.state.answers[FIRMWARE] = firmware(status, "3 updates")
        values = (await here.snapshot()).values
        assert values["update_available"] is waits
        assert values["latest_version"] == (None if waits is None else "26.7.3" if waits else "26.7.2")
        assert (await here.checks()).problems.get(("firmware_update", None)) == problem


async def test_an_update_of_packages_only_is_one() -> None:
    async with visit("opnsense") as here:
        product = {"product_version": "26.7.2", "product_latest": "26.7.2", "product_name": "OPNsense"}
        here.served.state.answers[FIRMWARE] = firmware("update", "3 updates") | {"product": product}
        values = (await here.snapshot()).values
        assert (values["update_available"], values["latest_version"]) == (True, "26.7.2 + packages")


async def test_certificates_that_are_not_used_do_not_count() -> None:
    async with visit("opnsense") as here:
        old = certificate("old", 1_700_000_000, "0")
        here.served.state.answers[CERTIFICATES] = rows(old, certificate("web", 1_763_600_000))
        found = (await here.checks()).problems[("certificate_expiring", None)]
        assert found == "Not renewed in time: web (2025-11-20)"


async def test_pools_of_both_dhcp_servers() -> None:
    async with visit("opnsense") as here:
        here.served.state.answers[KEA_LEASES] = leases("192.0.2", 90)
        pools: dict[str, Any] = {
            one.name: one.values["dhcp_share"]
            for one in (await here.snapshot()).resources
            if one.kind == "dhcp_pool"
        }
        assert pools == {"192.0.2.0/24": 90.0, "198.51.100.100-198.51.100.149": 10.0}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1 day, 01:00:02", 90_002), ("00:10:00", 600), ("12 Tage, 00:00:00", 1_036_800), ("odd", None)],
)
async def test_the_uptime_in_any_language(text: str, seconds: float | None) -> None:
    async with visit("opnsense") as here:
        here.served.state.answers[CLOCK] = {"uptime": text}
        assert (await here.snapshot()).values["uptime"] == seconds


async def test_tools_name_what_is_wrong_first() -> None:
    async with visit("opnsense") as here:
        here.served.state.answers[GATEWAYS] = {"items": [gateway("A_GW"), DOWN], "status": "ok"}
        tool = here.tool("gateways")
        text = (await tool.read(here.client, await here.call_of(tool))).text
        assert text.startswith("WAN_DHCP: It does not answer: packet loss 100.0 %")


async def test_leases_of_all_dhcp_servers_are_counted_by_old_and_new_paths() -> None:
    async with visit("opnsense") as here:
        answers = here.served.state.answers
        assert (await here.snapshot()).values["dhcp_leases"] == 39
        answers["GET /api/kea/leases4/search"] = answers.pop(KEA_LEASES)
        answers["GET /api/dhcpv4/leases/searchLease"] = leases("203.0.113", 3)
        found = await here.snapshot()
        assert (found.values["dhcp_leases"], found.coverage.gaps) == (42, ())
        assert (await here.snapshot()).values["dhcp_leases"] == 42
        del answers["GET /api/kea/leases4/search"]
        assert "kea_leases" in [gap.part for gap in (await here.snapshot()).coverage.gaps]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (["CPU:  3.5% user,  0.0% nice,  1.2% system,  0.0% interrupt, 95.3% idle"], 4.7),
        (["CPU: 100% user, 0% idle"], 100),
        (["CPU:  idle"], None),
        (["Mem: 95.3% idle"], None),
        ([], None),
    ],
)
async def test_the_use_of_the_processors(headers: list[str], expected: float | None) -> None:
    async with visit("opnsense") as here:
        here.served.state.answers[ACTIVITY]["headers"] = headers
        assert (await here.snapshot()).values["cpu"] == expected
