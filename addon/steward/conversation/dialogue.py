"""Keeps what was said in each conversation, and returns what a text means after it."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from homelab_steward.contract.chat import ChatQuestion
from homelab_steward.contract.incidents import Verb

from ..clock import Clock
from ..language.discourse import repeats
from ..language.words import plain, words_of
from ..llm.messages import ChatMessage, Role
from .known_answers import Answered
from .meanings import (
    AmbiguousName,
    ApprovalAnswer,
    FalseAlarmReport,
    Meaning,
    NoTarget,
    OpenQuestion,
    OpenText,
    PersonRequest,
    PlanRequest,
    ScheduledRequest,
    UnknownName,
)
from .model_plans import OfferedPlan
from .recognition import recognise
from .references import followed, unknown_in_follow_up, with_ordinal, with_reference
from .said_text import LONGEST, Known
from .several_sentences import recognise_all

if TYPE_CHECKING:
    from ..language.language_matcher import LanguageMatcher

REMEMBERED: Final = 900.0
"""Seconds that a conversation is kept after its last exchange."""

CONVERSATIONS: Final = 256
EXCHANGES: Final = 6
LONGEST_REPLY: Final = 3
"""Words of a reply with a number that names a request: "the number 7"."""

LONGEST_REMEMBERED: Final = 2_000

_REPEATED: Final = (PersonRequest, PlanRequest, ScheduledRequest)
"""The meanings that "do that again" requests once more."""

type _Key = tuple[str, str, str]


@dataclass(slots=True)
class Exchange:
    """A person's question and the answer. ``is_private``: only local models may read the answer.

    ``offered`` lacks the name that the answer asked for; ``is_incomplete``: the answer asked for
    something else that the request lacks. ``is_failed``: no model reads it again, which would repeat it.
    ``meaning`` is set for a question that was answered from the records.
    ``cost_asked`` is what a model's answer would cost, if the answer asked for that.
    ``is_request``: it requested a change, or decided about one. ``offered_plan`` waits for a yes.
    ``asks_which``: the answer asked which request or incident is meant.
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
    asks_which: bool = False

    def note(self, meaning: Meaning, answered: Answered) -> None:
        """Note what an answer without a model asks for."""
        self.is_private, self.meaning = answered.is_private, meaning
        self.is_request = isinstance(
            meaning, PersonRequest | ScheduledRequest | ApprovalAnswer | FalseAlarmReport
        )
        if isinstance(meaning, UnknownName | AmbiguousName):
            self.offered = meaning.offered
        is_open = isinstance(meaning, OpenText | NoTarget | ScheduledRequest)
        self.is_incomplete = answered.expects_reply and is_open
        self.asks_which = answered.expects_reply and _names_one(meaning)


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


def meaning_in(
    exchange: Exchange,
    last: Exchange | None,
    said: Sequence[str],
    known: Known,
    matchers: Sequence[LanguageMatcher],
    *,
    has_model: bool = False,
) -> Meaning:
    """Return what was said in an exchange, completed by the ``last`` one if it is the answer to that.

    ``said`` are the person's earlier messages, oldest first. What was said is replaced by its complete form.
    """
    if said:
        answer = last.answer if last else ""
        exchange.said = _with_ordinal(exchange.said, answer, said, known, matchers)
    meaning = _replied(exchange, last, said, known, matchers) if last is not None else None
    if meaning is not None:
        return meaning
    meaning = recognise_all(exchange.said, said, known, matchers, has_model=has_model)
    if last is None or not isinstance(meaning, OpenText):
        return meaning
    if meaning.unknown is None:
        unknown = unknown_in_follow_up(exchange.said, last.meaning, known, matchers)
        meaning = replace(meaning, unknown=unknown)
    if last.is_incomplete:
        completed = f"{last.said} {exchange.said}"
        together = recognise(completed, said, known, matchers)
        if isinstance(together, PersonRequest | ScheduledRequest):
            exchange.said = completed
            return together
    return meaning


