"""Recognises that something must not be changed, and says what that means: "don't restart Radarr".

Nothing is requested. What the text says besides is named: it may be a condition.
"""

from typing import TYPE_CHECKING, Final

from ..language.text_parts import PLACE, mark
from ..language.words import WORD, words_of
from ..texts import Texts
from .meanings import OpenText, Partly, Prohibition
from .mentions import marked
from .request_parts import times_length
from .said_text import SaidText

if TYPE_CHECKING:
    from ..language.language_matcher import LanguageMatcher, Match

INTENT: Final = "LeaveAlone"
_SIGNS: Final = " ,;:.!-\N{EN DASH}\N{EM DASH}"


def recognise_prohibition(said: SaidText, matcher: LanguageMatcher) -> Prohibition | OpenText | None:
    """Return what must not be changed, None if a text says nothing of the kind, or requests something too."""
    if "?" in said.text:
        return None
    shown = marked(said.text, said.mentions)
    for match in matcher.plans(shown, said.lists):
        if match.intent == INTENT and _is_explained(match, matcher):
            return _prohibition(said, _unexplained(match.texts.get("tail", ""), matcher), matcher)
    return None


def _prohibition(said: SaidText, rest: str, matcher: LanguageMatcher) -> Prohibition | OpenText | None:
    """Return what must not be changed; ``rest`` is what is not explained, whose names are excepted."""
    if set(words_of(rest)) & matcher.phrases("verb_word"):
        return None
    named = [one for number, one in enumerate(said.mentions) if mark(number) not in rest]
    named += [one for one in [said.last] if one is not None and not said.mentions and _refers(said, matcher)]
    found = Prohibition(tuple(one.targets[0].target for one in named))
    for number, one in enumerate(said.mentions):
        rest = rest.replace(mark(number), said.text[one.start : one.end])
    return OpenText(text=said.text, partly=Partly(found, rest)) if rest else found


def prohibition_text(meaning: Prohibition, ways: str, scheduled: str, texts: Texts) -> str:
    """Return that nothing is requested, what is changed without a person, and how to forbid it to everybody.

    ``ways`` says what the steward does alone, ``scheduled`` what is scheduled, "" if nothing is.
    """
    lines = [texts("I have requested nothing."), ways, scheduled]
    if meaning.targets:
        names = texts.listed([one.name for one in meaning.targets])
        lines.append(
            texts(t"To forbid every change of {names}, an owner adds a fence in the panel under Settings.")
        )
    else:
        lines.append(texts("Who may decide can pause all changes in the panel under Settings."))
    return " ".join(filter(None, lines))


def _refers(said: SaidText, matcher: LanguageMatcher) -> bool:
    """Return whether a text has a pronoun for the thing that was named last."""
    return any(one in matcher.values("pronoun") for one in words_of(said.text))


def _is_explained(match: Match, matcher: LanguageMatcher) -> bool:
    """Return whether nothing but names stands before the negation: it may negate something else there."""
    before = [match.texts.get(one, "") for one in ("rest", "between")]
    verbs = matcher.phrases("verb_word")
    return not any(
        _unexplained(one, matcher) or matcher.find("more", one) or verbs.intersection(words_of(one))
        for one in before
    )


def _unexplained(text: str, matcher: LanguageMatcher) -> str:
    """Return what a text says beyond names, times, and fillers, to its end, "" if it says nothing more."""
    words = list(WORD.finditer(text))
    folded = [one[0].casefold() for one in words]
    nothing = matcher.phrases("filler") | matcher.phrases("noun") | matcher.phrases("before_noun")
    nothing |= frozenset(matcher.values("conjunction"))
    at = begin = 0
    while at < len(words):
        rest = text[words[at].start() :]
        is_named = PLACE in folded[at]
        length = len(words_of(rest[: times_length(rest, matcher)]))
        length = length or matcher.table("untouched").length(folded, at) or int(folded[at] in nothing)
        if not length and not is_named:
            return text[words[begin].start() :].strip(_SIGNS)
        at += length or 1
        begin = at if is_named else begin
    return ""
