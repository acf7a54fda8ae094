"""The tools of every server that ask for a runbook on purpose. Nothing here decides."""

from typing import Final

from homelab_steward.contract.reports import ReportSection
from homelab_steward.contract.runbook_runs import (
    RunbookReport,
    RunbookTarget,
    RunbookTargetsQuery,
    RunRunbook,
)
from homelab_steward.contract.state import FrontEnd, Speaker

from .choices import is_sayable
from .port import Steward
from .schemas import many, nullable, object_schema, reading_schema, result_schema, text
from .service_tools import ASKS_FIRST, WAITS
from .tool import Arguments, Hints, Json, JsonObject, Tool

LONGEST_ID: Final = 64
LONGEST_TARGET: Final = 200
LISTED: Final = 100
WAITED_BEFORE: Final = "The same request was waiting already."
ONLY_READ: Final = "The runbook changes nothing. The report has what it read."

ID: Final[JsonObject] = {
    "type": "string",
    "maxLength": LONGEST_ID,
    "description": "The id of a runbook, from search_runbooks. health-check reads everything.",
}


def _argument(description: str) -> JsonObject:
    return {"type": "string", "maxLength": LONGEST_TARGET, "description": description}


TARGETS: Final = reading_schema(
    {
        "total": {"type": "integer"},
        "targets": many(
            result_schema({"instance": text(), "kind": text(), "target": text(), "name": text()})
        ),
        "only_reads": {"type": "boolean", "description": "It changes nothing, so nobody is asked."},
        "needs_target": {"type": "boolean"},
        "reason": text("Why there is no target."),
    }
)
REPORT: Final = result_schema(
    {
        "headline": text(),
        "problems": {"type": "integer"},
        "is_complete": {"type": "boolean", "description": "False: a problem may be missing."},
        "sections": many(result_schema({"title": text(), "lines": many(text("Untrusted data."))})),
    }
)
ASKED: Final = result_schema(
    {
        "approval_id": nullable("string", "For wait_for_decision; null if no request is pending."),
        "incident_id": text("The incident that records this request."),
        "message": text("The next step."),
        "options": many(text("What a person can choose.")),
        "not_offered": many(text("What the runbook cannot do now, and why.")),
        "report": {"anyOf": [REPORT, {"type": "null"}]},
    }
)


class RunbookTools:
    """Lists what a runbook can be requested for, and asks for it."""

    def __init__(self, steward: Steward) -> None:
        """``steward`` receives the calls."""
        self._steward = steward

    def tools(self) -> tuple[Tool, ...]:
        """Return the tools."""
        return (
            Tool(
                name="runbook_targets",
                title="Targets of a runbook",
                description="What a runbook can be requested for: the arguments of run_runbook. Reads only.",
                input_schema=object_schema({"runbook": ID}, ["runbook"]),
                output_schema=TARGETS,
                hints=Hints(read_only=True),
                call=self._targets,
            ),
            Tool(
                name="run_runbook",
                title="Run a runbook",
                description=f"Requests a runbook for a target that runbook_targets returned. {ASKS_FIRST} "
                "A runbook that only reads, such as health-check, returns its report at once.",
                input_schema=object_schema(
                    {
                        "runbook": ID,
                        "instance": _argument("The instance of the target; empty for everything"),
                        "kind": _argument("The kind of the target; empty for the instance itself"),
                        "target": _argument("The target; empty for the instance itself"),
                    },
                    ["runbook"],
                ),
                output_schema=ASKED,
                hints=Hints(read_only=False, destructive=True),
                call=self._run,
            ),
        )

    async def _targets(self, arguments: Arguments, _person_id: str) -> JsonObject:
        query = RunbookTargetsQuery(runbook_id=str(arguments["runbook"]))
        found = await self._steward.runbook_targets(query)
        return {
            "total": len(found.targets),
            "targets": [_target(one) for one in found.targets[:LISTED]],
            "only_reads": found.only_reads,
            "needs_target": not found.is_for_all,
            "reason": found.reason,
        }

    async def _run(self, arguments: Arguments, person_id: str) -> JsonObject:
        answer = await self._steward.run_runbook(
            RunRunbook(
                runbook_id=str(arguments["runbook"]),
                instance_id=str(arguments.get("instance") or ""),
                kind=_optional(arguments, "kind"),
                target_id=_optional(arguments, "target"),
                speaker=Speaker(front_end=FrontEnd.MCP, user_id=person_id),
            )
        )
        request = answer.request
        message = ONLY_READ if request is None else WAITS
        return {
            "approval_id": request.id if request else None,
            "incident_id": request.incident_id if request else "",
            "message": f"{WAITED_BEFORE} {message}" if answer.was_waiting else message,
            "options": [f"{one.number} {one.label}" for one in request.proposal.options] if request else [],
            "not_offered": list(request.proposal.left_out) if request else [],
            "report": _report(answer.report) if answer.report else None,
        }


def _optional(arguments: Arguments, name: str) -> str | None:
    return str(arguments[name]) if arguments.get(name) else None


def _target(one: RunbookTarget) -> Json:
    return {
        "instance": one.target.instance_id,
        "kind": one.target.kind,
        "target": one.target.id,
        "name": one.name if is_sayable(one.name) else "",
    }


def _report(report: RunbookReport) -> JsonObject:
    return {
        "headline": report.headline,
        "problems": report.problems,
        "is_complete": report.is_complete,
        "sections": [_section(one) for one in report.sections],
    }


def _section(section: ReportSection) -> Json:
    return {"title": section.title, "lines": list(section.lines)}
