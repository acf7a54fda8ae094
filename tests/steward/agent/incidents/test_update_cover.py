"""Which alerts an update takes: about its target, what it watches, and what runs in them, for an hour."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homelab_steward.contract.changes import Change
from homelab_steward.contract.incidents import Run
from homelab_steward.contract.state import TargetRef
from rig import records
from rig.inventory import NOW, box
from steward.agent.incidents.update_cover import (
    LONGEST_COVER,
    covered_targets,
    covering,
    is_covering,
    is_left,
)
from steward.store.target_keys import target_key

SECOND: Final = timedelta(seconds=1)
RUN: Final = records.run(id="r1", incident_id="update")
ROW: Final = records.change(approval_id="r1", watched=(box("sonarr"),))
NAMES: Final = ("radarr", "sonarr", "plex", "nas")


def program(target: TargetRef) -> TargetRef | None:
    """Return the instance that runs in the box plex or in the box radarr."""
    name = target.name
    return replace(box(name), kind="instance", id=f"app-{name}") if name in ("plex", "radarr") else None


def nothing(_: TargetRef) -> TargetRef | None:
    return None


def names(live: Sequence[Run] = (RUN,), rows: Sequence[Change] = (ROW,), at: datetime = NOW) -> set[str]:
    return {*covered_targets(live, rows, program, at)}


def test_an_update_covers_its_target_what_it_watches_and_what_runs_in_them() -> None:
    app = program(box())
    assert app is not None
    assert names() == {target_key(one) for one in (box(), app, box("sonarr"))}
    assert {*covered_targets([RUN], [ROW], program, NOW).values()} == {"update"}


def test_what_watches_a_box_with_a_program_covers_the_program() -> None:
    app = program(box("plex"))
    assert app is not None
    assert target_key(app) in names(rows=[replace(ROW, watched=(box("plex"),))])


@pytest.mark.parametrize(
    ("live", "rows"),
    [
        ([], [ROW]),
        ([RUN], []),
        ([replace(RUN, finished_at=NOW)], [ROW]),
        ([RUN], [replace(ROW, approval_id="r2")]),
        ([RUN], [replace(ROW, approval_id=None)]),
    ],
    ids=["no run", "no update", "over", "another request", "no request"],
)
def test_nothing_is_covered_without_an_update_whose_run_goes_on(live: list[Run], rows: list[Change]) -> None:
    assert names(live, rows) == set()


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (-SECOND, False),
        (timedelta(), True),
        (LONGEST_COVER - SECOND, True),
        (LONGEST_COVER, False),
        (10 * LONGEST_COVER, False),
    ],
)
def test_an_update_takes_alerts_for_an_hour_at_most(after: timedelta, *, expected: bool) -> None:
    assert is_covering(RUN, NOW + after) is expected
    assert bool(names(at=NOW + after)) is expected


def test_an_hour_is_the_limit() -> None:
    assert timedelta(hours=1) == LONGEST_COVER


def test_of_two_updates_of_a_target_the_first_takes_its_alerts() -> None:
    other = records.run(id="r2", incident_id="second")
    rows = [ROW, records.change("c2", approval_id="r2")]
    covered = covered_targets([RUN, other], rows, nothing, NOW)
    assert covered[target_key(box())] == "update"


def test_an_update_that_is_not_applied_leaves_the_others_alone() -> None:
    waiting = records.change("c2", target=box("plex"), approval_id="r2")
    assert names(rows=[waiting, ROW]) == names()


def test_an_alert_belongs_to_the_update_of_its_target() -> None:
    covered = covered_targets([RUN], [ROW], nothing, NOW)
    for target, expected in ((box(), "update"), (box("sonarr"), "update"), (box("plex"), None), (None, None)):
        assert covering(records.stored_alert(target=target), covered) == expected


def test_an_alert_is_left_when_its_update_does_not_cover_it_any_more() -> None:
    covered = covered_targets([RUN], [ROW], nothing, NOW)
    held = records.stored_alert(target=box(), incident_id="update")
    assert not is_left(held, covered)
    assert is_left(held, {})
    assert is_left(replace(held, incident_id="earlier"), covered)
    assert is_left(replace(held, target=box("plex")), covered)
    assert is_left(replace(held, target=None), covered)


CHANGES: Final = st.builds(
    lambda target, watched, request: records.change(
        target=box(target), watched=tuple(map(box, watched)), approval_id=request
    ),
    st.sampled_from(NAMES),
    st.lists(st.sampled_from(NAMES), max_size=3),
    st.sampled_from([None, "r1", "r2", "r3"]),
)
RUNS: Final = st.builds(
    lambda request, minutes, is_over: replace(
        records.run(id=request, incident_id=f"of {request}"),
        started_at=NOW + timedelta(minutes=minutes),
        finished_at=NOW if is_over else None,
    ),
    st.sampled_from(["r1", "r2"]),
    st.integers(-90, 10),
    st.booleans(),
)


@given(st.lists(RUNS, max_size=3), st.lists(CHANGES, max_size=4), st.sampled_from(NAMES))
def test_what_is_covered_is_named_by_an_update_that_goes_on(
    live: list[Run], rows: list[Change], name: str
) -> None:
    incident_id = covering(records.stored_alert(target=box(name)), covered_targets(live, rows, nothing, NOW))
    going_on = [
        one for one in live if one.finished_at is None and NOW - LONGEST_COVER < one.started_at <= NOW
    ]
    naming = {
        run.incident_id
        for run in going_on
        for row in rows
        if row.approval_id == run.approval_id and box(name) in (row.target, *row.watched)
    }
    assert incident_id in naming if naming else incident_id is None
