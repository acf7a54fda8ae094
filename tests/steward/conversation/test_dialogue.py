"""Exchanges are remembered for a limited time, and in a limited number."""

from datetime import UTC, datetime

from rig.conversation_rig import question
from steward.clock import ManualClock
from steward.conversation.dialogue import (
    CONVERSATIONS,
    EXCHANGES,
    LONGEST_REMEMBERED,
    REMEMBERED,
    ConversationMemory,
    Exchange,
)

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)


async def test_a_conversation_expires() -> None:
    clock = ManualClock(NOW)
    memory = ConversationMemory(clock)
    memory.keep(question("one"), Exchange(said="one", answer="1"))
    clock.move(REMEMBERED)
    assert [one.said for one in memory.of(question("two"))] == ["one"]
    clock.move(1)
    assert memory.of(question("two")) == ()


async def test_number_and_length_are_limited() -> None:
    memory = ConversationMemory(ManualClock(NOW))
    for number in range(EXCHANGES + 3):
        said = f"{number}" + "x" * LONGEST_REMEMBERED
        memory.keep(question(said), Exchange(said=said, answer="y" * 9_999))
    kept = memory.of(question("?"))
    assert len(kept) == EXCHANGES
    assert kept[-1].said.startswith(f"{EXCHANGES + 2}x")
    assert all(len(one.said) == len(one.answer) == LONGEST_REMEMBERED for one in kept)
    for number in range(CONVERSATIONS):
        memory.keep(question("?", conversation_id=f"other-{number}"), Exchange(said="?"))
    assert memory.of(question("?")) == (), "the oldest conversation is dropped first"
