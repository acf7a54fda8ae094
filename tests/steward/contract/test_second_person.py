"""In which elevation an option of a request needs no second person."""

from dataclasses import replace
from datetime import timedelta

import pytest

from homelab_steward.contract.mode import Elevation
from homelab_steward.contract.second_person import alone, covers, needs_another
from homelab_steward.contract.state import FrontEnd
from rig import records
from rig.inventory import NOW

REQUEST = replace(records.request(), category="media", also_in=())
OPTION = replace(records.option(), steps=(records.step(),), needs_two=True)
INSTANCE = records.step().target.instance_id
OPEN = Elevation(
    person_id="olga",
    person_name="Olga",
    via=FrontEnd.PANEL,
    opened_at=NOW,
    ends_at=NOW + timedelta(hours=2),
    instance_id=INSTANCE,
)
CATEGORY = replace(OPEN, instance_id="", category="media")
ELSEWHERE = replace(records.step(), target=replace(records.step().target, instance_id="other"))


def test_it_covers_its_service_and_its_category() -> None:
    assert alone(OPEN, REQUEST, OPTION, NOW) == OPEN
    assert alone(CATEGORY, REQUEST, OPTION, NOW) == CATEGORY


@pytest.mark.parametrize(
    ("elevation", "request_", "option"),
    [
        (None, REQUEST, OPTION),
        (replace(OPEN, instance_id="other"), REQUEST, OPTION),
        (OPEN, REQUEST, replace(OPTION, steps=(records.step(), ELSEWHERE))),
        (OPEN, REQUEST, replace(OPTION, steps=())),
        (replace(CATEGORY, category="network"), REQUEST, OPTION),
        (CATEGORY, replace(REQUEST, also_in=("network",)), OPTION),
        (replace(OPEN, closed_at=NOW), REQUEST, OPTION),
        (replace(OPEN, opened_at=NOW + timedelta(seconds=1)), REQUEST, OPTION),
        (replace(OPEN, ends_at=NOW), REQUEST, OPTION),
    ],
)
def test_it_covers_nothing_else(elevation: Elevation | None, request_: object, option: object) -> None:
    assert not covers(elevation, request_, option, NOW)  # type: ignore[arg-type]
    assert alone(elevation, request_, option, NOW) is None  # type: ignore[arg-type]


def test_an_option_for_one_person_needs_no_elevation() -> None:
    assert covers(OPEN, REQUEST, replace(OPTION, needs_two=False), NOW)
    assert alone(OPEN, REQUEST, replace(OPTION, needs_two=False), NOW) is None


def test_two_approvals_are_for_the_same_option() -> None:
    first = records.decision()
    assert first.option == OPTION.number
    assert needs_another(REQUEST, OPTION)
    assert not needs_another(REQUEST, replace(OPTION, needs_two=False))
    assert not needs_another(replace(REQUEST, first=first), OPTION)
    assert needs_another(replace(REQUEST, first=replace(first, option=OPTION.number + 1)), OPTION)
