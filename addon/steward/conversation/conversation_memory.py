"""Remembers the recent exchanges of each conversation."""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

from homelab_steward.contract.chat import ChatQuestion

from ..clock import Clock

REMEMBERED: Final = 900.0
"""Seconds that a conversation is kept after its last exchange."""

CONVERSATIONS: Final = 256
EXCHANGES: Final = 6
LONGEST: Final = 2_000

type _Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Exchange:
    """A person's question and the answer."""

    said: str
    answer: str


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

    def keep(self, question: ChatQuestion, answer: str) -> None:
        """Add one exchange to the question's conversation."""
        conversation = self._conversations.setdefault(_key(question), _Conversation())
        conversation.exchanges.append(Exchange(said=question.text[:LONGEST], answer=answer[:LONGEST]))
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


def _key(question: ChatQuestion) -> _Key:
    return (str(question.speaker.front_end), question.speaker.user_id, question.conversation_id)
