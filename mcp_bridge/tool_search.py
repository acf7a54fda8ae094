"""Search in place of a long list of tools: many clients accept no more than some dozen."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from homelab_steward.contract.errors import ContractError, ErrorCode

from .schemas import many, object_schema, reading_schema, result_schema, text
from .tool import Arguments, Hints, JsonObject, Tool, ToolDescription

MOST_LISTED: Final = 60
"""A server with more tools lists only those that find and call the others."""

MOST_FOUND: Final = 10
LONGEST_QUERY: Final = 200
FIND: Final = "find_tools"
READ: Final = "call_reading_tool"
CHANGE: Final = "call_action_tool"

TERM: Final = re.compile(r"\w+")
MOST_SHORT: Final = 3
"""Characters of a term whose last s is kept."""

NAME_WEIGHT: Final = 3
TARGET_WEIGHT: Final = 2

TOOL_NAME: Final = text(f"The name of a tool that {FIND} returned.")
FORWARDED: Final = object_schema(
    {
        "tool": {**TOOL_NAME, "maxLength": 100},
        "arguments": {
            "type": "object",
            "description": "Its arguments, as its input_schema describes them.",
            "additionalProperties": True,
        },
    },
    ["tool"],
)
FOUND: Final = reading_schema(
    {
        "total": {"type": "integer", "description": "How many tools fit."},
        "tools": many(
            result_schema(
                {
                    "name": text(),
                    "title": text(),
                    "description": text(),
                    "call_with": text(f"{READ} or {CHANGE}"),
                    "input_schema": {"type": "object"},
                }
            )
        ),
    }
)


def search_tool(tools: Mapping[str, Tool]) -> Tool:
    """Return the tool that finds the others."""

    async def find(arguments: Arguments, _person_id: str) -> JsonObject:
        found = ranked(tools, str(arguments["query"]))
        return {"total": len(found), "tools": [_described(tool) for tool in found[:MOST_FOUND]]}

    query: JsonObject = {
        "type": "string",
        "maxLength": LONGEST_QUERY,
        "description": "What to find, such as: restart radarr, disk usage, failed backups",
    }
    return Tool(
        name=FIND,
        title="Find tools",
        description=f"Finds tools among the {len(tools)} of this server, by the service, the target and what "
        f"they do. Call one with {READ} or {CHANGE}. Reads only.",
        input_schema=object_schema({"query": query}, ["query"]),
        output_schema=FOUND,
        hints=Hints(read_only=True),
        call=find,
    )


def forwarded(
    name: str, arguments: Mapping[str, object], tools: Mapping[str, Tool]
) -> tuple[str, Mapping[str, object]]:
    """Return the tool and the arguments that a call of READ or CHANGE is about.

    Raises ContractError when there is no such tool, or when it is of the other kind.
    """
    inner, given = arguments.get("tool"), arguments.get("arguments")
    tool = tools.get(inner) if isinstance(inner, str) else None
    if tool is None:
        raise ContractError(ErrorCode.NOT_FOUND, f"tool: there is no such tool; {FIND} returns the names")
    right = READ if tool.hints.read_only else CHANGE
    if name != right:
        raise ContractError(ErrorCode.INVALID_ARGUMENT, f"tool: call this tool with {right}")
    if given is not None and not isinstance(given, dict):
        raise ContractError(ErrorCode.INVALID_ARGUMENT, "arguments: must be an object")
    return tool.name, given or {}


def ranked(tools: Mapping[str, Tool], query: str) -> list[Tool]:
    """Return the tools that share a term with the query, the best first."""
    terms = set(_terms(query))
    scored = [(score(tool, terms), tool) for tool in tools.values()]
    scored.sort(key=lambda one: (-one[0], one[1].name))
    return [tool for points, tool in scored if points]


def score(tool: Tool, terms: set[str]) -> int:
    """Return how well a tool fits: a term in its name counts more than one in its description."""
    name = set(_terms(f"{tool.name} {tool.title}"))
    targets, described = set(_terms(" ".join(_choices(tool)))), set(_terms(tool.description))
    return sum(
        NAME_WEIGHT if term in name else TARGET_WEIGHT if term in targets else int(term in described)
        for term in terms
    )


def _choices(tool: Tool) -> Iterator[str]:
    properties = tool.input_schema["properties"]
    for schema in properties.values() if isinstance(properties, dict) else ():
        choices = schema.get("enum") if isinstance(schema, dict) else None
        if isinstance(choices, list):
            yield from map(str, choices)


def _terms(value: str) -> Iterator[str]:
    """Yield the terms in lower case, without a plural s."""
    for term in TERM.findall(value.lower().replace("_", " ")):
        yield term.removesuffix("s") if len(term) > MOST_SHORT else term


def _described(tool: Tool) -> JsonObject:
    return {
        "name": tool.name,
        "title": tool.title,
        "description": tool.description,
        "call_with": READ if tool.hints.read_only else CHANGE,
        "input_schema": tool.input_schema,
    }


def _forwarding(name: str, title: str, description: str, hints: Hints) -> ToolDescription:
    return ToolDescription(
        name=name,
        title=title,
        description=f"{description} Its result is that tool's result.",
        input_schema=FORWARDED,
        output_schema={"type": "object"},
        hints=hints,
    )


FORWARDING: Final[Mapping[str, ToolDescription]] = {
    READ: _forwarding(READ, "Call a reading tool", "Calls a tool that reads.", Hints(read_only=True)),
    CHANGE: _forwarding(
        CHANGE,
        "Call an action tool",
        "Calls a tool that requests a change. It asks a person first.",
        Hints(read_only=False, destructive=True),
    ),
}
"""The tools that call another one, by name."""
