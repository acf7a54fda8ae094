"""Recognises decisions about approval requests, and replies to what the steward asked back."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from homelab_steward.contract.incidents import Verb

from .match_meanings import PRONOUN, match_mention
from .meanings import ApprovalAnswer, OpenQuestion
from .mentions import marked
from .said_text import LONGEST, Known, SaidText
from .words import plain, words_of

if TYPE_CHECKING:
    from .language_matcher import LanguageMatcher, Match

_VERBS: Final = {
    "Approve": Verb.APPROVE,
    "Reject": Verb.REJECT,
    "Ignore": Verb.IGNORE,
    "Snooze": Verb.SNOOZE,
    "Cancel": Verb.CANCEL,
}


def decision(said: SaidText, matcher: LanguageMatcher) -> ApprovalAnswer | None:
    """Return the decision that a text is in one language, None if it is none."""
    for match in matcher.decisions(marked(said.text, said.mentions), said.lists):
        if match.slots.get("name") == PRONOUN:
            continue
        mention = match_mention(match, said)
        option, number = match.slots.get("option"), match.slots.get("request")
        return ApprovalAnswer(
            verb=_VERBS[match.intent],
            option=int(option) if option is not None else None,
            number=int(number) if number is not None else None,
            target=mention.targets[0].target if mention else None,
            until=_until(match),
            actions=frozenset(str(match.slots.get("cancelled", "")).split("|")) - {""},
        )
    return None


def _until(match: Match) -> str | float | None:
    if match.slots.get("until") is not None:
        return str(match.slots["until"])
    unit = match.slots.get("unit")
    hours = {"min": 1 / 60, "h": 1.0, "d": 24.0, "w": 168.0}.get(str(unit))
    return None if hours is None else hours * float(match.slots.get("count") or 1)


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
