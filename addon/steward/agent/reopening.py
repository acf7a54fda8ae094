"""When new alerts change what an open incident is about, so that people are asked again. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from homelab_steward.contract.incidents import Alert, AlertStatus, Incident, IncidentStatus, Severity
from homelab_steward.contract.state import TargetRef

from ..texts import translate
from .correlation import SEVERITIES, broader, is_worse

LONGEST_REASON: Final = 300
RESOLVES_BY_ITSELF: Final = (
    IncidentStatus.OPEN,
    IncidentStatus.DIAGNOSED,
    IncidentStatus.WAITING,
    IncidentStatus.UNSOLVED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What a batch says about an incident that was known before it.

    ``fresh`` are alerts that were not in it, ``worse`` is the worst of those that are worse than
    all before. ``located`` is what an incident without a target turns out to be about.
    ``is_unsilenced``: its silence has ended, and it still fires.
    """

    fresh: Sequence[Alert]
    worse: Alert | None = None
    located: TargetRef | None = None
    is_unsilenced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopening:
    """What the incident is about now, and why a request that waits is withdrawn, as a sentence."""

    target: TargetRef | None
    reason: str


def reopening(
    incident: Incident, news: News, parents: Callable[[TargetRef], Sequence[TargetRef]]
) -> Reopening | None:
    """Return how an incident is opened again, None when it goes on as it is.

    It is opened again when its target becomes known, when the problem turns out to be in a parent
    of the target, when an alert is worse than what was known, and when it was not solved and
    something fresh fires or its silence has ended.
    """
    if incident.status not in RESOLVES_BY_ITSELF:
        return None
    if news.located is not None:
        return Reopening(target=news.located, reason=translate(t"The problem is in {news.located.name}."))
    target = incident.target
    for one in news.fresh:
        if broader(target, one.target, parents(target) if target else ()):
            target = one.target
    if target is not None and target != incident.target:
        return Reopening(target=target, reason=translate(t"The problem is in {target.name}."))
    if news.worse is not None:
        what = (news.worse.summary or news.worse.name)[:LONGEST_REASON].removesuffix(".")
        return Reopening(target=target, reason=translate(t"It got worse: {what}."))
    is_unsolved = incident.status is IncidentStatus.UNSOLVED
    return Reopening(target=target, reason="") if is_unsolved and (news.fresh or news.is_unsilenced) else None


def worst_above(severity: Severity, alerts: Iterable[Alert]) -> Alert | None:
    """Return the worst alert that fires, is not silenced and is worse than ``severity``."""
    worse = (
        one
        for one in alerts
        if one.status is AlertStatus.FIRING and one.suppressed is None and is_worse(one.severity, severity)
    )
    return max(worse, key=lambda one: SEVERITIES.index(one.severity), default=None)
