"""Prometheus in the lab."""

from houses import House

HOUSE = House(
    settings=lambda lab: {"url": lab.prometheus.url},
    arguments={"expression": "up", "minutes": 60, "guest": "lxc/105"},
)
