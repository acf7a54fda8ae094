"""The scan of a library."""

from collections.abc import Awaitable, Callable
from typing import Any

from ...sdk.description import Action, Call, Risk
from ...sdk.kits import Job, LastJob, RunJob, TimedClient, always


def scan_action[C: TimedClient](
    last: Callable[[C, Call], Awaitable[Job]],
    request: Callable[[C, Call], Awaitable[object]],
    name: str,
    description: str,
    **more: Any,
) -> Action[C]:
    """Return the action that starts a scan; ``more`` are other fields of an Action."""
    scan = LastJob(last=last, request=request)
    return RunJob[C](
        start=scan.start,
        jobs=scan.jobs,
        changes=always(t"Scan", t"none", t"for files that are new, changed, or gone"),
        waits=False,
    ).action(
        key="scan",
        name=name,
        description=description,
        risk=Risk.LOW,
        blast_radius="The disks and the processor of the server get work",
        **more,
    )
