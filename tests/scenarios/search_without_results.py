"""The test search of a search engine finds nothing."""

from lab.scenarios import Scenario
from services.searxng import BLOCKED, SEARCH, found

SCENARIOS = (
    Scenario(
        runbook="search-without-results",
        services=("searxng", "docker"),
        settings={"searxng": {"runs_on": "sonarr"}},
        breaks={SEARCH: found(silent=BLOCKED)},
        passes=1900.0,
        helps={SEARCH: found("Wikipedia")},
        check="no_results",
        recipe="restart-host",
        target="SearXNG",
    ),
)
