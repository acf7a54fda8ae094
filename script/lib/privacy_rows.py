"""Texts from which the privacy model learns: labelled rows, and frames and sentences with invented values."""

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from steward.llm.detectors.common_words import PROGRAMS
from steward.llm.detectors.given_names import given_names

ROOT: Final = Path(__file__).parents[2]
FRAMES: Final = Path(__file__).with_name("privacy_frames.txt")
GRAMMAR: Final = Path(__file__).with_name("privacy_grammar.txt")
WORDS: Final = Path(__file__).with_name("privacy_words.txt")
COMMON: Final = Path(__file__).with_name("common_words.txt")
SETS: Final = sorted((ROOT / "tests/data").glob("privacy_*.jsonl"))
FILLED: Final = 4
SENTENCES: Final = 6
"""How often a frame with slots, and a sentence of the grammar, is filled."""

SEED: Final = 11

SPOKEN: Final = (
    "zero one two three four five six seven eight nine",
    "null eins zwei drei vier fünf sechs sieben acht neun",
    "nul een twee drie vier vijf zes zeven acht negen",
    "zéro un deux trois quatre cinq six sept huit neuf",
    "cero uno dos tres cuatro cinco seis siete ocho nueve",
)
SYLLABLES_TEXT: Final = (
    "ba bel car da del el fa fen gre gus ha in jo jul ka ki la len li lo ma mel mi na nor o per qui ra "
    "ri ro sa se sil ta the ti tjor u va vi wen xa ya ze zo"
)
LOWER: Final = "abcdefghijklmnopqrstuvwxyz"
LETTERS: Final = LOWER + "ABCDEFGHJKLMNPQRSTUVWXYZ"
DIGITS: Final = "0123456789"
NUMBER_FORMS: Final = (
    "AA00 AAA",
    "AA-AA 000",
    "AA-000-A",
    "0000 AAA",
    "00-AAA-0",
    "AA-000-AA",
    "AA/00000000",
    "AA-0000-00000",
    "000000-AA",
)
LABELS: Final = {
    "p": "PASSWORD",
    "w": "PASSWORD",
    "n": "PIN",
    "k": "API_KEY",
    "u": "USERNAME",
    "P": "PERSON",
    "a": "STREET_ADDRESS",
    "c": "CITY",
    "L": "ID_NUMBER",
    "d": "BIRTH_DATE",
}
"""The labels of the slots of a frame. The others are harmless: ``W`` (a word), ``t``, ``v``, and ``x``."""

_SLOT: Final = re.compile(r"\{([a-zA-Z])\}")
_HEADING: Final = re.compile(r"\[[a-z]+\]")
_LISTED: Final = re.compile(r"<([a-z]+)>")
_SECTIONS: Final = ("# private", "# topic", "# none")


@dataclass(frozen=True, slots=True)
class Row:
    """A text with its private parts as start, end, and label; ``is_topic``: private as a whole.

    ``group``: the set that it is from, empty for texts that are not labelled rows.
    """

    text: str
    spans: tuple[tuple[int, int, str], ...] = ()
    is_topic: bool = False
    group: str = ""

    @property
    def is_private(self) -> bool:
        """Whether anything in the text is private."""
        return bool(self.spans) or self.is_topic


class Fillers:
    """Invents values of each kind."""

    def __init__(self, chance: random.Random) -> None:
        """``chance`` decides which values come next."""
        self._chance = chance
        self._words = WORDS.read_text().split()
        self._common = _common_words()
        self._names = sorted(name.title() for name in given_names())
        self._programs = sorted(PROGRAMS)
        self._kinds: dict[str, Callable[[], str]] = {
            "w": self._word,
            "W": self._word,
            "p": self.password,
            "n": self.code,
            "x": lambda: self._random(DIGITS, self._pick((1, 1, 2, 2, 3, 4))),
            "k": lambda: self._random(LETTERS + DIGITS, self._pick((16, 20, 24, 32))),
            "u": self.user,
            "P": self.name,
            "t": self._program,
            "v": self._version,
            "a": self._address,
            "c": lambda: (
                self._word().title() + self._pick(("burg", "ton", "ville", "veld", "ford", "hausen"))
            ),
            "L": self._identity,
            "d": lambda: (
                f"{self._pick(range(1, 28))}.{self._pick(range(1, 12))}.{self._pick(range(1940, 2020))}"
            ),
        }

    def value(self, slot: str) -> str:
        """Return a value for a slot of a frame."""
        return self._kinds[slot]()

    def password(self) -> str:
        """Return a password as people choose them."""
        pick, word = self._pick, self._word
        forms: tuple[Callable[[], str], ...] = (
            *(3 * [word]),
            lambda: word().title() + self._random(DIGITS, 2),
            lambda: word() + self._random(DIGITS, pick((1, 2, 4))) + pick("!?$#"),
            lambda: f"{word()}-{word()}-{self._random(DIGITS, 2)}",
            lambda: f"{word()} {word()} {word()}",
            lambda: f"{word()} {word()}",
            lambda: " ".join(pick(self._common) for _ in range(pick((1, 2, 3)))),
            lambda: pick(self._common) + pick(("-", "_", "")) + word(),
            lambda: pick(self._common).title() + self._random(DIGITS, pick((1, 2, 4))),
            lambda: word().replace("e", "3").replace("o", "0").replace("a", "4") + "7",
            lambda: self._random(LETTERS + "23456789!-$", pick((8, 10, 12))),
        )
        return pick(forms)()

    def code(self) -> str:
        """Return the digits of a code as people write or say them."""
        pick = self._pick
        digits = self._random(DIGITS, pick((4, 4, 4, 4, 5, 6, 6)))
        half = len(digits) // 2
        spoken = pick(SPOKEN).split()
        written = (
            " ".join(digits),
            "-".join(digits),
            f"{digits[:half]} {digits[half:]}",
            pick("ABCDEF") + digits,
        )
        return pick((*written, " ".join(spoken[int(one)] for one in digits), *(7 * [digits])))

    def name(self) -> str:
        """Return a given name, or an invented one."""
        invented = "".join(self._pick(SYLLABLES_TEXT.split()) for _ in range(self._pick((2, 2, 3)))).title()
        return self._pick((*(2 * [self._pick(self._names)]), invented))

    def user(self) -> str:
        """Return the name of an account."""
        name = self._pick(self._names).lower()
        return self._pick((name, name + self._random(DIGITS, 2), f"{self._pick(LOWER)}.{name}", self._word()))

    def _pick[Value](self, values: Sequence[Value]) -> Value:
        return self._chance.choice(values)

    def _word(self) -> str:
        return self._chance.choice(self._words)

    def _program(self) -> str:
        program = self._pick(self._programs)
        return self._pick((program, program.title()))

    def _version(self) -> str:
        numbers = [self._random(DIGITS, self._pick((1, 1, 2))) for _ in range(self._pick((2, 3)))]
        return self._pick(("", "v")) + ".".join(numbers)

    def _address(self) -> str:
        street = self._pick(("Lane", "Street", "Road", "weg", "straat", "straße", "Avenue"))
        return f"{self._random(DIGITS, 2)} {self._word().title()} {street}"

    def _identity(self) -> str:
        """Return a number plate, or the number of a contract or a device."""
        letters = "ABCDEFGHJKLMNPRSTVWXYZ"
        form = self._pick(NUMBER_FORMS)
        return re.sub("[A0]", lambda one: self._random(letters if one.group() == "A" else DIGITS, 1), form)

    def _random(self, characters: str, length: int) -> str:
        return "".join(self._chance.choice(characters) for _ in range(length))


