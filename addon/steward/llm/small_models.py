"""Tool calls for models without native support: tools in the prompt, a plan as JSON in the answer."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

import orjson

from homelab_steward.contract.base import Value

from .messages import ChatMessage, ChatRequest, Role, ToolCall, ToolSpec

MOST_TOOLS: Final = 7
"""Tools that a small model chooses from; the first and the last ones of a request stay."""

LAST_TOOLS: Final = 2
"""The tools at the end of a request that are about the whole homelab."""

MOST_TARGETS: Final = 4
"""Targets of one tool that a small model chooses from, the first ones."""

MOST_READINGS: Final = 2
"""Readings of one plan."""

TARGET: Final = "target"

_PLAN: Final = (
    "\n\nFirst choose what to read for this. Write one JSON object and nothing else: "
    '{"readings": [one or two names of this list]}\n'
)
_EXAMPLE: Final = (
    "\nExample: to “How busy are my film servers?”, with plex_streams and jellyfin_streams in a list, "
    'you write {"readings": ["plex_streams", "jellyfin_streams"]}'
)
_OWN_ANSWER: Final = '\nIf nothing of the list is about the question, write {"answer": "your text"}.'
_ANSWER_PROMPT: Final = (
    "\n\nAnswer the question from this, in plain words. Use only names and numbers that stand above."
)
"""Without this text, small models repeat the call, or end a JSON answer at its first quotation mark."""

_MORE: Final = "\n\nThat is not all that is asked. Choose again from the list, in the same form."

_CUT_ANSWER: Final = re.compile(r'\s*\{\s*"answer"\s*:\s*"(.*?)(?:"\s*\}?\s*)?\Z', re.DOTALL)

type _Calls = dict[str, tuple[str, Mapping[str, Value]]]
"""The tool and the arguments of each name that a plan can contain."""


def for_small_model(request: ChatRequest) -> ChatRequest:
    """Return a request whose prompt names its readings and whose JSON Schema enforces a plan of them.

    Calls and their results in the conversation become plain text. After a result, the request has no
    schema, so that the answer can be streamed, unless another call is wanted. What was sent before
    stays as it is, so that a server reads only what is new.
    """
    messages = [_as_plain_message(one) for one in request.messages]
    at = next((at for at in reversed(range(len(messages))) if request.messages[at].role is Role.USER), None)
    if not request.tools or at is None:
        return replace(request, messages=tuple(messages), tools=(), wanted=())
    tools = _chosen(request.tools)
    messages[at] = replace(messages[at], text=messages[at].text + _tool_prompt(tools))
    schema, more = None, _ANSWER_PROMPT
    if request.messages[-1].role is not Role.TOOL:
        schema, more = plan_schema(request.wanted or tools, request), ""
    elif request.wanted:
        schema = plan_schema(request.wanted, request)
        more = _ANSWER_PROMPT if schema is None else _MORE
    messages[-1] = replace(messages[-1], text=messages[-1].text + more)
    return replace(request, messages=tuple(messages), tools=(), wanted=(), schema=schema)


def plan_schema(tools: Sequence[ToolSpec], request: ChatRequest) -> dict[str, object] | None:
    """Return the JSON Schema of a plan, without what was read already; None when nothing is left.

    If none of the tools is wanted, a text is an answer too.
    """
    done = {(call.name, _key(call.arguments)) for one in request.messages for call in one.calls}
    names = [name for name, (tool, given) in _plain_calls(tools).items() if (tool, _key(given)) not in done]
    items: list[object] = [{"enum": names}] if names else []
    items += [
        _object({"name": {"const": one.name}, "arguments": dict(one.schema)})
        for one in tools
        if not _is_plain(one)
    ]
    if not items:
        return None
    readings = {"type": "array", "items": {"anyOf": items}, "minItems": 1, "maxItems": MOST_READINGS}
    plan = _object({"readings": readings})
    return plan if request.wanted else {"anyOf": [plan, _object({"answer": {"type": "string"}})]}


def read_plan(text: str, tools: Sequence[ToolSpec]) -> tuple[ToolCall, ...]:
    """Return the calls of an answer by ``plan_schema``, () when it is no plan."""
    readings = _loaded(text).get("readings")
    known = _plain_calls(tools)
    found: list[ToolCall] = []
    for one in readings if isinstance(readings, list) else ():
        plain = one if isinstance(one, dict) else {"name": one, "arguments": {}}
        name, arguments = plain.get("name"), plain.get("arguments")
        if isinstance(name, str) and isinstance(arguments, dict):
            tool, given = known.get(name, (name, {}))
            call = ToolCall(id=f"call_{len(found)}", name=tool, arguments={**given, **arguments})
            # Small models like to read the same thing twice.
            if all((call.name, call.arguments) != (each.name, each.arguments) for each in found):
                found.append(call)
    return tuple(found)


def answer_text(text: str) -> str:
    """Return the text of an answer by ``plan_schema``, or ``text`` itself if it is none."""
    answer = _loaded(text).get("answer")
    if isinstance(answer, str):
        return answer
    # An answer that was cut off is no valid JSON.
    cut = _CUT_ANSWER.match(text)
    return cut[1] if cut else text


def _loaded(text: str) -> dict[str, object]:
    try:
        plain = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {}
    return plain if isinstance(plain, dict) else {}


def _object(properties: Mapping[str, object]) -> dict[str, object]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def _chosen(tools: Sequence[ToolSpec]) -> tuple[ToolSpec, ...]:
    """Return the tools that a small model can choose from, those that fit the question best first."""
    if len(tools) <= MOST_TOOLS:
        return tuple(tools)
    return (*tools[: MOST_TOOLS - LAST_TOOLS], *tools[-LAST_TOOLS:])


def _tool_prompt(tools: Iterable[ToolSpec]) -> str:
    lines = "\n".join(map(_described, tools))
    return f"{_PLAN}{lines}{_OWN_ANSWER}{_EXAMPLE}"


def _described(tool: ToolSpec) -> str:
    if _is_plain(tool):
        return f"{', '.join(_names(tool))}: {tool.description}"
    form = orjson.dumps({"name": tool.name, "arguments": dict(tool.schema)}).decode()
    return f"{form}: {tool.description}"


def _is_plain(tool: ToolSpec) -> bool:
    """Return whether a tool needs no argument but a target."""
    required = tool.schema.get("required")
    return not isinstance(required, list | tuple) or set(required) <= {TARGET}


def _names(tool: ToolSpec) -> Iterator[str]:
    """Yield what a plan calls the readings of a tool: its name, with each target if it has several."""
    properties = tool.schema.get("properties")
    target = properties.get(TARGET) if isinstance(properties, Mapping) else None
    targets = target.get("enum") if isinstance(target, Mapping) else None
    if not isinstance(targets, list | tuple):
        yield tool.name
        return
    yield from (f"{tool.name} {one}" for one in targets[:MOST_TARGETS])


def _plain_calls(tools: Iterable[ToolSpec]) -> _Calls:
    found: _Calls = {}
    for tool in tools:
        for name in _names(tool) if _is_plain(tool) else ():
            _, _, target = name.partition(" ")
            found[name] = (tool.name, {TARGET: target} if target else {})
    return found


def _key(arguments: Mapping[str, Value]) -> bytes:
    return orjson.dumps(dict(arguments), option=orjson.OPT_SORT_KEYS)


def _as_plain_message(message: ChatMessage) -> ChatMessage:
    if message.role is Role.TOOL:
        return ChatMessage(role=Role.USER, text=f"Result of the tool:\n{message.text}")
    if not message.calls:
        return message
    names = [_name_of(one) for one in message.calls]
    plan = orjson.dumps({"readings": names}).decode()
    return ChatMessage(role=message.role, text="\n".join(part for part in (message.text, plan) if part))


def _name_of(call: ToolCall) -> object:
    target = call.arguments.get(TARGET)
    if not call.arguments:
        return call.name
    if set(call.arguments) == {TARGET}:
        return f"{call.name} {target}"
    return {"name": call.name, "arguments": dict(call.arguments)}