def agreed_cost(
    last: Exchange | None, exchange: Exchange, matchers: Sequence[LanguageMatcher]
) -> float | None:
    """Return the cost that a yes agrees to, 0 for a no, None if nothing was asked or answered."""
    if last is None or last.cost_asked is None:
        return None
    answers = [said for one in matchers if (said := one.reply(exchange.said)) is not None]
    if not answers:
        return None
    return last.cost_asked if answers[0] else 0.0


def _replied(
    exchange: Exchange, last: Exchange, said: Sequence[str], known: Known, matchers: Sequence[LanguageMatcher]
) -> Meaning | None:
    """Return what a reply to what was asked means, or the last question about something else, else None."""
    if isinstance(last.meaning, _REPEATED) and any(repeats(plain(exchange.said), one) for one in matchers):
        exchange.said = last.said
        return last.meaning
    if last.asks_which and (which := _which(exchange.said, last.meaning, known, matchers)) is not None:
        return which
    if last.offered is not None:
        completed = reply_to(exchange.said, last.offered, known, matchers)
        if completed is not None:
            exchange.said = completed
            return recognise(completed, said, known, matchers) if completed else NoTarget()
    if last.meaning is None:
        return None
    referring = with_reference(plain(exchange.said), said, known.index, matchers)
    following = referring if isinstance(referring, str) else exchange.said
    return followed(following, last.meaning, known, matchers)


def _names_one(meaning: Meaning | None) -> bool:
    """Return whether a meaning is about one request or incident; an approval may lack its option instead."""
    if isinstance(meaning, ApprovalAnswer):
        return meaning.verb is not Verb.APPROVE
    return isinstance(meaning, FalseAlarmReport)


def _which(
    text: str, meaning: Meaning | None, known: Known, matchers: Sequence[LanguageMatcher]
) -> Meaning | None:
    """Return a decision about the request or incident that a reply names by number or name, else None."""
    if not isinstance(meaning, ApprovalAnswer | FalseAlarmReport):
        return None
    said = plain(text)[:LONGEST]
    numbers = [one for one in words_of(said) if one.isdecimal()]
    if len(numbers) == 1 and len(words_of(said)) <= LONGEST_REPLY:
        return replace(meaning, number=int(numbers[0]), target=None)
    named = reply_to(said, OpenQuestion("", ""), known, matchers)
    mentions = known.index.find(named) if named else ()
    if not mentions:
        return None
    target = mentions[0].targets[0].target
    if isinstance(meaning, FalseAlarmReport):
        return FalseAlarmReport(target=target)
    return replace(meaning, target=target, actions=frozenset())


def _with_ordinal(
    text: str, answer: str, said: Sequence[str], known: Known, matchers: Sequence[LanguageMatcher]
) -> str:
    """Return a text with a name for "the second one", unless that is an option of a request."""
    named = with_ordinal(text, said, answer, known.index, matchers)
    is_decision = named != text and isinstance(recognise(text, (), known, matchers), ApprovalAnswer)
    return text if is_decision else named


def reply_to(
    text: str, offered: OpenQuestion, known: Known, matchers: Sequence[LanguageMatcher]
) -> str | None:
    """Return the completed text when ``text`` answers which name is meant, None when it does not.

    The completed text is "" after no.
    """
    said = plain(text)[:LONGEST]
    if offered.suggested is not None:
        answers = [answer for one in matchers if (answer := one.reply(said)) is not None]
        if answers:
            return offered.with_name(offered.suggested) if answers[0] else ""
    mentions = known.index.find(said)
    if len(mentions) != 1:
        return None
    rest = f"{said[: mentions[0].start]} {said[mentions[0].end :]}"
    words = words_of(rest)
    fillers = [one.phrases("filler") | one.phrases("noun") for one in matchers]
    if words and not any(all(word in filler for word in words) for filler in fillers):
        return None
    return offered.with_name(said[mentions[0].start : mentions[0].end])
