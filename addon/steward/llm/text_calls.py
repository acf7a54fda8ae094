"""Reads tool calls that a model wrote as text, in the formats of the common chat templates. Pure."""

import ast
import re
from collections.abc import Collection, Iterator, Sequence
from typing import Final

import orjson

from .call_arguments import LONGEST, Arguments, flat_arguments, read_arguments
from .labelled_calls import labelled_calls
from .markup import CALL_START, block_start
from .messages import ToolCall, ToolSpec
from .typed_arguments import tool_name, typed_arguments

MOST_CALLS: Final = 8
LONGEST_PROGRAM: Final = 4_000

UNREADABLE: Final = (
    'the call cannot be read: write {"name": "<tool>", "arguments": {…}} with the name of one of the tools'
)
"""What the model learns about a call in no known format."""

_CLOSING: Final = "}])"

type _Found = Iterator[tuple[str, Arguments]]

_NAMES: Final = ("name", "tool", "function", "tool_name", "action", "recipient_name")
_ARGUMENTS: Final = ("arguments", "parameters", "args", "input", "action_input", "params", "kwargs")

_FENCE: Final = re.compile(r"\s*```([\w-]{0,16})[ \t]*\r?\n?(.*?)(?:```|\Z)", re.DOTALL)
_CALL_FENCES: Final = frozenset({"tool_call", "tool_calls", "tool_code", "function_call", "tool"})
_BEGUN: Final = re.compile(
    rf"[\s\[{{]*[\"'](?:{'|'.join(_NAMES)})[\"']\s*:\s*[\"'{{]|[\s\[{{]*[\"'](?:type)[\"']\s*:\s*[\"']function"
)
"""The beginning of a call as JSON, which may be cut off or misspelt."""


_NAME: Final = r"([\w./:-]{1,200})"
_BAR: Final = r"[|\N{FULLWIDTH VERTICAL LINE}]"
_GAP: Final = r"[_\s\N{LOWER ONE EIGHTH BLOCK}]"
_FOREIGN: Final = re.compile(
    rf"{_BAR}DSML{_BAR}|(?<=[</])[a-z]{{1,20}}:(?=(?:invoke|parameter|tool_call|function))|"
    r"(?<=[</])[a-z]{1,20}_(?=(?:tool_call|arg_))"
)
_INVOKE: Final = re.compile(
    rf"<invoke\s+name\s*=\s*[\"']?{_NAME}[\"']?[^<>]{{0,80}}>(.*?)(?:</invoke>|(?=<invoke)|\Z)", re.DOTALL
)
_FUNCTION: Final = re.compile(
    rf"<function\s*(?:=|\s+name\s*=)\s*[\"']?{_NAME}[\"']?\s*>(.*?)(?:</function>|(?=<function\s*[=\s])|\Z)",
    re.DOTALL,
)
_PARAMETER: Final = re.compile(
    r"<parameter\s*(?:=|\s+name\s*=)\s*[\"']?([\w.-]{1,200})[\"']?[^<>]{0,80}>(.*?)"
    r"(?:</parameter>|(?=<parameter|</function|</invoke)|\Z)",
    re.DOTALL,
)
_TAGGED_NAME: Final = re.compile(
    rf"<tool_call>\s*{_NAME}\s*((?:<arg_key>.*?)?)(?:</tool_call>|(?=<tool_call>)|\Z)", re.DOTALL
)
_TAGGED_ARGUMENT: Final = re.compile(r"<arg_key>(.*?)</arg_key>\s*<arg_value>(.*?)</arg_value>", re.DOTALL)
_HEADERS: Final = re.compile(
    rf"\[TOOL_CALLS?\]\s*{_NAME}\s*(?:\[CALL_ID\]\s*\w*\s*)?(?:\[ARGS\]\s*)?(?=[{{\[]|\s*\Z)|"
    rf"<{_BAR}tool{_GAP}call{_GAP}begin{_BAR}>\s*(?:function\s*<{_BAR}tool{_GAP}sep{_BAR}>\s*)?{_NAME}\s*"
    rf"(?:<{_BAR}tool{_GAP}(?:sep|call{_GAP}argument{_GAP}begin){_BAR}>)?\s*(?:```json)?\s*(?=[{{<`]|\Z)|"
    rf"<\|tool_call:name\|>\s*{_NAME}\s*(?:<\|tool_call:args\|>\s*)?|"
    rf"\bto={_NAME}(?:<\|channel\|>[a-z]+)?(?:\s+(?:<\|constrain\|>)?\s*[a-z]*)?\s*(?:<\|message\|>\s*|(?=\{{))",
    re.IGNORECASE,
)
_UNQUOTED: Final = re.compile(rf"\bcall:{_NAME}(?=\{{)")
_QUOTE_MARK: Final = re.compile(r'<\|"\|>|<escape>')
_BARE_KEY: Final = re.compile(r"([{,]\s*)(\w{1,200})(?=\s*:)")
_NAMED_OBJECT: Final = re.compile(rf"(?:^|\n)\s*{_NAME}(?=\{{)")
_OPENING: Final = re.compile(
    rf"(?:\s|<\s*/?{_BAR}?[^<>{{}}\[\]]{{0,60}}>|\[/?(?:TOOL_CALLS?|ARGS)\]|```[\w-]{{0,16}}|functools|,|;)*"
)
_MARKS: Final = re.compile(rf"<\s*/?{_BAR}?[^<>]{{0,60}}>|\[/?TOOL_CALLS?\]|```[\w-]{{0,16}}")