def frames(fillers: Fillers) -> Iterator[Row]:
    """Yield the frames with invented values."""
    section = ""
    for line in FRAMES.read_text().splitlines():
        if line in _SECTIONS:
            section = line[2:]
        elif line:
            for _ in range(FILLED if _SLOT.search(line) else 1):
                yield _fill(line.replace("\\n", "\n"), fillers, section)


def sentences(fillers: Fillers, chance: random.Random) -> Iterator[Row]:
    """Yield sentences of the grammar with invented values."""
    lists: dict[str, list[str]] = {}
    section = ""
    for line in GRAMMAR.read_text().splitlines()[1:]:
        if _HEADING.fullmatch(line):
            lists, section = {}, ""
        elif line in _SECTIONS:
            section = line[2:]
        elif line and not section:
            name, _, values = line.partition(" = ")
            lists[name] = values.split(" | ")
        elif line:
            for _ in range(SENTENCES):
                yield _fill(_sentence(line, lists, chance), fillers, section)


def _sentence(line: str, lists: Mapping[str, Sequence[str]], chance: random.Random) -> str:
    """Return the frame for a sentence of the grammar, with one of each list that it names."""
    chosen = _LISTED.sub(lambda one: chance.choice(lists[one.group(1)]), line)
    return chosen.replace(" ,", ",").replace("\\n", "\n").replace("\\|", "|")


def varied(row: Row, fillers: Fillers) -> Row:
    """Return ``row`` with other values."""
    pieces: list[tuple[str, str]] = []
    at = 0
    for start, end, label in sorted(row.spans):
        if start < at:
            return row
        pieces += [(row.text[at:start], ""), (_another(row.text[start:end], label, fillers), label)]
        at = end
    return _row([*pieces, (row.text[at:], "")], is_topic=row.is_topic)


def labelled() -> list[Row]:
    """Return the labelled rows of tests/data."""
    return [_labelled(orjson.loads(line)) for path in SETS for line in path.read_bytes().splitlines()]


def _fill(frame: str, fillers: Fillers, section: str) -> Row:
    pieces: list[tuple[str, str]] = []
    for index, part in enumerate(_SLOT.split(frame)):
        is_slot = index % 2 == 1
        label = LABELS.get(part, "") if is_slot and section == "private" else ""
        pieces.append((fillers.value(part) if is_slot else part, label))
    return _row(pieces, is_topic=section == "topic")


def _row(pieces: list[tuple[str, str]], *, is_topic: bool) -> Row:
    """Return the row of texts with their labels."""
    spans: list[tuple[int, int, str]] = []
    length = 0
    for text, label in pieces:
        if label:
            spans.append((length, length + len(text), label))
        length += len(text)
    return Row("".join(text for text, _ in pieces), tuple(spans), is_topic)


def _another(value: str, label: str, fillers: Fillers) -> str:
    if label == "PASSWORD":
        return fillers.password()
    if label == "PIN" and value.isdigit():
        return fillers.code()
    if label == "PERSON" and value.isalpha() and value.istitle():
        return fillers.name()
    return fillers.user() if label == "USERNAME" and value.isalnum() else value


def _common_words() -> list[str]:
    lines = [one for one in COMMON.read_text().splitlines() if not one.startswith("#")]
    return [word for line in lines for word in line.split() if word.isalpha()]


def _labelled(row: Mapping[str, Any]) -> Row:
    text, spans = row["text"], row["spans"]
    parts = tuple((one["start"], one["end"], one["label"]) for one in spans)
    return Row(text, parts, bool(row.get("private")), _group(row["id"]))


def _group(identity: str) -> str:
    """Return the name of the set that a row is from: ``r-a`` for ``r-a-017``, ``f`` for ``f017``."""
    return identity.rstrip(DIGITS).rstrip("-")
