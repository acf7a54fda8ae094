"""The trend of an incident is drawn for open problems only."""

from base64 import b64decode
from dataclasses import replace
from datetime import UTC, timedelta

import pytest

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import Incident, IncidentStatus, Severity
from homelab_steward.contract.records import LONGEST_TREND, IncidentId
from steward.trends.canvas import Canvas
from steward.trends.courses import MOST_POINTS, Trends
from steward.trends.pictures import TrendPictures

from .test_charts import CATALOGUE, NOON, PVE, TARGET, pixels, snapshot

INCIDENT = Incident(
    id="i1",
    number=1,
    group_key="radarr",
    title="Memory of radarr",
    severity=Severity.WARNING,
    category="media",
    status=IncidentStatus.WAITING,
    opened_at=NOON + timedelta(minutes=5),
    updated_at=NOON,
    alerts=(),
    target=TARGET,
)


def drawing(incident: Incident | None, points: int = 10) -> TrendPictures:
    trends = Trends(CATALOGUE, lambda: (PVE,))
    for number in range(points):
        trends.add(snapshot(NOON + timedelta(minutes=number), 60.0 + 37 * number % 40))

    async def read(incident_id: str) -> Incident | None:
        return incident if incident is not None and incident_id == incident.id else None

    return TrendPictures(trends, UTC, read)


@pytest.mark.parametrize("points", [3, MOST_POINTS])
async def test_an_open_problem_has_a_picture_that_fits(points: int) -> None:
    answer = await drawing(INCIDENT, points).of(IncidentId(id="i1"))
    assert pixels(b64decode(answer.png, validate=True))
    assert len(answer.png) <= LONGEST_TREND


async def test_the_picture_says_the_name_the_unit_and_the_range(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    text = Canvas.text

    def note(canvas: Canvas, x: int, y: int, content: str, color: int, scale: int) -> None:
        written.append(content)
        text(canvas, x, y, content, color, scale)

    monkeypatch.setattr(Canvas, "text", note)
    await drawing(INCIDENT).of(IncidentId(id="i1"))
    assert any(one.startswith("Memory usage: 60 % - ") for one in written)


@pytest.mark.parametrize(
    ("incident", "points"),
    [
        (INCIDENT, 2),
        (replace(INCIDENT, target=None), 10),
        (replace(INCIDENT, target=replace(TARGET, id="106")), 10),
        (replace(INCIDENT, is_request=True), 10),
        (replace(INCIDENT, status=IncidentStatus.RESOLVED), 10),
        (replace(INCIDENT, status=IncidentStatus.IGNORED), 10),
    ],
)
async def test_without_a_trend_of_an_open_problem_it_is_empty(incident: Incident, points: int) -> None:
    assert (await drawing(incident, points).of(IncidentId(id="i1"))).png == ""


async def test_an_unknown_incident_is_refused() -> None:
    with pytest.raises(ContractError) as caught:
        await drawing(INCIDENT).of(IncidentId(id="i2"))
    assert caught.value.code is ErrorCode.NOT_FOUND
