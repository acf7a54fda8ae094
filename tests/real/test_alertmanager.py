"""A real Alertmanager tells a real steward, and is really told to be quiet."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import ClientSession

from demo.steward import ALERTMANAGER, Steward
from demo.waiting import becomes, seen
from e2e.rig import DEADLINE, SPEAKER, Home
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
async def home(
    tmp_path: Path, session: ClientSession, lab: Lab, record_testsuite_property: Record
) -> AsyncIterator[Home]:
    """The steward and an Alertmanager that know of each other; nothing fires."""
    kind, _, version = lab.alertmanager.kind.partition(" ")
    if kind != "real":
        pytest.skip("no real Alertmanager is on this machine, and none could be fetched")
    record_testsuite_property("Alertmanager", f"{version}, HTTP on loopback")
    home = Home(session, lab, Steward(session, tmp_path / "steward"))
    try:
        await home.start()
        yield home
    finally:
        await home.close()
        print(home.steward.child.tail(60))  # noqa: T201 - shown when a test fails


@pytest.fixture
async def front_end(home: Home, session: ClientSession) -> AsyncIterator[AskingClient]:
    """Somebody who may ask for changes."""
    front_end = AskingClient(session, home.steward.url, await home.steward.token())
    await front_end.start()
    yield front_end
    await front_end.close()


async def test_its_webhook_opens_an_incident_and_ends_it(home: Home) -> None:
    began = datetime.now(UTC)
    await home.lab.alertmanager.post_alerts([disk_alert(began)])
    incident = await seen(home.front_end.changes, home.front_end.newest, DEADLINE, "an incident")
    assert [alert.name for alert in incident.alerts] == [NAME]
    assert incident.alerts[0].labels["mountpoint"] == "/srv/films"

    async def was_notified() -> bool:
        return await sent_by_webhook(home.steward) >= 1

    await becomes(was_notified, DEADLINE, "an alert by webhook")

    await home.lab.alertmanager.post_alerts([disk_alert(began, ended=datetime.now(UTC))])
    await home.incident_in(IncidentStatus.RESOLVED)
    assert len(home.front_end.incidents) == 1


async def test_a_silence_is_asked_for_approved_and_stands(
    home: Home, front_end: AskingClient, session: ClientSession
) -> None:
    await home.lab.alertmanager.post_alerts([disk_alert(datetime.now(UTC))])
    alert_id = await seen(
        front_end.changes, lambda: polled_alert(front_end), DEADLINE, "the alert among its readings"
    )
    asked = await front_end.request(ALERTMANAGER, "silence_alert", alert_id, SPEAKER, {"hours": 2})
    assert asked.approval_id is not None, asked.message
    request = await seen(
        front_end.changes, lambda: front_end.approvals.get(asked.approval_id or ""), DEADLINE, "the request"
    )
    await front_end.approve(request, 1, SPEAKER)
    incident = await seen(front_end.changes, lambda: with_verdict(front_end, request), DEADLINE, "a verdict")
    assert incident.run is not None
    assert incident.run.verdict is not None
    assert incident.run.verdict.outcome is Outcome.FIXED

    api = f"{home.lab.alertmanager.url}/api/v2"
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
