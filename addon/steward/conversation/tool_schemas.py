"""The schemas of the arguments of tools."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import ActionOffer, Field, ServiceOffer, SettingKind, ToolOffer

from ..llm.messages import ToolSpec

REQUEST_ACTION: Final = "request_action"

HOMELAB_STATUS: Final = "homelab_status"

STATUS: Final = ToolSpec(
    name=HOMELAB_STATUS,
    description="Open problems, requests that wait for a person's decision, and recent runs.",
    schema={"type": "object", "properties": {}, "required": [], "additionalProperties": False},
)

_OWN_ARGUMENTS: Final = frozenset({"action", "target"})


def call_key(argument: Field) -> str:
    """Return the name of an argument in a call; it must not clash with our own."""
    return f"argument_{argument.key}" if argument.key in _OWN_ARGUMENTS else argument.key


def offer_arguments(fields: Sequence[Field], arguments: Mapping[str, Value]) -> dict[str, Value]:
    """Return a call's arguments for an offer, by the offer's keys."""
    return {one.key: value for one in fields if (value := arguments.get(call_key(one))) is not None}


def object_schema(properties: Mapping[str, object], required: Sequence[str]) -> dict[str, object]:
    """Return the schema of an object without other properties."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
    }


def argument_schema(argument: Field) -> dict[str, object]:
    """Return the schema of one argument."""
    described = argument.description or argument.name
    schema: dict[str, object] = {
        "description": f"{described} ({argument.unit})" if argument.unit else described
    }
    match argument.kind:
        case SettingKind.NUMBER:
            return {"type": "number", **schema}
        case SettingKind.BOOLEAN:
            return {"type": "boolean", **schema}
        case SettingKind.CHOICE:
            return {"type": "string", "enum": list(argument.choices), **schema}
        case _:
            return {"type": "string", **schema}


def for_targets(spec: ToolSpec, labels: Sequence[str]) -> ToolSpec:
    """Return a tool with some of its targets."""
    schema = dict(spec.schema)
    properties = schema.get("properties")
    known = properties if isinstance(properties, Mapping) else {}
    schema["properties"] = {**known, "target": {"type": "string", "enum": list(labels)}}
    return replace(spec, schema=schema)


def read_spec(service: ServiceOffer, offer: ToolOffer, labels: Sequence[str]) -> ToolSpec:
    """Return a tool that reads; a target is only asked for if there are several, by their labels."""
    properties: dict[str, object] = {}
    required: list[str] = []
    if len(labels) > 1:
        properties["target"] = {"type": "string", "enum": list(labels)}
        required.append("target")
    for one in offer.arguments:
        properties[call_key(one)] = argument_schema(one)
        if one.required and one.default is None:
            required.append(call_key(one))
    return ToolSpec(
        name=f"{service.key}_{offer.key}",
        description=f"{service.name}: {offer.description}",
        schema=object_schema(properties, required),
    )


def request_spec(asks: Mapping[str, tuple[str, ActionOffer]], labels: Sequence[str]) -> ToolSpec:
    """Return the tool that requests a change."""
    properties: dict[str, object] = {
        "action": {"type": "string", "enum": list(asks)},
        "target": {"type": "string", "enum": list(labels)},
    }
    for _, offer in asks.values():
        properties |= {call_key(one): argument_schema(one) for one in offer.arguments}
    described = "; ".join(f"{key}: {offer.description or offer.name}" for key, (_, offer) in asks.items())
    return ToolSpec(
        name=REQUEST_ACTION,
        description=f"Ask a person to approve a change. Changes nothing by itself. {described}",
        schema=object_schema(properties, ["action", "target"]),
    )
