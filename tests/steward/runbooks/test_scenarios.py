"""Every built-in runbook is played from an alert or a check to the verdict, with help and without."""

import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import scenarios
import services
from homelab_steward.contract.incidents import Incident, IncidentStatus, Outcome, RunStatus
from homelab_steward.contract.proposals import OptionKind
from lab.scenarios import Scenario
from rig.incident_player import PlayedLab, built_in_runbooks, described, opened_scenario
from steward.runbooks.model import Recipe


def modules() -> Iterator[ModuleType]:
    """Yield the modules with scenarios: those of general runbooks, then those of services."""
    for path in sorted(Path(scenarios.__path__[0]).glob("[!_]*.py")):
        yield importlib.import_module(f"scenarios.{path.stem}")
    for path in sorted(Path(services.__path__[0]).glob("*/scenarios.py")):
        yield importlib.import_module(f"services.{path.parent.name}.scenarios")


SCENARIOS: list[Scenario] = [one for module in modules() for one in module.SCENARIOS]


def recipe_of(scenario: Scenario) -> Recipe:
    recipe = built_in_runbooks()[scenario.runbook].recipe(scenario.recipe)
    assert recipe is not None, f"{scenario.runbook} has no recipe {scenario.recipe}"
    return recipe


CHANGING = [one for one in SCENARIOS if recipe_of(one).kind is OptionKind.ACT]


def named(found: list[Scenario]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("scenario", [pytest.param(one, id=one.name) for one in found])


PROPOSED = [key for key, one in built_in_runbooks().items() if one.each is None]
"""Those that people ask for are played in ``tests/services/docker/test_stacks.py``."""


@pytest.mark.parametrize("runbook", PROPOSED)
def test_every_recipe_that_changes_something_has_a_scenario(runbook: str) -> None:
    played = {one.recipe for one in SCENARIOS if one.runbook == runbook}
    assert played, f"{runbook} has no scenario"
    recipes = built_in_runbooks()[runbook].recipes
    assert {one.id for one in recipes if one.kind is OptionKind.ACT} <= played


@named(SCENARIOS)
async def test_what_is_selected_solves_the_problem(scenario: Scenario, tmp_path: Path) -> None:
    async with opened_scenario(scenario, tmp_path, scenario.helps) as played:
        incident = await asked(played)
        await played.press(incident)
        recipe = recipe_of(scenario)
        if recipe.kind is OptionKind.INVESTIGATE:
            await played.until(lambda one: is_asked_again(one, incident))
            assert not played.lab.world.effects
            return
        ended = await played.until(lambda one: one.status.is_closed or is_asked_again(one, incident))
        assert ended.status is IncidentStatus.RESOLVED, described(ended)
        if recipe.kind is OptionKind.ACT:
            assert ended.run is not None
            assert ended.run.status is RunStatus.SUCCEEDED, described(ended)
            assert ended.run.verdict is not None
            assert ended.run.verdict.outcome is Outcome.FIXED
            assert played.lab.world.effects


@named(CHANGING)
async def test_what_does_not_help_is_reported(scenario: Scenario, tmp_path: Path) -> None:
    async with opened_scenario(scenario, tmp_path, scenario.again or scenario.breaks) as played:
        incident = await asked(played)
        option = await played.press(incident)
        again = await played.until(lambda one: is_asked_again(one, incident))
        assert again.run is not None
        assert again.run.verdict is not None, described(again)
        assert again.run.verdict.outcome is scenario.without_help, described(again)
        is_undone = scenario.without_help is Outcome.WORSE and option.reversible
        assert again.run.status is (RunStatus.UNDONE if is_undone else RunStatus.FAILED), described(again)


def is_asked_again(incident: Incident, before: Incident) -> bool:
    """Return whether people are asked once more after what they selected was done."""
    is_done = incident.run is not None and incident.run.approval_id == before.approval_id
    return incident.status is IncidentStatus.WAITING and is_done


async def asked(played: PlayedLab) -> Incident:
    """Break the lab, and return the incident that people are asked about."""
    await played.change(played.scenario.breaks)
    incident = await played.detected()
    assert incident.target is not None, "the alert was not connected with a target"
    assert incident.target.name == played.scenario.target
    assert incident.diagnosis is not None
    texts = [one.text for one in incident.diagnosis.evidence]
    assert any(played.scenario.evidence in one for one in texts), texts
    return incident
