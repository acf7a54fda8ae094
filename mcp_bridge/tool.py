"""One tool as the bridge offers it, whichever way it is called."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from homelab_steward.contract.base import Value

type Json = str | int | float | bool | list["Json"] | dict[str, "Json"] | None
type JsonObject = dict[str, Json]
type Arguments = Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What a client may assume. They are hints: the gate holds whatever a client assumes."""

    read_only: bool
    destructive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A name, two JSON schemas and what answers.

    ``call`` takes arguments that fit ``input_schema`` and the id of the person who asks.
    It returns what fits ``output_schema``, and raises ContractError.
    """

    name: str
    title: str
    description: str
    input_schema: JsonObject
    output_schema: JsonObject
    hints: Hints
    call: Callable[[Arguments, str], Awaitable[JsonObject]]
