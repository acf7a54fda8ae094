"""A compact list finds what hassil's own list finds."""

import pytest
from hassil.expression import TextChunk
from hassil.intents import TextSlotList, TextSlotValue

from steward.language.expressions import template
from steward.language.text_lists import PlainTextList

TEXTS = (
    "Radarr",
    "radarr",
    "radarr 4k",
    " media",
    "",
    "  ",
    "Straße",
    "straße 7",
    "home-assistant",
    "home assistant",
)


def values() -> list[TextSlotValue]:
    plain = [TextSlotValue(TextChunk(text), number) for number, text in enumerate(TEXTS)]
    return [*plain, TextSlotValue(template("(the|my) nas"), "template")]


@pytest.mark.parametrize(
    "text",
    [
        "radarr",
        "Radarr 4K is slow",
        "rada",
        "",
        "STRASSE",
        "straße 7",
        "media server",
        "home-assistant",
        "Home_Assistant",
        "home assistant",
        "the nas",
        "x",
    ],
)
def test_it_has_the_candidates_of_hassil(text: str) -> None:
    ours, theirs = PlainTextList("name", values()), TextSlotList("name", values())
    found = [one.value_out for one in ours.get_candidates(text)]
    assert found == [one.value_out for one in theirs.get_candidates(text)]
