"""What conditions depend on is read; what could not be read is not known."""

from dataclasses import replace

import pytest

from homelab_steward.contract.later import Later, LaterCondition
from homelab_steward.contract.state import InstanceStatus, TargetRef
from rig.inventory import CANARY, ITSELF, NOW, ToyInventory, box
from rig.toy import Toy
from steward.agent.requests.condition_readings import ConditionReadings
from steward.agent.requests.later import LONGEST_WAIT
from steward.inventory.ports import ANSWERS, HOME

LOW = LaterCondition(name="CPU", target=box(), reading="cpu", below=4)
AWAY = LaterCondition(name="Toy: answers", target=ITSELF, reading=ANSWERS, equals=False)
GONE = TargetRef(instance_id="gone", kind="instance", id="gone", name="Gone")


def waiting(*conditions: LaterCondition) -> Later:
    return Later(at=NOW, until=NOW + LONGEST_WAIT, conditions=conditions, text="When it is so")


async def test_the_last_readings_are_compared_with_the_bounds() -> None:
    inventory = ToyInventory(Toy())
    readings = ConditionReadings(inventory)
    assert readings.unmet(waiting()) is None
    found = readings.unmet(waiting(LOW))
    assert found is not None
    assert (found.name, found.ok, found.text) == ("CPU", None, "The service does not report it")
    inventory.toy.numbers["cpu"] = 2.0
    await inventory.poll_now("toy1")
    assert readings.unmet(waiting(LOW)) is None
    inventory.toy.numbers["cpu"] = 8.0
    assert readings.unmet(waiting(LOW)) is None, "nothing is polled"
    found = await readings.unmet_now(waiting(LOW))
    assert found is not None
    assert (found.ok, found.text) == (False, "8")


@pytest.mark.parametrize(
    ("status", "holds"),
    [
        (InstanceStatus.OK, False),
        (InstanceStatus.PENDING, None),
        (InstanceStatus.UNREACHABLE, True),
        (InstanceStatus.UNAUTHORIZED, True),
        (InstanceStatus.FAILING, True),
    ],
)
def test_whether_an_instance_answers(status: InstanceStatus, holds: bool | None) -> None:  # noqa: FBT001
    inventory = ToyInventory(Toy())
    inventory.instance_row = replace(inventory.instance_row, status=status)
    found = ConditionReadings(inventory).unmet(waiting(AWAY))
    assert (True if found is None else found.ok) is holds


async def test_what_does_not_answer_now_is_away_and_its_readings_are_not_known() -> None:
    inventory = ToyInventory(Toy())
    readings = ConditionReadings(inventory)
    inventory.toy.numbers["cpu"] = 2.0
    assert await readings.unmet_now(waiting(LOW)) is None
    found = await readings.unmet_now(waiting(AWAY))
    assert found is not None
    assert found.ok is False
    inventory.toy.down = True
    assert await readings.unmet_now(waiting(AWAY)) is None
    found = await readings.unmet_now(waiting(AWAY, LOW))
    assert found is not None
    assert (found.name, found.ok) == ("CPU", None)
    assert found.text
    assert CANARY not in found.text


async def test_an_instance_that_was_removed_is_not_known() -> None:
    readings = ConditionReadings(ToyInventory(Toy()))
    condition = replace(LOW, target=GONE)
    assert readings.unmet(waiting(replace(AWAY, target=GONE))) is not None
    found = await readings.unmet_now(waiting(condition))
    assert found is not None
    assert found.ok is None


ASLEEP = LaterCondition(
    name="everybody is asleep",
    target=TargetRef(instance_id="", kind=HOME, id="", name=""),
    reading="everybody_asleep",
    equals=True,
)


@pytest.mark.parametrize(
    ("facts", "holds"),
    [({"everybody_asleep": True}, True), ({"everybody_asleep": False}, False), ({"guests": True}, None)],
)
async def test_a_fact_about_the_home_is_asked_for_now(
    facts: dict[str, bool | None],
    holds: bool | None,  # noqa: FBT001
) -> None:
    inventory = ToyInventory(Toy())
    inventory.facts = facts
    readings = ConditionReadings(inventory)
    assert readings.unmet(waiting(ASLEEP)) is None, "nothing is asked"
    found = await readings.unmet_now(waiting(ASLEEP))
    assert (True if found is None else found.ok) is holds
    if holds is None:
        assert found is not None
        assert found.text == "Home Assistant does not say"


async def test_a_fact_and_a_reading_must_both_hold() -> None:
    inventory = ToyInventory(Toy())
    inventory.facts, inventory.toy.numbers["cpu"] = {"everybody_asleep": True}, 8.0
    found = await ConditionReadings(inventory).unmet_now(waiting(ASLEEP, LOW))
    assert found is not None
    assert found.name == "CPU"
