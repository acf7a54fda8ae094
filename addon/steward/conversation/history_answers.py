"""Answers since when something is as it is, and what happened to it before."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from homelab_steward.contract.incidents import Decision, Incident, Run
from homelab_steward.contract.plain_text import one_line, quoted
from homelab_steward.contract.state import TargetRef

from ..clock import Clock
from ..inventory.version_log import VersionChange
from ..language.bound_parts import UPTIME
from ..texts import Texts, english
from .given_names import AREA
from .questions import ANY_ACTION, ActionHistoryQuestion, ChangesQuestion
from .readings import Found, Readings, length_text

LOOKED_BACK: Final = timedelta(days=7)
EVENTS: Final = 8
ACTIONS: Final = 3
TITLE: Final = 120

_OUTCOMES: Final = {
    "succeeded": english("it helped"),
    "failed": english("it did not help"),
    "undone": english("it failed or made things worse, and was undone"),
    "unknown": english("it is not known whether it helped"),
    "refused": english("refused, because things had changed"),
    "running": english("still running"),
    "verifying": english("being checked"),
}

type _Event = tuple[datetime, str]


class HistoryAnswers:
    """Answers from the incidents, the runs, and the times of the last starts."""

    def __init__(self, readings: Readings, clock: Clock) -> None:
        """All access is read-only."""
        self._inventory = readings.inventory
        self._readings = readings
        self._clock = clock

    def since(self, target: TargetRef, incidents: Sequence[Incident], texts: Texts) -> str:
        """Return since when a target runs, or has its problem."""
        now = self._clock.now()
        for one in incidents:
            if not one.status.is_closed and not one.is_request:
                title, ago = quoted(one.title, TITLE, texts.language), texts.ago(now - one.opened_at)
                return texts(t"{target.name} has an open incident, opened {ago}: {title}.")
        off = self._inventory.why_off(target)
        if off is not None:
            reason = one_line(off).rstrip(".")
            return texts(t"{target.name} is off, and that is as it should be: {reason}.")
        started = self._started(target)
        if started is None:
            return texts(t"Since when {target.name} runs is not known.")
        return self._running(*started, texts)

    def changes(
        self,
        question: ChangesQuestion,
        incidents: Sequence[Incident],
        versions: Sequence[VersionChange],
        texts: Texts,
    ) -> str:
        """Return what happened to a target and what it runs in, or to everything, in order."""
        now, target = self._clock.now(), question.target
        span = timedelta(hours=question.hours) if question.hours else LOOKED_BACK
        events = {one for incident in incidents for one in _events(incident, texts)}
        events |= {(one.time, _version(one, texts)) for one in self._about(target, versions)}
        for one in self._started_targets(target):
            started = self._started(one)
            if started is not None:
                events.add((started[1], texts(t"{started[0].target.name} was started")))
        recent = sorted(one for one in events if now - span <= one[0] <= now)
        if not recent:
            length = texts.duration(span)
            if target is None:
                return texts(t"Last {length}: nothing is recorded.")
            return texts(t"Last {length}: nothing is recorded about {target.name}.")
        lines = [f"{texts.ago(now - at)}: {text}." for at, text in recent[-EVENTS:]]
        if target is None and not any(_is_since(one, now - span) for one in incidents):
            length = texts.duration(span)
            lines.insert(0, texts(t"Last {length}: no incidents."))
        return " ".join(lines)

    def actions(self, question: ActionHistoryQuestion, incidents: Sequence[Incident]) -> list[Run]:
        """Return the newest runs that did what a question is about to its target, newest first."""
        now = self._clock.now()
        since = None if question.hours is None else now - timedelta(hours=question.hours)
        keys = {one.key for one in self._readings.near(question.target)}
        runs = (one.run for one in incidents if one.run is not None)
        found = [one for one in runs if _has_done(one, question.verbs, keys)]
        recent = [one for one in found if since is None or one.started_at >= since]
        return sorted(recent, key=lambda one: one.started_at, reverse=True)[:ACTIONS]

    def actions_text(
        self,
        question: ActionHistoryQuestion,
        decisions: Mapping[str, Decision | None],
        runs: Sequence[Run],
        texts: Texts,
        *,
        shows_people: bool,
    ) -> str:
        """Return who did what with a target, and since when it runs if nothing is recorded.

        ``decisions`` are those of the runs, by their ids. Without ``shows_people`` nobody is named.
        """
        target, now = question.target, self._clock.now()
        lines = [texts(t"I have requested nothing.")] if question.is_statement else []
        for run in runs:
            ago, label, outcome = texts.ago(now - run.started_at), one_line(run.label), _outcome(run, texts)
            decision = decisions.get(run.id)
            if decision is not None and decision.is_automatic:
                lines.append(texts(t"{ago}: {label}, carried out by the steward itself: {outcome}."))
            elif decision is not None and shows_people:
                name = decision.person_name
                lines.append(texts(t"{ago}: {label}, approved by {name}: {outcome}."))
            else:
                lines.append(f"{ago}: {label}: {outcome}.")
        if not runs:
            lines.append(texts(t"I have no record of doing that with {target.name}."))
            if started := self._started(target):
                lines.append(self._running(*started, texts))
        return " ".join(lines)

    def _started_targets(self, target: TargetRef | None) -> Iterable[TargetRef]:
        if target is None:
            return self._readings.targets()
        return self._readings.contents(target) if target.kind == AREA else [target]

    def _about(self, target: TargetRef | None, versions: Sequence[VersionChange]) -> Sequence[VersionChange]:
        """Return the changes of a target, of what is in it, and of what it runs in with its host."""
        if target is None:
            return versions
        related = [*self._readings.near(target), *self._inventory.parents(target)]
        keys = {one.key for one in (*related, *self._readings.contents(target))}
        return [one for one in versions if one.target_key in keys]

    def _running(self, found: Found, at: datetime, texts: Texts) -> str:
        """Return since when something runs that was started at a time."""
        past = self._clock.now() - at
        length, ago = length_text(past, texts), texts.ago(past)
        return texts(t"{found.target.name} has been running for {length}: it was started {ago}.")

    def _started(self, target: TargetRef) -> tuple[Found, datetime] | None:
        """Return the reading that says when a target, or what it runs in, was started."""
        now = self._clock.now()
        for one in self._readings.near(target):
            for found in self._readings.asked(one, UPTIME):
                seconds = found.amount(now)
                if seconds is not None and found.sensor.unit in (None, "s"):
                    return found, now - timedelta(seconds=seconds)
        return None


def _has_done(run: Run, verbs: frozenset[str], keys: Collection[tuple[str, str, str]]) -> bool:
    """Return whether a run had a step with one of the verbs for one of the targets."""
    return any(
        (ANY_ACTION in verbs or step.action.rpartition(".")[2].partition("_")[0] in verbs)
        and step.target.key in keys
        for step in run.steps
    )


def _outcome(run: Run, texts: Texts) -> str:
    return texts(_OUTCOMES[run.status.value])


def _version(change: VersionChange, texts: Texts) -> str:
    """Return which reading changed: "Plex: Version 1.40 → 1.41"."""
    return f"{change.name}: {texts.name(change.reading)} {change.before} → {change.after}"


def _is_since(incident: Incident, start: datetime) -> bool:
    """Return whether an incident was open at any time since ``start``."""
    if incident.is_request:
        return False
    return not incident.status.is_closed or (incident.resolved_at or incident.updated_at) >= start


def _events(incident: Incident, texts: Texts) -> Iterator[_Event]:
    """Yield what happened in an incident."""
    title = quoted(incident.title, TITLE, texts.language)
    if not incident.is_request:
        yield incident.opened_at, texts(t"incident {incident.number} was opened: {title}")
    run = incident.run
    if run is not None:
        yield run.started_at, f"{one_line(run.label)}: {_outcome(run, texts)}"
    if incident.resolved_at is not None and not incident.is_request:
        yield incident.resolved_at, texts(t"incident {incident.number} ended")
