"""Texts from which the privacy model learns: labelled rows, frames with invented values, and own texts."""

import ast
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from steward.llm.detectors.common_words import PROGRAMS
from steward.llm.detectors.given_names import given_names
from steward.llm.privacy import find_by_rules

ROOT: Final = Path(__file__).parents[2]
FRAMES: Final = Path(__file__).with_name("privacy_frames.txt")
WORDS: Final = Path(__file__).with_name("privacy_words.txt")
SETS: Final = sorted((ROOT / "tests/data").glob("privacy_*.jsonl"))
FILLED: Final = 4
SEED: Final = 11
LONGEST_PARAGRAPH: Final = 1_500
SHORTEST_STRING: Final = 20
LARGEST_FILE: Final = 60_000
LINES_PER_PIECE: Final = 60
CODE_FOLDERS: Final = ("addon", "blueprints", "bench", "mcp_bridge", "script")
CODE_ENDINGS: Final = (".py", ".yaml", ".toml", ".sh", "")

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
_SECTIONS: Final = ("# private", "# topic", "# none")


@dataclass(frozen=True, slots=True)
class Row:
    """A text with its private parts as start, end, and label; ``is_topic``: private as a whole."""

    text: str
    spans: tuple[tuple[int, int, str], ...] = ()
    is_topic: bool = False

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


def harmless() -> list[Row]:
    """Return texts of this repository in which nothing is private: interface texts, documents, and code."""
    texts: list[str] = []
    for path in sorted((ROOT / "tests/questions/sets").glob("*.jsonl")):
        texts += [orjson.loads(line)["text"] for line in path.read_bytes().splitlines()]
    texts += (ROOT / "script/lib/routing_prompts.txt").read_text().splitlines()
    for path in sorted((ROOT / "translations").glob("*.json")):
        texts += [re.sub(r"\{\w*\}", "7", one) for one in _strings(orjson.loads(path.read_bytes()))]
    for path in sorted([*(ROOT / "docs").glob("*.md"), *(ROOT / "addon/steward").rglob("*.md")]):
        if path.name != "privacy.md":
            texts += [one for one in path.read_text().split("\n\n") if len(one) < LONGEST_PARAGRAPH]
    texts += [*_code(), *_strings_of_code()]
    return [Row(one) for one in dict.fromkeys(texts) if one.strip() and not find_by_rules(one)]


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


def _labelled(row: Mapping[str, Any]) -> Row:
    text, spans = row["text"], row["spans"]
    parts = tuple((one["start"], one["end"], one["label"]) for one in spans)
    return Row(text, parts, bool(row.get("private")))


def _code() -> Iterator[str]:
    """Yield pieces of the code and the settings of this repository."""
    for path in sorted(one for folder in CODE_FOLDERS for one in (ROOT / folder).rglob("*")):
        if path.suffix in CODE_ENDINGS and path.is_file() and "llm" not in path.parts:
            if path.stat().st_size > LARGEST_FILE or "lib" in path.parts:
                continue
            lines = path.read_text(errors="replace").splitlines()
            # A change of one file leaves the pieces of the others as they are.
            chance = random.Random(f"{SEED} {path.relative_to(ROOT)}")  # noqa: S311 - the same each time
            for _ in range(len(lines) // LINES_PER_PIECE + 1):
                at = chance.randrange(len(lines) + 1)
                yield "\n".join(lines[at : at + chance.choice((1, 1, 2, 3))])


def _strings_of_code() -> Iterator[str]:
    """Yield the texts in the code, such as prompts and descriptions of tools."""
    for path in sorted((ROOT / "addon/steward").rglob("*.py")):
        if "detectors" not in path.parts:
            for node in ast.walk(ast.parse(path.read_text())):
                text = node.value if isinstance(node, ast.Constant) else None
                if isinstance(text, str) and SHORTEST_STRING < len(text) < LONGEST_PARAGRAPH:
                    yield text


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _strings(one)
