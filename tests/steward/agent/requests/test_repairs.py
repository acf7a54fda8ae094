"""What is offered for an open problem: the first safe option of a runbook that is for it."""

from dataclasses import replace
from typing import Final

import pytest

from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.diagnosis import RunbookMatch
from homelab_steward.contract.incidents import Incident, IncidentStatus
from homelab_steward.contract.proposals import Option, OptionKind, Proposal
from homelab_steward.contract.step_parts import PlannedRecipe, PlannedReference, PlannedStep, PlannedWait
from rig import records
from rig.inventory import ToyInventory, box
from rig.toy import Toy
from steward.agent.requests.repairs import repairs
from steward.agent.requests.request_plan import PlanStep

MATCH: Final = RunbookMatch(runbook_id="toy-memory", version=1, title="Toy stopped", score=1, reason="alert")
RESTART: Final = records.option(steps=(records.step("toy.restart"),))
WAIT: Final = PlannedWait(name="It runs", reading="running", within=5, settle=1, equals=True)
REFERENCE: Final = PlannedReference(argument="memory", step="a", output="granted", kind="number")
OFFERED: Final = PlanStep(
    target=box(),
    action="restart",
    capability="restart",
    arguments={"memory": 3072},
    runbook="Toy stopped",
    recipe=PlannedRecipe(runbook_id="toy-memory", version=1, recipe="grow", target=box()),
)
SWAP: Final = replace(records.step("toy.set_swap"), target=box("sonarr"))


def incident(*options: Option, match: RunbookMatch = MATCH) -> Incident:
    proposal: Proposal = replace(records.proposal(*options), matches=(match,))
    return replace(records.incident(), target=box(), proposal=proposal, status=IncidentStatus.WAITING)


def found(*incidents: Incident) -> dict[str, PlanStep]:
    return {target.name: one for target, one in repairs(incidents, ToyInventory(Toy())).items()}


def test_the_first_safe_option_is_offered_with_the_name_of_its_runbook() -> None:
    risky = replace(RESTART, risk=Risk.HIGH)
    assert found(incident(risky, RESTART)) == {"radarr": OFFERED}


@pytest.mark.parametrize(
    "option",
    [
        replace(RESTART, risk=Risk.HIGH),
        replace(RESTART, kind=OptionKind.INVESTIGATE),
        replace(RESTART, unknown_facts=("asleep",)),
        replace(RESTART, runbook_id="other"),
        replace(RESTART, steps=()),
        replace(RESTART, steps=(replace(RESTART.steps[0], wait=WAIT),)),
        replace(RESTART, steps=(replace(RESTART.steps[0], references=(REFERENCE,)),)),
    ],
)
def test_what_is_not_safe_is_not_offered(option: Option) -> None:
    assert found(incident(option)) == {}


@pytest.mark.parametrize(
    "other",
    [
        incident(RESTART, match=replace(MATCH, may_fit=True)),
        replace(incident(RESTART), target=None),
        replace(incident(RESTART), is_request=True),
        replace(incident(RESTART), status=IncidentStatus.RESOLVED),
        replace(incident(RESTART), proposal=None),
    ],
)
def test_other_incidents_offer_nothing(other: Incident) -> None:
    assert found(other) == {}


def test_of_several_incidents_the_first_that_offers_something_counts() -> None:
    nothing = replace(incident(RESTART), proposal=None)
    second = incident(RESTART, match=replace(MATCH, title="Other"))
    assert found(nothing, incident(RESTART), second) == {"radarr": OFFERED}


@pytest.mark.parametrize(
    "steps",
    [(*RESTART.steps, SWAP), (replace(RESTART.steps[0], wait=WAIT), SWAP), (*RESTART.steps, SWAP, SWAP)],
)
def test_an_option_with_several_steps_is_offered_whole_for_its_target(
    steps: tuple[PlannedStep, ...],
) -> None:
    several = found(incident(replace(RESTART, steps=steps)))
    assert several == {"radarr": replace(OFFERED, capability=None, arguments={})}


def test_the_target_of_one_step_may_be_another_than_that_of_the_incident() -> None:
    assert found(incident(replace(RESTART, steps=(SWAP,))))["radarr"].target == box("sonarr")


def test_only_an_option_that_has_a_wanted_capability_counts() -> None:
    swap = replace(RESTART, recipe="swap", steps=(*RESTART.steps, SWAP))
    listed = [incident(RESTART, swap)]

    def recipes(*capabilities: str) -> list[str]:
        offered = repairs(listed, ToyInventory(Toy()), capabilities)
        return [one.recipe.recipe for one in offered.values() if one.recipe is not None]

    assert recipes() == recipes("restart") == ["grow"]
    assert recipes("set_swap", "clean_up") == ["swap"]
    assert recipes("clean_up") == []
