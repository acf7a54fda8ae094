"""The commands that list runbooks and what they can be requested for, and that request one."""

from collections.abc import Iterator, Sequence
from typing import Final

from homelab_steward.contract.plain_text import one_line
from homelab_steward.contract.protocol import Command, Nothing
from homelab_steward.contract.records import RunbookRecords
from homelab_steward.contract.runbook_runs import (
    RunbookAnswer,
    RunbookTarget,
    RunbookTargets,
    RunbookTargetsQuery,
    RunRunbook,
)
from homelab_steward.contract.state import FrontEnd, Speaker, TargetRef
from mcp_bridge.remote import RemoteSteward

from ..settings.model import Settings
from .change_commands import NotChanged, with_app
from .schedule_commands import CONNECT_SECONDS, USER

READ_SECONDS: Final = 60.0


async def list_runbooks(settings: Settings, seconds: float = CONNECT_SECONDS) -> list[str]:
    """Return a line for each runbook of the app that runs on this machine. Raises StewardError."""

    async def read(app: RemoteSteward) -> list[str]:
        found = await app.call(Command.LIST_RUNBOOKS, Nothing(), RunbookRecords, READ_SECONDS)
        return [f"{one.id:<40} {one_line(one.title)}" for one in found.runbooks]

    return await with_app(settings, seconds, read)


async def list_targets(settings: Settings, runbook_id: str, seconds: float = CONNECT_SECONDS) -> list[str]:
    """Return a line for each thing that a runbook can be requested for. Raises StewardError."""

    async def read(app: RemoteSteward) -> list[str]:
        found = await app.runbook_targets(RunbookTargetsQuery(runbook_id=runbook_id))
        all_of_it = ["(no target is needed)"] if found.is_for_all else []
        return [*all_of_it, *map(_line, found.targets)] or [one_line(found.reason)]

    return await with_app(settings, seconds, read)


async def run_runbook(
    settings: Settings, runbook_id: str, name: str, instance: str = "", seconds: float = CONNECT_SECONDS
) -> list[str]:
    """Request a runbook for the target with this name or id; return the request or the report as lines.

    The app has to run on this machine. Raises StewardError.
    """

    async def ask(app: RemoteSteward) -> list[str]:
        found = await app.runbook_targets(RunbookTargetsQuery(runbook_id=runbook_id))
        target = chosen(found, name, instance)
        request = RunRunbook(
            runbook_id=runbook_id,
            speaker=Speaker(front_end=FrontEnd.COMMAND_LINE, user_id=USER),
            instance_id=target.instance_id if target else "",
            kind=target.kind if target else None,
            target_id=target.id if target else None,
        )
        return list(lines_of(await app.run_runbook(request)))

    return await with_app(settings, seconds, ask)


def chosen(found: RunbookTargets, name: str, instance: str = "") -> TargetRef | None:
    """Return the target with a name or id, None for everything. Raises NotChanged when it is not clear."""
    if not name and not instance and found.is_for_all:
        return None
    if not found.targets:
        raise NotChanged(one_line(found.reason))
    fitting = [one for one in found.targets if _is_called(one, name, instance)]
    if len(fitting) != 1:
        raise NotChanged(f"{len(fitting)} targets fit. Use --target and --instance: {_names(found.targets)}")
    return fitting[0].target


def _is_called(one: RunbookTarget, name: str, instance: str) -> bool:
    is_named = not name or name in (one.name, one.target.name, one.target.id)
    return is_named and instance in ("", one.target.instance_id)


def _names(targets: Sequence[RunbookTarget]) -> str:
    return ", ".join(dict.fromkeys(one_line(one.name) for one in targets))


def _line(one: RunbookTarget) -> str:
    return f"{one_line(one.name):<40} {one.target.kind:<12} {one.target.instance_id}"


def lines_of(answer: RunbookAnswer) -> Iterator[str]:
    """Yield the lines of a request that waits, or of a report. They are safe for a terminal."""
    if answer.request is not None:
        request = answer.request
        yield one_line(request.title)
        yield from (f"  {one.number}  {one_line(one.label)}" for one in request.proposal.options)
        yield from (f"  -  {one_line(reason)}" for reason in request.proposal.left_out)
        waits = "waited already" if answer.was_waiting else "waits for an answer"
        yield f"request {request.id} {waits}"
    if answer.report is not None:
        yield one_line(answer.report.title)
        yield one_line(answer.report.headline)
        for section in answer.report.sections:
            yield f"{one_line(section.title)}:"
            yield from (f"  {one_line(line)}" for line in section.lines)