class BlockEnd:
    """Finds the end of one block in a text that grows: of a code fence, or of brackets."""

    def __init__(self) -> None:
        """Start before the block."""
        self._at = 0
        self._depth = 0
        self._quote = ""
        self._is_escaped = False

    def read(self, text: str) -> int | None:
        """Return the length of the block that ``text`` begins with, None while it has not ended."""
        if text.startswith("```"):
            end = text.find("```", 3)
            return None if end == -1 else end + 3
        quotes = '"' if text[:1] in "{[" else "\"'"
        while self._at < min(len(text), LONGEST):
            self._take(text[self._at], quotes)
            self._at += 1
            if self._depth == 0 and not self._quote and text[self._at - 1] in _CLOSING:
                return self._at
        return self._at if self._at >= LONGEST else None

    def _take(self, character: str, quotes: str) -> None:
        if self._quote:
            is_end = character == self._quote and not self._is_escaped
            self._is_escaped = character == "\\" and not self._is_escaped
            self._quote = "" if is_end else self._quote
        elif character in quotes:
            self._quote = character
        elif character in "{[(":
            self._depth += 1
        elif character in _CLOSING:
            self._depth = max(self._depth - 1, 0)


def is_call(text: str, names: frozenset[str]) -> bool:
    """Return whether a block is a call, possibly cut off or misspelt, and not a part of the answer."""
    fence = _FENCE.match(text)
    if fence:
        inner = fence[2].strip()
        is_block = block_start(names).match(inner) is not None and not inner.startswith("```")
        is_marked = fence[1].lower() in _CALL_FENCES or CALL_START.match(inner) is not None
        return bool(inner) and (is_marked or (is_block and is_call(inner, names)))
    start = text.removeprefix("functools")
    if start[:1] == "{" or start[1:].lstrip()[:1] in ("{", "["):
        plain = _decode(start)
        if plain is None:
            return _BEGUN.match(start) is not None
        return any(_is_shaped(one, names) for one in _items(plain))
    return True


