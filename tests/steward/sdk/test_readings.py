"""Readings that are made of several flags."""

import pytest

from steward.sdk.readings import NotKnown, Unknown, any_known

SILENT = Unknown("The queue says nothing")


@pytest.mark.parametrize(
    ("flags", "is_set"),
    [
        ((), False),
        ((False, False), False),
        ((False, True), True),
        ((None, True), True),
        ((SILENT, True), True),
    ],
)
def test_one_flag_that_is_set_is_enough(flags: tuple[bool | Unknown | None, ...], is_set: bool) -> None:  # noqa: FBT001
    assert any_known(*flags) is is_set


@pytest.mark.parametrize("flag", [None, SILENT])
def test_without_a_flag_that_is_set_all_must_be_known(flag: Unknown | None) -> None:
    for flags in ((flag,), (False, flag), (flag, False)):
        with pytest.raises(NotKnown):
            any_known(*flags)
