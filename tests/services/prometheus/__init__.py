"""Prometheus in the lab: series computed from the simulated world."""

from lab.fixtures import ServiceFixture
from lab.lab import Lab
from lab.prometheus import PrometheusSimulator


def _simulator(lab: Lab) -> PrometheusSimulator:
    sink = lab.alertmanager if lab.is_alerting else None
    return PrometheusSimulator(lab.world, lab.faults, alertmanager=sink)


FIXTURE = ServiceFixture(
    simulator=_simulator,
    arguments={"expression": "up", "minutes": 60, "guest": "lxc/105"},
)
