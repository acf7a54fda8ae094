"""A run shows that its problem was real only if the app's own readings verified it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from homelab_steward.contract.diagnosis import Diagnosis
from homelab_steward.contract.incidents import (
    Incident,
    IncidentStatus,
    Outcome,
    Run,
    RunStatus,
    Severity,
    Verdict,
)
from homelab_steward.contract.proposals import Option, OptionKind
from rig.inventory import NOW
from steward.agent.runs.repair_proof import proves
from steward.runbooks.model import ALERTING, Condition, Recipe

OPTION = Option(number=1, kind=OptionKind.ACT, label="Restart", plan_hash="h")
DIAGNOSIS = Diagnosis(summary="", has_problem=True, matches=(), claims=(), evidence=(), made_at=NOW)
INCIDENT = Incident(
    id="i1",
    number=1,
    group_key="g",
    title="Down",
    severity=Severity.WARNING,
    category="general",
    status=IncidentStatus.ACTING,
    opened_at=NOW,
    updated_at=NOW,
    alerts=(),
    diagnosis=DIAGNOSIS,
)
RUN = Run(
    id="r1",
    incident_id="i1",
    approval_id="a1",
    option=1,
    label="Restart",
    plan_hash="h",
    status=RunStatus.SUCCEEDED,
    steps=(),
    started_at=NOW,
    verdict=Verdict(outcome=Outcome.FIXED, checks=(), at=NOW),
)
RUNNING = Condition(name="runs", reading="running", equals=True)
QUIET = Condition(name="quiet", reading=ALERTING, equals=False)
RECIPE = Recipe(id="restart", label="Restart", verify=(RUNNING, QUIET))


def test_a_verified_repair_proves_it() -> None:
    assert proves(INCIDENT, RUN, OPTION, RECIPE)


@pytest.mark.parametrize(
    ("incident", "run", "option"),
    [
        ({"diagnosis": None}, {}, {}),
        ({"diagnosis": replace(DIAGNOSIS, has_problem=False)}, {}, {}),
        ({"is_request": True}, {}, {}),
        ({}, {"status": RunStatus.FAILED}, {}),
        ({}, {"verdict": None}, {}),
        ({}, {"verdict": Verdict(outcome=Outcome.NOT_FIXED, checks=(), at=NOW)}, {}),
        ({}, {}, {"kind": OptionKind.INVESTIGATE}),
    ],
)
def test_nothing_else_does(
    incident: Mapping[str, Any], run: Mapping[str, Any], option: Mapping[str, Any]
) -> None:
    assert not proves(replace(INCIDENT, **incident), replace(RUN, **run), replace(OPTION, **option), RECIPE)


@pytest.mark.parametrize("recipe", [None, Recipe(id="restart", label="Restart", verify=(QUIET,))])
def test_the_end_of_the_alert_alone_does_not_prove_it(recipe: Recipe | None) -> None:
    assert not proves(INCIDENT, RUN, OPTION, recipe)
