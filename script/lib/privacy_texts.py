"""Collects texts of this repository in which nothing is private: interface texts, documents, and code.

The privacy model learns from the collected file, so that its weights do not change with each text here.
"""

import ast
import lzma
import random
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import orjson
from privacy_rows import ROOT, SEED

from steward.llm.privacy import find_by_rules

FILE: Final = Path(__file__).with_name("privacy_texts.xz")
LONGEST_PARAGRAPH: Final = 1_500
SHORTEST_STRING: Final = 20
LARGEST_FILE: Final = 60_000
LINES_PER_PIECE: Final = 60
CODE_FOLDERS: Final = ("addon", "blueprints", "bench", "mcp_bridge", "script")
CODE_ENDINGS: Final = (".py", ".yaml", ".toml", ".sh", "")


def collected() -> list[str]:
    """Return the texts of the file."""
    return orjson.loads(lzma.decompress(FILE.read_bytes()))


def write(texts: list[str]) -> None:
    """Write the texts to the file."""
    FILE.write_bytes(lzma.compress(orjson.dumps(texts), preset=9))


def collect() -> list[str]:
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
    return [one for one in dict.fromkeys(texts) if one.strip() and not find_by_rules(one)]


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
