"""Puts pronouns behind the verb that they belong to: "le redémarrer", "lo puedes reiniciar", "reinícialo".

Where they stand is data of each language. Pure; a language without such pronouns changes nothing.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from .spelling import without_accents
from .words import WORD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .language_matcher import LanguageMatcher

ENCLITIC: Final = "enclitic"
PROCLITIC: Final = "proclitic"
"""The lists of what is written at the end of a verb, and before it, with the pronoun that is meant."""

VERBS_AFTER: Final = "verb_after_pronoun"
"""The rule with the verbs before which a pronoun can stand. Before another word it is an article."""

AGAIN: Final = "again_verb"
"""The rule with the verbs that say that another one is done again: "vuélvelo a reiniciar"."""

_VERBS: Final = ("verb_word", "command_verb", "destructive_verb", AGAIN)
"""Rules with the verbs at whose end a pronoun can stand."""


@dataclass(frozen=True, slots=True)
class _Enclitic:
    """Where a verb with a pronoun at its end stands, the verb, and the pronoun that is meant."""

    start: int
    end: int
    verb: str
    pronoun: str


def with_pronouns_after_verbs(text: str, matcher: LanguageMatcher) -> str:
    """Return a text with each pronoun as a word of its own after its verb: "reinicia lo"."""
    return _without_enclitics(_without_proclitics(_before_again(text, matcher), matcher), matcher)


def _before_again(text: str, matcher: LanguageMatcher) -> str:
    """Return a text with the pronoun before a verb such as "vuelve": it belongs to the verb after that."""
    found = _enclitic(text, matcher)
    if found is None or found.verb not in matcher.phrases(AGAIN):
        return text
    return f"{text[: found.start]}{found.pronoun} {found.verb}{text[found.end :]}"


def _without_proclitics(text: str, matcher: LanguageMatcher) -> str:
    pronouns, verbs = matcher.values(PROCLITIC), matcher.table(VERBS_AFTER)
    for said in sorted(pronouns, key=len, reverse=True):
        for found in re.finditer(rf"(?<![\w'-]){re.escape(said)}(?:(?<=')|\s+)(?=\w)", text, re.IGNORECASE):
            following = list(WORD.finditer(text, found.end()))
            length = verbs.length([one[0].casefold() for one in following])
            if length:
                end = following[length - 1].end()
                moved = f"{text[found.end() : end]} {pronouns[said]}{text[end:]}"
                return text[: found.start()] + moved
    return text


def _without_enclitics(text: str, matcher: LanguageMatcher) -> str:
    found = _enclitic(text, matcher)
    if found is None:
        return text
    return f"{text[: found.start]}{found.verb} {found.pronoun}{text[found.end :]}"


def _enclitic(text: str, matcher: LanguageMatcher) -> _Enclitic | None:
    """Return the first verb in a text that ends with a pronoun."""
    pronouns = matcher.values(ENCLITIC)
    for word in WORD.finditer(text) if pronouns else ():
        folded = word[0].casefold()
        for said in sorted(pronouns, key=len, reverse=True):
            verb = _plain_verbs(matcher).get(without_accents(folded.removesuffix(said)))
            if folded.endswith(said) and verb is not None:
                return _Enclitic(word.start(), word.end(), verb, str(pronouns[said]))
    return None


@lru_cache(maxsize=8)
def _plain_verbs(matcher: LanguageMatcher) -> Mapping[str, str]:
    """Return the verbs by their letters without accents: with a pronoun, some have another accent."""
    return {without_accents(one): one for rule in _VERBS for one in matcher.phrases(rule)}
