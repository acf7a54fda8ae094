"""Jobs: work that a service does in the background after a request, found again by its handle."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final, Unpack

from homelab_steward.contract.base import Value
from homelab_steward.contract.incidents import CheckResult
from homelab_steward.contract.step_parts import Difference

from ...errors import EffectUnknown, PreconditionFailed, ServiceError
from ...texts import Text, translate
from ..description import Action, Call, DryRun, Effect
from ..format import span
from ..readings import NotKnown
from ..shown import difference, result
from .about import About, Identity, Refusal, TimedClient, identified, must_be_same, poll_until, refuse

HANDLE: Final = "handle"
LAST: Final = "last"
ORDER: Final = "last_order"
SECONDS: Final = 120.0
SETTLE: Final = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One job as the service reports it. ``ok`` is None while it runs, and when the result is not reported.

    ``order`` is its start time or number, which is higher for each newer job; None when the
    service has neither.
    """

    handle: str
    is_running: bool
    ok: bool | None = None
    text: str = ""
    order: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Jobs[C]:
    """How a service's jobs are read: one by its handle, and the newest of this kind.

    ``newest`` returns None when there was no job yet. ``unread`` returns why ``newest`` may miss a job
    now, None when it cannot: then it is not known whether the job exists. ``own`` returns the first job that
    the steward's credentials started since the baseline, None without one; without ``own`` the newest job
    is taken when it is newer than that of the baseline.
    """

    read: Callable[[C, Call, str], Awaitable[Job]]
    newest: Callable[[C, Call], Awaitable[Job | None]]
    unread: Callable[[C, Call], Awaitable[Text | None]] | None = None
    own: Callable[[C, Call, Mapping[str, Value]], Awaitable[Job | None]] | None = None
    seconds: float = SECONDS


def always[C](
    field: Text, before: Text, after: Text
) -> Callable[[C, Call], Awaitable[tuple[Difference, ...]]]:
    """Return the function ``changes`` of a job that always makes the same change."""

    async def changes(_: C, __: Call) -> tuple[Difference, ...]:
        return (difference(field, before, after),)

    return changes


async def start_and_wait[C: TimedClient](
    client: C, call: Call, start: Callable[[C, Call], Awaitable[str]], jobs: Jobs[C]
) -> Job:
    """Start a job, note its handle in the journal, and return the job when it has ended or its time is over.

    Raises what ``start`` raises; EffectUnknown when the job was started and cannot be read.
    """
    handle = await start(client, call)
    await call.note({HANDLE: handle})
    try:
        return await wait_for(client, call, handle, jobs)
    except ServiceError as err:
        raise EffectUnknown(t"Job {handle} was started and cannot be read: {err}") from err


async def wait_for[C: TimedClient](client: C, call: Call, handle: str, jobs: Jobs[C]) -> Job:
    """Return the job when it has ended, or its last state after ``jobs.seconds``."""
    return await poll_until(
        client.clock,
        lambda: jobs.read(client, call, handle),
        lambda job: not job.is_running,
        seconds=jobs.seconds,
        away=jobs.seconds,
    )


async def find[C](client: C, call: Call, baseline: Mapping[str, Value], jobs: Jobs[C]) -> Job | None:
    """Return the steward's job: by its noted handle, else the one that was started since the baseline.

    None when there is none so far: a lost request may still start one. Raises NotKnown when there may be
    one that cannot be read.
    """
    handle = baseline.get(HANDLE)
    if isinstance(handle, str):
        return await jobs.read(client, call, handle)
    own = jobs.own
    job = await (own(client, call, baseline) if own else newer(client, call, baseline, jobs))
    if job is None and jobs.unread is not None and (reason := await jobs.unread(client, call)):
        raise NotKnown(reason)
    return job


def last(newest: Job | None) -> dict[str, Value]:
    """Return the entries for the baseline that identify the newest job."""
    if newest is None:
        return {LAST: ""}
    return {LAST: newest.handle} if newest.order is None else {LAST: newest.handle, ORDER: newest.order}


async def newer[C](client: C, call: Call, baseline: Mapping[str, Value], jobs: Jobs[C]) -> Job | None:
    """Return the newest job if it is newer than the baseline's.

    The job of the baseline may not be listed any more: then an older one is the newest.
    """
    newest, before = await jobs.newest(client, call), baseline.get(ORDER)
    if newest is None or newest.handle == baseline[LAST]:
        return None
    is_older = isinstance(before, int | float) and newest.order is not None and newest.order <= before
    return None if is_older else newest


