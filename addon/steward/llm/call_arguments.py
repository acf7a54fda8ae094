"""Reads the arguments of a tool call as models and servers write them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import orjson

from homelab_steward.contract.base import Value

LONGEST: Final = 64 * 1024
_EMPTY_FIRST: Final = re.compile(r"\s*\{\s*\}\s*(?=\{)")


@dataclass(frozen=True, slots=True)
class Arguments:
    """The arguments of a call, or in ``problem`` why there are none, as a text for the model."""

    values: Mapping[str, Value] = field(default_factory=dict)
    problem: str = ""


def read_arguments(text: str, *, is_cut: bool = False) -> Arguments:
    """Return the arguments in a JSON text; ``is_cut`` says that the answer ended at a limit of tokens.

    A blank text, ``null``, and an empty list are no arguments. JSON inside a JSON string is decoded.
    """
    if len(text) > LONGEST:
        return Arguments(problem="the arguments are too long")
    if not text.strip():
        return Arguments()
    # Some servers begin every call with an empty object, and send the arguments after it.
    text = _EMPTY_FIRST.sub("", text, count=1)
    try:
        plain = orjson.loads(text)
        if isinstance(plain, str):
            plain = orjson.loads(plain) if plain.strip() else None
    except orjson.JSONDecodeError:
        if is_cut:
            return Arguments(problem="the call was cut off at the limit of tokens: write a shorter one")
        return Arguments(
            problem="the arguments are not valid JSON: write one object with double quotes and no last comma"
        )
    return flat_arguments(plain)


def flat_arguments(plain: object) -> Arguments:
    """Return decoded arguments."""
    if plain is None or plain == []:
        return Arguments()
    if not isinstance(plain, dict):
        return Arguments(problem="the arguments must be one JSON object")
    for name, value in plain.items():
        if value is not None and not isinstance(value, str | int | float | bool):
            kind = "a list" if isinstance(value, list) else "an object"
            return Arguments(problem=f"{str(name)[:64]!r} must be a string, number or boolean, not {kind}")
    return Arguments(values={str(name): value for name, value in plain.items()})


def is_complete(text: str) -> bool:
    """Return whether a text is a whole JSON object."""
    if not text.strip().endswith("}"):
        return False
    try:
        return isinstance(orjson.loads(text), dict)
    except orjson.JSONDecodeError:
        return False
