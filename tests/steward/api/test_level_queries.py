"""The autonomy levels of the runbooks, as clients ask for them."""

import pytest

from homelab_steward.contract.autonomy import AutonomyLevel, LevelQuery, RunbookLevel, SetLevel
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import OptionKind
from homelab_steward.contract.state import FrontEnd, Person, Role, Speaker
from steward.api.level_queries import LevelQueries
from steward.runbooks.library import built_in_folders, read_library
from steward.services.finder import find_services

ANNA = Speaker(front_end=FrontEnd.PANEL, user_id="ha-1")
LIBRARY = read_library(built_in_folders(), find_services())
DEVICE = "access-point-offline"


def person(speaker: Speaker) -> Person | None:
    is_known = speaker == ANNA
    return Person(id="anna", name="Anna", role=Role.OWNER) if is_known else None


async def test_levels_are_those_of_runbooks_that_can_change_something() -> None:
    levels = (await LevelQueries(LIBRARY, person).levels(LevelQuery(language="de"))).levels
    titles = [one.title.casefold() for one in levels]
    assert titles == sorted(titles)
    found = {one.id: one for one in levels}
    expected = RunbookLevel(id=DEVICE, title="Zugangspunkt ist offline", level=AutonomyLevel.ASK)
    assert found[DEVICE] == expected
    only_looking = {
        one.id for one in LIBRARY.values() if all(recipe.kind is not OptionKind.ACT for recipe in one.recipes)
    }
    assert found.keys() == LIBRARY.keys() - only_looking
    assert only_looking, "there are runbooks that change nothing"


async def test_the_level_that_it_has_is_kept_and_another_is_refused() -> None:
    queries = LevelQueries(LIBRARY, person)
    kept = await queries.set_level(SetLevel(runbook_id=DEVICE, level=AutonomyLevel.ASK, speaker=ANNA))
    assert kept.runbook.level is AutonomyLevel.ASK
    wanted = SetLevel(runbook_id=DEVICE, level=AutonomyLevel.AUTO, speaker=ANNA, language="de")
    with pytest.raises(ContractError) as refused:
        await queries.set_level(wanted)
    assert refused.value.code is ErrorCode.NOT_EARNED
    assert "Runbook" in refused.value.message


@pytest.mark.parametrize(
    ("runbook_id", "user_id", "code"),
    [(DEVICE, "stranger", ErrorCode.FORBIDDEN), ("nothing", "ha-1", ErrorCode.NOT_FOUND)],
)
async def test_strangers_and_unknown_runbooks_are_refused(
    runbook_id: str, user_id: str, code: ErrorCode
) -> None:
    speaker = Speaker(front_end=FrontEnd.PANEL, user_id=user_id)
    with pytest.raises(ContractError) as refused:
        await LevelQueries(LIBRARY, person).set_level(
            SetLevel(runbook_id=runbook_id, level=AutonomyLevel.ASK, speaker=speaker)
        )
    assert refused.value.code is code
