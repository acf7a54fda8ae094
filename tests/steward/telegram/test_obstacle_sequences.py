"""Any sequence of obstacles: each waiting request ends up in the chat once, with its buttons."""

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus
from homelab_steward.contract.state import FrontEndState
from lab.changes import Changes as LabChanges
from lab.faults import FaultKind
from lab.telegram import Message
from steward.telegram.front_end import TelegramFrontEnd

from .rig import TelegramRig, open_front_end, open_rig
from .test_obstacles import HALF_AN_HOUR, heal

CATEGORIES = {"media": "Media", "infrastructure": "Infrastructure", "general": "General"}
METHODS = ("createForumTopic", "editMessageText", "answerCallbackQuery")
REAL_SECONDS = 30.0
"""How long to wait for what must happen; the clock of the front end runs 1,000 times as fast."""

topics = st.sampled_from(sorted(CATEGORIES.values()))


class Obstacles(RuleBasedStateMachine):
    """Requests, and obstacles in the group that come and go."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.opened = AsyncExitStack()
        self.folder = Path(tempfile.mkdtemp())
        self.asked: list[ApprovalRequest] = []
        self.rig: TelegramRig
        self.made: TelegramFrontEnd
        self.front_end = AsyncExitStack()
        self.count = 0
        self.obstructed: set[str] = set()
        self.is_stopped = False

    def run[T](self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    # -- rules -------------------------------------------------------------------------------

    @initialize()
    def start(self) -> None:
        self.run(self._start())

    @rule(category=st.sampled_from(sorted(CATEGORIES)))
    def ask(self, category: str) -> None:
        self.count += 1
        name = f"r{self.count}"
        asked = self.run(self.rig.ask(name, category=category, title=f"request {name}."))
        self.asked.append(asked)
        if not self.is_stopped and CATEGORIES[category] not in self.obstructed:
            self.run(self._until(lambda: self._cards(asked), "a card while other topics are obstructed"))

    @precondition(lambda self: self.asked)
    @rule(data=st.data())
    def end(self, data: st.DataObject) -> None:
        asked = data.draw(st.sampled_from(self.asked))
        self.asked.remove(asked)
        self.run(self.rig.end(asked, ApprovalStatus.SUPERSEDED))

    @precondition(lambda self: self.asked)
    @rule(data=st.data())
    def remind(self, data: st.DataObject) -> None:
        self.run(self.rig.remind(data.draw(st.sampled_from(self.asked))))

    @rule(topic=topics)
    def close(self, topic: str) -> None:
        self._know(topic)
        self.rig.forum.can_manage_topics = False
        self.rig.forum.close_topic(topic)
        self.obstructed.add(topic)
        self._obstruct_creation()

    @rule(topic=topics, seconds=st.sampled_from([20, HALF_AN_HOUR]))
    def limit(self, topic: str, seconds: int) -> None:
        thread_id = self._know(topic)
        self.rig.telegram.methods.paused_threads[thread_id] = seconds
        self.obstructed.add(topic)

    @rule(topic=st.sampled_from(["Media", "Infrastructure"]))
    def drop(self, topic: str) -> None:
        self._know(topic)
        self.rig.forum.drop_topic(topic)
        self.obstructed.add(topic)

    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        """A person deletes a card."""
        found = [one for one in self.rig.forum.messages if one.buttons]
        if found:
            self.rig.forum.delete(data.draw(st.sampled_from(found)).message_id)

    @rule(method=st.sampled_from(METHODS), seconds=st.sampled_from([20, HALF_AN_HOUR]))
    def limit_method(self, method: str, seconds: int) -> None:
        self.rig.fault(FaultKind.STATUS, f"/{method}", status=429, retry_after=seconds)

    @rule(method=st.sampled_from(METHODS))
    def fail_method(self, method: str) -> None:
        self.rig.fault(FaultKind.STATUS, f"/{method}", status=500)

    @rule()
    def refuse_formatting(self) -> None:
        self.rig.telegram.refusals["<b>"] = "can't parse entities"

    @rule()
    def turn_topics_off(self) -> None:
        self.rig.forum.is_forum = False
        self.obstructed.update(CATEGORIES.values())

    @rule()
    def kick(self) -> None:
        self.rig.forum.is_member = False
        self.is_stopped = True

    @rule()
    def become_a_supergroup(self) -> None:
        self.rig.forum.migrate(self.rig.forum.chat_id - 1)
        self.obstructed.update(CATEGORIES.values())

    @rule()
    def restart(self) -> None:
        self.run(self._restart())

    @rule()
    def remove_obstacles(self) -> None:
        heal(self.rig)

    def teardown(self) -> None:
        try:
            if hasattr(self, "rig"):
                self.run(self._check())
        finally:
            self.run(self._close())
            self.runner.close()
            shutil.rmtree(self.folder)

    # -- what must hold ----------------------------------------------------------------------

    async def _check(self) -> None:
        heal(self.rig)
        for asked in self.asked:
            await self._until(partial(self._complete, asked), f"a complete card of {asked.id}")
        await self._until(lambda: not self._obsolete(), "no buttons on cards of closed requests")
        await self._until(lambda: self.made.status.state is not FrontEndState.DOWN, "messages go")
        for asked in self.asked:
            assert len(self._cards(asked)) == 1, f"{asked.id} is in the chat twice"

    def _cards(self, asked: ApprovalRequest) -> list[Message]:
        """Return the cards of a request with buttons in the current group."""
        return [
            one
            for one in self.rig.forum.messages
            if one.buttons and f"request {asked.id}." in one.text and one.chat_id == self.rig.forum.chat_id
        ]

    def _complete(self, asked: ApprovalRequest) -> list[Message]:
        return [one for one in self._cards(asked) if len(one.buttons) == 5]

    def _obsolete(self) -> list[Message]:
        waiting = [card.message_id for asked in self.asked for card in self._cards(asked)]
        return [
            one
            for one in self.rig.forum.messages
            if one.buttons and one.chat_id == self.rig.forum.chat_id and one.message_id not in waiting
        ]

    # -- the front end -----------------------------------------------------------------------

    async def _start(self) -> None:
        self.rig = await self.opened.enter_async_context(open_rig(self.folder, speed=1_000))
        await self._open_front_end()
        await self._until(lambda: len(self.rig.forum.topics) == 7, "all topics")

    async def _open_front_end(self) -> None:
        self.front_end = AsyncExitStack()
        self.made = await self.front_end.enter_async_context(open_front_end(self.rig))

    async def _restart(self) -> None:
        await self.front_end.aclose()
        await self._open_front_end()

    async def _close(self) -> None:
        await self.front_end.aclose()
        await self.opened.aclose()

    async def _until(self, condition: Callable[[], object], what: str) -> None:
        try:
            await LabChanges().wait_for(condition, REAL_SECONDS)
        except TimeoutError as err:
            raise AssertionError(f"missing: {what}; {self.made.status}") from err

    def _know(self, topic: str) -> int | None:
        """Return the thread of a topic, created by a person when the bot has none now."""
        if topic == "General":
            return None
        found = [one for one in self.rig.forum.topics if one.name == topic]
        return (found[-1] if found else self.rig.forum.make_topic(topic, None, None)).thread_id

    def _obstruct_creation(self) -> None:
        """Without the right to create topics, those that do not exist are obstructed."""
        existing = {one.name for one in self.rig.forum.topics} | {"General"}
        self.obstructed |= set(CATEGORIES.values()) - existing


Obstacles.TestCase.settings = settings(max_examples=12, stateful_step_count=12, deadline=None)
TestObstacles = pytest.mark.timeout(300)(Obstacles.TestCase)
