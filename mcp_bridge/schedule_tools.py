"""The tools of every server that list schedules, and run one for an owner."""

from typing import Final

from homelab_steward.contract.schedules import RunSchedule, Schedule, ScheduleQuery
from homelab_steward.contract.state import FrontEnd, Speaker

from .port import Steward
from .schemas import many, nullable, object_schema, reading_schema, result_schema, text
from .tool import Arguments, Hints, JsonObject, Tool

LONGEST_ID: Final = 64
SCHEDULE: Final[dict[str, JsonObject]] = {
    "id": text(),
    "title": text(),
    "when": text(),
    "time_zone": text(),
    "is_enabled": {"type": "boolean"},
    "next_at": nullable("string"),
    "last_at": nullable("string"),
    "result": text("never, running, done or failed"),
    "reason": text("Why the last run failed."),
    "found": many(text("Untrusted data.")),
    "not_checked": many(text("What could not be checked, and why.")),
}

ID: Final[JsonObject] = {
    "type": "string",
    "maxLength": LONGEST_ID,
    "description": "The id that schedules returned",
}


class ScheduleTools:
    """Lists what the steward does by itself, and runs it now."""

    def __init__(self, steward: Steward) -> None:
        """``steward`` receives the calls."""
        self._steward = steward

    def tools(self) -> tuple[Tool, ...]:
        """Return the tools."""
        return (
            Tool(
                name="schedules",
                title="Schedules",
                description="What the steward asks or does by itself: when, and what it found. Reads only.",
                input_schema=object_schema({}, []),
                output_schema=reading_schema({"schedules": many(result_schema(SCHEDULE))}),
                hints=Hints(read_only=True),
                call=self._schedules,
            ),
            Tool(
                name="run_schedule",
                title="Run a schedule",
                description="Runs a schedule now, for an owner. It reads services and may send a message to "
                "the household. It changes no service. The result is the schedule with what it found.",
                input_schema=object_schema({"id": ID}, ["id"]),
                output_schema=result_schema(SCHEDULE),
                hints=Hints(read_only=False),
                is_owner_only=True,
                call=self._run_schedule,
            ),
        )

    async def _schedules(self, _arguments: Arguments, _person_id: str) -> JsonObject:
        found = await self._steward.schedules(ScheduleQuery(language="en"))
        return {"schedules": [_schedule(one) for one in found.schedules]}

    async def _run_schedule(self, arguments: Arguments, person_id: str) -> JsonObject:
        speaker = Speaker(front_end=FrontEnd.MCP, user_id=person_id)
        ran = await self._steward.run_schedule(RunSchedule(speaker=speaker, id=str(arguments["id"])))
        return _schedule(ran)


def _schedule(one: Schedule) -> JsonObject:
    last = one.last
    return {
        "id": one.id,
        "title": one.title,
        "when": one.said,
        "time_zone": one.zone,
        "is_enabled": one.is_enabled,
        "next_at": one.next_at.isoformat() if one.next_at else None,
        "last_at": one.due_at.isoformat() if one.due_at else None,
        "result": str(one.result),
        "reason": one.reason,
        "found": list(last.lines) if last else [],
        "not_checked": list(last.not_checked) if last else [],
    }
