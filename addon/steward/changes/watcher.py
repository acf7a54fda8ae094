"""Watches the runs of updates. What is normal, and every read after the update, survive a restart."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec
import structlog

from homelab_steward.contract.changes import Change, ChangeSource, ChangeStatus
from homelab_steward.contract.incidents import CheckResult, Outcome, Run, Verdict
from homelab_steward.contract.proposals import CHANGE, Option
from homelab_steward.contract.state import TargetRef

from ..agent.plans.plan import is_change
from ..clock import Clock
from ..store import approvals, change_records, change_watches, incidents, runs
from ..store.store import Store
from ..store.target_keys import target_key
from ..texts import english, translate
from .alert_evidence import MOST_ALERTS, alert_texts
from .back_questions import BackQuestions
from .baseline import Baseline, learn, with_history
from .observer import Observer, Scope
from .policy import FAILED
from .reads import Reads, note
from .watch import LONGEST, Healthy, Judgement, Known, Longest, Unknown, Watching, Worse, judge

log = structlog.get_logger(__name__)

OFTEN: Final = 15.0
SELDOM: Final = 30.0
OFTEN_FOR: Final = 900.0
"""Seconds between two reads by default, and for how long they are close."""

LONGEST_GAP: Final = 90.0
"""The most seconds between two reads that count as watched: the app may have been off in between."""

BACK_FOR: Final = 90.0
MOST_BACK: Final = 300.0
"""Seconds for which an update that was taken back is read again, also when it is not clear before.

