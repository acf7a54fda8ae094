"""Reads tool calls that a model wrote line by line: "Action: name" of ReAct, and keys of YAML. Pure."""

import re
from collections.abc import Iterator, Sequence
from json import JSONDecodeError, JSONDecoder
from typing import Final

from .call_arguments import LONGEST, Arguments, read_arguments
from .markup import CALL_LABEL
from .messages import ToolSpec
from .typed_arguments import only_argument, typed_arguments

_CALL: Final = re.compile(
    rf"^{CALL_LABEL}[\"'`]?(?P<name>[\w./-]{{1,200}})[\"'`*]*[ \t]*(?P<value>[(\[][^\n]*)?",
    re.MULTILINE | re.IGNORECASE,
)
_INPUT: Final = re.compile(
    r"^[ \t]*[\"'`*]*(?:action[ _]input|arguments|parameters|params|args|input|kwargs)[\"'`*]*[ \t]*:[ \t*]*",
    re.MULTILINE | re.IGNORECASE,
)
_PAIR: Final = re.compile(
    r"^[ \t]*(?:-[ \t]+)?[\"'`]?([\w.-]{1,200})[\"'`]?[ \t]*[:=][ \t]*(\S.*?)[ \t]*,?$", re.MULTILINE
)
_INLINE_PAIR: Final = re.compile(r"([\w.-]{1,200})\s*=\s*([^,)\]]+)")
_END: Final = re.compile(
    r"^[ \t]*(?:observation|thought|final answer)[ \t]*:|^[ \t]*```", re.MULTILINE | re.IGNORECASE
)


def labelled_calls(text: str, tools: Sequence[ToolSpec]) -> Iterator[tuple[str, Arguments]]:
    """Yield the names and arguments of the calls in a text, as texts or as JSON."""
    found = list(_CALL.finditer(text[:LONGEST]))
    for number, match in enumerate(found):
        end = found[number + 1].start() if number + 1 < len(found) else len(text)
        body = text[match.end() : end]
        stop = _END.search(body)
        name = match["name"]
        yield name, _arguments(match["value"] or "", body[: stop.start()] if stop else body, name, tools)


def _arguments(value: str, body: str, name: str, tools: Sequence[ToolSpec]) -> Arguments:
    """Return the arguments after a name: in its brackets, after "Action Input:", or in lines of YAML."""
    only = only_argument(name, tools)
    if value:
        pairs = {one[1]: _plain(one[2]) for one in _INLINE_PAIR.finditer(value)}
        inner = _plain(value.strip("()[] "))
        return typed_arguments(name, pairs or ({only: inner} if only and inner else {}), tools)
    label = _INPUT.search(body)
    given = body[label.end() :].strip() if label else body.strip()
    if given.startswith("{"):
        return read_arguments(_object(given))
    pairs = {one[1]: _plain(one[2]) for one in _PAIR.finditer(given)}
    first = _plain(given.partition("\n")[0].strip()) if label else ""
    return typed_arguments(name, pairs or ({only: first} if only and first else {}), tools)


def _object(text: str) -> str:
    """Return the JSON object that a text begins with, the text itself if it is not valid."""
    try:
        return text[: JSONDecoder().raw_decode(text)[1]]
    except JSONDecodeError, RecursionError:
        return text


def _plain(text: str) -> str:
    """Return a value without the quotes around it."""
    return text.strip().strip("\"'`").strip()
