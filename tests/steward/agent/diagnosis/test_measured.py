"""What the last readings say about a problem, by the goal of the recipe that may solve it."""

from dataclasses import replace
from pathlib import Path

import pytest

from homelab_steward.contract.devices import Word
from homelab_steward.contract.incidents import CheckResult
from rig import records
from rig.agent_rig import open_rig
from rig.inventory import box
from rig.toy import Toy
from steward.agent.diagnosis.measured import Measured, word_of

GOAL = replace(records.option(), runbook_id="toy-memory", recipe="grow")


@pytest.mark.parametrize(
    ("results", "word"),
    [
        ([], None),
        ([True], Word.UP),
        ([True, True], Word.UP),
        ([True, None], Word.UNKNOWN),
        ([None, False], Word.DOWN),
        ([True, False], Word.DOWN),
    ],
)
def test_one_goal_that_is_missed_shows_the_problem(results: list[bool | None], word: Word | None) -> None:
    assert word_of([CheckResult(name="a", ok=one, text="") for one in results]) is word


@pytest.mark.parametrize(
    ("used", "changes", "word"),
    [
        (2000, {}, Word.DOWN),
        (100, {}, Word.UP),
        (2000, {"recipe": "investigate"}, None),
        (2000, {"recipe": "gone"}, None),
        (2000, {"runbook_id": "gone"}, None),
    ],
)
async def test_the_goal_of_a_recipe_is_compared_with_the_last_readings(
    tmp_path: Path, used: int, changes: dict[str, str], word: Word | None
) -> None:
    toy = Toy()
    toy.used = used
    async with open_rig(tmp_path, toy) as rig:
        await rig.inventory.poll_now("toy1")
        incident = replace(records.incident(records.stored_alert()), target=box())
        measured = Measured(rig.inventory, rig.agent._resolver, rig.agent._runs.learner._library)
        assert measured.word(incident, replace(GOAL, **changes)) is word  # type: ignore[arg-type]
