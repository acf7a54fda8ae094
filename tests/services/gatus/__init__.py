"""Gatus in the lab, from recorded answers: an endpoint that is up, one that is down, one that wavers."""

from datetime import timedelta

from lab.fixtures import ServiceFixture
from lab.replay import Replay, ReplayState, Sent, basic
from lab.wire import Json, JsonObject

USER, PASSWORD = "steward", "Quiet-otter-17"
STATUSES = "GET /api/v1/endpoints/statuses"
REFUSED = 'Get "https://keeper:heron@radarr.example.org:7878/ping?apikey=heron": connection refused'


def endpoint(
    state: ReplayState, name: str, *checks: bool, group: str = "media", age: float = 20
) -> JsonObject:
    """Return an endpoint with these checks, one each minute; the newest was made ``age`` seconds ago."""
    times = [state.now() - timedelta(seconds=age + 60 * ago) for ago in range(len(checks))][::-1]
    results: Json = [
        {
            "status": 200 if is_good else 0,
            "hostname": f"{name.lower()}.example.org",
            "duration": 48211934,
            "conditionResults": [
                {"condition": "[STATUS] == 200" if is_good else "[STATUS] (0) == 200", "success": is_good}
            ],
            "success": is_good,
            "timestamp": f"{at:%Y-%m-%dT%H:%M:%S.123456789Z}",
            **({} if is_good else {"errors": [REFUSED]}),
        }
        for at, is_good in zip(times, checks, strict=True)
    ]
    return {"name": name, "group": "media", "key": f"media_{name.lower()}", "results": results}


def statuses(state: ReplayState, _: Sent) -> Json:
    """Return one endpoint that is down, one that is up, and one that has just failed."""
    return [
        endpoint(state, "Radarr", True, False, False),
        endpoint(state, "Sonarr", True, True, True),
        endpoint(state, "Bazarr", True, True, False),
    ]


def silent(state: ReplayState, _: Sent) -> Json:
    """Return endpoints that were not checked lately."""
    return [endpoint(state, "Radarr", True, True, age=4000), endpoint(state, "Sonarr")]


FIXTURE = ServiceFixture(
    simulator=Replay(answers={STATUSES: statuses}, accepts=basic(USER, PASSWORD)),
    settings=lambda served: {"url": served.url, "username": USER, "password": PASSWORD},
    wrong_credentials={"password": "Loud-otter-17"},
    unhealthy={STATUSES: silent},
    targets={"endpoint": "media Radarr"},
)
