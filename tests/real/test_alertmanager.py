"""The steward with a real Alertmanager: a webhook, and a silence."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import ClientSession

from demo.steward import ALERTMANAGER, Steward
from demo.waiting import becomes, seen
from e2e.rig import DEADLINE, SPEAKER, E2eRig
from homelab_steward.contract.incidents import (
    ApprovalRequest,
    Incident,
    IncidentStatus,
    Outcome,
)
from lab.lab import Lab
from lab.wire import JsonObject
from real.asking import AskingClient
from real.conftest import Record

NAME = "DiskWillFillSoon"
_BY_WEBHOOK = re.compile(r"^steward_alerts_received_total\{[^}]*\} (\S+)$", re.MULTILINE)


@pytest.fixture
async def rig(
    tmp_path: Path, session: ClientSession, lab: Lab, record_testsuite_property: Record
) -> AsyncIterator[E2eRig]:
    """Yield a steward that is connected to Alertmanager, without alerts."""
    kind, _, version = lab.alertmanager.kind.partition(" ")
    if kind != "real":
        pytest.skip("no Alertmanager is installed, and it cannot be fetched")
    record_testsuite_property("Alertmanager", f"{version}, HTTP on loopback")
    rig = E2eRig(session, lab, Steward(session, tmp_path / "steward"))
    try:
        await rig.start()
        yield rig
    finally:
        await rig.close()
        print(rig.steward.child.tail(60))  # noqa: T201 - shown when a test fails


@pytest.fixture
async def front_end(rig: E2eRig, session: ClientSession) -> AsyncIterator[AskingClient]:
    """Yield a client that can request changes."""
    front_end = AskingClient(session, rig.steward.url, await rig.steward.token())
    await front_end.start()
    yield front_end
    await front_end.close()


async def test_webhooks_open_and_resolve_an_incident(rig: E2eRig) -> None:
    began = datetime.now(UTC)
    await rig.lab.alertmanager.post_alerts([disk_alert(began)])
    incident = await seen(rig.front_end.changes, rig.front_end.newest, DEADLINE, "an incident")
    assert [alert.name for alert in incident.alerts] == [NAME]
    assert incident.alerts[0].labels["mountpoint"] == "/srv/films"

    async def was_notified() -> bool:
        return await sent_by_webhook(rig.steward) >= 1

    await becomes(was_notified, DEADLINE, "an alert by webhook")

    await rig.lab.alertmanager.post_alerts([disk_alert(began, ended=datetime.now(UTC))])
    await rig.incident_in(IncidentStatus.RESOLVED)
    assert len(rig.front_end.incidents) == 1


async def test_an_approved_silence_is_active(
    rig: E2eRig, front_end: AskingClient, session: ClientSession
) -> None:
    await rig.lab.alertmanager.post_alerts([disk_alert(datetime.now(UTC))])
    alert_id = await seen(
        front_end.changes, lambda: polled_alert(front_end), DEADLINE, "the alert among its readings"
    )
    requested = await front_end.request(ALERTMANAGER, "silence_alert", alert_id, SPEAKER, {"hours": 2})
    approval_id = requested.approval_id
    assert approval_id is not None, requested.message
    request = await seen(
        front_end.changes,
        lambda: front_end.approvals.get(approval_id),
        DEADLINE,
        "the request",
    )
    await front_end.approve(request, 1, SPEAKER)
    incident = await seen(front_end.changes, lambda: with_verdict(front_end, request), DEADLINE, "a verdict")
    assert incident.run is not None
    assert incident.run.verdict is not None
    assert incident.run.verdict.outcome is Outcome.FIXED

    api = f"{rig.lab.alertmanager.url}/api/v2"
    async with session.get(f"{api}/silences") as response:
        silences = await response.json()
    async with session.get(f"{api}/alerts") as response:
        alerts = await response.json()
    assert [one["status"]["state"] for one in silences] == ["active"]
    assert [one["status"]["silencedBy"] for one in alerts] == [[silences[0]["id"]]]


def disk_alert(began: datetime, ended: datetime | None = None) -> JsonObject:
    labels: JsonObject = {
        "alertname": NAME,
        "severity": "warning",
        "instance": "nas:9100",
        "mountpoint": "/srv/films",
    }
    annotations: JsonObject = {"summary": "/srv/films on nas is full in four hours"}
    alert: JsonObject = {"labels": labels, "annotations": annotations, "startsAt": began.isoformat()}
    return alert if ended is None else {**alert, "endsAt": ended.isoformat()}


def polled_alert(front_end: AskingClient) -> str | None:
    snapshot = front_end.snapshots.get(ALERTMANAGER)
    return next((one.id for one in snapshot.resources), None) if snapshot else None


def with_verdict(front_end: AskingClient, request: ApprovalRequest) -> Incident | None:
    incident = front_end.incidents[request.incident_id]
    return incident if incident.run is not None and incident.run.verdict is not None else None


async def sent_by_webhook(steward: Steward) -> float:
    return sum(float(number) for number in _BY_WEBHOOK.findall(await steward.metrics()))
