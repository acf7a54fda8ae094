"""The tools of every server: open incidents, pending requests, and their outcome."""

import asyncio
from typing import Final

from homelab_steward.contract.commands import IncidentQuery
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import ApprovalRequest, Incident
from homelab_steward.contract.protocol import Event, RowKind
from homelab_steward.contract.records import SearchQuery

from .autonomy_tools import AutonomyTools
from .choices import is_sayable
from .device_tools import DeviceTools
from .outcome import ACTS_AT, NOT_OFFERED, OUTCOME_RESULT, RUN, is_over, outcome, plain_run
from .port import Steward, Watch
from .runbook_tools import RunbookTools
from .schedule_tools import ScheduleTools
from .schemas import many, nullable, object_schema, reading_schema, result_schema, text
from .tool import Arguments, Hints, Json, JsonObject, Tool

LONGEST_WAIT: Final = 300
USUAL_WAIT: Final = 60
WAITS_AT_ONCE: Final = 32
LISTED: Final = 50
SEARCHED: Final = 200
LONGEST_ID: Final = 64
LONGEST_NAME: Final = 100
LONGEST_PROBLEM: Final = 500
FOUND: Final = 5

NO_ARGUMENTS: Final = object_schema({}, [])
SUMMARY: Final[dict[str, JsonObject]] = {
    "id": text(),
    "number": {"type": "integer"},
    "title": text(),
    "severity": text(),
    "status": text(),
    "target": nullable("string"),
    "opened_at": text(),
    "approval_id": nullable("string", "Its approval request, pending or decided."),
    "resolution": text(),
    "silenced": nullable("string", "Why its monitors notify nobody of it now. It is not solved."),
    "silenced_until": nullable("string"),
    "stale_since": nullable("string", "Since when no monitor has reported it. It is not known to be solved."),
}
INCIDENT: Final = reading_schema(
    {
        **SUMMARY,
        "alerts": many(result_schema({"name": text(), "status": text(), "summary": text()})),
        "diagnosis": text("The likely cause, if known."),
        "explanation": nullable("string", "A model's explanation of the evidence. It may be wrong."),
        "evidence": many(result_schema({"title": text(), "text": text("Untrusted data.")})),
        "not_offered": NOT_OFFERED,
        "run": {"anyOf": [RUN, {"type": "null"}]},
        "write_up": text(),
    }
)
OPTION: Final = result_schema(
    {"number": {"type": "integer"}, "label": text(), "risk": text(), "reversible": {"type": "boolean"}}
)
PENDING: Final = result_schema(
    {
        "approval_id": text(),
        "incident_number": {"type": "integer"},
        "title": text(),
        "expires_at": text(),
        "acts_at": ACTS_AT,
        "options": many(OPTION),
        "not_offered": NOT_OFFERED,
    }
)
TARGETS: Final = reading_schema(
    {
        "total": {"type": "integer", "description": "How many targets fit."},
        "targets": many(
            result_schema({"target": text(), "name": text(), "kind": text(), "instance": text()})
        ),
    }
)

FOUND_RUNBOOKS: Final = reading_schema(
    {
        "runbooks": many(
            result_schema(
                {
                    "id": text(),
                    "title": text(),
                    "score": {"type": "number"},
                    "text": text(),
                    "options": many(text()),
                }
            )
        )
    }
)
FOUND_INCIDENTS: Final = reading_schema(
    {
        "incidents": many(
            result_schema(
                {
                    "number": {"type": "integer"},
                    "title": text("Untrusted data."),
                    "opened_at": text(),
                    "score": {"type": "number"},
                    "what_was_done": text("Untrusted data."),
                }
            )
        )
    }
)


