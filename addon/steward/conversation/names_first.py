"""Puts names that stand before a text in place of the pronoun in it: "Radarr and Sonarr, restart them"."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from .mentions import Mention, NameIndex
from .words import WORD, words_of

if TYPE_CHECKING:
    from .language_matcher import LanguageMatcher

_MACHINE: Final = "machine"
_SIGNS: Final = ",+&/"
_NUMBERED: Final = re.compile(r"([^\W\d_]+)(\d{1,2})")
_BREAK: Final = re.compile("\\s*[,:;\N{EN DASH}-]\\s+")


def with_names_in_place(text: str, index: NameIndex, matchers: Sequence[LanguageMatcher]) -> str:
    """Return a text with the names before its first comma in place of a pronoun after it.

    The text itself if something else stands before the comma, or no pronoun after it.
    """
    comma = _BREAK.search(text)
    while comma is not None:
        names = index.find(text[: comma.start()])
        rest = text[comma.end() :]
        for matcher in matchers[:1]:
            place = _pronoun(rest, len(names), matcher) if names else None
            if place is None or index.find(rest) or not _is_only_names(text[: comma.start()], names, matcher):
                continue
            before = rest[: place[0]].removesuffix("-")
            return " ".join(f"{before} {text[: comma.start()]} {rest[place[1] :]}".split())
        comma = _BREAK.search(text, comma.end())
    return text


def _pronoun(text: str, count: int, matcher: LanguageMatcher) -> tuple[int, int] | None:
    """Return where a pronoun for one or several things stands, the longest one first."""
    known = matcher.phrases("several_pronoun") if count > 1 else {*matcher.values("pronoun")}
    for said in sorted(known, key=len, reverse=True):
        found = re.search(rf"(?<!\w){re.escape(said)}(?!\w)", text, re.IGNORECASE)
        if found is not None:
            return found.span()
    return None


def _is_only_names(text: str, names: Sequence[Mention], matcher: LanguageMatcher) -> bool:
    """Return whether nothing stands beside names but words that join them, articles, and kinds."""
    ends = [0, *(place for one in names for place in one.span), len(text)]
    beside = [text[start:end] for start, end in list(pairwise(ends))[::2]]
    nothing = {*matcher.values("conjunction"), *matcher.values("the"), *matcher.values("kind_word")}
    nothing |= {*matcher.values("kind")} | matcher.phrases("noun")
    return all(word[0].casefold() in nothing for one in beside for word in WORD.finditer(one))


def with_names_of_ids(text: str, index: NameIndex, matchers: Sequence[LanguageMatcher]) -> str:
    """Return a text with names in place of the numbers of machines: "container 105", "ct 105 and 106"."""
    numbers = index.numbers
    words = list(WORD.finditer(text))
    if not numbers or not any(one[0] in numbers for one in words):
        return text
    nouns = {
        said for one in matchers[:2] for said, kind in one.values("kind_word").items() if kind == _MACHINE
    }
    joining = {said for one in matchers[:1] for said in one.values("conjunction")}
    spans: list[tuple[int, int]] = []
    end, is_counted, noun = 0, False, None
    for word in words:
        said, gap = word[0].casefold(), text[end : word.start()]
        is_counted = is_counted or (bool(spans) and spans[-1][1] == end and any(map(gap.count, _SIGNS)))
        if said in numbers and is_counted:
            # The name gets a noun of its own.
            spans.append((word.start() if noun is None else noun, word.end()))
        # "Container 105 and 106", but not "give container 105 512 MB".
        is_joined = said in joining and bool(spans) and spans[-1][1] == end
        is_noun = said in nouns or said.removesuffix("s") in nouns
        noun = word.start() if is_noun else None
        is_counted = is_joined or is_noun
        end = word.end()
    for start, end in reversed(spans):
        number = words_of(text[start:end])[-1]
        text = f"{text[:start]}{numbers[number]}{text[end:]}"
    return text


def spoken_names(names: Sequence[str], matchers: Sequence[LanguageMatcher]) -> dict[str, str]:
    """Return names that end with a number by how they are said: "pve one" for pve1."""
    found: dict[str, str] = {}
    for name in names:
        words = words_of(name)
        said = _NUMBERED.fullmatch(words[0]) if len(words) == 1 else None
        if said is None:
            continue
        for matcher in matchers:
            for number in (said[2], *matcher.number_words(int(said[2]))):
                found.setdefault(f"{said[1]} {number}", name)
    return found
