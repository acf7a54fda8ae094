"""Sensors that say whether something is wrong, by the same function as a check."""

from typing import Any

import pytest

from homelab_steward.contract.base import Value
from steward.sdk.description import Sensor, Work
from steward.sdk.readings import NotKnown, known
from steward.sdk.sensors import count, flag, mebibytes, problem, problems, shows


def find(level: float | None) -> str | None:
    return "It is full" if known(level) > 90 else None


def test_a_problem_is_a_binary_sensor() -> None:
    sensor = problem("full", "Full", find)
    assert (sensor.value(95), sensor.value(5), sensor.device_class) == (True, False, "problem")
    with pytest.raises(NotKnown):
        sensor.value(None)


def test_problems_are_counted_while_all_items_are_known() -> None:
    sensor = problems("full_disks", "Full disks", lambda disks: disks, find, "mdi:harddisk")
    assert (sensor.value([95, 5, 99]), sensor.value([]), sensor.icon) == (2, 0, "mdi:harddisk")
    with pytest.raises(NotKnown):
        sensor.value([95, None])


@pytest.mark.parametrize(
    ("sensor", "idle"),
    [
        (shows(Work.DOWNLOADING, count("queue_size", "Queue", len)), 0),
        (shows(Work.SCANNING, flag("scanning", "Scanning", bool)), False),
        (shows(Work.STREAMING, flag("idle", "Nobody is streaming", bool), idle=True), True),
    ],
)
def test_work_is_not_under_way_while_a_sensor_has_its_idle_value(sensor: Sensor[Any], idle: Value) -> None:
    assert sensor.activity is not None
    assert sensor.activity.idle is idle


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_number_that_is_not_finite_is_not_known(value: float) -> None:
    with pytest.raises(NotKnown, match="not finite"):
        mebibytes("memory", "Memory", lambda number: number).value(value)
