"""Limits the names in a request to the kinds that are said of them: "Sonarr and the container radarr"."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from ..language.words import WORD, masked, words_of
from .mentions import NamedTarget
from .said_text import Known

if TYPE_CHECKING:
    from ..language.language_matcher import LanguageMatcher

_SEPARATORS: Final = ",&+"


@dataclass(frozen=True, slots=True)
class Named:
    """A name or a group in a text, and its targets. ``place`` is what a group is limited to."""

    start: int
    end: int
    targets: tuple[NamedTarget, ...]
    is_group: bool = False
    place: NamedTarget | None = None


def without_kinds(text: str, known: Known) -> str:
    """Return a text without words for kinds, which would be taken as said of every name."""
    scopes = _scopes(known)
    return masked(text, [one.span() for one in WORD.finditer(text) if one[0].casefold() in scopes])


def of_said_kinds(
    text: str, named: Sequence[Named], known: Known, matcher: LanguageMatcher
) -> Iterator[Named]:
    """Yield the names with only the targets of the kind that is said of them.

    "The containers sonarr and radarr" and "the sonarr and radarr containers" say it of both,
    "Sonarr and the radarr container" and "Sonarr and the container radarr" of one.
    """
    scopes, kinds = _scopes(known), matcher.values("kind")
    carried = set(words_of(text[: named[0].start]))
    after = {one for one in words_of(text[named[-1].end :]) if one not in scopes}
    ends = [one.start for one in named[1:]] + [len(text)]
    own: set[str] = set()
    for one, end in zip(named, ends, strict=True):
        of_one, of_next = _beside_joiner(text[one.end : end], matcher)
        wanted = {str(kinds.get(word, word)) for word in carried | own | after | of_one} & scopes
        fitting = tuple(each for each in one.targets if each.scope in wanted)
        yield replace(one, targets=fitting) if fitting and not one.is_group else one
        own, carried = of_next, carried | (of_next - scopes)


def _beside_joiner(text: str, matcher: LanguageMatcher) -> tuple[set[str], set[str]]:
    """Return the words between two names, those of the first one and those of the second one."""
    at = min((text.find(sign) for sign in _SEPARATORS if sign in text), default=len(text))
    for word in WORD.finditer(text[:at]):
        if matcher.prefix("joiner", text[word.start() :]):
            at = word.start()
            break
    return set(words_of(text[:at])), set(words_of(text[at:]))


def _scopes(known: Known) -> frozenset[str]:
    """Return the kinds of resources that have actions."""
    return frozenset(one.scope for many in known.offers.values() for one in many if one.scope)
