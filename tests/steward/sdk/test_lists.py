"""Tools that list something: what is left out is counted, and what is missing is named."""

from collections.abc import Iterable
from functools import partial
from typing import Any

import pytest

from homelab_steward.contract.state import TargetRef
from steward.errors import ServiceUnreachable
from steward.sdk.checks import critical, warning
from steward.sdk.coverage import Gaps
from steward.sdk.description import Call, Tool
from steward.sdk.format import first_of, listing
from steward.sdk.lists import Lines, list_tool, stated, worst_first
from steward.sdk.readings import NotKnown, worded

CALL = Call(target=TargetRef(instance_id="i", kind="instance", id="i", name="NAS"))


def tool(found: Iterable[str] | Lines, *gaps: tuple[str, str], **about: Any) -> Tool[Any]:
    async def read(_: Any, missing: Gaps, __: Call) -> Iterable[str] | Lines:
        for part, reason in gaps:
            missing.add(part, reason)
        return found

    return list_tool("disks", "Disks", "All disks.", read, **about)


@pytest.mark.parametrize(
    ("texts", "line"),
    [([], ""), (["a"], "a"), (["a", "b"], "a; b"), (["a", "b", "c", "d"], "a; b and 2 more")],
)
def test_one_line_names_the_first_texts_and_counts_the_others(texts: list[str], line: str) -> None:
    assert first_of(texts, 2, between="; ") == line


@pytest.mark.parametrize(
    ("lines", "total", "text"),
    [
        ([], None, "none"),
        (["a", "b"], None, "a\nb"),
        (["a", "b"], 2, "a\nb"),
        (["a", "b", "c"], None, "a\nb\n… and 1 more, 3 in all"),
        (["a", "b"], 7, "a\nb\n… and 5 more, 7 in all"),
        (["a", "b", "c"], 7, "a\nb\n… and 5 more, 7 in all"),
        ([], 7, "… and 7 more, 7 in all"),
    ],
)
def test_what_is_left_out_is_counted(lines: list[str], total: int | None, text: str) -> None:
    assert listing(lines, "none", 2, total) == text


async def test_a_list_is_a_tool() -> None:
    one = tool(Lines(("sda", "sdb"), 40), limit=1, capability="storage", title=lambda _: "All")
    answer = await one.read(None, CALL)
    assert (answer.title, answer.text) == ("All", "sda\n… and 39 more, 40 in all")
    assert (one.key, one.name, one.description, one.capability) == ("disks", "Disks", "All disks.", "storage")
    empty = await tool(()).read(None, CALL)
    assert (empty.title, empty.text) == ("Disks of NAS", "There are none")


async def test_a_function_becomes_a_tool() -> None:
    @list_tool("disks", "Disks", "All disks.", scope="pool", empty="No disk is there")
    async def disks(_: Any, __: Gaps, ___: Call) -> list[str]:
        return []

    assert (disks.key, disks.name, disks.description, disks.scope) == ("disks", "Disks", "All disks.", "pool")
    assert (await disks.read(None, CALL)).text == "No disk is there"


async def test_every_reason_for_what_is_missing_is_named_once() -> None:
    found = tool(["sda"], ("disks", "item 2 is odd"), ("pools", "403"), ("more", "403"))
    text = (await found.read(None, CALL)).text
    assert text == "sda\nThis may be incomplete or wrong: item 2 is odd; 403"


async def test_a_list_that_is_not_known_is_no_empty_list() -> None:
    async def read(_: Any, __: Gaps, ___: Call) -> list[str]:
        raise NotKnown("the endpoint answers 502")

    with pytest.raises(ServiceUnreachable, match="502"):
        await list_tool("disks", "Disks", "All disks.", read).read(None, CALL)


def test_what_is_bad_comes_first_then_what_is_not_known() -> None:
    assert worst_first(["ok", "?", "bad", "fine", "bad too"], is_bad) == ["bad", "bad too", "?", "ok", "fine"]
    texts = [worded(partial(is_bad, text)) for text in ("bad", "?")]
    assert texts == ["True", "not known (no answer)"]


def is_bad(text: str) -> bool:
    if text == "?":
        raise NotKnown("no answer")
    return text.startswith("bad")


def test_checks_have_their_severity() -> None:
    for make in (warning, critical):
        found = make("full", "Full", str, "disk")
        assert (found.severity.value, found.scope, found.problem("yes")) == (make.__name__, "disk", "yes")


def test_each_item_is_stated_with_its_problem_or_without() -> None:
    def problem(disk: str) -> str | None:
        if disk == "c":
            raise NotKnown("It sleeps")
        return "It fails" if disk == "b" else None

    assert stated("abc", str.upper, problem) == ["B: It fails", "C: not known (It sleeps)", "A: fine"]
    assert stated("a", str.upper, problem, lambda disk: f"{disk} spins") == ["A: a spins"]
