"""Prometheus in the lab: series computed from the simulated world."""

from lab.fixtures import ServiceFixture
from lab.lab import Lab
from lab.prometheus import PrometheusSimulator


def _simulator(lab: Lab) -> PrometheusSimulator:
    sink = lab.alertmanager if lab.is_alerting else None
    return PrometheusSimulator(lab.world, lab.faults, alertmanager=sink)


async def _break(lab: Lab) -> None:
    lab.world.set_node_online("pve2", is_online=False)
    lab.prometheus.is_config_loaded = False
    lab.prometheus.corruptions = 2
    lab.prometheus.rule_error = "found duplicate series for the match group"


FIXTURE = ServiceFixture(
    simulator=_simulator,
    unhealthy=_break,
    optional={
        "GET /api/v1/rules data.groups.rules.health": "It was not evaluated yet; the failing others count",
    },
    arguments={"expression": "up", "minutes": 60},
)
