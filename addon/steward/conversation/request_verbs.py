"""Finds the verbs of the actions that a text requests: by a verb, a noun, or the name of an action."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from ..language.words import masked, stem, words_of
from ..texts import texts_of
from .meanings import Offers
from .mentions import Mention
from .request_parts import PartKind, RequestPart, unsupported_part

if TYPE_CHECKING:
    from ..language.language_matcher import LanguageMatcher

GENERIC: Final = "generic_verb"
DESTRUCTIVE: Final = "destructive_verb"
"""Rules with verbs that need a noun, and with those that no action has."""


def requested_verbs(text: str, offers: Offers, matcher: LanguageMatcher) -> frozenset[str]:
    """Return the verbs of the actions that a text requests, none when it is no request."""
    found = matcher.requests(" ".join(text.split()), matcher.verb_lists(offers))
    if not found or matcher.prefix("question", text) or matcher.find("negation", text):
        return frozenset()
    return frozenset(str(found[0].slots["verb"]).split("|"))


def is_switching(text: str, offers: Offers, matcher: LanguageMatcher) -> bool:
    """Return whether a text begins with a verb that is also the name of a thing: "switch it off"."""
    begins = begins_with("switching_verb", text, matcher)
    return begins and "?" not in text and bool(requested_verbs(text, offers, matcher))


def verbs_in(
    text: str, mentions: Sequence[Mention], offers: Offers, matcher: LanguageMatcher, *, is_first: bool
) -> frozenset[str]:
    """Return the verbs that a text requests, also by a noun or by the name of an action."""
    spans = [one.span for one in mentions]
    hidden = masked(text, spans)
    verbs = requested_verbs(hidden, offers, matcher)
    verbs = verbs or verbs_of_nouns(text, mentions, offers, matcher, GENERIC)
    # Only names and nouns for actions can be a request without a verb.
    if verbs or not (is_first and (mentions or _has_action_noun(hidden, matcher))):
        return verbs
    part = unsupported_part(text, matcher, spans)
    if part is not None and part.kind is not PartKind.TIME:
        return verbs
    noun = _verbs_of_action_noun(text, spans, part, matcher)
    return noun or _verbs_of_names(text, mentions, offers, matcher)


def verbs_of_nouns(
    text: str, mentions: Sequence[Mention], offers: Offers, matcher: LanguageMatcher, rule: str = ""
) -> frozenset[str]:
    """Return the verbs of the offered actions that a text names by nouns: "run a health check".

    With a ``rule`` the text must begin with a verb that says nothing about the action.
    """
    if rule and not begins_with(rule, text, matcher):
        return frozenset()
    rest = masked(text, [one.span for one in mentions])
    words = set(words_of(rest))
    meanings = [str(meant) for said, meant in matcher.values("object").items() if said in words]
    words |= {one for meant in meanings for one in meant.split()}
    targets = [target for mention in mentions for target in mention.targets]
    return frozenset(
        action.key.partition("_")[0]
        for target in targets
        for action in offers.get(target.service, ())
        if action.scope == target.scope
        and all(one in words for one in action.key.split("_") if one not in (action.scope or "").split("_"))
    )


def _has_action_noun(text: str, matcher: LanguageMatcher) -> bool:
    nouns = matcher.values("action_noun")
    return any(one in nouns for one in words_of(text))


def _verbs_of_action_noun(
    text: str, spans: Sequence[tuple[int, int]], part: RequestPart | None, matcher: LanguageMatcher
) -> frozenset[str]:
    """Return the verbs of a text that is only names, a noun for an action, and a time: "Radarr reboot at 5".

    "Radarr reboot last night" asks about the past.
    """
    is_past = part is not None and words_of(part.text) in matcher.worded("recent")
    rest = masked(text, spans).replace(part.text if part is not None else "", "")
    said, nouns = words_of(rest), matcher.values("action_noun")
    # "Neustart Radarr" begins with a noun that also asks: "Neustart von Radarr gestern".
    is_asked = _is_asked(text, matcher) if said[:1] and said[0] in nouns else _is_question(text, matcher)
    if is_past or "?" in text or is_asked:
        return frozenset()
    words = [one for one in said if one.strip("x") and one not in matcher.phrases("filler")]
    # "Should I restart it" begins with neither a name nor the noun.
    is_label = bool(words) and (said[0] in nouns or not said[0].strip("x"))
    if not is_label or any(one not in nouns for one in words):
        return frozenset()
    return frozenset(verb for one in words for verb in str(nouns[one]).split("|"))


def _verbs_of_names(
    text: str, mentions: Sequence[Mention], offers: Offers, matcher: LanguageMatcher
) -> frozenset[str]:
    """Return the verbs of the actions whose name, in the language of the text, begins or ends it."""
    if _is_question(text, matcher):
        return frozenset()
    rest = masked(text, [one.span for one in mentions])
    words = words_of(rest[matcher.prefix("polite", rest) :])
    stems = {stem(one) for one in words}
    outer = {stem(one) for one in (*words[:1], *words[-1:])}
    # "Radarr restart, please" says nothing else, "should I restart Radarr" asks.
    is_name_first = bool(words) and not words[0].strip("x") and "?" not in text
    rest_words = (one for one in words if one.strip("x") and one not in matcher.phrases("filler"))
    said = {stem(one) for one in rest_words} if is_name_first else stems
    found: set[str] = set()
    for target in (one for mention in mentions for one in mention.targets):
        for action in offers.get(target.service, ()):
            if action.scope != target.scope:
                continue
            named = _words_of_name(matcher.language, action.name, action.scope or "")
            wanted = {stem(one) for one in named if one not in matcher.phrases("noun")}
            if wanted and wanted <= stems and (wanted & outer or said <= wanted):
                found.add(action.key.partition("_")[0])
    return frozenset(found)


@lru_cache(maxsize=4096)
def _words_of_name(language: str, name: str, scope: str) -> tuple[str, ...]:
    """Return the words of the name of an action in a language, without the kind of what it is done with."""
    kind = scope.split("_")
    return tuple(one for one in words_of(texts_of(language).name(name)) if one not in kind)


def _is_question(text: str, matcher: LanguageMatcher) -> bool:
    return _is_asked(text, matcher) or _asks(text, matcher)


def _is_asked(text: str, matcher: LanguageMatcher) -> bool:
    """Return whether a text has the form of a question, or a negation."""
    return bool(matcher.prefix("question", text) or matcher.find("negation", text))


def _asks(text: str, matcher: LanguageMatcher) -> bool:
    """Return whether a text begins with a word that asks."""
    words = words_of(text[matcher.prefix("polite", text) :])
    return bool(matcher.asking.length(words))


def begins_with(rule: str, text: str, matcher: LanguageMatcher) -> bool:
    """Return whether a text begins with a rule, also after courtesies: "I want" can be one, and a wish."""
    starts = (text, text[matcher.prefix("polite", text) :].lstrip())
    return any(matcher.prefix(rule, one) for one in starts)
