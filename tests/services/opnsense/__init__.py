"""OPNsense in the lab, from recorded answers: two gateways, services, two DHCP servers and certificates."""

from datetime import timedelta

from lab.fixtures import Round, ServiceFixture
from lab.lab import Lab
from lab.replay import Raw, Replay, ReplayState, Sent, basic
from lab.wire import Json, JsonObject

GATEWAYS, SERVICES = "GET /api/routes/gateway/status", "GET /api/core/service/search"
CLOCK, MEMORY = "GET /api/diagnostics/system/system_time", "GET /api/diagnostics/system/system_resources"
ACTIVITY, FIRMWARE = "GET /api/diagnostics/activity/get_activity", "GET /api/core/firmware/status"
CERTIFICATES, SUBNETS = "GET /api/trust/cert/search", "GET /api/kea/dhcpv4/search_subnet"
KEA_LEASES, RANGES = "GET /api/kea/leases/search", "GET /api/dnsmasq/settings/search_range"
DNSMASQ_LEASES = "GET /api/dnsmasq/leases/search"
STARTED = "started"


def rows(*found: Json) -> JsonObject:
    """Return a whole list."""
    return {"total": len(found), "rowCount": len(found), "current": 1, "rows": [*found]}


def gateway(name: str, status: str = "none", loss: str = "0.0 %", delay: str = "8.4 ms") -> JsonObject:
    """Return a gateway."""
    return {
        "name": name,
        "address": "192.0.2.1",
        "status": status,
        "loss": loss,
        "delay": delay,
        "stddev": "0.9 ms",
        "status_translated": "Online",
    }


def daemon(name: str, description: str, running: int = 1) -> JsonObject:
    """Return a service."""
    return {
        "id": name,
        "locked": 0,
        "running": running,
        "description": description,
        "name": name.partition("/")[0],
    }


def process(pid: int, command: str) -> JsonObject:
    """Return a thread."""
    return {"PID": str(pid), "USERNAME": "root", "STATE": "kqread", "WCPU": "0.00%", "COMMAND": command}


def firmware(status: str = "none", message: str = "There are no updates available.") -> JsonObject:
    """Return the result of a check."""
    latest = "26.7.2" if status == "none" else "26.7.3"
    product: Json = {"product_version": "26.7.2", "product_latest": latest, "product_name": "OPNsense"}
    return {
        "product": product,
        "status": status,
        "status_msg": message,
        "last_check": "Tue Nov 17 06:00:12 UTC 2026",
    }


def certificate(name: str, valid_to: int, in_use: str = "1") -> JsonObject:
    """Return a certificate."""
    return {
        "uuid": f"9d0a{name}",
        "descr": name,
        "valid_from": "1760000000",
        "valid_to": str(valid_to),
        "in_use": in_use,
    }


def leases(network: str, count: int) -> JsonObject:
    """Return so many leases from address 100 on."""
    leased: list[Json] = [
        {"address": f"{network}.{100 + one}", "hwaddr": "02:00:00:00:00:01"} for one in range(count)
    ]
    return rows(*leased)


def _clock(state: ReplayState, _: Sent) -> Json:
    start = float(str(state.values.setdefault(STARTED, (state.now() - timedelta(days=12)).timestamp())))
    seconds = int(state.now().timestamp() - start)
    days, rest = divmod(seconds, 86400)
    time = f"{rest // 3600:02}:{rest % 3600 // 60:02}:{rest % 60:02}"
    return {"uptime": f"{days} days, {time}" if days else time, "loadavg": "0.31, 0.28, 0.25"}


def _restart(state: ReplayState, sent: Sent) -> Json:
    found = state.object(ACTIVITY)["details"]
    assert isinstance(found, list)
    for row in found:
        if isinstance(row, dict) and sent.parameters["name"] in str(row["COMMAND"]):
            row["PID"] = str(int(str(row["PID"])) + 1000)
    return {"result": "ok"}


def _turn(state: ReplayState, sent: Sent) -> Json:
    found = state.object(SERVICES)["rows"]
    assert isinstance(found, list)
    for row in found:
        if isinstance(row, dict) and row["id"] == sent.parameters["name"]:
            row["running"] = int("/start/" in sent.path)
    return {"result": "ok"}


def _reboot(state: ReplayState, _: Sent) -> Json:
    state.away(90.0)
    state.values[STARTED] = state.now().timestamp() + 60
    return {"status": "ok"}


