"""The sentences of all languages, loaded before they are first needed."""

import asyncio
import gc
import itertools
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog

from .sentence_files import BUILT_IN, WrongSentences, language_files, languages_of, read_language, with_file

if TYPE_CHECKING:
    from .language_matcher import LanguageMatcher
    from .sentence_files import Content

log = structlog.get_logger(__name__)

FOLDER: Final = "sentences"
"""The folder of the user's sentences in the data folder."""

_SECOND: Final = "en"
"""The language that is tried after the one of the question."""

MOST_KEPT: Final = 10
"""How often what is loaded is kept in a process: garbage of the moment stays with it."""

_kept = itertools.count(1)


def keep_what_is_loaded() -> None:
    """Let no collection of garbage, which blocks the event loop, look through what is loaded now."""
    if next(_kept) <= MOST_KEPT:
        gc.freeze()


class Sentences:
    """Matchers by language. hassil is imported with the first one."""

    def __init__(self, own: Path | None = None, aliases: Mapping[str, str] | None = None) -> None:
        """``own`` is the folder with a user's sentences: a folder for each language.

        ``aliases`` are names of things by other names for them, in any language.
        """
        self._own = own
        self.aliases = aliases or {}
        self._matchers: dict[str, LanguageMatcher] = {}
        self._names: tuple[str, ...] | None = None
        self._loading = asyncio.Lock()

    async def load(self) -> None:
        """Load all languages in threads, once; one that was loaded is kept when this is cancelled."""
        async with self._loading:
            if self._names is None:
                self._names = await asyncio.to_thread(self._languages)
            for name in self._names:
                if name not in self._matchers:
                    self._matchers[name] = await asyncio.to_thread(self._matcher, name)
                    keep_what_is_loaded()

    def load_now(self) -> None:
        """Load all languages. What is wrong in a user's file is logged, and that file is left out."""
        self._matchers = {one: self._matcher(one) for one in self._languages()}

    def _languages(self) -> tuple[str, ...]:
        return languages_of([BUILT_IN, *([self._own] if self._own is not None else [])])

    def of(self, language: str) -> Sequence[LanguageMatcher]:
        """Return all matchers: that of a language (a BCP 47 tag), English, and the others."""
        first = language.partition("-")[0].casefold()
        order = {first: 0, _SECOND: 1}
        return sorted(self._matchers.values(), key=lambda one: order.get(one.language, 2))

    def _matcher(self, language: str) -> LanguageMatcher:
        paths = tuple(self._user_files(language))
        if not paths:
            return _built_in(language)
        content = read_language(language, BUILT_IN)
        for path in paths:
            try:
                content = with_file(content, path)
            except WrongSentences as err:
                log.warning("sentences left out", reason=str(err))
        return _prepared(content)

    def _user_files(self, language: str) -> Iterator[Path]:
        if self._own is not None:
            yield from language_files(language, self._own)


@cache
def _built_in(language: str) -> LanguageMatcher:
    """Return the matcher of a language without sentences of a user; it is prepared once in a process."""
    return _prepared(read_language(language, BUILT_IN))


def _prepared(content: Content) -> LanguageMatcher:
    from .language_matcher import LanguageMatcher  # noqa: PLC0415 - hassil is not loaded at the start

    matcher = LanguageMatcher(content)
    # The templates are parsed here, in a thread, and not during the first question.
    matcher.prepare()
    return matcher
