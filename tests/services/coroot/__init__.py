"""Coroot in the lab, from recorded answers: an incident with its analysis, and alerts."""

from lab.fixtures import Round, ServiceFixture
from lab.replay import Raw, Replay, ReplayState, Sent
from lab.wire import Json, JsonObject

USER, PASSWORD, COOKIE = "steward@example.org", "Velvet-lark-31", "eyJpZCI6Mn0.c2ln"
P = "/api/project/x0xwl4jz"
INCIDENTS, ALERTS = f"GET {P}/incidents", f"GET {P}/alerts"
AT = 1_794_999_000_000
SHOP = "x0xwl4jz:default:Deployment:shop"


def wrapped(content: Json) -> JsonObject:
    """Return an answer with its context."""
    return {"context": {"status": {"status": "ok", "error": ""}}, "data": content}


def incident(key: str, application: str = SHOP, resolved: Json = None, **more: Json) -> JsonObject:
    """Return an incident."""
    return {
        "application_id": application,
        "key": key,
        "opened_at": AT,
        "resolved_at": resolved,
        "severity": "critical",
        "affected_request_percent": 12.5,
        "availability_slo": {
            "objective": "99% of requests should not fail",
            "compliance": "87.5%",
            "violated": True,
            "threshold": 0,
        },
        "rca": None,
        **more,
    }


RCA: JsonObject = {
    "status": "OK",
    "error": "",
    "short_summary": "A dropped index slows the database",
    "root_cause": "The index of the table stock was dropped.",
    "immediate_fixes": "Create the index again.",
}


def alert(key: str, rule: str, **more: Json) -> JsonObject:
    """Return an alert that fires."""
    return {
        "id": key,
        "fingerprint": f"f{key}",
        "rule_name": rule,
        "application_id": SHOP,
        "severity": "warning",
        "summary": f"{rule} is exceeded",
        "opened_at": AT,
        "resolved_at": None,
        "manually_resolved_at": None,
        "suppressed": False,
        **more,
    }


ROWS: list[JsonObject] = [
    alert("a1", "Low disk space"),
    alert("a2", "Memory leak"),
    alert("a3", "Log errors", suppressed=True),
    alert("a4", "DNS latency", resolved_at=AT + 60_000),
]


def _alerts(state: ReplayState, sent: Sent) -> Json:
    rows = state.values.setdefault("rows", [{**one} for one in ROWS])
    assert isinstance(rows, list)
    objects = [one for one in rows if isinstance(one, dict)]
    firing = [one for one in objects if not one["suppressed"] and not one["resolved_at"]]
    shown = objects if sent.query["include_resolved"] == "true" else firing
    return wrapped({"alerts": [*shown], "total": len(shown), "firing": len(firing)})


def _set(state: ReplayState, sent: Sent, to: bool) -> Json:  # noqa: FBT001 - the state itself
    rows, ids = state.values["rows"], sent.fields["ids"]
    assert isinstance(rows, list)
    assert isinstance(ids, list)
    for row in rows:
        if isinstance(row, dict) and row["id"] in ids:
            row["suppressed"] = to
    return None


def _log_in(_: ReplayState, sent: Sent) -> Raw:
    if sent.fields.get("email") != USER or sent.fields.get("password") != PASSWORD:
        return Raw(status=404, text="Invalid email or password.")
    return Raw(headers={"Set-Cookie": f"coroot_session={COOKIE}; Path=/; HttpOnly"})


FIXTURE = ServiceFixture(
    simulator=Replay(
        answers={
            "POST /api/login": _log_in,
            "GET /api/user": {
                "name": "Steward",
                "email": USER,
                "role": "Editor",
                "anonymous": False,
                "projects": [{"id": "x0xwl4jz", "name": "home"}, {"id": "b1c2d3e4", "name": "test"}],
            },
            INCIDENTS: wrapped([incident("i1", rca=RCA), incident("i2", resolved=AT + 600_000)]),
            f"GET {P}/incident/{{key}}": wrapped(incident("i1", rca=RCA)),
            ALERTS: _alerts,
            "GET /": Raw(text="<script>window.coroot = {base_path: '/', version: '1.17.2',}</script>"),
        },
        effects={
            f"POST {P}/alerts/suppress": lambda state, sent: _set(state, sent, to=True),
            f"POST {P}/alerts/reopen": lambda state, sent: _set(state, sent, to=False),
        },
        accepts=lambda _, sent: sent.headers.get("cookie") == f"coroot_session={COOKIE}",
        public=frozenset({"/api/login", "/"}),
    ),
    settings=lambda served: {"url": served.url, "username": USER, "password": PASSWORD, "project": "home"},
    wrong_credentials={"password": "Velvet-lark-32"},
    optional={
        f"{INCIDENTS}?limit=200 data.resolved_at": "Null until it is resolved",
        **{
            f"{ALERTS}?include_resolved={which} data.alerts.{key}": "Null or false until it is so"
            for which in ("false&limit=200", "true&limit=200&sort_by=opened_at&sort_desc=true")
            for key in ("resolved_at", "suppressed")
        },
    },
    rounds=(
        Round(
            action="suppress_alert", target="Low disk space on shop", write=("POST", f"{P}/alerts/suppress")
        ),
    ),
    targets={"incident": "shop: availability"},
)