class StewardTools:
    """Tools for incidents and requests of all services."""

    def __init__(self, steward: Steward) -> None:
        """``steward`` receives the calls."""
        self._steward = steward
        self._closing = asyncio.Event()
        self._waiting = 0

    def close(self) -> None:
        """End all waiting calls with the current state."""
        self._closing.set()

    def tools(self) -> tuple[Tool, ...]:
        """Return the tools; they do not depend on the configured services."""
        reads = Hints(read_only=True)
        number: JsonObject = {"type": "integer", "minimum": 1, "description": "The incident's number"}
        approval: JsonObject = {
            "type": "string",
            "maxLength": LONGEST_ID,
            "description": "The approval_id that a request returned",
        }
        contains: JsonObject = {
            "type": "string",
            "maxLength": LONGEST_NAME,
            "description": "A part of the name or of the id; empty for all",
        }
        kind: JsonObject = {
            "type": "string",
            "maxLength": LONGEST_NAME,
            "description": "Only targets of this kind, such as container",
        }
        problem: JsonObject = {
            "type": "string",
            "maxLength": LONGEST_PROBLEM,
            "description": "The problem in a person's words, or a log line",
        }
        seconds: JsonObject = {
            "type": "number",
            "minimum": 0,
            "maximum": LONGEST_WAIT,
            "default": USUAL_WAIT,
            "description": "The longest time to wait, in seconds",
        }
        return (
            Tool(
                name="open_incidents",
                title="Open incidents",
                description="The open incidents, newest first. Reads only.",
                input_schema=NO_ARGUMENTS,
                output_schema=reading_schema({"incidents": many(result_schema(SUMMARY))}),
                hints=reads,
                call=self._open_incidents,
            ),
            Tool(
                name="incident",
                title="One incident",
                description="One incident with its alerts, diagnosis, evidence and run. Reads only.",
                input_schema=object_schema({"number": number}, ["number"]),
                output_schema=INCIDENT,
                hints=reads,
                call=self._incident,
            ),
            Tool(
                name="pending_approvals",
                title="Pending approvals",
                description="The requests that wait for an answer. Only a person can answer them, "
                "on the phone or in Telegram. Reads only.",
                input_schema=NO_ARGUMENTS,
                output_schema=reading_schema({"approvals": many(PENDING)}),
                hints=reads,
                call=self._pending,
            ),
            *DeviceTools(self._steward).tools(),
            *AutonomyTools(self._steward).tools(),
            *ScheduleTools(self._steward).tools(),
            *RunbookTools(self._steward).tools(),
            Tool(
                name="find_targets",
                title="Find targets",
                description="Finds containers, disks, ports and other targets by a part of their name, "
                "for the argument target of other tools. Reads only.",
                input_schema=object_schema({"contains": contains, "kind": kind}, ["contains"]),
                output_schema=TARGETS,
                hints=reads,
                call=self._find_targets,
            ),
            Tool(
                name="search_runbooks",
                title="Search runbooks",
                description="Finds runbooks for a problem by what a person says or a log line. They may fit; "
                "nothing is found when none does. Reads only.",
                input_schema=object_schema({"problem": problem}, ["problem"]),
                output_schema=FOUND_RUNBOOKS,
                hints=reads,
                call=self._search_runbooks,
            ),
            Tool(
                name="past_incidents",
                title="Past incidents",
                description="Finds closed incidents that resemble a problem, with what was done and "
                "whether it helped. Reads only.",
                input_schema=object_schema({"problem": problem}, ["problem"]),
                output_schema=FOUND_INCIDENTS,
                hints=reads,
                call=self._past_incidents,
            ),
            Tool(
                name="wait_for_decision",
                title="Wait for a decision",
                description="Waits until a request is denied, expired, or run and verified, or "
                "until the seconds have passed, and returns its state. Say that something is done only "
                "when is_verified is true. Call it again while is_over is false. Reads only.",
                input_schema=object_schema({"approval_id": approval, "seconds": seconds}, ["approval_id"]),
                output_schema=OUTCOME_RESULT,
                hints=reads,
                call=self._wait,
            ),
        )

    async def _open_incidents(self, _arguments: Arguments, _person_id: str) -> JsonObject:
        found = await self._steward.incidents(IncidentQuery(open_only=True, limit=LISTED))
        return {"incidents": [_summary(one) for one in found.incidents]}

    async def _incident(self, arguments: Arguments, _person_id: str) -> JsonObject:
        found = await self._steward.incidents(IncidentQuery(limit=SEARCHED))
        number = arguments["number"]
        for one in found.incidents:
            if one.number == number:
                return _details(one)
        message = f"No incident among the newest {SEARCHED} has this number"
        raise ContractError(ErrorCode.NOT_FOUND, message)

    async def _pending(self, _arguments: Arguments, _person_id: str) -> JsonObject:
        return {"approvals": [_waiting(one) for one in await self._steward.pending()]}

    async def _find_targets(self, arguments: Arguments, _person_id: str) -> JsonObject:
        part, kind = str(arguments["contains"]).casefold(), arguments.get("kind")
        found: list[Json] = [
            {
                "target": one.id,
                "name": one.name if is_sayable(one.name) else "",
                "kind": one.kind,
                "instance": snapshot.instance_id,
            }
            for snapshot in self._steward.snapshots()
            for one in snapshot.resources
            if kind in (None, one.kind) and (part in one.name.casefold() or part in one.id.casefold())
        ]
        return {"total": len(found), "targets": found[:LISTED]}

    async def _search_runbooks(self, arguments: Arguments, _person_id: str) -> JsonObject:
        found = await self._steward.search(SearchQuery(text=str(arguments["problem"]), limit=FOUND))
        return {
            "runbooks": [
                {
                    "id": one.id,
                    "title": one.title,
                    "score": one.score,
                    "text": one.text,
                    "options": list(one.options),
                }
                for one in found.runbooks
            ]
        }

    async def _past_incidents(self, arguments: Arguments, _person_id: str) -> JsonObject:
        found = await self._steward.search(SearchQuery(text=str(arguments["problem"]), limit=FOUND))
        return {
            "incidents": [
                {
                    "number": one.number,
                    "title": one.title,
                    "opened_at": one.opened_at.isoformat(),
                    "score": one.score,
                    "what_was_done": one.text,
                }
                for one in found.incidents
            ]
        }

    async def _wait(self, arguments: Arguments, _person_id: str) -> JsonObject:
        if self._waiting >= WAITS_AT_ONCE:
            raise ContractError(ErrorCode.UNAVAILABLE, "Too many calls are waiting: try again later")
        self._waiting += 1
        try:
            with self._steward.watch(RowKind.APPROVAL, RowKind.INCIDENT) as watch:
                seconds = float(arguments.get("seconds", USUAL_WAIT) or 0)
                return await self._decision_outcome(str(arguments["approval_id"]), watch, seconds)
        finally:
            self._waiting -= 1

    async def _decision_outcome(self, approval_id: str, watch: Watch, seconds: float) -> JsonObject:
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        request, incident = await self._read(approval_id)
        row_ids = {approval_id, request.incident_id}
        while not is_over(request, incident) and await self._has_changed(watch, row_ids, until - loop.time()):
            request, incident = await self._read(approval_id)
        return outcome(request, incident)

    async def _has_changed(self, watch: Watch, row_ids: set[str], seconds: float) -> bool:
        """Return True when a row changed, False when the time is over or the bridge closes."""
        if seconds <= 0 or self._closing.is_set():
            return False
        changed = asyncio.create_task(_next_change(watch, row_ids))
        closing = asyncio.create_task(self._closing.wait())
        try:
            await asyncio.wait((changed, closing), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            return changed.done()
        finally:
            changed.cancel()
            closing.cancel()

    async def _read(self, approval_id: str) -> tuple[ApprovalRequest, Incident | None]:
        request = await self._steward.approval(approval_id)
        if request is None:
            raise ContractError(ErrorCode.NOT_FOUND, "There is no such approval request")
        return request, await self._steward.incident(request.incident_id)


async def _next_change(watch: Watch, row_ids: set[str]) -> None:
    """Return when a row of ``about`` changed, or when an event was lost."""
    while isinstance(event := await watch.next(), Event) and event.id not in row_ids:
        pass


def _summary(incident: Incident) -> JsonObject:
    return {
        "id": incident.id,
        "number": incident.number,
        "title": incident.title,
        "severity": str(incident.severity),
        "status": str(incident.status),
        "target": incident.target.name if incident.target else None,
        "opened_at": incident.opened_at.isoformat(),
        "approval_id": incident.approval_id,
        "resolution": incident.resolution,
        "silenced": incident.suppressed,
        "silenced_until": incident.silenced_until.isoformat() if incident.silenced_until else None,
        "stale_since": incident.stale_since.isoformat() if incident.stale_since else None,
    }


def _details(incident: Incident) -> JsonObject:
    diagnosis = incident.diagnosis
    alerts: list[Json] = [
        {"name": one.name, "status": str(one.status), "summary": one.summary} for one in incident.alerts
    ]
    evidence = diagnosis.evidence if diagnosis else ()
    explanation = diagnosis.explanation if diagnosis else None
    return {
        **_summary(incident),
        "alerts": alerts,
        "diagnosis": diagnosis.summary if diagnosis else "",
        "explanation": explanation.text if explanation else None,
        "evidence": [{"title": one.title, "text": one.text} for one in evidence],
        "not_offered": list(incident.proposal.left_out) if incident.proposal else [],
        "run": plain_run(incident.run) if incident.run else None,
        "write_up": incident.write_up,
    }


def _waiting(request: ApprovalRequest) -> JsonObject:
    options: list[Json] = [
        {"number": one.number, "label": one.label, "risk": str(one.risk), "reversible": one.reversible}
        for one in request.proposal.options
    ]
    return {
        "approval_id": request.id,
        "incident_number": request.incident_number,
        "title": request.title,
        "expires_at": request.expires_at.isoformat(),
        "acts_at": request.acts_at.isoformat() if request.acts_at else None,
        "options": options,
        "not_offered": list(request.proposal.left_out),
    }
