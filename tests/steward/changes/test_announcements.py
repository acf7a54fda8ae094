"""Sentences of release notes that say whom and when they are about, and that something breaks."""

import pytest

from steward.changes.announcements import is_about_later, is_for_others, says_it_breaks


@pytest.mark.parametrize(
    "text",
    [
        "The sun will be removed in 9.0.",
        "We are planning to deprecate and remove the sun.",
        "The sun will in the future refuse to rise.",
    ],
)
def test_an_announcement_is_about_a_later_release(text: str) -> None:
    assert is_about_later(text, after=False)


@pytest.mark.parametrize(
    ("text", "after", "is_later"),
    [
        ("Please use the moon instead.", True, True),
        ("Please use the moon instead.", False, False),
        ("If you use it, you must set `moon` before you update.", True, False),
        ("The moon was removed.", True, False),
        ("The sun is gone now and will be removed from the docs.", False, False),
    ],
)
def test_what_follows_an_announcement(text: str, after: bool, is_later: bool) -> None:  # noqa: FBT001
    assert is_about_later(text, after=after) is is_later


def test_a_note_for_others_than_users() -> None:
    assert is_for_others("**Important note for plugin developers:** the sun moved")
    assert not is_for_others("Note for users of the sun: it moved")


@pytest.mark.parametrize(
    ("text", "breaks"),
    [
        ("The sun rises in the west. This is a major breaking change if you live there.", True),
        ("WARNING: Backward-incompatibility! Suns need a name.", True),
        ("The sun is not backwards compatible.", True),
        ("This release contains some breaking changes for suns", True),
        ("Two suns instead of one (may break current calendars)", True),
        ("Breaking because each sun needs a name.", True),
        ("This release has no breaking changes", False),
        ("Fix an error that could break existing suns", False),
        ("Breaking the sun is not possible", False),
        ("Fix what was an unintended breaking change: it is a breaking change no more", False),
        ("Version 9 is on the way and brings some breaking changes", False),
        ("The sun is more compatible", False),
    ],
)
def test_a_text_that_calls_its_change_a_breaking_one(text: str, breaks: bool) -> None:  # noqa: FBT001
    assert says_it_breaks(text) is breaks
