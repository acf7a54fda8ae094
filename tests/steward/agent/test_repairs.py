"""What is offered for a target that is down: the first safe option of a runbook that is for it."""

from dataclasses import replace
from typing import Final

import pytest

from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.diagnosis import RunbookMatch
from homelab_steward.contract.incidents import Incident, IncidentStatus, Option, OptionKind, Proposal
from homelab_steward.contract.step_parts import PlannedReference, PlannedWait
from rig import records
from rig.inventory import ToyInventory, box
from rig.toy import Toy
from steward.agent.repairs import repairs
from steward.agent.request_plan import PlanStep

MATCH: Final = RunbookMatch(runbook_id="toy-memory", version=1, title="Toy stopped", score=1, reason="alert")
RESTART: Final = records.option(steps=(records.step("toy.restart"),))
WAIT: Final = PlannedWait(name="It runs", reading="running", within=5, settle=1, equals=True)
REFERENCE: Final = PlannedReference(argument="memory", step="a", output="granted", kind="number")
OFFERED: Final = PlanStep(
    target=box(), action="restart", capability="restart", arguments={"memory": 3072}, runbook="Toy stopped"
)


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
        replace(RESTART, steps=(*RESTART.steps, *RESTART.steps)),
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
