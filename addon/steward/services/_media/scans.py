"""The scan of a library. Scans are identified by when they ended."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Unpack

from ...sdk.description import Action, Call
from ...sdk.kits.about import About, TimedClient
from ...sdk.kits.jobs import Job, Jobs, RunJob, always


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """The scan that runs, or the last one. ``ended_at`` is when the last one ended (Unix seconds)."""

    is_running: bool
    ended_at: float
    ok: bool = True
    text: str = "scanned"

    @property
    def job(self) -> Job:
        """It as kits read it: a scan that runs is named by the end of the one before."""
        if self.is_running:
            return Job(handle=f"after {self.ended_at}", is_running=True)
        return Job(
            handle=str(self.ended_at), is_running=False, ok=self.ok, text=self.text, order=self.ended_at
        )


def scan_action[C: TimedClient](
    read: Callable[[C, Call], Awaitable[Scan]],
    start: Callable[[C, Call], Awaitable[object]],
    **about: Unpack[About],
) -> Action[C]:
    """Return the action that starts a scan."""

    async def begin(client: C, call: Call) -> str:
        before = (await read(client, call)).ended_at
        await start(client, call)
        return f"after {before}"

    async def ours(client: C, call: Call, handle: str) -> Job:
        scan = await read(client, call)
        has_ended = not scan.is_running and scan.ended_at > float(handle.removeprefix("after "))
        return scan.job if has_ended else Job(handle=handle, is_running=True)

    async def newest(client: C, call: Call) -> Job:
        return (await read(client, call)).job

    said: About = {
        "capability": "scan",
        "blast_radius": "The disks and the processor of the server get work",
        **about,
    }
    return RunJob[C](
        start=begin,
        jobs=Jobs(read=ours, newest=newest),
        changes=always(t"Scan", t"none", t"for files that are new, changed, or gone"),
        waits=False,
    ).action(**said)
