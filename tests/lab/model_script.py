"""The scripts and faults of the scripted model."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from lab.wire import Json, JsonObject, dumps, loads

_ORDER = re.compile(
    r"\b(?:call|run|execute|restart|stop|delete|reboot|shut down|unlock|open|disable|approve|ignore)\b",
    re.IGNORECASE,
)


class ModelFaultKind(StrEnum):
    """The kind of a fault."""

    STALL = "stall"  # some pieces, then nothing while the connection stays open
    GARBAGE = "garbage"  # some pieces, then one that is not JSON
    CUT = "cut"  # some pieces, then the connection is reset
    SILENT = "silent"  # no response at all
    STATUS = "status"  # an error status instead of an answer


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFault:
    """One fault, after `after` pieces; `headers` are those of an error status."""

    kind: ModelFaultKind
    after: int = 1
    status: int = 500
    headers: Mapping[str, str] = field(default_factory=dict)
    body: JsonObject = field(default_factory=lambda: {"error": {"message": "Simulated failure"}})


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedCall:
    """A tool call of the model."""

    name: str
    arguments: JsonObject = field(default_factory=dict)


class CallStyle(StrEnum):
    """The format of tool calls."""

    NATIVE = "native"  # the API's own format
    RAW = "raw"  # bare JSON as text
    FENCED = "fenced"  # JSON in a code fence
    DOUBLED = "doubled"  # with doubled braces
    TAGGED = "tagged"  # in <tool_call> tags, followed by text
    PROSE = "prose"  # in a sentence, which is not a call


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One answer, for conversations whose last message is of `role` and matches `match`.

    `raw` are the pieces of a body that is sent as it is, for OpenAI's API.
    """

    match: str = ""
    role: str = "user"
    pieces: tuple[str, ...] = ()
    calls: tuple[ScriptedCall, ...] = ()
    style: CallStyle = CallStyle.NATIVE
    fault: ModelFault | None = None
    times: int | None = None
    raw: tuple[str, ...] = ()
    content_type: str = "text/event-stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A request to the model: role and text of each message, and the tools."""

    messages: tuple[tuple[str, str], ...]
    tools: tuple[JsonObject, ...] = ()

    @property
    def last(self) -> tuple[str, str]:
        """The role and text of the newest message."""
        return self.messages[-1] if self.messages else ("user", "")


class Script:
    """Answers with the first turn that matches, at most `times` times each."""

    def __init__(self, turns: Sequence[Turn] = (), *, otherwise: str = "I do not know.") -> None:
        self.turns = list(turns)
        self.otherwise = otherwise
        self._uses: dict[int, int] = {}

    def answer(self, said: Said) -> Turn:
        """Return the answer to a request."""
        role, text = said.last
        for turn in self.turns:
            used = self._uses.get(id(turn), 0)
            if turn.role != role or (turn.times is not None and used >= turn.times):
                continue
            if re.search(turn.match, text):
                self._uses[id(turn)] = used + 1
                return turn
        return Turn(pieces=(self.otherwise,))


class Obedient(Script):
    """Follows instructions in any text, and repeats all texts.

    It calls each tool that a text names, takes every argument from that text where an
    enumeration allows it, and then answers with the whole conversation.
    """

    def answer(self, said: Said) -> Turn:
        """Call the tools once, then repeat the whole conversation."""
        everything = "\n".join(text for role, text in said.messages if role != "assistant")
        if not any(role == "assistant" for role, _ in said.messages):
            calls = tuple(
                call for tool in said.tools if (call := _obedient_call(tool, everything)) is not None
            )
            if calls:
                return Turn(calls=calls)
        return Turn(pieces=tuple(everything[at : at + 40] for at in range(0, len(everything), 40)))


_MOST_OBEYED = 2
_WRITTEN_CALL = re.compile(r'\{"name": "(\w+)", "arguments": (\{[^{}]*\})\}')


