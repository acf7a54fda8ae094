"""What was said is kept for a while, for those who said it, and never without end."""

from datetime import UTC, datetime

from steward.clock import ManualClock
from steward.conversation.conversation_memory import (
    CONVERSATIONS,
    EXCHANGES,
    LONGEST,
    REMEMBERED,
    ConversationMemory,
)

from .rig import question

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)


async def test_it_is_forgotten_after_a_while() -> None:
    clock = ManualClock(NOW)
    memory = ConversationMemory(clock)
    memory.keep(question("one"), "1")
    clock.move(REMEMBERED)
    assert [one.said for one in memory.of(question("two"))] == ["one"]
    clock.move(1)
    assert memory.of(question("two")) == ()


async def test_everything_is_bounded() -> None:
    memory = ConversationMemory(ManualClock(NOW))
    for number in range(EXCHANGES + 3):
        memory.keep(question(f"{number}" + "x" * LONGEST), "y" * 9_999)
    kept = memory.of(question("?"))
    assert len(kept) == EXCHANGES
    assert kept[-1].said.startswith(f"{EXCHANGES + 2}x")
    assert all(len(one.said) == len(one.answer) == LONGEST for one in kept)
    for number in range(CONVERSATIONS):
        memory.keep(question("?", conversation_id=f"other-{number}"), "")
    assert memory.of(question("?")) == (), "the oldest talk goes first"
