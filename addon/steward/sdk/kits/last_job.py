"""Jobs without ids, of services that only report how and when the last job ended."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from ...texts import Text
from ..description import Call
from .about import TimedClient
from .jobs import Job, Jobs, RunJob, always

AFTER: Final = "after "


@dataclass(frozen=True, slots=True, kw_only=True)
class LastJob[C: TimedClient]:
    """Starts and finds such a job: its handle is made from the handle of the last job before it.

    ``last`` reads the last job, None when there was none; each job has another handle. ``request`` starts a
    new one.
    """

    last: Callable[[C, Call], Awaitable[Job | None]]
    request: Callable[[C, Call], Awaitable[object]]

    async def start(self, client: C, call: Call) -> str:
        """Start a job and return its handle. Raises what ``last`` and ``request`` raise."""
        before = await self.last(client, call)
        await self.request(client, call)
        return f"{AFTER}{before.handle.removeprefix(AFTER) if before else ''}"

    async def read(self, client: C, call: Call, handle: str) -> Job:
        """Return the job that was started with this handle; it runs until a newer one has ended."""
        found = await self.last(client, call)
        has_ended = found is not None and not found.is_running and AFTER + found.handle != handle
        return found if found and has_ended else Job(handle=handle, is_running=True)

    @property
    def jobs(self) -> Jobs[C]:
        """The functions that read these jobs."""
        return Jobs(read=self.read, newest=self.last)

    def run(self, field: Text, before: Text, after: Text, *, waits: bool = True) -> RunJob[C]:
        """Return the kit that runs a job; its dry run shows ``field`` with ``before`` and ``after``."""
        changes = always(field, before, after)
        return RunJob(start=self.start, jobs=self.jobs, changes=changes, waits=waits)


def last_job(ended_at: float, *, is_running: bool, ok: bool | None = True, text: str = "done") -> Job:
    """Return the last job. ``ended_at`` is when the last finished job ended, in Unix seconds."""
    if is_running:
        return Job(handle=f"{AFTER}{ended_at}", is_running=True)
    return Job(handle=str(ended_at), is_running=False, ok=ok, text=text, order=ended_at)
