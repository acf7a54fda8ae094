"""A tool, independent of the protocol that calls it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from homelab_steward.contract.base import Value

type Json = str | int | float | bool | list["Json"] | dict[str, "Json"] | None
type JsonObject = dict[str, Json]
type Arguments = Mapping[str, Value]
type ToolCall = Callable[[Mapping[str, Any], str], Awaitable[JsonObject]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """Hints for clients. The gate does not depend on them."""

    read_only: bool
    destructive: bool = False
    open_world: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolDescription:
    """What a client sees of a tool, with its JSON schemas."""

    name: str
    title: str
    description: str
    input_schema: JsonObject
    output_schema: JsonObject
    hints: Hints


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool(ToolDescription):
    """A tool with its implementation.

    ``call`` takes arguments that match ``input_schema`` and the id of the person who calls.
    It returns an object that matches ``output_schema``, and raises ContractError.
    ``is_owner_only``: it is offered to people with the role owner only. ``is_foreign``: it is of another
    server, which checks the arguments by a schema of its own.
    """

    is_owner_only: bool = False
    is_foreign: bool = False
    call: ToolCall