def _check(state: ReplayState, _: Sent) -> Json:
    at = f"{state.now():%a %b %d %H:%M:%S UTC %Y}"

    def ends() -> None:
        state.answers[FIRMWARE] = {**firmware(), "last_check": at}

    state.later(8.0, ends)
    return {"status": "ok", "msg_uuid": "5be1c1a7"}


async def stopped(lab: Lab) -> None:
    """Stop the DNS server."""
    served: object = lab.served["opnsense"]
    state: ReplayState = served.state  # type: ignore[attr-defined]
    found = state.object(SERVICES)["rows"]
    assert isinstance(found, list)
    assert isinstance(found[0], dict)
    found[0]["running"] = 0


FIXTURE = ServiceFixture(
    simulator=Replay(
        answers={
            GATEWAYS: {"items": [gateway("WAN_DHCP"), gateway("LTE_GW", delay="41.0 ms")], "status": "ok"},
            SERVICES: rows(
                daemon("unbound", "Unbound DNS"),
                daemon("dpinger/WAN_DHCP", "Gateway Monitor"),
                daemon("kea-dhcpv4", "Kea DHCPv4 Server"),
            ),
            CLOCK: _clock,
            MEMORY: {"memory": {"total": "8481521664", "used": 2043211776, "used_frmt": "1948"}},
            ACTIVITY: {
                "headers": [
                    "last pid: 4711;  load averages:  0.31,  0.28,  0.25  up 12+03:14:15    11:06:40",
                    "CPU:  3.5% user,  0.0% nice,  1.2% system,  0.0% interrupt, 95.3% idle",
                ],
                "details": [
                    process(311, "[idle{idle: cpu0}]"),
                    process(2204, "/usr/local/sbin/unbound -c /var/unbound/unbound.conf{unbound}"),
                    process(2204, "/usr/local/sbin/unbound -c /var/unbound/unbound.conf{unbound}"),
                    process(3101, "/usr/local/bin/dpinger -f -S -r 0 -i WAN_DHCP"),
                ],
            },
            FIRMWARE: firmware(),
            CERTIFICATES: rows(
                certificate("web", 1_800_000_000),
                certificate("vpn", 1_820_000_000),
                certificate("old", 1_700_000_000, "0"),
            ),
            SUBNETS: rows(
                {
                    "uuid": "a1",
                    "subnet": "192.0.2.0/24",
                    "pools": "192.0.2.100-192.0.2.199",
                    "description": "LAN",
                }
            ),
            KEA_LEASES: leases("192.0.2", 34),
            RANGES: rows(
                {
                    "uuid": "b1",
                    "interface": "opt1",
                    "start_addr": "198.51.100.100",
                    "end_addr": "198.51.100.149",
                },
                {"uuid": "b2", "interface": "opt1", "start_addr": "::1000", "end_addr": ""},
            ),
            DNSMASQ_LEASES: leases("198.51.100", 5),
        },
        effects={
            "POST /api/core/service/restart/{name}": _restart,
            "POST /api/core/service/start/{name}": _turn,
            "POST /api/core/service/stop/{name}": _turn,
            "POST /api/core/system/reboot": _reboot,
            "POST /api/core/firmware/check": _check,
        },
        accepts=basic("k3yW8", "s3cr3t"),
        refusal=Raw(status=401, body={"status": 401, "message": "Authentication Failed"}),
    ),
    settings=lambda served: {"url": served.url, "api_key": "k3yW8", "api_secret": "s3cr3t"},
    wrong_credentials={"api_secret": "wrong"},
    unhealthy={
        GATEWAYS: {
            "items": [
                gateway("WAN_DHCP", "down", "100.0 %", "0.0 ms"),
                gateway("LTE_GW", "down", "100.0 %", "0.0 ms"),
            ]
        },
        SERVICES: rows(daemon("unbound", "Unbound DNS", 0)),
        FIRMWARE: firmware("error", "Could not find the repository on the selected mirror."),
        CERTIFICATES: rows(certificate("web", 1_763_000_000)),
        KEA_LEASES: leases("192.0.2", 95),
    },
    rounds=(
        Round(
            action="restart_service",
            target="Unbound DNS",
            write=("POST", "/api/core/service/restart/unbound"),
        ),
        Round(
            action="start_service",
            target="Unbound DNS",
            prepare=stopped,
            write=("POST", "/api/core/service/start/unbound"),
        ),
        Round(action="reboot", write=("POST", "/api/core/system/reboot")),
        Round(action="check_updates", write=("POST", "/api/core/firmware/check")),
    ),
)
