"""Selects the deployments that may answer a request, in order of preference."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .complexity import Demand, PromptTier
from .limits import Quota, reached_text
from .messages import Task, Tier
from .privacy import PrivacyClass
from .settings import Deployment, Routing, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a request needs. ``is_pinned``: only local models may read it, whatever its class.

    ``tokens`` is an estimate of its size, with the answer. ``avoided`` are deployments that are asked
    last, because their check found that they cannot do what the request needs.
    """

    privacy: PrivacyClass = PrivacyClass.PUBLIC
    task: Task = Task.CHAT
    demand: Demand = field(default_factory=Demand)
    is_pinned: bool = False
    tokens: int = 0
    avoided: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The deployments to try, best first, and the reason, for a person."""

    deployments: tuple[Deployment, ...]
    reason: str


def select(
    wanted: Wanted,
    unavailable: Mapping[str, str],
    quotas: Mapping[str, Quota],
    deployments: Sequence[Deployment],
    routing: Routing | None = None,
) -> Selection:
    """Return the deployments that may answer, best first.

    ``unavailable`` has the reasons by deployment id. Secret and pinned requests go to local
    deployments only. Private requests also go to deployments with ``takes_masked``.
    """
    is_embedding = wanted.task is Task.EMBEDDING
    suitable = [one for one in deployments if (one.embedding_model if is_embedding else one.model)]
    allowed = [one for one in suitable if _may_read(one, wanted)]
    steps = _steps(wanted, routing or Routing())
    offered = [one for one in allowed if one.step in steps]
    why_not = {one.id: _why_not(one, wanted, unavailable, quotas) for one in offered}
    available = [one for one in offered if not why_not[one.id]]
    if not available:
        return Selection(deployments=(), reason=_empty_reason(wanted, suitable, allowed, why_not))
    ordered = sorted(available, key=lambda one: _rank(one, wanted, steps))
    return Selection(deployments=tuple(ordered), reason=_reason(wanted, ordered[0], steps))


def _why_not(
    one: Deployment, wanted: Wanted, unavailable: Mapping[str, str], quotas: Mapping[str, Quota]
) -> str:
    """Return why a deployment is not asked now; empty if it can be."""
    if one.id in unavailable:
        return unavailable[one.id]
    reached = quotas.get(one.id, Quota()).reached(wanted.task)
    return reached_text(reached) if reached else ""


def _may_read(deployment: Deployment, wanted: Wanted) -> bool:
    """Return whether ``deployment`` may read text of this class, masked if necessary."""
    is_public = wanted.privacy is PrivacyClass.PUBLIC
    if deployment.tier is Tier.LOCAL or (is_public and not wanted.is_pinned):
        return True
    return wanted.privacy is not PrivacyClass.SECRET and not wanted.is_pinned and deployment.takes_masked


def _steps(wanted: Wanted, routing: Routing) -> tuple[Step, ...]:
    """Return the steps of the table for a request.

    Private text prefers local models. A public question that is too demanding for a local model gets
    one last.
    """
    if wanted.task is Task.EMBEDDING:
        return tuple(Step)
    steps = routing.steps(wanted.demand.work)
    local = tuple(one for one in steps if one.tier is Tier.LOCAL)
    others = tuple(one for one in steps if one.tier is not Tier.LOCAL)
    if wanted.privacy is not PrivacyClass.PUBLIC or wanted.is_pinned:
        # Private text is always allowed to stay here, whatever the table says.
        return (*local, *(one for one in (Step.LOCAL_LARGE, Step.LOCAL_SMALL) if one not in local), *others)
    if wanted.demand.tier is PromptTier.CLOUD:
        return (*others, *local)
    return steps


def _rank(one: Deployment, wanted: Wanted, steps: Sequence[Step]) -> tuple[bool, bool, int, bool, float]:
    """Return the sort key: able to do it, large enough, the step, good at this work, price."""
    is_too_small = wanted.tokens > one.context_tokens
    is_good = wanted.demand.work in one.good_at
    return one.id in wanted.avoided, is_too_small, steps.index(one.step), not is_good, one.price


def _reason(wanted: Wanted, first: Deployment, steps: Sequence[Step]) -> str:
    """Return why the first deployment is the first."""
    parts = [
        f"{wanted.demand.work}: {' → '.join(steps)}" if wanted.task is not Task.EMBEDDING else "embedding"
    ]
    if wanted.privacy is not PrivacyClass.PUBLIC or wanted.is_pinned:
        parts.append(f"{_privacy_reason(wanted.privacy)}, so local models come first")
    if wanted.demand.work in first.good_at:
        parts.append(f"{first.id} is good at it")
    return "; ".join(parts)


def _empty_reason(
    wanted: Wanted,
    suitable: Sequence[Deployment],
    allowed: Sequence[Deployment],
    why_not: Mapping[str, str],
) -> str:
    if not suitable:
        return "no model is configured for this"
    private = _privacy_reason(wanted.privacy)
    if not allowed:
        return f"{private}, so only a local model may read it, and none is configured"
    if not why_not:
        return f"the routing table has no configured model for {wanted.demand.work}"
    reasons = "; ".join(f"{key}: {reason}" for key, reason in why_not.items())
    if wanted.privacy is PrivacyClass.PUBLIC and not wanted.is_pinned:
        return f"no model is available ({reasons})"
    return f"{private}, so only a local model may read it, and none is available ({reasons})"


def _privacy_reason(privacy: PrivacyClass) -> str:
    if privacy is PrivacyClass.SECRET:
        return "the question or its context contains a secret"
    return "the question or its context is private"
