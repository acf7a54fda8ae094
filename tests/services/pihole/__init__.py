"""Pi-hole in the lab, from recorded answers: two lists, a DHCP server and a password."""

from datetime import timedelta
from typing import Any

from lab.fixtures import Round, ServiceFixture
from lab.lab import Lab
from lab.replay import Raw, Replay, ReplayState, Sent, header
from lab.wire import Json, JsonObject
from services._dns_filter import ago

BLOCKING, SUMMARY, LISTS = "GET /api/dns/blocking", "GET /api/stats/summary", "GET /api/lists"
MESSAGES, FTL, VERSION = "GET /api/info/messages", "GET /api/info/ftl", "GET /api/info/version"
DHCP, LEASES, LOGIN = "GET /api/config/dhcp", "GET /api/dhcp/leases", "POST /api/auth"
SID, PASSWORD = "vFA+EP4MQ5JJvJg+3Q2Jnw=", "Hd8w2kQx0pLs"
UNTIL, UPDATED, STARTED = "until", "updated", "started"


def _login(_: ReplayState, sent: Sent) -> Json | Raw:
    fine = sent.fields.get("password") == PASSWORD
    session: Json = {
        "valid": fine,
        "totp": False,
        "sid": SID if fine else None,
        "validity": 1800 if fine else -1,
    }
    return Raw(status=200 if fine else 401, body={"session": session, "took": 0.01})


def _blocking(state: ReplayState, _: Sent) -> Json:
    until = float(str(state.values.get(UNTIL) or 0))
    left = until - state.now().timestamp()
    is_off = left > 0 or state.values.get("is_off") is True
    return {
        "blocking": "disabled" if is_off else "enabled",
        "timer": left if left > 0 else None,
        "took": 0.0001,
    }


def _block(state: ReplayState, sent: Sent) -> Json:
    seconds, on = sent.fields.get("timer"), sent.fields.get("blocking") is True
    until = state.now().timestamp() + float(str(seconds)) if seconds and not on else None
    state.values |= {UNTIL: until, "is_off": not on and until is None}
    return _blocking(state, sent)


def _summary(state: ReplayState, _: Sent) -> Json:
    at = state.values.get(UPDATED) or int(ago(state, days=3).timestamp())
    queries: Json = {"total": 52_800, "blocked": 9_504, "percent_blocked": 18.0, "unique_domains": 1840}
    return {
        "queries": queries,
        "clients": {"active": 11, "total": 17},
        "gravity": {"domains_being_blocked": 104_756, "last_update": at},
    }


def _gravity(state: ReplayState, _: Sent) -> Raw:
    state.values[UPDATED] = int(state.now().timestamp())
    return Raw(text="  [i] Neutrino emissions detected...\n  [\u2713] Done.\n")


def _ftl(state: ReplayState, _: Sent) -> Json:
    started = float(str(state.values.setdefault(STARTED, ago(state, days=4).timestamp())))
    uptime = round((state.now().timestamp() - started) * 1000)
    return {
        "ftl": {
            "privacy_level": 0,
            "pid": 411,
            "uptime": uptime,
            "%mem": 1.8,
            "%cpu": 0.6,
            "allow_destructive": True,
        }
    }


def _restart(state: ReplayState, _: Sent) -> Json:
    state.away(5.0)
    state.values[STARTED] = (state.now() + timedelta(seconds=5)).timestamp()
    return {"status": "success", "took": 0.0003}


async def paused(lab: Lab) -> None:
    """Pause filtering for an hour."""
    served: Any = lab.served["pihole"]
    state: ReplayState = served.state
    state.values[UNTIL] = state.now().timestamp() + 3600


def listed(number: int, comment: str, status: int = 1) -> JsonObject:
    """Return one list. Status 1 is a new copy, 2 the same as before, 3 an old copy, 4 none."""
    return {
        "id": number,
        "address": f"https://lists.example.org/{number}.txt",
        "type": "block",
        "comment": comment,
        "groups": [0],
        "enabled": True,
        "date_added": 1_700_000_000,
        "date_modified": 1_700_000_000,
        "date_updated": 1_760_000_000,
        "number": 52_378,
        "invalid_domains": 0,
        "abp_entries": 0,
        "status": status,
    }


def leases(count: int) -> JsonObject:
    """Return so many leases."""
    rows: list[Json] = [
        {"expires": 1_790_000_000, "name": "*", "hwaddr": f"02:00:00:00:00:{one:02x}", "ip": f"192.0.2.{one}"}
        for one in range(50, 50 + count)
    ]
    return {"leases": rows, "took": 0.0002}


PART: JsonObject = {
    "local": {"version": "v6.3", "branch": "master", "hash": "a1b2c3d4"},
    "remote": {"version": "v6.4", "hash": "e5f6a7b8"},
}
WARNING: Json = {
    "id": 3,
    "timestamp": 1_763_000_000.1,
    "type": "LOAD",
    "plain": "Long-term load is higher than the number of processors",
    "html": "Long-term load",
}

FIXTURE = ServiceFixture(
    simulator=Replay(
        answers={
            LOGIN: _login,
            BLOCKING: _blocking,
            SUMMARY: _summary,
            LISTS: {"lists": [listed(1, "Advertisements"), listed(2, "Malware", 2)]},
            MESSAGES: {"messages": []},
            FTL: _ftl,
            VERSION: {
                "version": {"core": PART, "web": PART, "ftl": PART, "docker": {"local": None, "remote": None}}
            },
            DHCP: {
                "config": {
                    "dhcp": {
                        "active": True,
                        "start": "192.0.2.50",
                        "end": "192.0.2.149",
                        "router": "192.0.2.1",
                    }
                }
            },
            LEASES: leases(21),
        },
        effects={
            "POST /api/dns/blocking": _block,
            "POST /api/action/gravity": _gravity,
            "POST /api/action/restartdns": _restart,
        },
        accepts=header("X-FTL-SID", SID),
        refusal=Raw(
            status=401, body={"error": {"key": "unauthorized", "message": "Unauthorized", "hint": None}}
        ),
        public=frozenset({"/api/auth"}),
    ),
    settings=lambda served: {"url": served.url, "password": PASSWORD},
    wrong_credentials={"password": "wrong"},
    unhealthy={
        BLOCKING: {"blocking": "failed", "timer": None},
        LISTS: {"lists": [listed(1, "Advertisements", 3), listed(2, "Malware", 4)]},
        MESSAGES: {"messages": [WARNING]},
        LEASES: leases(94),
    },
    unknown={"filtering_resumes": "It filters"},
    rounds=(
        Round(action="pause_filtering", arguments={"minutes": 30}, write=("POST", "/api/dns/blocking")),
        Round(action="resume_filtering", prepare=paused, write=("POST", "/api/dns/blocking")),
        Round(action="update_lists", write=("POST", "/api/action/gravity")),
        Round(action="restart", write=("POST", "/api/action/restartdns")),
    ),
)
