"""One message for each due time: from rules and tools, perhaps worded by a model, and stored once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from homelab_steward.contract.commands import Reading, ReadTool
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.schedules import Delivery
from rig import records
from rig.agent_rig import opened_store
from rig.inventory import NOW, ToyInventory
from rig.toy import Toy
from steward.clock import ManualClock
from steward.llm.errors import ModelFailed, NoModelAllowed
from steward.llm.messages import ChatReply, ChatRequest
from steward.schedules import rules
from steward.schedules.asking import KEPT, Asking
from steward.schedules.question import Models, Question, Send, ToolRead
from steward.schedules.rules import Facts, Finding, Found
from steward.store import incidents, scheduled_messages
from steward.store.store import Store
from steward.texts import Texts
from steward.timing.scheduler import Due

QUESTION = Question(id="own", title="Own", cron="0 9 * * *", rules=("two",), prompt="Which?", is_own=True)
DUE = Due(at=NOW)
LINES = ("urgent thing", "old thing")


class Model:
    """A language model that gives one answer."""

    def __init__(self, answer: str | Exception) -> None:
        self.answer = answer
        self.asked: list[ChatRequest] = []

    async def chat(self, request: ChatRequest) -> ChatReply:
        self.asked.append(request)
        if isinstance(self.answer, Exception):
            raise self.answer
        return ChatReply(text=self.answer, deployment="small")


def two(_facts: Facts, _texts: Texts) -> Found:
    return Found((Finding(3, LINES[1]), Finding(0, LINES[0])), ("nas: no route", "nas: no route"))


def broken(_facts: Facts, _texts: Texts) -> Found:
    raise KeyError("secret text")


@pytest.fixture(autouse=True)
def _rules(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {**rules.RULES, "two": two, "none": lambda _facts, _texts: Found(), "broken": broken}
    monkeypatch.setattr("steward.schedules.asking.RULES", known)


async def read(question: ReadTool) -> Reading:
    if question.instance_id == "gone":
        raise ContractError(ErrorCode.NOT_FOUND, "There is no such instance.")
    return Reading(title="Pools", text="tank: 80 %\n\n\x07full soon", ok=question.instance_id == "nas")


@asynccontextmanager
async def asking(folder: Path, model: Model | None = None) -> AsyncIterator[tuple[Store, Asking]]:
    clock: Any = ManualClock(NOW)
    gateway: Any = model
    async with opened_store(folder, clock) as store:
        yield store, Asking(store, ToyInventory(Toy()), clock, read, gateway)


async def test_the_list_goes_out_without_a_model_and_once(tmp_path: Path) -> None:
    async with asking(tmp_path) as (store, made):
        with store.changes.watch(RowKind.SCHEDULED) as watch:
            first = await made.answer(QUESTION, DUE)
            event: Any = await watch.next()
            assert event.scheduled == first
            assert await made.answer(QUESTION, DUE) == first, "a run that is repeated sends nothing"
            assert store.changes.sequence == 1
        assert (first.lines, first.not_checked) == (LINES, ("nas: no route",))
        assert (first.summary, first.worded_by, first.is_silent) == ("", "", False)
        assert first.deliver_to == tuple(Delivery)


async def test_a_model_orders_and_sums_up(tmp_path: Path) -> None:
    model = Model('{"order": [2, 1], "summary": "Two things."}')
    async with asking(tmp_path, model) as (_, made):
        worded = await made.answer(QUESTION, Due(at=NOW, is_late=True))
    assert (worded.lines, worded.summary, worded.worded_by) == (LINES[::-1], "Two things.", "small")
    assert worded.is_late
    assert model.asked[0].messages[-1].is_private


async def test_cloud_models_are_asked_only_if_the_file_says_so(tmp_path: Path) -> None:
    model = Model("{}")
    async with asking(tmp_path, model) as (_, made):
        await made.answer(replace(QUESTION, models=Models.ANY), DUE)
    assert not model.asked[0].messages[-1].is_private


@pytest.mark.parametrize(
    ("answer", "change"),
    [
        (NoModelAllowed("quota"), {}),
        (ModelFailed("down"), {}),
        ("nonsense", {}),
        ("{}", {"tokens": 100}),
        ("{}", {"prompt": ""}),
    ],
)
async def test_the_list_goes_out_when_no_model_answers(
    tmp_path: Path, answer: str | Exception, change: dict[str, Any]
) -> None:
    model = Model(answer)
    async with asking(tmp_path, model) as (_, made):
        found = await made.answer(replace(QUESTION, **change), DUE)
    assert (found.lines, found.worded_by) == (LINES, "")
    assert len(model.asked) == int(not change)


@pytest.mark.parametrize(
    ("send", "before", "rule", "is_silent"),
    [
        (Send.FINDINGS, None, "none", True),
        (Send.FINDINGS, "two", "two", False),
        (Send.ALWAYS, None, "none", False),
        (Send.NEWS, None, "two", False),
        (Send.NEWS, None, "none", True),
        (Send.NEWS, "two", "two", True),
        (Send.NEWS, "two", "none", True),
        (Send.NEWS, "none", "two", False),
    ],
)
async def test_when_there_is_nothing_to_say(
    tmp_path: Path, send: Send, before: str | None, rule: str, *, is_silent: bool
) -> None:
    async with asking(tmp_path, model := Model("{}")) as (_, made):
        question = replace(QUESTION, send=send, rules=(rule,))
        if before:
            await made.answer(replace(question, rules=(before,)), Due(at=NOW - timedelta(days=1)))
            model.asked.clear()
        found = await made.answer(question, DUE)
    assert found.is_silent is is_silent
    assert not (is_silent and model.asked), "no model is asked for nothing"


async def test_what_fails_is_named_and_costs_only_itself(tmp_path: Path) -> None:
    tools = tuple(ToolRead(instance=one, tool="pools") for one in ("nas", "away", "gone"))
    async with asking(tmp_path) as (_, made):
        found = await made.answer(replace(QUESTION, rules=("broken", "two"), tools=tools), DUE)
    assert found.lines == (*LINES, "tank: 80 %", "full soon")
    assert found.not_checked == (
        "broken: a defect (KeyError)",
        "nas: no route",
        "Pools: tank: 80 % full soon",
        "gone/pools: There is no such instance.",
    )


async def test_the_briefing_knows_what_is_open(tmp_path: Path) -> None:
    async with asking(tmp_path) as (store, made):
        async with store.change() as unit:
            await incidents.save_incident(unit.connection, records.incident())
        found = await made.answer(replace(QUESTION, rules=("incidents", "requests")), DUE)
    assert found.lines == (f"#1 {records.incident().title}",)


async def test_only_the_newest_messages_are_kept(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store, store.change() as unit:
        for number in range(4):
            row = records.scheduled_message(id=f"own/{number}", made_at=NOW + timedelta(days=number))
            await scheduled_messages.add(unit.connection, row, 2)
        other = records.scheduled_message(id="other/1", schedule_id="other")
        await scheduled_messages.add(unit.connection, other, 2)
        found = await scheduled_messages.newest(unit.connection, 9)
        assert [one.id for one in found] == ["own/3", "own/2", "other/1"]
        last = await scheduled_messages.last_of(unit.connection, "own")
        assert last is not None
        assert last.id == "own/3"
        assert await scheduled_messages.last_of(unit.connection, "third") is None
    assert KEPT
