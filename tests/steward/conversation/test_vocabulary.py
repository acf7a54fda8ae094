"""The vocabulary is prepared in threads, before the first question and after changes of the targets."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

import pytest

from homelab_steward.contract.chat import ChatQuestion
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.state import FrontEnd, Resource, Speaker
from rig.loop_work import LoopWork
from rig.question_lab import OFFERS, QuestionLab
from rig.recognition_rig import sentences
from steward.clock import SystemClock
from steward.conversation.conversation import Conversation
from steward.conversation.given_names import GivenNames, nothing_given
from steward.conversation.readings import Readings
from steward.conversation.vocabulary import Vocabulary
from steward.language.sentences import Sentences
from steward.store.changes import Changes

DEADLINE: Final = 120.0
NAS: Final = next(one.id for one in QuestionLab() if one.service == "truenas")
BLOCKED: Final = 50_000
"""Calls of one callback of the event loop: far below 50 ms."""


async def _ask(conversation: Conversation, key: str, text: str, language: str) -> str:
    question = ChatQuestion(
        conversation_id=key,
        text=text,
        speaker=Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id="1"),
        language=language,
    )
    return "".join([piece.text async for piece in conversation.ask(question)])


async def test_no_question_keeps_the_event_loop_busy() -> None:
    conversation = QuestionLab().conversation(Sentences())
    with LoopWork() as work:
        await asyncio.create_task(conversation.vocabulary.known())
        prepared, work.most = work.most, 0
        first = await asyncio.create_task(_ask(conversation, "1", "Is Radarr fine?", "en"))
        calls_of_first, work.most = work.most, 0
        second = await asyncio.create_task(_ask(conversation, "2", "Is Radarr fine?", "en"))
        calls_of_second, work.most = work.most, 0
        await asyncio.create_task(_ask(conversation, "3", "¿Cuánta memoria usa paperless?", "es"))
    assert first == second
    assert prepared < BLOCKED
    assert calls_of_first < 3 * calls_of_second
    assert work.most < BLOCKED


class Background:
    """A vocabulary that is kept prepared, and how often it looked at what there is."""

    def __init__(self) -> None:
        self.lab = QuestionLab()
        self.changes = Changes(SystemClock())
        self.can_read = asyncio.Event()
        self.looks: asyncio.Queue[GivenNames] = asyncio.Queue()
        readings = Readings(self.lab, self._look)  # type: ignore[arg-type]
        self.vocabulary = Vocabulary(OFFERS, readings, sentences())

    def _look(self) -> GivenNames:
        self.looks.put_nowait(nothing_given())
        return nothing_given()

    async def looked(self) -> None:
        async with asyncio.timeout(DEADLINE):
            await self.looks.get()

    def report(self) -> None:
        """Publish the readings of the NAS."""
        self.changes.publish(RowKind.SNAPSHOT, NAS, self.lab.snapshot(NAS))

    def add_pool(self, name: str) -> None:
        self.lab.add(NAS, Resource(kind="pool", id=name, name=name))


@pytest.fixture
async def background() -> AsyncIterator[Background]:
    made = Background()
    made.vocabulary.start(made.changes, made.can_read.wait)  # type: ignore[arg-type]
    yield made
    await made.vocabulary.close()


async def test_it_is_prepared_once_the_instances_were_read(background: Background) -> None:
    for _ in range(3):
        await asyncio.sleep(0)
    assert background.looks.empty()
    background.can_read.set()
    await background.looked()


async def test_it_is_prepared_again_when_there_are_other_targets(background: Background) -> None:
    background.can_read.set()
    await background.looked()
    background.report()
    await background.looked()  # the first report of an instance
    background.report()
    for _ in range(50):
        await asyncio.sleep(0)
    assert background.looks.empty()  # the same targets
    background.add_pool("attic")
    background.report()
    await background.looked()
    known, _ = await background.vocabulary.known()
    assert background.looks.qsize() == 1  # that of this call
    assert known.index.named("attic")


async def test_the_same_targets_stay_the_same_object(background: Background) -> None:
    first, _ = await background.vocabulary.known()
    second, _ = await background.vocabulary.known("de", "Läuft Radarr?")
    assert first is second
    background.add_pool("attic")
    third, _ = await background.vocabulary.known()
    assert third is not first
    assert third.readings is first.readings


async def test_a_load_that_is_cancelled_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = Sentences()
    read: list[str] = []
    make = loaded._matcher
    loop, is_second = asyncio.get_running_loop(), asyncio.Event()

    def counted(language: str) -> object:
        read.append(language)
        if len(read) > 1:
            loop.call_soon_threadsafe(is_second.set)
        return make(language)

    monkeypatch.setattr(loaded, "_matcher", counted)
    loading = asyncio.create_task(loaded.load())
    async with asyncio.timeout(DEADLINE):
        await is_second.wait()
    loading.cancel()
    await asyncio.gather(loading, return_exceptions=True)
    known = len(loaded.of("en"))
    await loaded.load()
    assert known < len(loaded.of("en"))
    assert len(set(read)) == len(loaded.of("en"))
    assert len(read) <= len(set(read)) + 1  # the one that was under way