@dataclass(frozen=True, slots=True, kw_only=True)
class RunJob[C: TimedClient]:
    """Runs a command or job of the service.

    ``start`` returns the job's handle, ``changes`` reads the changes that it would make. Without ``waits``
    the action succeeds when the job runs; otherwise the job must succeed. ``note`` is a text for the dry
    run, or reads one. ``goal`` reads whether the job reached its goal, and is read for up to ``settle``
    seconds after the job's end. ``identity`` reads what distinguishes the target from a later one with the
    same id. With ``follows_others`` an approval still holds after jobs that others started in the meantime:
    when they have ended, this one may start.
    """

    start: Callable[[C, Call], Awaitable[str]]
    jobs: Jobs[C]
    changes: Callable[[C, Call], Awaitable[tuple[Difference, ...]]]
    refusal: Refusal[C] | None = None
    waits: bool = True
    note: Text | Callable[[C, Call], Awaitable[str]] = ""
    goal: Callable[[C, Call], Awaitable[CheckResult]] | None = None
    settle: float = SETTLE
    identity: Identity[C] | None = None
    follows_others: bool = False

    def action(self, **about: Unpack[About]) -> Action[C]:
        """Return the action."""
        return Action(
            dry_run=self._dry_run,
            precheck=self._precheck,
            execute=self._execute,
            probe=self._probe,
            verify=self._verify,
            **about,
        )

    async def _dry_run(self, client: C, call: Call) -> DryRun:
        await refuse(self.refusal, client, call)
        newest = await self.jobs.newest(client, call)
        if newest is not None and newest.is_running:
            raise PreconditionFailed(t"Job {newest.handle} of {call.target.name} is still running")
        return DryRun(
            differences=await self.changes(client, call),
            baseline={
                **last(newest),
                **await identified(self.identity, client, call),
            },
            note=await self.note(client, call) if callable(self.note) else translate(self.note),
            unbound=frozenset({LAST, ORDER}) if self.follows_others else frozenset(),
        )

    async def _precheck(self, client: C, call: Call, baseline: Mapping[str, Value]) -> None:
        await must_be_same(self.identity, client, call, baseline)
        if await newer(client, call, baseline, self.jobs) is not None:
            raise PreconditionFailed(t"Somebody else started the same on {call.target.name}")
        await refuse(self.refusal, client, call)

    async def _execute(self, client: C, call: Call, _: Mapping[str, Value]) -> str:
        if not self.waits:
            handle = await self.start(client, call)
            await call.note({HANDLE: handle})
            return translate(t"It was started on {call.target.name}")
        job = await start_and_wait(client, call, self.start, self.jobs)
        if job.ok is False:
            # A job may fail half-way, and it is not known what it changed before.
            raise EffectUnknown(t"It was started on {call.target.name} and failed: {job.text}")
        text = self._not_ended(job) if job.is_running else job.text
        return translate(t"{call.target.name}: {text}")

    async def _probe(self, client: C, call: Call, baseline: Mapping[str, Value]) -> Effect:
        try:
            job = await find(client, call, baseline, self.jobs)
        except NotKnown:
            return Effect.UNKNOWN
        return Effect.NOT_SEEN if job is None else Effect.DONE

    def _not_ended(self, job: Job) -> Text:
        """Return the text for a job that did not end in time; it may not run at all any more."""
        limit = span(self.jobs.seconds)
        if job.text:
            return t"It did not end within {limit}: {job.text}"
        return t"It did not end within {limit}. Whether it still runs is not known"

    async def _verify(self, client: C, call: Call, baseline: Mapping[str, Value]) -> CheckResult:
        try:
            job = await find(client, call, baseline, self.jobs)
        except NotKnown as err:
            return result(t"Job", str(err), ok=None)
        if job is None:
            return result(t"Job", t"it was not started", ok=False)
        if job.is_running:
            job = await wait_for(client, call, job.handle, self.jobs)
        if job.is_running:
            return (
                result(t"Job", self._not_ended(job), ok=None)
                if self.waits
                else result(t"Job", t"still running", ok=True)
            )
        if job.ok is not True or self.goal is None:
            return result(t"Job", job.text, ok=job.ok)
        goal = self.goal
        return await poll_until(
            client.clock,
            lambda: goal(client, call),
            lambda result: result.ok is True,
            seconds=self.settle,
            away=self.settle,
        )
