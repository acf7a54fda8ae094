"""Prowlarr in the lab, from recorded answers."""

from lab.fixtures import Round, ServiceFixture
from lab.lab import Lab
from lab.replay import Raw, ReplayState, Sent
from lab.wire import Json
from services._servarr import API_KEY, answers_of, health, program

FAILED: Json = {"indexerId": 2, "disabledTill": "2027-01-05T11:30:00Z"}


def _tested(state: ReplayState, _: Sent) -> Json | Raw:
    if state.values.get("is_still_failing"):
        return Raw(status=400, body=[{"errorMessage": "Unable to connect to indexer"}])
    state.rows("GET /api/v1/indexerstatus").clear()
    return {}


async def _has_failed(lab: Lab) -> None:
    answers_of(lab, "prowlarr")["GET /api/v1/indexerstatus"] = [FAILED]


FIXTURE = ServiceFixture(
    simulator=program(
        "Prowlarr",
        "2.1.5.5216",
        api="v1",
        answers={
            "GET /api/v1/indexer": [
                {"id": 1, "name": "Nightly Feed", "enable": True},
                {"id": 2, "name": "Rack Index", "enable": True},
                {"id": 3, "name": "Old Tracker", "enable": False},
            ],
            "GET /api/v1/indexerstatus": [],
            "GET /api/v1/indexer/2": {"id": 2, "name": "Rack Index", "enable": True, "fields": []},
        },
        effects={"POST /api/v1/indexer/test": _tested, "POST /api/v1/indexer/testall": _tested},
    ),
    settings=lambda served: {"url": served.url, "api_key": API_KEY},
    wrong_credentials={"api_key": "0" * 32},
    unhealthy={
        "GET /api/v1/health": [health("error", "IndexerStatusCheck", "Indexers unavailable: Rack Index")],
        "GET /api/v1/indexerstatus": [
            FAILED,
            {"indexerId": 1, "disabledTill": "2027-01-05T12:30:00Z"},
        ],
    },
    optional={"GET /api/v1/indexerstatus disabledTill": "It failed recently and is still queried"},
    rounds=(
        Round(action="restart", write=("POST", "/api/v1/system/restart")),
        Round(action="check_health", write=("POST", "/api/v1/command")),
        Round(action="backup", write=("POST", "/api/v1/command")),
        Round(
            action="test_indexer",
            target="Rack Index",
            write=("POST", "/api/v1/indexer/test"),
            prepare=_has_failed,
        ),
        Round(action="test_indexers", write=("POST", "/api/v1/indexer/testall"), prepare=_has_failed),
    ),
)
