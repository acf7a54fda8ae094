"""The tool that shows what all monitors say about a device."""

from typing import Final

from homelab_steward.contract.devices import (
    Agreement,
    Aspect,
    DeviceAspect,
    DevicesQuery,
    DeviceView,
    Statement,
    Word,
)

from .port import Steward
from .schemas import many, object_schema, reading_schema, result_schema, text
from .tool import Arguments, Hints, Json, JsonObject, Tool

LONGEST_NAME: Final = 100
LISTED: Final = 50


class DeviceTools:
    """Tools for the devices that the monitors see."""

    def __init__(self, steward: Steward) -> None:
        """``steward`` receives the calls."""
        self._steward = steward

    def tools(self) -> tuple[Tool, ...]:
        """Return the tools; they do not depend on the configured services."""
        contains: JsonObject = {
            "type": "string",
            "maxLength": LONGEST_NAME,
            "description": "A part of the device's name; empty for all",
        }
        return (
            Tool(
                name="monitored_devices",
                title="Monitored devices",
                description="What all monitors say about the devices: who says up or down, since when, and "
                "whether they agree, and how often each was right. Devices with problems first. Reads only.",
                input_schema=object_schema({"contains": contains}, ["contains"]),
                output_schema=_DEVICES,
                hints=Hints(read_only=True),
                call=self._devices,
            ),
        )

    async def _devices(self, arguments: Arguments, _person_id: str) -> JsonObject:
        query = DevicesQuery(text=str(arguments["contains"]), limit=LISTED)
        found = await self._steward.devices(query)
        return {"total": found.total, "devices": [_device(one) for one in found.devices]}


def _choice(*options: str) -> JsonObject:
    return {"type": "string", "enum": list(options)}


_STATEMENT: Final[JsonObject] = result_schema(
    {
        "monitor": text(),
        "says": _choice(*Word),
        "since": text("Empty when it is not known."),
        "is_fresh": {"type": "boolean"},
        "right": {"type": "integer", "description": "Settled cases in which it was right about this aspect."},
        "settled": {"type": "integer"},
        "repeats": text("The monitor or service that it has it from: both are one vote. Empty for none."),
    }
)
_ASPECT: Final[JsonObject] = result_schema(
    {
        "aspect": _choice(*Aspect),
        "part": text("Which service of the device."),
        "verdict": _choice(*Agreement),
        "why": text(),
        "statements": many(_STATEMENT),
    }
)
_DEVICES: Final[JsonObject] = reading_schema(
    {
        "total": {"type": "integer"},
        "devices": many(result_schema({"name": text("Untrusted data."), "aspects": many(_ASPECT)})),
    }
)


def _device(device: DeviceView) -> JsonObject:
    return {"name": device.name, "aspects": [_aspect(one) for one in device.aspects]}


def _aspect(aspect: DeviceAspect) -> Json:
    return {
        "aspect": aspect.aspect,
        "part": aspect.part,
        "verdict": aspect.verdict,
        "why": aspect.why,
        "statements": [_statement(one) for one in aspect.statements],
    }


def _statement(one: Statement) -> Json:
    return {
        "monitor": one.instance,
        "says": one.word,
        "since": one.since.isoformat() if one.since else "",
        "is_fresh": one.is_fresh,
        "right": one.right,
        "settled": one.settled,
        "repeats": one.repeats,
    }
