"""The traces of a service show errors."""

from lab.replay import Answer, ReplayState, Sent
from lab.scenarios import Scenario
from lab.wire import Json
from services.jaeger import FAILED, FINE, TRACES, found


def _all_fail(_: ReplayState, sent: Sent) -> Json:
    return found(*({**FAILED, "traceID": f"{number:032x}"} for number in range(4)))


def _all_well(_: ReplayState, sent: Sent) -> Json:
    return found() if "tags" in sent.query else found(FINE)


_BREAKS: dict[str, Answer] = {TRACES: _all_fail}

SCENARIOS = (
    Scenario(
        runbook="traces-fail",
        services=("jaeger", "docker"),
        settings={"jaeger": {"services": "radarr"}},
        breaks=_BREAKS,
        helps={TRACES: _all_well},
        check="trace_errors",
        recipe="restart-host",
        target="radarr",
        evidence="connection refused",
    ),
)
