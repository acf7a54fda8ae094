"""Whether a text reports a problem, a success, or asks for something else."""

import re
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Final

from .terms import CONCEPT, Lexicon, concepts, tokens

TONES_FILE: Final = Path(__file__).parent / "tones.txt"

_SERVED: Final = re.compile(r"\b(?:GET|HEAD|POST|PUT|PATCH|DELETE) \S+.{0,40}?\b2\d\d\b")
"""A line of a web server's log about a request that succeeded."""


class Tone(StrEnum):
    """What a text is."""

    PROBLEM = "problem"
    NEUTRAL = "neutral"
    FINE = "fine"
    COMMAND = "command"


def tone_of(text: str) -> Tone:
    """Return the tone of a text: a problem if any word shows one, except in "0 errors" and the like."""
    found = tokens(text)
    tones = _lexicon().found(found)
    for tone, meant in zip(tones, concepts().found(found), strict=True):
        is_problem = Tone.PROBLEM in tone or not problem_concepts().isdisjoint(meant)
        if is_problem and Tone.FINE not in tone:
            return Tone.PROBLEM
    if _SERVED.search(text) or any(Tone.FINE in one for one in tones):
        return Tone.FINE
    # A command begins with its verb; elsewhere the same words describe something.
    return Tone.COMMAND if tones and Tone.COMMAND in tones[0] else Tone.NEUTRAL


@lru_cache(maxsize=1)
def _lexicon() -> Lexicon:
    return Lexicon(TONES_FILE)


@lru_cache(maxsize=1)
def problem_concepts() -> frozenset[str]:
    """Return the concepts that show that something is wrong, but not what it is about."""
    lines = TONES_FILE.read_text(encoding="utf-8").splitlines()
    written = next(line for line in lines if line.startswith("problem:"))
    names = (one.strip() for one in written.partition(":")[2].split(","))
    return frozenset(one.removeprefix(CONCEPT) for one in names if one.startswith(CONCEPT))
