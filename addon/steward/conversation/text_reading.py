"""Finds the names in a text, and what it can be about."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from .match_meanings import PRONOUN
from .mentions import Mention, mark
from .said_text import Known, SaidText, known_lists
from .words import words_of

if TYPE_CHECKING:
    from .language_matcher import LanguageMatcher, Lists


def read_text(text: str, last: Mention | None, known: Known, matchers: Sequence[LanguageMatcher]) -> SaidText:
    """Return a text with the names in it; ``last`` was named before, ``matchers`` begin with the person's."""
    bare = known_lists(known)
    mentions = tuple(one for one in known.index.find(text) if not _is_adjective(text, one, bare, matchers[0]))
    following = (*mentions[1:], None)
    mentions = tuple(
        one for one, two in zip(mentions, following, strict=bool(mentions)) if not _is_label(text, one, two)
    )
    pronouns, no_names = _of_languages(tuple(matchers))
    names = {mark(number): number for number in range(len(mentions))} or pronouns
    lists = known_lists(known, names)
    return SaidText(
        text=text,
        mentions=mentions,
        last=last,
        known=known,
        lists=lists,
        bare=bare,
        no_names=no_names,
        pronouns=pronouns,
    )


@lru_cache(maxsize=32)
def _of_languages(matchers: tuple[LanguageMatcher, ...]) -> tuple[Mapping[str, int], frozenset[str]]:
    """Return the pronouns of languages, and the words that are no names."""
    pronouns = {said: PRONOUN for one in matchers for said in one.values("pronoun")}
    return pronouns, frozenset[str]().union(*(one.phrases("not_name") for one in matchers))


def _is_label(text: str, mention: Mention, following: Mention | None) -> bool:
    """Return whether a noun for an instance only says where the next name is: "the hypervisor pve1"."""
    if following is None or mention.targets[0].scope is not None:
        return False
    inside = {one.target.instance_id for one in following.targets if one.scope is not None}
    is_next = not text[mention.end : following.start].strip()
    return is_next and mention.targets[0].target.instance_id in inside


def _is_adjective(text: str, mention: Mention, bare: Lists, matcher: LanguageMatcher) -> bool:
    """Return whether a name is an adjective where it is: "how fast", also if something is named Fast."""
    before = words_of(text[: mention.start])[-1:]
    if not before or before[0] not in matcher.phrases("degree"):
        return False
    return "adjective" in matcher.part_texts(bare).get(words_of(text[mention.start : mention.end]), {})