def read_calls(text: str, tools: Sequence[ToolSpec]) -> tuple[ToolCall, ...]:
    """Return the calls in a text, () if there are none in a known format.

    A call may name no tool, or have wrong arguments: see ``why_not``.
    """
    if len(text) > LONGEST or not text.strip():
        return ()
    text = _FOREIGN.sub("", text)
    names = frozenset(one.name for one in tools)
    for reader in (
        _invoked,
        _functions,
        _headed,
        _tagged,
        _unquoted,
        _objects,
        _named_objects,
        _programs,
        labelled_calls,
    ):
        found = list(reader(text, tools))[:MOST_CALLS]
        if found:
            return tuple(
                ToolCall(
                    id=f"call_{number}",
                    name=tool_name(name, names),
                    arguments=arguments.values,
                    problem=arguments.problem,
                )
                for number, (name, arguments) in enumerate(found)
            )
    return ()


def _invoked(text: str, tools: Sequence[ToolSpec]) -> _Found:
    for match in _INVOKE.finditer(text):
        yield match[1], _xml_arguments(match[1], match[2], tools)


def _functions(text: str, tools: Sequence[ToolSpec]) -> _Found:
    for match in _FUNCTION.finditer(text):
        yield match[1], _xml_arguments(match[1], match[2], tools)


def _tagged(text: str, tools: Sequence[ToolSpec]) -> _Found:
    for match in _TAGGED_NAME.finditer(text):
        pairs = {one[1].strip(): one[2] for one in _TAGGED_ARGUMENT.finditer(match[2])}
        yield match[1], typed_arguments(match[1], pairs, tools)


def _headed(text: str, _tools: Sequence[ToolSpec]) -> _Found:
    """Read a name after a special token, then its arguments as JSON."""
    for match in _HEADERS.finditer(text):
        piece = _json_text(text, match.end())
        yield next(one for one in match.groups() if one), read_arguments(piece)


def _named_objects(text: str, _tools: Sequence[ToolSpec]) -> _Found:
    for match in _NAMED_OBJECT.finditer(text):
        yield match[1], read_arguments(_json_text(text, match.end()))


def _unquoted(text: str, _tools: Sequence[ToolSpec]) -> _Found:
    """Read calls as Gemma writes them: keys without quotes, and texts between marks of their own."""
    text = _QUOTE_MARK.sub('"', text)
    for match in _UNQUOTED.finditer(text):
        yield match[1], read_arguments(_BARE_KEY.sub(r'\1"\2"', _json_text(text, match.end())))


def _objects(text: str, tools: Sequence[ToolSpec]) -> _Found:
    """Read JSON objects with a name and arguments, one after another."""
    names = frozenset(one.name for one in tools)
    opening = _OPENING.match(text)
    at = opening.end() if opening else 0
    while at < len(text):
        piece = _parse_json(text, at)
        if piece is None:
            return
        plain, at = piece
        for one in _items(plain):
            call = _named_arguments(one, names)
            if call is not None:
                yield call
        between = _OPENING.match(text, at)
        at = between.end() if between else at


def _programs(text: str, _tools: Sequence[ToolSpec]) -> _Found:
    """Read calls as in Python: ``name(key="value")``, also in a list or one on each line."""
    program = _MARKS.sub("\n", text).strip()
    if len(program) > LONGEST_PROGRAM or "(" not in program:
        return
    try:
        body = ast.parse(program).body
    except SyntaxError, ValueError, RecursionError, MemoryError:
        return
    for statement in body:
        value = statement.value if isinstance(statement, ast.Expr | ast.Assign) else None
        for one in value.elts if isinstance(value, ast.List | ast.Tuple) else [value]:
            if isinstance(one, ast.Call):
                yield _program_call(one)


def _program_call(call: ast.Call) -> tuple[str, Arguments]:
    inner = call.args[0] if call.args else None
    if isinstance(call.func, ast.Name) and call.func.id == "print" and isinstance(inner, ast.Call):
        return _program_call(inner)
    name = ast.unparse(call.func).removesuffix(".call")
    if call.args:
        return name, Arguments(problem="every argument needs its name")
    values = {one.arg or "": _program_value(one.value) for one in call.keywords}
    return name, flat_arguments(values)


