"""Finds repairs that people repeat for one kind of problem, and drafts a runbook from them. Pure."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.incidents import Alert, Incident, IncidentStatus, Run, RunStatus, StepState
from homelab_steward.contract.proposals import Option
from homelab_steward.contract.state import TargetRef
from homelab_steward.contract.step_parts import PlannedStep

from ...runbooks.drafting import SETTLE, Draft, DraftStep
from ...runbooks.model import About, Named, Of
from ...store.target_keys import target_key
from ...texts import household, local, translate
from ..incidents.correlation import RELAPSE
from ..incidents.incident_text import lasting
from ..plans.plan import is_person_request

FEWEST: Final = 3
"""Repairs after which a runbook is drafted."""

MOST_STEPS: Final = 5
LATEST: Final = timedelta(hours=1)
"""The longest time between a change and the end of a problem that the change is given credit for."""

SHORTEST_WAIT: Final = 120.0
LONGEST_WAIT: Final = 3600.0
"""Seconds that the runbook waits for the end of the alert."""

ENDED: Final = "The alert has ended"
"""The name of the condition, which people see in their own language."""

MOST_LABELS: Final = 10
LONGEST_LABEL: Final = 200
LONGEST_SLUG: Final = 40
NOT_MATCHED: Final = frozenset({"alertname", "severity", "check"})
OWN_LABELS: Final = "steward_"

type Around = Callable[[TargetRef], Mapping[About, TargetRef]]
"""Returns what ``of: target``, ``of: host`` and so on mean for a target."""

type ServiceOf = Callable[[TargetRef], str]
"""Returns the key of the service of a target."""

type Signature = tuple[tuple[str, Of | Named], ...]
"""The actions of a repair, each with its target."""


@dataclass(frozen=True, slots=True)
class Repair:
    """A problem that ended after changes that people requested and approved; ``steps`` are in their order."""

    problem: Incident
    steps: tuple[tuple[PlannedStep, Of | Named], ...]
    runs: tuple[Run, ...]
    ended_at: datetime

    @property
    def signature(self) -> Signature:
        """The actions and what they were done to."""
        return tuple((step.action, about) for step, about in self.steps)

    @property
    def wait(self) -> timedelta:
        """How long after the last change the problem ended."""
        last = max(one.finished_at or one.started_at for one in self.runs)
        return max(timedelta(0), self.ended_at - last)


@dataclass(frozen=True, slots=True)
class Pattern:
    """The repairs of one kind of problem with the same steps, oldest first."""

    alert: str
    service: str
    kind: str
    repairs: tuple[Repair, ...]

    @property
    def id(self) -> str:
        """The first 32 hexadecimal digits of the SHA-256 of the kind of problem and the steps."""
        parts = (self.alert, self.service, self.kind, *(f"{one} {of}" for one, of in self.steps))
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]

    @property
    def steps(self) -> Signature:
        """The actions and what they are done to."""
        return self.repairs[0].signature


def repairs_of(found: Iterable[Incident], around: Around, now: datetime) -> list[Repair]:
    """Return the problems that ended after requests of people, and did not come back within RELAPSE."""
    requests: dict[str, list[tuple[Run, Option]]] = defaultdict(list)
    problems: list[Incident] = []
    for one in found:
        if one.is_request:
            done = _done(one)
            for key in {target_key(step.target) for step in done[1].performed} if done else ():
                requests[key] += [done] if done else []
        elif _is_over(one, now):
            problems.append(one)
    return [repair for one in problems if (repair := _repair(one, requests, around)) is not None]


def _is_over(problem: Incident, now: datetime) -> bool:
    """Return whether a problem ended longer than RELAPSE ago, and not by an option of its own."""
    if problem.status is not IncidentStatus.RESOLVED or problem.resolved_at is None or problem.target is None:
        return False
    is_own = problem.run is not None and problem.run.status is RunStatus.SUCCEEDED
    return not is_own and bool(problem.alerts) and now - problem.resolved_at >= RELAPSE


def _done(request: Incident) -> tuple[Run, Option] | None:
    """Return the run of a request whose changes were all read back, None when there is none."""
    run = request.run
    option = request.proposal.option(run.option) if run and request.proposal else None
    if run is None or option is None or run.status is not RunStatus.SUCCEEDED:
        return None
    is_proven = all(one.state is StepState.VERIFIED for one in run.steps if one.has_effect)
    return (run, option) if is_proven and is_person_request(option) else None


def _repair(
    problem: Incident, requests: Mapping[str, Sequence[tuple[Run, Option]]], around: Around
) -> Repair | None:
    if problem.target is None or problem.resolved_at is None:
        return None
    places = {target: about for about, target in reversed([*around(problem.target).items()])}
    near = {run.id: (run, option) for one in places for run, option in requests.get(target_key(one), ())}
    meant = [
        (run, option)
        for run, option in near.values()
        if problem.opened_at <= run.started_at <= problem.resolved_at
        and problem.resolved_at - (run.finished_at or run.started_at) <= LATEST
    ]
    steps: list[tuple[PlannedStep, Of | Named]] = []
    for _, option in sorted(meant, key=lambda one: one[0].started_at):
        for step in option.performed:
            about = places.get(step.target, _named(step.target))
            is_again = bool(steps) and (steps[-1][0].action, steps[-1][1]) == (step.action, about)
            if step.has_effect and not step.preserves and not is_again:
                steps.append((step, about))
    if not 0 < len(steps) <= MOST_STEPS:
        return None
    return Repair(problem, tuple(steps), tuple(run for run, _ in meant), problem.resolved_at)


def _named(target: TargetRef) -> Named:
    return Named(instance=target.instance_id, kind=target.kind, name=target.id)


def patterns_of(repairs: Iterable[Repair], service_of: ServiceOf) -> list[Pattern]:
    """Return the patterns of at least FEWEST repairs, the most frequent first; each set of repairs once."""
    groups: dict[tuple[str, str, str, Signature], list[Repair]] = defaultdict(list)
    for one in repairs:
        target = one.problem.target
        if target is None:
            continue
        for name in {alert.name for alert in one.problem.alerts}:
            groups[name, service_of(target), target.kind, one.signature].append(one)
    found: dict[frozenset[str], Pattern] = {}
    for (name, service, kind, _), same in sorted(groups.items(), key=lambda one: (-len(one[1]), str(one[0]))):
        if len(same) < FEWEST:
            continue
        in_order = sorted(same, key=lambda one: one.ended_at)
        pattern = Pattern(name, service, kind, tuple(in_order))
        found.setdefault(frozenset(one.problem.id for one in same), pattern)
    return list(found.values())


def draft_of(pattern: Pattern, people: Mapping[str, str]) -> Draft:
    """Return the runbook of a pattern; ``people`` has the names of who approved, by the id of the request."""
    titles = [step.title for step, _ in pattern.repairs[-1].steps]
    what = household().listed(dict.fromkeys(titles))
    checks = _same({alert.labels.get("check", "") for alert in _alerts(pattern)})
    title = f"{pattern.alert}: {what}"
    longest = max(one.wait.total_seconds() for one in pattern.repairs)
    return Draft(
        id=f"drafted-{_slug(pattern.alert)}-{pattern.id[:6]}",
        title=title,
        language=household().language,
        alerts=() if checks else _common_names(pattern),
        checks=(checks,) if checks else (),
        labels=_labels(pattern),
        kind=pattern.kind,
        service=pattern.service,
        label=f"{what}: {{target}}",
        steps=tuple(_step(pattern, position) for position in range(len(pattern.steps))),
        verified_by=ENDED,
        within=max(SHORTEST_WAIT, min(LONGEST_WAIT, 2 * longest), SETTLE),
        text=_text(title, pattern, people),
    )


def _step(pattern: Pattern, position: int) -> DraftStep:
    action, about = pattern.steps[position]
    given = [one.steps[position][0].arguments for one in pattern.repairs]
    same: dict[str, Value] = {
        key: value
        for key, value in given[0].items()
        if all(key in one and one[key] == value for one in given)
    }
    return DraftStep(action=action, about=about, arguments=same)


def _alerts(pattern: Pattern) -> list[Alert]:
    return [one for repair in pattern.repairs for one in repair.problem.alerts if one.name == pattern.alert]


def _common_names(pattern: Pattern) -> tuple[str, ...]:
    names = [{one.name for one in repair.problem.alerts} for repair in pattern.repairs]
    return tuple(sorted(set.intersection(*names)))


def _labels(pattern: Pattern) -> dict[str, str]:
    """Return the labels that all alerts have with the same value, without those of the steward."""
    first, *others = [one.labels for one in _alerts(pattern)]
    common = {
        key: value
        for key, value in sorted(first.items())
        if key not in NOT_MATCHED
        and not key.startswith(OWN_LABELS)
        and len(value) <= LONGEST_LABEL
        and all(one.get(key) == value for one in others)
    }
    return dict(list(common.items())[:MOST_LABELS])


def _same(values: set[str]) -> str:
    return next(iter(values)) if len(values) == 1 else ""


def _slug(name: str) -> str:
    """Return a name as lower-case ASCII letters and digits with single dashes, "repair" for none."""
    kept = "".join(one if one.isascii() and one.isalnum() else " " for one in name.lower())
    return "-".join(kept.split())[:LONGEST_SLUG].strip("-") or "repair"


def _text(title: str, pattern: Pattern, people: Mapping[str, str]) -> str:
    count = len(pattern.repairs)
    lines = [f"# {_line(title)}", "", translate(t"Written from {count} repairs that people approved:"), ""]
    return "\n".join([*lines, *(_evidence(one, people) for one in pattern.repairs)])


def _evidence(repair: Repair, people: Mapping[str, str]) -> str:
    problem = repair.problem
    when = household().date_and_time(local(problem.opened_at))
    done = "; ".join(f"{one.title} ({one.target.name})" for one, _ in repair.steps)
    names = dict.fromkeys(people.get(one.approval_id, "") for one in repair.runs)
    who = household().listed(filter(None, names))
    number, name, wait = problem.number, _line(problem.title), lasting(repair.wait)
    text = translate(t"{when}, incident {number} ({name}): {done}. Ended {wait} after it.")
    return f"* {text} " + (translate(t"Approved by {who}.") if who else "")


def _line(text: str) -> str:
    return " ".join(text.split())
