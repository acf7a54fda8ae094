"""An indexer fails, and Prowlarr does not ask it."""

from lab.replay import Answer
from lab.scenarios import Scenario
from services.prowlarr import FAILED

_DOWN: dict[str, Answer] = {"GET /api/v1/indexerstatus": [FAILED]}

SCENARIOS = Scenario.each(
    "test",
    "test-all",
    runbook="indexer-down",
    services=("prowlarr",),
    breaks=_DOWN,
    check="indexer_failing",
    target="Rack Index",
    evidence="disabled until",
)