def _program_value(node: ast.expr) -> object:
    """Return a constant, also as JSON spells it; anything else is no valid argument."""
    if isinstance(node, ast.Name):
        return {"true": True, "false": False, "null": None}.get(node.id, [])
    try:
        return ast.literal_eval(node)
    except ValueError:
        return []


def _xml_arguments(name: str, body: str, tools: Sequence[ToolSpec]) -> Arguments:
    """Return the arguments in the body of a call: parameters in tags, or JSON."""
    pairs = {one[1]: one[2] for one in _PARAMETER.finditer(body)}
    if pairs:
        return typed_arguments(name, pairs, tools)
    start = body.find("{")
    return Arguments() if start == -1 else read_arguments(_json_text(body, start))


def _named_arguments(plain: object, names: Collection[str]) -> tuple[str, Arguments] | None:
    """Return the name and arguments in a JSON object, None if it is no call.

    One of ``names`` may also be the only key, with the arguments as its value.
    """
    if not isinstance(plain, dict):
        return None
    if len(plain) == 1:
        key, value = next(iter(plain.items()))
        if isinstance(value, dict) and tool_name(str(key), names) in names:
            return str(key), flat_arguments(value)
    inner = plain.get("function")
    if isinstance(inner, dict):
        plain = inner
    name = next((plain[one] for one in _NAMES if isinstance(plain.get(one), str)), None)
    if name is None:
        return None
    arguments = next((plain[one] for one in _ARGUMENTS if one in plain), None)
    return name, read_arguments(arguments) if isinstance(arguments, str) else flat_arguments(arguments)


def _is_shaped(plain: object, names: Collection[str]) -> bool:
    """Return whether decoded JSON has a call's name and arguments."""
    call = _named_arguments(plain, names)
    if call is None or not isinstance(plain, dict):
        return False
    inner = plain.get("function")
    keys = inner if isinstance(inner, dict) else plain
    return tool_name(call[0], names) in names or any(one in keys for one in _ARGUMENTS)


def _items(plain: object) -> list[object]:
    """Return the objects in decoded JSON, also those of a whole message with ``tool_calls``."""
    if isinstance(plain, dict) and isinstance(plain.get("tool_calls"), list):
        plain = plain["tool_calls"]
    return plain if isinstance(plain, list) else [plain]


def _json_text(text: str, at: int) -> str:
    """Return the JSON at ``at`` without what follows it."""
    end = _find_end(text, at)
    return text[at:end].strip() if end is not None else _MARKS.sub("", text[at:]).strip()


def _parse_json(text: str, at: int) -> tuple[object, int] | None:
    """Return the JSON value at ``at`` and its end, None if there is none; braces may be doubled."""
    if text[at] not in "{[":
        return None
    end = _find_end(text, at)
    if end is not None:
        plain = _decode(text[at:end])
        if plain is not None:
            return plain, end
    if not text.startswith("{{", at):
        return None
    return _parse_doubled(text, at)


def _parse_doubled(text: str, at: int) -> tuple[object, int] | None:
    """Return an object whose outer braces, or all braces, are doubled, as in some prompt templates."""
    end = _find_end(text, at + 1)
    if end is not None:
        plain = _decode(text[at + 1 : end])
        if plain is not None:
            closing = re.compile(r"\s*\}*").match(text, end)
            return plain, closing.end() if closing else end
    single = text[at:].replace("{{", "{").replace("}}", "}")
    end = _find_end(single, 0)
    plain = _decode(single[:end]) if end is not None else None
    return (plain, len(text)) if plain is not None else None


def _find_end(text: str, at: int) -> int | None:
    """Return the end of the brackets that open at ``at``; ignore brackets in strings."""
    if text[at : at + 1] not in ("{", "["):
        return None
    end = BlockEnd().read(text[at:])
    return None if end is None else at + end


def _decode(text: str) -> object:
    """Return decoded JSON, None if it is invalid."""
    try:
        plain: object = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return plain
