"""The event entity for changes: runs that ended and changed something."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
import rows
from conftest import Until
from fake_steward import FakeSteward
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.homelab_steward.contract.incidents import (
    ApprovalStatus,
    Incident,
    IncidentStatus,
    JournalStep,
    Outcome,
    Run,
    RunStatus,
    StepState,
    Verdict,
)
from custom_components.homelab_steward.contract.protocol import RowKind
from custom_components.homelab_steward.row_events import change_event

CHANGE = "event.homelab_steward_change"


def run(status: RunStatus, states: Iterable[StepState] = (StepState.VERIFIED,), **changes: Any) -> Run:
    steps = tuple(
        JournalStep(
            index=index,
            action="proxmox.set_memory",
            target=rows.target(),
            title="Set memory",
            state=state,
            changed_at=rows.NOW,
        )
        for index, state in enumerate(states)
    )
    values: dict[str, Any] = {
        "id": "run1",
        "incident_id": "inc1",
        "approval_id": "ask1",
        "option": 1,
        "label": "Increase memory 2 → 3 GiB",
        "plan_hash": "hash1",
        "status": status,
        "steps": steps,
        "started_at": rows.NOW,
    }
    return Run(**(values | changes))


def acting(done: Run | None) -> Incident:
    return rows.incident(status=IncidentStatus.ACTING, run=done)


async def test_a_run_that_ended_says_what_it_changed_where_and_who_approved_it(
    hass: HomeAssistant, steward: FakeSteward, entry: MockConfigEntry, until: Until
) -> None:
    steward.rows[RowKind.APPROVAL]["ask1"] = rows.approval(
        status=ApprovalStatus.APPROVED, decision=rows.decision()
    )
    steward.rows[RowKind.INCIDENT]["inc1"] = acting(None)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await steward.push(RowKind.INCIDENT, acting(run(RunStatus.RUNNING, [StepState.STARTED])))
    verdict = Verdict(outcome=Outcome.FIXED, checks=(), at=rows.NOW)
    states = [StepState.VERIFIED, StepState.INTENDED]
    done = run(RunStatus.SUCCEEDED, states, verdict=verdict, finished_at=rows.NOW)
    await steward.push(RowKind.INCIDENT, acting(done))
    await until(lambda: (found := hass.states.get(CHANGE)) and found.attributes.get("event_type"))
    shown = hass.states.get(CHANGE)
    assert shown
    attributes = {key: value for key, value in shown.attributes.items() if key != "event_types"}
    assert attributes == {
        "event_type": "verified",
        "run_id": "run1",
        "approval_id": "ask1",
        "incident_id": "inc1",
        "number": 7,
        "title": "Increase memory 2 → 3 GiB",
        "category": "media",
        "category_name": "Media",
        "targets": ["radarr"],
        "steps": [{"title": "Set memory", "state": "verified"}],
        "person": "Robin",
        "via": "telegram",
        "outcome": "fixed",
        "reason": "",
        "started_at": rows.NOW.isoformat(),
        "finished_at": rows.NOW.isoformat(),
        "friendly_name": "Homelab Steward Change",
    }
    resolved = rows.incident(status=IncidentStatus.RESOLVED, run=done)
    await steward.push(RowKind.INCIDENT, resolved)
    await steward.push(RowKind.INCIDENT, replace(resolved, id="inc2", number=8, run=None))
    await until(lambda: "inc2" in entry.runtime_data.coordinator.steward_state.incidents)
    assert hass.states.get(CHANGE) is shown, "the end of the incident is no other change"


@pytest.mark.parametrize(
    ("before", "after", "event"),
    [
        (None, run(RunStatus.SUCCEEDED), "verified"),
        (run(RunStatus.VERIFYING), run(RunStatus.SUCCEEDED), "verified"),
        (run(RunStatus.RUNNING), run(RunStatus.UNDONE, [StepState.UNDONE]), "undone"),
        (run(RunStatus.RUNNING), run(RunStatus.FAILED, [StepState.VERIFIED, StepState.FAILED]), "failed"),
        (run(RunStatus.RUNNING), run(RunStatus.UNKNOWN, [StepState.EFFECT_UNKNOWN]), "unknown"),
        (run(RunStatus.RUNNING), run(RunStatus.UNKNOWN, [StepState.STARTED]), "unknown"),
        (run(RunStatus.FAILED, id="run0"), run(RunStatus.SUCCEEDED), "verified"),
        (run(RunStatus.RUNNING), run(RunStatus.VERIFYING), None),
        (run(RunStatus.RUNNING), run(RunStatus.FAILED, [StepState.FAILED]), None),
        (run(RunStatus.RUNNING), run(RunStatus.REFUSED, [StepState.INTENDED]), None),
        (run(RunStatus.RUNNING), run(RunStatus.SUCCEEDED, []), None),
        (run(RunStatus.SUCCEEDED), run(RunStatus.SUCCEEDED), None),
        (run(RunStatus.RUNNING), None, None),
    ],
)
def test_only_a_run_that_changed_something_is_an_event(
    before: Run | None, after: Run | None, event: str | None
) -> None:
    assert change_event(acting(before), acting(after)) == event
    assert change_event(None, acting(after)) is None, "an old incident that is listed again"


def test_a_step_that_only_waits_changes_nothing() -> None:
    done = run(RunStatus.SUCCEEDED)
    waited = replace(done, steps=(replace(done.steps[0], has_effect=False),))
    assert change_event(acting(None), acting(waited)) is None
