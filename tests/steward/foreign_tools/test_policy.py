"""Whether a foreign tool may be called, by table."""

from itertools import product

import pytest

from homelab_steward.contract.foreign_tools import ToolAccess, ToolState
from steward.foreign_tools.policy import refusal, state_of, state_refusal
from steward.settings.foreign_tools import ChosenTool
from steward.texts import translate


@pytest.mark.parametrize(
    ("pinned", "current", "seen", "expected"),
    [
        ("a", "a", (True, False), ToolState.READY),
        ("a", "b", (True, False), ToolState.CHANGED),
        (None, "a", (True, False), ToolState.CHANGED),
        ("a", None, (True, False), ToolState.MISSING),
        (None, None, (True, False), ToolState.MISSING),
        ("a", None, (True, True), ToolState.UNUSABLE),
        ("a", "a", (True, True), ToolState.UNUSABLE),
        ("a", "a", (False, False), ToolState.UNKNOWN),
        ("a", "b", (False, True), ToolState.UNKNOWN),
        (None, None, (False, False), ToolState.UNKNOWN),
    ],
)
def test_the_state_of_a_tool(
    pinned: str | None, current: str | None, seen: tuple[bool, bool], expected: ToolState
) -> None:
    is_online, is_unusable = seen
    assert state_of(pinned, current, is_online=is_online, is_unusable=is_unusable) is expected


@pytest.mark.parametrize(
    ("given", "wanted", "state"),
    list(product(product(ToolAccess, (False, True)), product(ToolAccess, (False, True)), ToolState)),
)
def test_only_a_ready_tool_is_called_and_only_as_settings_say(
    given: tuple[ToolAccess, bool], wanted: tuple[ToolAccess, bool], state: ToolState
) -> None:
    choice = ChosenTool(name="look", access=given[0], private=given[1])
    why = refusal("look", choice, wanted[0], state, as_private=wanted[1])
    assert (why is None) is (given == wanted and state is ToolState.READY)
    if why is not None:
        assert "look" in translate(why)


def test_a_tool_that_was_not_chosen_is_never_called() -> None:
    for access, state in product(ToolAccess, ToolState):
        assert refusal("look", None, access, state, as_private=False) is not None


def test_each_state_has_a_text_of_its_own() -> None:
    texts = {translate(why) for one in ToolState if (why := state_refusal("look", one)) is not None}
    assert len(texts) == len(ToolState) - 1
