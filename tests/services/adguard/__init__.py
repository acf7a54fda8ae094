"""AdGuard Home in the lab, from recorded answers: two lists, of which one is off, and a DHCP server."""

from datetime import datetime, timedelta
from typing import Any

from lab.fixtures import Round, ServiceFixture
from lab.lab import Lab
from lab.replay import Raw, Replay, ReplayState, Sent, basic
from lab.wire import Json, JsonObject
from services._dns_filter import ago

STATUS, STATS = "GET /control/status", "GET /control/stats"
FILTERING, DHCP = "GET /control/filtering/status", "GET /control/dhcp/status"
UPDATED, UNTIL = "updated", "until"


def stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _status(state: ReplayState, _: Sent) -> Json:
    until = state.values.get(UNTIL, "")
    left = (datetime.fromisoformat(str(until)) - state.now()).total_seconds() if until else 0.0
    if left < 0:
        state.values.pop(UNTIL)
    is_off = left > 0 or state.values.get("is_off") is True
    return {
        "version": "v0.107.64",
        "language": "en",
        "dns_addresses": ["127.0.0.1", "192.0.2.53"],
        "dns_port": 53,
        "http_port": 80,
        "protection_disabled_duration": max(0, round(left * 1000)),
        "protection_enabled": not is_off,
        "dhcp_available": True,
        "running": True,
    }


def _filtering(state: ReplayState, _: Sent) -> Json:
    at = state.values.get(UPDATED) or stamp(ago(state, days=2))
    rows: list[Json] = [
        {
            "url": f"https://lists.example.org/{one}.txt",
            "name": name,
            "last_updated": at,
            "id": one,
            "rules_count": 9100 * one,
            "enabled": is_on,
        }
        for one, name, is_on in ((1, "Advertisements", True), (2, "Gambling", False), (3, "Malware", True))
    ]
    return {"filters": rows, "whitelist_filters": None, "user_rules": [], "interval": 24, "enabled": True}


def _protect(state: ReplayState, sent: Sent) -> Json:
    state.values.pop(UNTIL, None)
    state.values["is_off"] = False
    if sent.fields.get("enabled") is False:
        seconds = float(str(sent.fields.get("duration") or 0)) / 1000
        state.values |= (
            {UNTIL: (state.now() + timedelta(seconds=seconds)).isoformat()} if seconds else {"is_off": True}
        )
    return None


def _refresh(state: ReplayState, _: Sent) -> Json:
    state.values[UPDATED] = stamp(state.now())
    return {"updated": 1}


async def paused(lab: Lab) -> None:
    """Pause filtering for an hour."""
    served: Any = lab.served["adguard"]
    state: ReplayState = served.state
    state.values[UNTIL] = (state.now() + timedelta(hours=1)).isoformat()


def leases(count: int) -> JsonObject:
    """Return the DHCP server with 100 addresses and so many leases."""
    rows: list[Json] = [
        {
            "mac": f"02:00:00:00:00:{one:02x}",
            "ip": f"192.0.2.{one}",
            "hostname": "",
            "expires": "2026-11-20T10:00:00Z",
        }
        for one in range(100, 100 + count)
    ]
    pool: Json = {"range_start": "192.0.2.100", "range_end": "192.0.2.199", "lease_duration": 86400}
    return {
        "enabled": True,
        "interface_name": "eth0",
        "v4": pool,
        "v6": {},
        "leases": rows,
        "static_leases": [],
    }


OFF: JsonObject = {
    "version": "v0.107.64",
    "protection_enabled": False,
    "protection_disabled_duration": 0,
    "running": False,
}
OLD: JsonObject = {
    "url": "https://lists.example.org/1.txt",
    "name": "Advertisements",
    "id": 1,
    "rules_count": 9100,
    "enabled": True,
    "last_updated": "2025-01-01T00:00:00Z",
}

FIXTURE = ServiceFixture(
    simulator=Replay(
        answers={
            STATUS: _status,
            STATS: {
                "time_units": "hours",
                "num_dns_queries": 41200,
                "num_blocked_filtering": 6180,
                "avg_processing_time": 0.0124,
            },
            FILTERING: _filtering,
            DHCP: leases(34),
        },
        effects={"POST /control/protection": _protect, "POST /control/filtering/refresh": _refresh},
        accepts=basic("steward", "correct-horse"),
        refusal=Raw(status=401, text="Unauthorized"),
    ),
    settings=lambda served: {"url": served.url, "username": "steward", "password": "correct-horse"},
    wrong_credentials={"password": "wrong-horse"},
    unhealthy={STATUS: OFF, FILTERING: {"filters": [OLD]}, DHCP: leases(95)},
    unknown={"filtering_resumes": "It filters"},
    rounds=(
        Round(action="pause_filtering", arguments={"minutes": 30}, write=("POST", "/control/protection")),
        Round(action="resume_filtering", prepare=paused, write=("POST", "/control/protection")),
        Round(action="update_lists", write=("POST", "/control/filtering/refresh")),
    ),
)
