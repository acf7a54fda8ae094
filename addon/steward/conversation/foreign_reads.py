"""The tools of other servers that a model may read with in a turn, and what may be sent to them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from homelab_steward.contract.commands import ReadTool
from homelab_steward.contract.foreign_tools import (
    ARGUMENTS,
    READ_PRIVATE_TOOL,
    READ_TOOL,
    ForeignServer,
    ForeignTool,
    ForeignToolsReport,
    ToolAccess,
    ToolState,
)
from homelab_steward.contract.state import Speaker

from ..language.words import WORD
from ..llm.messages import ToolSpec

MOST_FOREIGN: Final = 4
"""More tools make a small model slow and inaccurate."""

LONGEST_DESCRIPTION: Final = 500
SMALL: Final = 1_000
"""Whole numbers below this size tell nothing private."""

NOT_SAID: Final = "Only words that the person wrote are sent to other servers."


@dataclass(frozen=True, slots=True)
class ForeignRead:
    """A tool of another server as a model may call it."""

    spec: ToolSpec
    server: ForeignServer
    tool: ForeignTool

    def may_send(self, arguments: Mapping[str, object], said: Sequence[str]) -> bool:
        """Return whether everything in the arguments was said by the person, or is of the tool's schema.

        A text that was read may ask for a call whose arguments contain something private.
        """
        words = set(WORD.findall(" ".join(said).casefold()))
        known = set(_literals(self.spec.schema))
        return all(_is_known(one, words, known) for one in _leaves(arguments))

    def question(self, arguments: Mapping[str, object], speaker: Speaker) -> ReadTool:
        """Return the command that reads."""
        return ReadTool(
            instance_id=self.server.instance_id,
            tool=READ_PRIVATE_TOOL if self.tool.is_private else READ_TOOL,
            speaker=speaker,
            target_id=self.tool.name,
            arguments={ARGUMENTS: json.dumps(arguments)},
        )


def foreign_reads(report: ForeignToolsReport, said: str, *, is_owner: bool) -> dict[str, ForeignRead]:
    """Return the tools that may be read with now by the names for a model, those that fit a text best.

    Only an owner has those that are private.
    """
    words = set(WORD.findall(said.casefold()))
    found = [
        ForeignRead(_spec(server, one), server, one)
        for server in report.servers
        for one in server.tools
        if one.access is ToolAccess.READ and one.state is ToolState.READY and (is_owner or not one.is_private)
    ]
    found.sort(key=lambda one: -len(words & _words(one.spec)))
    return {one.spec.name: one for one in found[:MOST_FOREIGN]}


def _spec(server: ForeignServer, tool: ForeignTool) -> ToolSpec:
    definition = json.loads(tool.definition)
    name = "".join(one if one.isalnum() else "_" for one in f"foreign_{server.name}_{tool.name}")
    description = f"Server {server.name}: {definition['description']}"[:LONGEST_DESCRIPTION]
    return ToolSpec(
        name=name,
        description=description,
        schema={"type": "object", "properties": {}, "required": [], **definition["input"]},
    )


def _words(spec: ToolSpec) -> set[str]:
    return set(WORD.findall(f"{spec.name.replace('_', ' ')} {spec.description}".casefold()))


def _is_known(value: object, words: AbstractSet[str], known: AbstractSet[str]) -> bool:
    if value is None or isinstance(value, bool):
        return True
    if isinstance(value, int) and abs(value) < SMALL:
        return True
    text = str(value)
    return text in known or words >= set(WORD.findall(text.casefold()))


def _leaves(value: object) -> Iterator[object]:
    """Yield every value in arguments, and the keys, which could carry something too."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield key
            yield from _leaves(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _leaves(inner)
    else:
        yield value


def _literals(schema: object) -> Iterator[str]:
    """Yield the names of arguments and the texts that a schema has itself."""
    if isinstance(schema, Mapping):
        for key, inner in schema.items():
            yield str(key)
            yield from _literals(inner)
    elif isinstance(schema, list | tuple):
        for inner in schema:
            yield from _literals(inner)
    else:
        yield str(schema)
