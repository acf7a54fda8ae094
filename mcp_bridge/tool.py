"""A tool, independent of the protocol that calls it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from homelab_steward.contract.base import Value

type Json = str | int | float | bool | list["Json"] | dict[str, "Json"] | None
type JsonObject = dict[str, Json]
type Arguments = Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """Hints for clients. The gate does not depend on them."""

    read_only: bool
    destructive: bool = False


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
    ``is_owner_only``: it is offered to people with the role owner only.
    """

    is_owner_only: bool = False
    call: Callable[[Arguments, str], Awaitable[JsonObject]]
