"""The tool of every server that says what the steward may do without a person."""

from typing import Final

from homelab_steward.contract.autonomy import AutonomyCell, AutonomyLevel, LevelQuery

from .port import Steward
from .schemas import many, nullable, object_schema, reading_schema, result_schema, text
from .tool import Arguments, Hints, JsonObject, Tool

COUNT: Final[JsonObject] = {"type": "integer"}
NUMBER: Final[JsonObject] = {"type": "number"}
LEVEL: Final[JsonObject] = {
    "type": "string",
    "enum": [one.value for one in AutonomyLevel],
    "description": "observe: only reports. ask: asks a person before each change. "
    "veto: announces a change and carries it out unless a person stops it. auto: carries it out and reports.",
}
CELL: Final[dict[str, JsonObject]] = {
    "recipe": text(),
    "targets": text("The class of targets."),
    "level": LEVEL,
    "evidence": {**NUMBER, "description": "How often more likely the runs are when the recipe is safe."},
    "undo_evidence": NUMBER,
    "good": COUNT,
    "bad": COUNT,
    "unknown": COUNT,
    "automatic": {**COUNT, "description": "Runs that no person approved."},
    "harmed": {**COUNT, "description": "Automatic runs that did lasting harm."},
    "harm_at_most": {
        **NUMBER,
        "description": "Upper bound of the share that did, 0 to 1, with 95 % confidence.",
    },
    "missing": many(text("What is missing for the next level.")),
    "since": nullable("string"),
}
RUNBOOK: Final[dict[str, JsonObject]] = {
    "id": text(),
    "title": text(),
    "level": LEVEL,
    "cells": {"type": "array", "items": result_schema(CELL)},
}


class AutonomyTools:
    """Lists the autonomy levels. Only people change them."""

    def __init__(self, steward: Steward) -> None:
        """``steward`` receives the calls."""
        self._steward = steward

    def tools(self) -> tuple[Tool, ...]:
        """Return the tools."""
        return (
            Tool(
                name="autonomy_levels",
                title="Autonomy levels",
                description="What the steward may do without a person: the level of each runbook, its "
                "evidence, and what is missing for the next level. Reads only: people change levels.",
                input_schema=object_schema({}, []),
                output_schema=reading_schema({"runbooks": many(result_schema(RUNBOOK))}),
                hints=Hints(read_only=True),
                call=self._levels,
            ),
        )

    async def _levels(self, _arguments: Arguments, _person_id: str) -> JsonObject:
        found = await self._steward.levels(LevelQuery(language="en"))
        return {
            "runbooks": [
                {
                    "id": one.id,
                    "title": one.title,
                    "level": str(one.level),
                    "cells": [_cell(each) for each in one.cells],
                }
                for one in found.levels
            ]
        }


def _cell(one: AutonomyCell) -> JsonObject:
    return {
        "recipe": one.label,
        "targets": one.target_class,
        "level": str(one.level),
        "evidence": one.evidence,
        "undo_evidence": one.undo_evidence,
        "good": one.good,
        "bad": one.bad,
        "unknown": one.unknown,
        "automatic": one.automatic,
        "harmed": one.harmed,
        "harm_at_most": one.harm_bound,
        "missing": list(one.missing),
        "since": one.since.isoformat() if one.since else None,
    }
