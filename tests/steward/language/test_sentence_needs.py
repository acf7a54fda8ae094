"""What a text must contain to match a template is never missing from a text that matches it."""

import pytest
from hassil.intents import Intents
from hassil.recognize import recognize_all

from steward.language.expressions import template as parsed
from steward.language.sentence_index import Need, Needs

RULES = Intents.from_dict(
    {
        "language": "en",
        "intents": {},
        "lists": {"kind": {"values": ["disk", "pool"]}},
        "expansion_rules": {"verb": "(restart|stop)", "thing": "[the] {kind}", "loose": "[please]"},
    }
).expansion_rules


def texts(*found: str) -> Need:
    return Need(texts=frozenset(found))


def lists(*found: str) -> Need:
    return Need(lists=frozenset(found))


@pytest.mark.parametrize(
    ("template", "needs"),
    [
        ("how full is it", {texts("how"), texts("full"), texts("is"), texts("it")}),
        ("(is|are) it", {texts("is", "are"), texts("it")}),
        ("[the] disk", {texts("disk")}),
        ("(restart|stop [it]) now", {texts("restart", "stop"), texts("now")}),
        ("<verb> <thing>", {texts("restart", "stop"), lists("kind")}),
        ("({kind}|all of it)", {Need(frozenset({"all"}), frozenset({"kind"}))}),
        ("(disk;full)", {texts("disk"), texts("full")}),
        ("(<loose>|disk)", set()),
        ("<loose> <unknown>", set()),
        ("what's up", {texts("up")}),
        ("{1..9:count} days", {texts("days")}),
    ],
)
def test_needs_of_a_template(template: str, needs: set[Need]) -> None:
    assert Needs(RULES).of(parsed(template)) == needs


def test_a_need_is_met_by_one_of_its_texts_or_lists() -> None:
    need = Need(frozenset({"disk", "pool"}), frozenset({"kind"}))
    assert need.is_met("the pool is full", lambda _: False)
    assert need.is_met("the share is full", lambda name: name == "kind")
    assert not need.is_met("the share is full", lambda _: False)


@pytest.mark.parametrize(
    "text",
    [
        "restart the disk",
        "stop pool",
        "Is the pool full?",
        "the disk, please",
        "all pools are full",
        "Is  the POOL  full",
        "PLEASE restart disk",
        "are the disks full",
    ],
)
def test_a_text_that_hassil_matches_meets_all_needs(text: str) -> None:
    folded, values = text.casefold(), ["disk", "pool"]

    def occurs(name: str) -> bool:
        return name == "kind" and any(one in folded for one in values)

    templates = (
        "[please] <verb> <thing>",
        "(is|are) <thing>[s] full",
        "<thing> [please]",
        "all {kind}[s] are full",
        "(is;{kind};full)",
    )
    matched = 0
    for one in templates:
        intents = Intents.from_dict(
            {
                "language": "en",
                "intents": {"It": {"data": [{"sentences": [one]}]}},
                "lists": {"kind": {"values": values}},
                "expansion_rules": {"verb": "(restart|stop)", "thing": "[the] {kind}"},
            }
        )
        needs = Needs(intents.expansion_rules).of(intents.intents["It"].data[0].sentences[0].expression)
        if list(recognize_all(text, intents)):
            matched += 1
            assert all(need.is_met(folded, occurs) for need in needs), one
    assert matched
