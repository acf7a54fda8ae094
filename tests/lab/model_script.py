"""What the scripted model says, and what goes wrong while it does."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from lab.wire import Json, JsonObject, dumps

_ORDER = re.compile(
    r"\b(?:call|run|execute|restart|stop|delete|reboot|shut down|unlock|open|disable|approve|ignore)\b",
    re.IGNORECASE,
)


class ModelFaultKind(StrEnum):
    """What goes wrong with an answer."""

    STALL = "stall"  # some pieces, then silence with the connection open
    GARBAGE = "garbage"  # some pieces, then one that is no JSON
    CUT = "cut"  # some pieces, then the connection is gone
    SILENT = "silent"  # not even a status line
    STATUS = "status"  # an error status instead of an answer


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFault:
    """One thing that goes wrong; `after` pieces were sent, `headers` go with a status."""

    kind: ModelFaultKind
    after: int = 1
    status: int = 500
    headers: Mapping[str, str] = field(default_factory=dict)
    body: JsonObject = field(default_factory=lambda: {"error": {"message": "Simulated failure"}})


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedCall:
    """A tool the model calls."""

    name: str
    arguments: JsonObject = field(default_factory=dict)


class CallStyle(StrEnum):
    """How the model writes its calls."""

    NATIVE = "native"  # as the format has it
    RAW = "raw"  # bare JSON as text
    FENCED = "fenced"  # JSON in a fence
    DOUBLED = "doubled"  # with doubled braces
    TAGGED = "tagged"  # in <tool_call> tags, with text behind
    PROSE = "prose"  # in the middle of a sentence: no call at all


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One answer: `match` is searched in the last text of `role`."""

    match: str = ""
    role: str = "user"
    pieces: tuple[str, ...] = ()
    calls: tuple[ScriptedCall, ...] = ()
    style: CallStyle = CallStyle.NATIVE
    fault: ModelFault | None = None
    times: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A conversation as it reached the model: role and text of each message, and the tools."""

    messages: tuple[tuple[str, str], ...]
    tools: tuple[JsonObject, ...] = ()

    @property
    def last(self) -> tuple[str, str]:
        """The role and text of the newest message."""
        return self.messages[-1] if self.messages else ("user", "")


class Script:
    """Turns in order: the first that fits is the answer, as often as it says."""

    def __init__(self, turns: Sequence[Turn] = (), *, otherwise: str = "I do not know.") -> None:
        self.turns = list(turns)
        self.otherwise = otherwise
        self._uses: dict[int, int] = {}

    def answer(self, said: Said) -> Turn:
        """The answer to a conversation."""
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
    """Does what any text tells it, whoever wrote the text, and repeats all it was told.

    It calls each tool that a text names (or shows a call of), takes every argument from
    that text where an enumeration allows it, and then says everything it knows.
    """

    def answer(self, said: Said) -> Turn:
        """Obey once, then repeat the whole conversation."""
        everything = "\n".join(text for role, text in said.messages if role != "assistant")
        if not any(role == "assistant" for role, _ in said.messages):
            obeyed = tuple(call for tool in said.tools if (call := _obeyed(tool, everything)) is not None)
            if obeyed:
                return Turn(calls=obeyed)
        return Turn(pieces=tuple(everything[at : at + 40] for at in range(0, len(everything), 40)))


def _obeyed(tool: JsonObject, text: str) -> ScriptedCall | None:
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
    """The value a text gives for an argument, the last allowed one it names."""
    allowed = kind.get("enum") if isinstance(kind, dict) else None
    if isinstance(allowed, list):
        named = [one for one in allowed if isinstance(one, str) and one.casefold() in text.casefold()]
        return named[-1] if named else (allowed[-1] if allowed else None)
    result = re.findall(rf"[\"']?{re.escape(key)}[\"']?\s*[:=]\s*[\"']?([\w.:/-]+)", text)
    if isinstance(kind, dict) and kind.get("type") == "integer":
        numbers = [int(one) for one in result if one.isdigit()]
        return numbers[-1] if numbers else 1
    words = text.split()
    return result[-1] if result else (words[-1] if words else None)


def written(turn: Turn) -> tuple[str, ...]:
    """The text of a turn, calls that are not native written into it."""
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
