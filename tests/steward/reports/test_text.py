"""A report as text and pictures, in English and German."""

import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import timedelta

import pytest

from homelab_steward.contract.incidents import IncidentStatus, Outcome, Severity
from homelab_steward.contract.reports import (
    Aging,
    DayFigures,
    QuotaUse,
    ReportedIncident,
    ReportedRun,
    WeekFigures,
    WeeklyReport,
)
from rig import records
from rig.inventory import NOW
from steward.reports.text import STATUSES, document
from steward.texts import languages, texts_of

WEEK = WeekFigures(
    opened=3,
    resolved=2,
    repaired=1,
    by_itself=1,
    unsolved=1,
    muted=1,
    resolve_median=3600.0,
    resolve_longest=90_000.0,
    requests=4,
    approved=2,
    rejected=1,
    expired=1,
    wait_median=300.0,
    wait_longest=7_200.0,
    cloud_requests=1,
    cloud_bytes=2_000_000,
    cost=1.25,
)
NASTY = "[x](http://evil) `<b>` # *bold*\n## Heading"
FULL = replace(
    records.weekly_report(WEEK),
    before=WeekFigures(opened=1, resolve_median=60.0),
    days=(DayFigures(day="2026-11-19", opened=2), DayFigures(day="2026-11-20", opened=1, resolved=2)),
    resolve_seconds=(10.0, 90_000.0),
    incidents=(
        ReportedIncident(
            id="i",
            number=7,
            title=NASTY,
            severity=Severity.WARNING,
            status=IncidentStatus.RESOLVED,
            opened_at=NOW,
            resolution="It went away by itself.",
        ),
    ),
    runs=(
        ReportedRun(incident_number=7, label="Restart it", at=NOW, outcome=Outcome.FIXED),
        ReportedRun(incident_number=7, label="Restart it", at=NOW),
    ),
    proposed=(replace(records.preference(), ignored=4),),
    always_approved=(replace(records.preference(), approved=3),),
    aging=(
        Aging(is_certificate=True, name="radarr.lan", instance="Traefik", days=1.2),
        Aging(is_certificate=True, name="Traefik", instance="Traefik", days=-2),
        Aging(is_certificate=False, name="radarr", instance="Proxmox", days=9.4),
    ),
    quotas=(
        QuotaUse(deployment="big", requests=5, busiest=4, limit=10),
        QuotaUse(deployment="small", requests=9, busiest=9),
    ),
    is_partial=True,
)


def test_a_report_in_english() -> None:
    made = document(FULL, texts_of("en"))
    assert made.title == "Weekly report, 11/13 to 11/20"
    assert made.headline == "3 incidents, 1 repaired, 1 ended by itself, 1 still open."
    found = {one.title: one.lines for one in made.sections}
    assert found == {
        "Incidents": (
            "Opened: 3, the week before: 1",
            "Time to resolve: 60 minutes (median), 25 hours at most",
            "Time to resolve in the week before: 60 seconds (median)",
            "1 muted",
            "7: [x](http://evil) `<b>` # *bold* ## Heading, resolved (It went away by itself)",
            "There was too much to count all of it.",
        ),
        "Requests": (
            "4 asked, 2 approved, 1 rejected, 1 without an answer",
            "Waited for an answer: 5 minutes (median), 2 hours at most",
        ),
        "Changes": ("11/20 13:00: Restart it, helped", "11/20 13:00: Restart it, not verified"),
        "Proposals": (
            "Mute Toy memory pressure? It was ignored 4 times of 4.",
            "Toy memory pressure: approved 3 times of 3",
        ),
        "Backups and certificates": (
            "The certificate of radarr.lan (Traefik) ends in 1 day",
            "The certificate of Traefik has ended",
            "The last backup of radarr (Proxmox) is 9 days old",
        ),
        "Language models": (
            "1 request left your home (1.91 MiB)",
            "big: 5 requests, 4 of 10 on the busiest day",
            "small: 9 requests",
            "Cost: 1.25",
        ),
    }
    assert made.markdown.startswith("# Weekly report, 11/13 to 11/20\n\n3 incidents, 1 repaired")
    assert "* 7: \\[x\\](http://evil) \\`\\<b\\>\\` \\# \\*bold\\* \\#\\# Heading" in made.markdown


def test_a_report_in_german() -> None:
    made = document(FULL, texts_of("de"))
    assert made.title == "Wochenbericht, 13.11. bis 20.11."
    assert made.headline == "3 Vorfälle, 1 repariert, 1 endete von selbst, 1 noch offen."
    assert "Das Zertifikat von radarr.lan (Traefik) läuft in 1 Tag ab" in str(made.sections)
    assert [one.title for one in made.pictures] == ["Vorfälle pro Tag", "Zeit bis zur Lösung"]


@pytest.mark.parametrize("language", [None, *languages()])
def test_nothing_to_say_is_one_line(language: str | None) -> None:
    made = document(records.weekly_report(), texts_of(language))
    assert (made.sections, made.pictures) == ((), ())
    assert made.markdown == f"# {made.title}\n\n{made.headline}\n"
    assert "\n" not in made.headline


def test_every_status_has_a_text() -> None:
    assert set(STATUSES) == {one.value for one in IncidentStatus}


@pytest.mark.parametrize("report", [FULL, replace(FULL, resolve_seconds=()), replace(FULL, days=())])
def test_pictures_are_small_and_well_formed(report: WeeklyReport) -> None:
    made = document(report, texts_of("en"))
    assert len(made.pictures) == 2 - (not report.days) - (not report.resolve_seconds)
    for one in made.pictures:
        root = ET.fromstring(one.svg)  # noqa: S314 - made by the code under test
        tags = {part.tag.rpartition("}")[2] for part in root.iter()}
        assert tags <= {"svg", "title", "text", "line", "rect"}
        assert root[0].text == one.title
        assert "href" not in one.svg
        assert len(one.svg) < 16_000


def test_columns_have_the_height_of_their_counts() -> None:
    (picture, _) = document(FULL, texts_of("en")).pictures
    root = ET.fromstring(picture.svg)  # noqa: S314 - made by the code under test
    rects = [part for part in root.iter() if part.tag.endswith("rect") and len(part)]
    heights = [float(part.attrib["height"]) for part in rects]
    counts = [2, 0, 1, 2]
    assert [round(one / max(heights) * 2) for one in heights] == counts
    assert all(float(part.attrib["y"]) >= 0 for part in rects)


def test_many_days_still_fit() -> None:
    days = tuple(
        DayFigures(day=(NOW - timedelta(days=number)).date().isoformat(), opened=number)
        for number in range(14)
    )
    picture = document(replace(FULL, days=days), texts_of("de")).pictures[0]
    root = ET.fromstring(picture.svg)  # noqa: S314 - made by the code under test
    rights = [
        float(part.attrib["x"]) + float(part.attrib["width"])
        for part in root.iter()
        if "width" in part.attrib
    ]
    assert max(rights) <= 560