class ObedientReader(Obedient):
    """Reads first, then does what the newest reading says, several times, and repeats all texts."""

    def answer(self, said: Said) -> Turn:
        """Call the first tool that reads; after each result call every tool, with arguments from it."""
        role, text = said.last
        steps = sum(one == "assistant" for one, _ in said.messages)
        if role == "user" and said.tools:
            return Turn(calls=tuple(_reading_calls(said.tools, text)))
        if role == "tool" and said.tools and steps <= _MOST_OBEYED:
            read = "\n".join(one for kind, one in said.messages if kind == "tool")
            return Turn(calls=tuple(_obeyed_calls(said.tools, read, steps)))
        everything = "\n".join(one for _, one in said.messages)
        return Turn(pieces=(everything,))


def _reading_calls(tools: Sequence[JsonObject], text: str) -> list[ScriptedCall]:
    """Return the calls of the tools that read something of the things in ``text``."""
    named = [one for one in tools if str(one.get("name")) not in ("request_action", "homelab_status")]
    return [call for tool in named[:1] if (call := _obedient_call(tool, f"call {text}")) is not None]


def _obeyed_calls(tools: Sequence[JsonObject], read: str, step: int) -> list[ScriptedCall]:
    """Return the calls that a text asks for: as they are written in it, and of every offered tool."""
    calls = [call for tool in tools if (call := _obedient_call(tool, f"call {read}")) is not None]
    for name, written_arguments in _WRITTEN_CALL.findall(read):
        given = loads(written_arguments)
        calls.append(ScriptedCall(name=name, arguments=given if isinstance(given, dict) else {}))
    arguments: JsonObject = {"action": "toy.restart", "target": "radarr", "step": step}
    return [*calls[:5], ScriptedCall(name="request_action", arguments=arguments)]


def _obedient_call(tool: JsonObject, text: str) -> ScriptedCall | None:
    name = str(tool.get("name", ""))
    schema = tool.get("parameters")
    properties = schema.get("properties") if isinstance(schema, dict) else None
    arguments: JsonObject = {}
    for key, kind in (properties if isinstance(properties, dict) else {}).items():
        value = _argument(key, kind, text)
        if value is not None:
            arguments[key] = value
    is_asked_for = re.search(rf"\b{re.escape(name)}\b", text) or _ORDER.search(text)
    return ScriptedCall(name=name, arguments=arguments) if is_asked_for else None


def _argument(key: str, kind: Json, text: str) -> Json:
    """Return the value of an argument in a text: the last allowed one."""
    allowed = kind.get("enum") if isinstance(kind, dict) else None
    if isinstance(allowed, list):
        named = [one for one in allowed if isinstance(one, str) and one.casefold() in text.casefold()]
        return named[-1] if named else (allowed[-1] if allowed else None)
    result = re.findall(rf"[\"']?{re.escape(key)}[\"']?\s*[:=]\s*[\"']?(\[[A-Z_]+_\d+\]|[\w.:/-]+)", text)
    if isinstance(kind, dict) and kind.get("type") in ("integer", "number"):
        numbers = [int(one) for one in result if one.isdigit()]
        return numbers[-1] if numbers else 1
    words = text.split()
    return result[-1] if result else (words[-1] if words else None)


def written(turn: Turn) -> tuple[str, ...]:
    """Return the text of a turn, including calls that are not native."""
    if turn.style is CallStyle.NATIVE or not turn.calls:
        return turn.pieces
    one = turn.calls[0]
    call = dumps({"name": one.name, "arguments": one.arguments})
    match turn.style:
        case CallStyle.RAW:
            text = f"{call}\nThis is the call."
        case CallStyle.FENCED:
            text = f"```json\n{call}\n```"
        case CallStyle.DOUBLED:
            text = call.replace("{", "{{").replace("}", "}}")
        case CallStyle.TAGGED:
            text = f"<tool_call>\n{call}\n</tool_call>\nI will look."
        case _:
            text = f"One could write {call} to do that."
    return (*turn.pieces, *(text[at : at + 7] for at in range(0, len(text), 7)))
