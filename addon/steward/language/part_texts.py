"""What the words of questions stand for, also inflected and in compounds."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

type Slots = Mapping[str, str]

EVERY: Final = "&"
"""Separates several descriptions of one reading, which all have to fit."""

EITHER: Final = "~"
"""Begins a description of which only a part may fit."""

OR: Final = ";"
"""Separates the exact names of several readings."""

_CHANGING: Final = frozenset({"state", "superlative", "bound", "past", "check", "cue"})
"""What the first part of a compound may not stand for: it is no noun, or something else would be asked."""

SHORTEST_STEM: Final = 4
SHORTEST_PART: Final = 3
"""Letters of a part of a compound."""

_ENDINGS: Final = (
    "", "s", "es", "e", "en", "n", "er", "em", "st", "t", "te", "ten", "et", "ed", "ing", "est", "ly", "d",
    "r", "rs", "x", "a", "as", "o", "os", "ée", "ées", "é", "és", "ada", "adas", "ado", "ados", "ne", "nen",
)  # fmt: skip
"""Endings of inflected words of all languages."""

_LINKS: Final = ("", "s", "n", "en", "es", "er", "e", "-")
"""What joins the parts of a compound."""


class PartTexts(dict[tuple[str, ...], dict[str, str]]):
    """The slots and values that a text of one or more words can stand for; none for a filler."""

    def share_slots(self) -> None:
        """Keep equal slots once: a reading has as many names as there are languages."""
        kept: dict[tuple[tuple[str, str], ...], dict[str, str]] = {}
        for text, slots in self.items():
            self[text] = kept.setdefault(tuple(slots.items()), slots)

    @cached_property
    def longest(self) -> int:
        """The number of words of the longest text."""
        return max(map(len, self), default=0)

    @cached_property
    def exact(self) -> PartTexts:
        """The same texts, none of which another form of a word stands for."""
        return _ExactTexts(self)

    @cached_property
    def read(self) -> dict[str, Any]:
        """What was read of texts with these ones: a question is read several times."""
        return {}

    def similar(self, word: str) -> Sequence[Slots]:
        """Return what a word stands for that is no text itself: one thing, or the parts of a compound."""
        kept = self._similar.get(word)
        if kept is None:
            kept = self._similar[word] = self._found(word)
            while len(self._similar) > MOST_KEPT:
                del self._similar[next(iter(self._similar))]
        return kept

    def _found(self, word: str) -> Sequence[Slots]:
        inflected = self._inflected(word)
        if inflected is not None:
            return (inflected,)
        return self._compound(word)

    def _inflected(self, word: str) -> Slots | None:
        """Return what another form of a word stands for, None if there is none or it is not clear."""
        found = {text: self._words[text] for stem in _stems(word) for text in self._stems.get(stem, ())}
        different = {tuple(sorted(slots.items())) for slots in found.values()}
        return dict(next(iter(different))) if len(different) == 1 else None

    def _compound(self, word: str) -> Sequence[Slots]:
        """Return what the two parts of a compound stand for; one of them may say nothing."""
        for at in range(len(word) - SHORTEST_PART, SHORTEST_PART - 1, -1):
            first, last = self._first_part(word[:at]), self._words.get(word[at:])
            last = self._inflected(word[at:]) if last is None and len(word) - at > SHORTEST_STEM else last
            if first is None or last is None or {*first} & _CHANGING:
                continue
            # The last part is what the first one describes.
            parts = [one for one in (last, first) if {*one} & {"reading", "kind"}]
            if parts:
                return parts
        return ()

    def _first_part(self, text: str) -> Slots | None:
        for link in _LINKS:
            part = text.removesuffix(link) if link else text
            if len(part) >= SHORTEST_PART and (found := self._words.get(part)) is not None:
                return found if len(text) - len(part) == len(link) else None
        return None

    @cached_property
    def _similar(self) -> dict[str, Sequence[Slots]]:
        return {}

    @cached_property
    def _words(self) -> Mapping[str, Slots]:
        """The texts of one word."""
        return {text[0]: slots for text, slots in self.items() if len(text) == 1}

    @cached_property
    def _stems(self) -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = {}
        for word in self._words:
            for stem in _stems(word):
                found.setdefault(stem, []).append(word)
        return found


class _ExactTexts(PartTexts):
    """Texts that only stand for themselves."""

    def similar(self, word: str) -> Sequence[Slots]:  # noqa: ARG002
        """Return nothing."""
        return ()


MOST_KEPT: Final = 1_000

MOST_READ: Final = 64
"""Texts whose parts are kept."""


def _stems(word: str) -> Iterator[str]:
    """Yield a word without each ending that it may have."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM and word.isalpha():
            yield word[: len(word) - len(ending)]