It is not read for longer than the update was to be watched.
"""

MOST_ALERTING: Final = 600.0
"""The same while an alert still fires: monitors report after some minutes that it has ended."""

UNDER_WAY: Final = (ChangeStatus.APPLYING, ChangeStatus.WATCHING)

NO_UPDATE: Final = english("the update is not known any more")
STILL_WORSE: Final = english("It is still not as before")
AS_BEFORE: Final = english("It was taken back, and is as before.")
NOT_KNOWN_BACK: Final = english("It was taken back. Whether it is as before is not known")


class Watch(msgspec.Struct, frozen=True, kw_only=True):
    """What is stored of the watch of one run. ``back`` are the reads after it was taken back."""

    baseline: Baseline
    reads: Reads = Reads()
    read_at: datetime | None = None
    back: Reads | None = None


type History = Callable[[TargetRef], Mapping[str, Sequence[tuple[datetime, float]]]]
"""The courses of readings of a target by their keys, oldest first."""


class Watcher:
    """The watch of the verifier; see RunWatch."""

    def __init__(
        self,
        store: Store,
        observer: Observer,
        questions: BackQuestions,
        clock: Clock,
        longest: Longest = LONGEST.__getitem__,
        history: History = lambda _: {},
        often: float = OFTEN,
    ) -> None:
        """``questions`` asks people before data is lost. ``history`` has courses from before the update.

        ``often`` are the seconds between two reads.
        """
        self._often = often
        self._history = history
        self._store = store
        self._observer = observer
        self._questions = questions
        self._clock = clock
        self._longest = longest

    async def begin(self, request_id: str) -> None:
        """Keep what is normal before anything is done; a run that was begun before keeps its own."""
        option = await self._chosen(request_id)
        change = await self._change(option) if option is not None else None
        if option is None or change is None or await self._stored(request_id) is not None:
            return
        scope = self._scope(change, option)
        sample = await self._observer.read(scope)
        async with self._store.read() as connection:
            known = await change_watches.baseline(connection, target_key(change.target))
        baseline = learn(decoded(known), sample)
        for key, (target, _) in scope.things.items():
            baseline = with_history(baseline, key, self._history(target))
        await self._save(request_id, Watch(baseline=baseline))

    async def look(self, run: Run, option: Option) -> float | Verdict:
        """Read once; return the verdict, or the seconds until the next read."""
        change, watch = await self._change(option), await self._stored(run.id)
        if change is None or watch is None:
            return self._verdict(Unknown((translate(NO_UPDATE),)), change)
        now = self._clock.now()
        elapsed = _elapsed(watch.reads, watch.read_at, now, run)
        scope = await self._scope_now(run, change, option)
        sample = await self._observer.read(scope)
        reads = note(watch.reads, watch.baseline, sample, elapsed)
        await self._save(run.id, msgspec.structs.replace(watch, reads=reads, read_at=now))
        known = Known(self._longest(change.distance), await self._alerts(run, scope))
        judged = judge(watch.baseline, reads, elapsed, known)
        if isinstance(judged, Watching):
            return self._often if elapsed < OFTEN_FOR else self._often * SELDOM / OFTEN
        return self._verdict(judged, change)

    async def before_undo(self, run: Run, option: Option, verdict: Verdict) -> float | str | None:
        """Return None when the run may be undone; ask a person first when data would be lost."""
        change, watch = await self._change(option), await self._stored(run.id)
        if change is None or watch is None:
            return None
        return await self._questions.ask(run, change, option, verdict, watch.reads.last)

    async def after_undo(self, run: Run, option: Option) -> float | str:
        """Read once after the undo; return whether it is as before, or the seconds until the next read."""
        change, watch = await self._change(option), await self._stored(run.id)
        if change is None or watch is None:
            return f"{translate(NOT_KNOWN_BACK)}."
        now, before = self._clock.now(), watch.back or Reads()
        elapsed = _elapsed(before, watch.read_at, now, run) if watch.back else self._often
        scope = await self._scope_now(run, change, option)
        sample = await self._observer.read(scope)
        back = note(before, watch.baseline, sample, elapsed)
        await self._save(run.id, msgspec.structs.replace(watch, back=back, read_at=now))
        known = Known(min(BACK_FOR, self._longest(change.distance)), await self._alerts(run, scope))
        judged = judge(watch.baseline, back, elapsed, known)
        if isinstance(judged, Watching) and elapsed < (MOST_ALERTING if known.alerts else MOST_BACK):
            return self._often
        return _back_text(judged)

    def _scope(self, change: Change, option: Option) -> Scope:
        changed = [one.target for one in option.steps if not one.preserves]
        return scope_of(self._observer, change, changed)

    async def _scope_now(self, run: Run, change: Change, option: Option) -> Scope:
        """Return what is read; neighbours with an update of their own say nothing about this one."""
        async with self._store.read() as connection:
            rows = await change_records.changes_in(connection, (*UNDER_WAY, *FAILED))
        others = [
            one
            for one in rows
            if one.approval_id != change.approval_id
            and (one.status in UNDER_WAY or one.updated_at >= run.started_at)
        ]
        scope = self._scope(change, option)
        return self._observer.without(scope, [ref for one in others for ref in (one.target, *one.watched)])

    async def _alerts(self, run: Run, scope: Scope) -> tuple[str, ...]:
        """Return what the alerts say that began since the run began and still fire."""
        async with self._store.read() as connection:
            firing = await incidents.firing_since(connection, run.started_at, MOST_ALERTS)
        return alert_texts(firing, scope.own, self._observer.source_name)

    def _verdict(self, judged: Judgement, change: Change | None) -> Verdict:
        outcome, texts = _OUTCOMES[type(judged)], judged_texts(judged)
        name = change.title if change else ""
        checks = tuple(CheckResult(name=name, ok=_OK[outcome], text=text) for text in texts)
        return Verdict(outcome=outcome, checks=checks, at=self._clock.now(), summary=_summary(outcome, texts))

    async def _chosen(self, request_id: str) -> Option | None:
        """Return what was approved, None when it applies no update, or its run has begun."""
        async with self._store.read() as connection:
            request = await approvals.request(connection, request_id)
            run = await runs.run(connection, request_id)
        number = request.decision.option if request and request.decision else None
        option = request.proposal.option(number) if request and number is not None else None
        return option if run is None and option is not None and is_change(option) else None

    async def _change(self, option: Option) -> Change | None:
        async with self._store.read() as connection:
            return await change_records.change(connection, (option.runbook_id or "").removeprefix(CHANGE))

    async def _stored(self, run_id: str) -> Watch | None:
        async with self._store.read() as connection:
            body = await change_watches.watch(connection, run_id)
        return None if body is None else msgspec.json.decode(body, type=Watch)

    async def _save(self, run_id: str, watch: Watch) -> None:
        async with self._store.change(durable=True) as unit:
            body = msgspec.json.encode(watch)
            await change_watches.save_watch(unit.connection, run_id, body, self._clock.now())


_OUTCOMES: Final = {
    Healthy: Outcome.FIXED,
    Worse: Outcome.WORSE,
    Unknown: Outcome.UNKNOWN,
}
_OK: Final = {Outcome.FIXED: True, Outcome.WORSE: False, Outcome.UNKNOWN: None}


def scope_of(observer: Observer, change: Change, changed: Sequence[TargetRef] = ()) -> Scope:
    """Return what is read for an update; ``changed`` are the targets of its steps."""
    if change.source is not ChangeSource.PULL_REQUEST:
        return observer.scope(change.target, (*change.watched, *changed))
    if not change.watched:
        return Scope(change.target, {})
    # A pull request is not listed any more once it is merged: what it deploys is read.
    return observer.scope(change.watched[0], change.watched)


def decoded(body: bytes | None) -> Baseline:
    """Return a stored baseline, an empty one when nothing was learned."""
    return Baseline() if body is None else msgspec.json.decode(body, type=Baseline)


def judged_texts(judged: Judgement) -> tuple[str, ...]:
    """Return the report or the reasons of a judgement."""
    return judged.report if isinstance(judged, Healthy) else judged.reasons


def _elapsed(reads: Reads, read_at: datetime | None, now: datetime, run: Run) -> float:
    """Return for how many seconds it was watched; a time in which the app was off counts little."""
    if reads.count == 0 or read_at is None:
        last = max((one.changed_at for one in run.steps), default=run.started_at)
        return min(max(0.0, (now - last).total_seconds()), LONGEST_GAP)
    return reads.last + min(max(0.0, (now - read_at).total_seconds()), LONGEST_GAP)


def _back_text(judged: Judgement) -> str:
    """Return whether what was taken back is as before."""
    if isinstance(judged, Healthy):
        return translate(AS_BEFORE)
    text = translate(STILL_WORSE if isinstance(judged, Worse) else NOT_KNOWN_BACK)
    return f"{': '.join([text, '; '.join(judged.reasons)])}." if judged.reasons else f"{text}."


def _summary(outcome: Outcome, texts: tuple[str, ...]) -> str:
    listed = "; ".join(texts)
    if outcome is Outcome.FIXED:
        return translate(t"It runs as before. {listed}.")
    if outcome is Outcome.WORSE:
        return translate(t"It is worse than before: {listed}.")
    return translate(t"Whether it is as before is not known: {listed}.")
