"""Prowlarr in the lab, from recorded answers."""

from lab.fixtures import Round, ServiceFixture
from services._servarr import API_KEY, health, program

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
        },
    ),
    settings=lambda served: {"url": served.url, "api_key": API_KEY},
    wrong_credentials={"api_key": "0" * 32},
    unhealthy={
        "GET /api/v1/health": [health("error", "IndexerStatusCheck", "Indexers unavailable: Rack Index")],
        "GET /api/v1/indexerstatus": [
            {"indexerId": 2, "disabledTill": "2027-01-05T11:30:00Z"},
            {"indexerId": 1, "disabledTill": "2027-01-05T12:30:00Z"},
        ],
    },
    optional={"GET /api/v1/indexerstatus disabledTill": "It failed recently and is still queried"},
    rounds=(Round(action="restart", write=("POST", "/api/v1/system/restart")),),
)
