"""Whatever a service answers: a parser returns its type or says ServiceMalformed, nothing else."""

import copy
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steward.errors import ServiceMalformed
from steward.services.alertmanager import models as alertmanager
from steward.services.alertmanager.webhook import parse_webhook
from steward.services.finder import find_services
from steward.services.prometheus import models as prometheus
from steward.services.proxmox import parsing as proxmox
from steward.services.radarr import models as radarr
from steward.services.snapshot import snapshot

UPID = "UPID:pve1:0001A2B3:00BC614E:6741A2B3:vzreboot:105:steward@pve!lab:"
TIME = "2026-11-21T02:01:51Z"
LABELS = {"alertname": "A", "severity": "critical", "instance": "nas01"}
ALERT = {"labels": LABELS, "annotations": {"summary": "s"}, "startsAt": TIME, "fingerprint": "f"}

PARSERS: dict[str, tuple[Callable[[Any], object], Any]] = {
    "cluster": (
        lambda rows: proxmox.parse_cluster({"version": "9.1"}, rows),
        [
            {"type": "node", "id": "node/pve1", "node": "pve1", "status": "online", "mem": 1, "maxmem": 2},
            {"type": "lxc", "id": "lxc/105", "node": "pve1", "vmid": 105, "status": "running", "cpu": 0.1},
            {"type": "storage", "node": "pve1", "storage": "local", "disk": 1, "maxdisk": 2, "shared": 1},
        ],
    ),
    "guest status": (proxmox.parse_guest_status, {"status": "running", "mem": 1, "maxmem": 2, "uptime": 3}),
    "guest config": (proxmox.parse_guest_config, {"digest": "d", "memory": 512, "swap": "0", "cores": 2}),
    "node status": (
        proxmox.parse_node_status,
        {"memory": {"used": 1, "total": 2}, "rootfs": {"used": 1}, "cpuinfo": {"cpus": 4}, "loadavg": ["0"]},
    ),
    "tasks": (
        proxmox.parse_tasks,
        [{"upid": UPID, "type": "vzreboot", "starttime": 1, "endtime": 2, "status": "OK"}],
    ),
    "task": (
        proxmox.parse_task,
        {"upid": UPID, "type": "vzreboot", "starttime": 1, "status": "stopped", "exitstatus": "OK"},
    ),
    "upid": (proxmox.parse_upid, UPID),
    "radarr status": (radarr.parse_status, {"version": "6", "startTime": TIME}),
    "radarr health": (radarr.parse_health, [{"type": "error", "source": "s", "message": "m"}]),
    "radarr queue status": (radarr.parse_queue_status, {"totalCount": 1, "errors": False}),
    "radarr disks": (radarr.parse_disks, [{"path": "/", "freeSpace": 1, "totalSpace": 2}]),
    "radarr queue": (
        radarr.parse_queue,
        {"records": [{"title": "t", "sizeleft": 1, "statusMessages": [{"messages": ["m"]}]}]},
    ),
    "radarr log": (radarr.parse_log, {"records": [{"time": TIME, "level": "info", "message": "m"}]}),
    "radarr total": (radarr.parse_total, {"totalRecords": 1}),
    "radarr commands": (radarr.parse_commands, [{"id": 1, "name": "n", "status": "queued"}]),
    "prometheus version": (prometheus.parse_version, {"status": "success", "data": {"version": "3"}}),
    "prometheus alerts": (
        prometheus.parse_alerts,
        {"status": "success", "data": {"alerts": [{"labels": LABELS, "state": "firing", "activeAt": TIME}]}},
    ),
    "prometheus series": (
        prometheus.parse_series,
        {
            "status": "success",
            "data": {"resultType": "matrix", "result": [{"metric": LABELS, "values": [[1, "2"]]}]},
        },
    ),
    "alertmanager status": (
        alertmanager.parse_status,
        {"versionInfo": {"version": "0.33"}, "cluster": {"status": "ready"}},
    ),
    "alertmanager alerts": (alertmanager.parse_alerts, [{**ALERT, "status": {"state": "active"}}]),
    "alertmanager silences": (
        alertmanager.parse_silences,
        [
            {
                "id": "a-1",
                "status": {"state": "active"},
                "endsAt": TIME,
                "matchers": [{"name": "a", "value": "b"}],
            }
        ],
    ),
    "alertmanager silence id": (alertmanager.parse_silence_id, {"silenceID": "a-1"}),
    "webhook": (
        lambda body: parse_webhook(orjson.dumps(body)),
        {"alerts": [{**ALERT, "status": "firing"}]},
    ),
}

NUMBERS = st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=True, allow_infinity=True)
ODD = st.sampled_from(
    ["", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "1e999", "NaN", "٣", "-0", "running", "OK"]
)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(st.characters(codec="utf-8")) | ODD,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
each_parser = pytest.mark.parametrize("name", PARSERS)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place within a value, itself included."""
    inner: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return [path, *(place for key, one in inner for place in places(one, (*path, key)))]


def with_replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """The value with something else at one place."""
    if not path:
        return new
    changed = copy.deepcopy(value)
    at = changed
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = new
    return changed


@each_parser
def test_the_example_is_understood(name: str) -> None:
    parse, example = PARSERS[name]
    assert parse(example)


@each_parser
@settings(deadline=None)
@given(value=JSON)
def test_anything_at_all(name: str, value: Any) -> None:
    with suppress(ServiceMalformed):
        PARSERS[name][0](value)


@each_parser
@settings(deadline=None)
@given(data=st.data())
def test_anything_in_the_place_of_something(name: str, data: st.DataObject) -> None:
    parse, example = PARSERS[name]
    place = data.draw(st.sampled_from(places(example)))
    with suppress(ServiceMalformed):
        parse(with_replaced(example, place, data.draw(JSON)))


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_no_webhook(body: bytes) -> None:
    with suppress(ServiceMalformed):
        parse_webhook(body)


@settings(deadline=None)
@given(data=st.data())
def test_what_is_understood_can_be_shown(data: st.DataObject) -> None:
    parse, example = PARSERS["cluster"]
    place = data.draw(st.sampled_from(places(example)))
    try:
        state = parse(with_replaced(example, place, data.draw(JSON)))
    except ServiceMalformed:
        return
    service = find_services()["proxmox"]
    result = snapshot(service, "i", state, datetime(2026, 11, 21, tzinfo=UTC))
    assert all(value is not None for value in result.values.values())
    assert type(result).from_json(result.to_json()) == result
    for check in service.checks:
        assert isinstance(list(check.find(state)), list)
