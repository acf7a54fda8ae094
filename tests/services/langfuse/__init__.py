"""Langfuse in the lab, from recorded answers."""

from lab.fixtures import ServiceFixture
from lab.replay import Replay, basic
from lab.wire import Json, JsonObject

PUBLIC, SECRET = "pk-lf-2f0c81", "sk-lf-9be417"
API = "/api/public"
DAYS, CALLS = f"GET {API}/metrics/daily", f"GET {API}/observations"
ERRORS = f"GET {API}/observations?level=ERROR"


def day(date: str, traces: int, cost: float) -> JsonObject:
    """Return what was recorded on one day."""
    return {
        "date": date,
        "countTraces": traces,
        "countObservations": 3 * traces,
        "totalCost": cost,
        "usage": [],
    }


def page(total: int) -> JsonObject:
    """Return the first page of observations, with a prompt that nobody must see."""
    rows: Json = [{"id": "o1", "input": "When is Marta's appointment?", "level": "DEFAULT"}] if total else []
    return {"data": rows, "meta": {"page": 1, "limit": 1, "totalItems": total, "totalPages": total}}


FIXTURE = ServiceFixture(
    simulator=Replay(
        answers={
            f"GET {API}/health": {"status": "OK", "version": "3.112.0"},
            DAYS: {
                "data": [
                    day("2026-11-18", 41, 0.1234),
                    day("2026-11-17", 96, 0.4),
                    day("2026-11-15", 12, 0.0),
                ],
                "meta": {"page": 1, "limit": 7, "totalItems": 3, "totalPages": 1},
            },
            CALLS: page(120),
            ERRORS: page(2),
        },
        accepts=basic(PUBLIC, SECRET),
    ),
    settings=lambda served: {"url": served.url, "public_key": PUBLIC, "secret_key": SECRET},
    wrong_credentials={"secret_key": "sk-lf-wrong"},
    unhealthy={ERRORS: page(60)},
)
