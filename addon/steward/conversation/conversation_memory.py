"""Keeps what was said in each conversation for some time."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from homelab_steward.contract.chat import ChatQuestion

from ..clock import Clock
from ..llm.messages import ChatMessage, Role
from .meanings import Meaning, OpenQuestion
from .model_plans import OfferedPlan

REMEMBERED: Final = 900.0
"""Seconds that a conversation is kept after its last exchange."""

CONVERSATIONS: Final = 256
EXCHANGES: Final = 6
LONGEST_REMEMBERED: Final = 2_000

type _Key = tuple[str, str, str]


@dataclass(slots=True)
class Exchange:
    """A person's question and the answer. ``is_private``: only local models may read the answer.

    ``offered`` lacks the name that the answer asked for; ``is_incomplete``: the answer asked for
    something else that the request lacks. ``is_failed``: no model reads it again, which would repeat it.
    ``meaning`` is set for a question that was answered from the records.
    ``cost_asked`` is what a model's answer would cost, if the answer asked for that.
    ``is_request``: it requested a change, or decided about one. ``offered_plan`` waits for a yes.
    """

    said: str
    answer: str = ""
    is_private: bool = False
    offered: OpenQuestion | None = None
    is_incomplete: bool = False
    is_failed: bool = False
    cost_asked: float | None = None
    meaning: Meaning | None = None
    is_request: bool = False
    offered_plan: OfferedPlan | None = None


@dataclass(slots=True)
class _Conversation:
    exchanges: list[Exchange] = field(default_factory=list)
    last_used: float = 0.0


class ConversationMemory:
    """Keeps a bounded number of conversations, separately for each front end and user."""

    def __init__(self, clock: Clock) -> None:
        """``clock`` measures the age of conversations."""
        self._clock = clock
        self._conversations: OrderedDict[_Key, _Conversation] = OrderedDict()

    def of(self, question: ChatQuestion) -> tuple[Exchange, ...]:
        """Return the earlier exchanges of the question's conversation, oldest first."""
        self._drop_expired()
        conversation = self._conversations.get(_key(question))
        return tuple(conversation.exchanges) if conversation else ()

    def keep(self, question: ChatQuestion, exchange: Exchange) -> None:
        """Add one exchange to the question's conversation."""
        conversation = self._conversations.setdefault(_key(question), _Conversation())
        said, answer = exchange.said[:LONGEST_REMEMBERED], exchange.answer[:LONGEST_REMEMBERED]
        conversation.exchanges.append(replace(exchange, said=said, answer=answer))
        del conversation.exchanges[:-EXCHANGES]
        conversation.last_used = self._clock.monotonic()
        self._conversations.move_to_end(_key(question))
        while len(self._conversations) > CONVERSATIONS:
            self._conversations.popitem(last=False)

    def _drop_expired(self) -> None:
        """Drop expired conversations; the least recently used come first."""
        now = self._clock.monotonic()
        while self._conversations:
            key, conversation = next(iter(self._conversations.items()))
            if now - conversation.last_used <= REMEMBERED:
                return
            del self._conversations[key]


def messages_of(before: Sequence[Exchange]) -> list[ChatMessage]:
    """Return what a model reads of earlier exchanges, without those that failed."""
    found: list[ChatMessage] = []
    for one in before:
        if one.is_failed and not one.is_private:
            # A private one stays: it keeps the conversation with local models.
            continue
        found += [
            ChatMessage(role=Role.USER, text=one.said),
            ChatMessage(role=Role.ASSISTANT, text=one.answer, is_private=one.is_private),
        ]
    return found


def _key(question: ChatQuestion) -> _Key:
    return (str(question.speaker.front_end), question.speaker.user_id, question.conversation_id)
