"""The sentences of all languages, loaded once for all tests."""

from collections.abc import Sequence
from functools import cache

from steward.conversation.meanings import Meaning, Offers
from steward.conversation.mentions import NamedTarget
from steward.conversation.recognition import recognise
from steward.conversation.said_text import Known
from steward.language.language_matcher import LanguageMatcher
from steward.language.sentences import Sentences


@cache
def sentences() -> Sentences:
    loaded = Sentences()
    loaded.load_now()
    return loaded


def matchers(language: str = "en") -> Sequence[LanguageMatcher]:
    return sentences().of(language)


def meaning_of(
    text: str,
    among: Sequence[NamedTarget],
    offers: Offers | None = None,
    before: Sequence[str] = (),
    language: str = "en",
    **known: object,
) -> Meaning:
    everything = Known(among=tuple(among), offers=offers or {}, **known)  # type: ignore[arg-type]
    return recognise(text, before, everything, matchers(language))
