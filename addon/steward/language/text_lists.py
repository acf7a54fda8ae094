"""Lists of plain texts for hassil, found by the start of a text, in little memory."""

from collections.abc import Iterator
from typing import Any, override

from hassil.expression import TextChunk
from hassil.intents import TextSlotList, TextSlotValue
from hassil.trie import Trie


class PrefixTable(Trie):
    """Values by their texts.

    hassil's trie has one object for each letter, which takes ten times as much memory as the texts.
    """

    def __init__(self) -> None:
        super().__init__()
        self._values: dict[str, tuple[Any, ...]] = {}
        self._lengths: dict[str, tuple[int, ...]] = {}
        """The lengths of the texts that begin with a letter, in ascending order."""

    @override
    def insert(self, text: str, value: Any) -> None:
        """Add a value; the text is not empty."""
        self._values[text] = (*self._values.get(text, ()), value)
        lengths = self._lengths.get(text[0], ())
        if len(text) not in lengths:
            self._lengths[text[0]] = tuple(sorted((*lengths, len(text))))

    @override
    def find_prefixes(self, text: str) -> Iterator[tuple[int, str, Any]]:
        """Yield the length, the text and the value of each text that another one begins with."""
        for length in self._lengths.get(text[:1], ()):
            if length > len(text):
                return
            found = text[:length]
            for value in self._values.get(found, ()):
                yield length, found, value


class PlainTextList(TextSlotList):
    """A list whose texts are looked up."""

    @override
    def _build_index(self) -> None:
        """Index the values as hassil does.

        A text that has another length in lower case, and a template, are always tried.
        """
        table = PrefixTable()
        others: list[TextSlotValue] = []
        for value in self.values:
            text = value.text_in.text.lstrip() if isinstance(value.text_in, TextChunk) else None
            if text == "":
                continue  # hassil never matches it
            folded = "" if text is None else text.casefold()
            if text is None or len(folded) != len(text):
                others.append(value)
            else:
                # Mostly the same letters: the table then holds the text of the value.
                table.insert(text if folded == text else folded, value)
        self._value_trie = table
        self._unindexed_values = others
