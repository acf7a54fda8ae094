"""Recognises decisions about requests, and reports of false alarms."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from homelab_steward.contract.incidents import Verb

from .meanings import ApprovalAnswer, FalseAlarmReport
from .mentions import marked
from .question_recognition import match_mention
from .said_text import PRONOUN, SaidText

if TYPE_CHECKING:
    from ..language.language_matcher import LanguageMatcher, Lists, Match

_VERBS: Final = {
    "Approve": Verb.APPROVE,
    "Reject": Verb.REJECT,
    "Ignore": Verb.IGNORE,
    "Snooze": Verb.SNOOZE,
    "Cancel": Verb.CANCEL,
    "Stop": Verb.REJECT,
}


def decision(said: SaidText, matcher: LanguageMatcher) -> ApprovalAnswer | FalseAlarmReport | None:
    """Return the decision that a text is in one language, None if it is none.

    "Stop it" alone is none: it may ask to stop a thing.
    """
    for match in matcher.decisions(marked(said.text, said.mentions), said.lists):
        if match.slots.get("name") == PRONOUN or match.metadata.get("bare"):
            continue
        mention = match_mention(match, said)
        option, number = match.slots.get("option"), match.slots.get("request")
        named = int(number) if number is not None else None
        if match.intent == "FalseAlarm":
            mention = mention or (said.last if named is None else None)
            return FalseAlarmReport(named, mention.targets[0].target if mention else None)
        return ApprovalAnswer(
            verb=_VERBS[match.intent],
            option=int(option) if option is not None else None,
            number=named,
            target=mention.targets[0].target if mention else None,
            until=_until(match),
            actions=frozenset(str(match.slots.get("cancelled", "")).split("|")) - {""},
            is_stop=match.intent == "Stop",
        )
    return None


def says_stop(text: str, lists: Lists, matchers: Sequence[LanguageMatcher]) -> bool:
    """Return whether a text says to stop and names nothing: "stop it"."""
    return any(
        match.intent == "Stop" and match.metadata.get("bare")
        for matcher in matchers
        for match in matcher.decisions(text, lists)
    )


def _until(match: Match) -> str | float | None:
    if match.slots.get("until") is not None:
        return str(match.slots["until"])
    unit = match.slots.get("unit")
    hours = {"min": 1 / 60, "h": 1.0, "d": 24.0, "w": 168.0}.get(str(unit))
    return None if hours is None else hours * float(match.slots.get("count") or 1)
