"""What was said in each conversation, for as long as somebody may come back to it."""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

from homelab_steward.contract.chat import ChatQuestion

from ..clock import Clock

REMEMBERED: Final = 900.0
"""Seconds after the last word that a conversation is kept."""

CONVERSATIONS: Final = 256
EXCHANGES: Final = 6
LONGEST: Final = 2_000

type _Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Exchange:
    """What a person said and what was answered."""

    said: str
    answer: str


@dataclass(slots=True)
class _Talk:
    exchanges: list[Exchange] = field(default_factory=list)
    last_word: float = 0.0


class ConversationMemory:
    """Bounded; nobody hears what another one said in a conversation of the same name."""

    def __init__(self, clock: Clock) -> None:
        """Remember nothing yet."""
        self._clock = clock
        self._talks: OrderedDict[_Key, _Talk] = OrderedDict()

    def of(self, question: ChatQuestion) -> tuple[Exchange, ...]:
        """Return what was said before in the question's conversation, oldest first."""
        self._forget()
        talk = self._talks.get(_key(question))
        return tuple(talk.exchanges) if talk else ()

    def keep(self, question: ChatQuestion, answer: str) -> None:
        """Remember one exchange."""
        talk = self._talks.setdefault(_key(question), _Talk())
        talk.exchanges.append(Exchange(said=question.text[:LONGEST], answer=answer[:LONGEST]))
        del talk.exchanges[:-EXCHANGES]
        talk.last_word = self._clock.monotonic()
        self._talks.move_to_end(_key(question))
        while len(self._talks) > CONVERSATIONS:
            self._talks.popitem(last=False)

    def _forget(self) -> None:
        """Drop what nobody came back to; the oldest stand first."""
        now = self._clock.monotonic()
        while self._talks:
            key, talk = next(iter(self._talks.items()))
            if now - talk.last_word <= REMEMBERED:
                return
            del self._talks[key]


def _key(question: ChatQuestion) -> _Key:
    return (str(question.speaker.front_end), question.speaker.user_id, question.conversation_id)
