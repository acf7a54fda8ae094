"""Selects the deployments that may answer a request, in order of preference."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce

from ..texts import ENGLISH, Text, texts_of
from .complexity import Demand, PromptTier
from .limits import Quota, reached_text
from .messages import Task, Tier
from .model_abilities import ModelCheck, ToolUse
from .privacy import PrivacyClass
from .settings import Deployment, Routing, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a request needs. ``is_pinned``: only local models may read it, whatever its class.

    ``tokens`` is an estimate of its size, with the ``answer_tokens``. Nobody can be asked whether it may
    cost more than ``most_cost``; None: it may. ``language`` is that of the answer, "" if any will do.
    """

    privacy: PrivacyClass = PrivacyClass.PUBLIC
    task: Task = Task.CHAT
    demand: Demand = field(default_factory=Demand)
    is_pinned: bool = False
    tokens: int = 0
    answer_tokens: int = 0
    most_cost: float | None = None
    needs_tools: bool = False
    language: str = ""
    is_spoken: bool = False

    @property
    def is_private(self) -> bool:
        """Whether local models come first."""
        return self.is_pinned or self.privacy is not PrivacyClass.PUBLIC

    def cost_of(self, deployment: Deployment) -> float:
        """Return what the request would cost."""
        return deployment.cost(max(self.tokens - self.answer_tokens, 0), self.answer_tokens)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The deployments to try, best first, and the reason, in English for the log.

    ``refusal`` is why there are none, for a person.
    """

    deployments: tuple[Deployment, ...]
    reason: str
    refusal: Text = ""


def select(
    wanted: Wanted,
    unavailable: Mapping[str, str],
    quotas: Mapping[str, Quota],
    deployments: Sequence[Deployment],
    routing: Routing | None = None,
    checks: Mapping[str, ModelCheck] | None = None,
) -> Selection:
    """Return the deployments that may answer, best first.

    ``unavailable`` has the reasons by deployment id, ``checks`` what was found about each model. Secret and
    pinned requests go to local deployments only. Private requests also go to deployments with
    ``takes_masked``.
    """
    is_embedding = wanted.task is Task.EMBEDDING
    suitable = [one for one in deployments if (one.embedding_model if is_embedding else one.model)]
    allowed = [one for one in suitable if _may_read(one, wanted)]
    steps = _steps(wanted, routing or Routing())
    offered = [one for one in allowed if one.step in steps]
    why_not = {one.id: _why_not(one, wanted, unavailable, quotas) for one in offered}
    available = [one for one in offered if not why_not[one.id]]
    if not available:
        refusal = _refusal(wanted, suitable, allowed, why_not)
        return Selection(deployments=(), reason=texts_of(ENGLISH)(refusal), refusal=refusal)
    found = {one.id: _weaknesses(wanted, (checks or {}).get(one.id)) for one in available}
    ordered = sorted(available, key=lambda one: _rank(one, wanted, steps, found[one.id]))
    return Selection(deployments=tuple(ordered), reason=_reason(wanted, ordered, steps, found))


def _why_not(
    one: Deployment, wanted: Wanted, unavailable: Mapping[str, str], quotas: Mapping[str, Quota]
) -> Text:
    """Return why a deployment is not asked now; empty if it can be."""
    if one.id in unavailable:
        return unavailable[one.id]
    reached = quotas.get(one.id, Quota()).reached(wanted.task)
    if reached:
        return reached_text(reached)
    cost = wanted.cost_of(one)
    if wanted.most_cost is not None and cost > wanted.most_cost:
        return t"the request would cost about {cost:.2g}, and nobody can be asked"
    return ""


@dataclass(frozen=True, slots=True)
class _Weaknesses:
    """What a deployment cannot do that a request needs: ``unable`` to answer it, or only badly."""

    unable: tuple[str, ...]
    bad: tuple[str, ...]


def _weaknesses(wanted: Wanted, check: ModelCheck | None) -> _Weaknesses:
    if check is None:
        return _Weaknesses((), ())
    unable = ("cannot call tools",) if wanted.needs_tools and check.tools is ToolUse.NONE else ()
    bad: list[str] = []
    if check.is_weak_in(wanted.language):
        bad.append(f"is weak in {wanted.language}")
    if check.is_slow_for(wanted.demand.work, is_spoken=wanted.is_spoken):
        bad.append(f"writes {check.speed:.0f} tokens/s")
    return _Weaknesses(unable, tuple(bad))


def _may_read(deployment: Deployment, wanted: Wanted) -> bool:
    """Return whether ``deployment`` may read text of this class, masked if necessary."""
    if deployment.tier is Tier.LOCAL or not wanted.is_private:
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
    if wanted.is_private:
        # Private text is always allowed to stay here, whatever the table says.
        return (*local, *(one for one in (Step.LOCAL_LARGE, Step.LOCAL_SMALL) if one not in local), *others)
    if wanted.demand.tier is PromptTier.CLOUD:
        return (*others, *local)
    return steps


def _rank(
    one: Deployment, wanted: Wanted, steps: Sequence[Step], found: _Weaknesses
) -> tuple[bool, bool, bool, int, int, bool, float]:
    """Return the sort key: able to do it, large enough, local if private, no weakness, step, good, price."""
    is_too_small = wanted.tokens > one.context_tokens
    is_good = wanted.demand.work in one.good_at
    is_outside = wanted.is_private and one.tier is not Tier.LOCAL
    step = steps.index(one.step)
    return bool(found.unable), is_too_small, is_outside, len(found.bad), step, not is_good, one.price


def _reason(
    wanted: Wanted, ordered: Sequence[Deployment], steps: Sequence[Step], found: Mapping[str, _Weaknesses]
) -> str:
    """Return why the first deployment is the first, and what the checks found about the others."""
    first = ordered[0]
    parts = [
        f"{wanted.demand.work}: {' → '.join(steps)}" if wanted.task is not Task.EMBEDDING else "embedding"
    ]
    if wanted.is_private:
        private = texts_of(ENGLISH)(_privacy_reason(wanted.privacy))
        parts.append(f"{private}, so local models come first")
    if wanted.demand.work in first.good_at:
        parts.append(f"{first.id} is good at it")
    for one in ordered:
        weak = [*found[one.id].unable, *found[one.id].bad]
        if weak:
            parts.append(f"{one.id} {' and '.join(weak)}")
    return "; ".join(parts)


def _refusal(
    wanted: Wanted,
    suitable: Sequence[Deployment],
    allowed: Sequence[Deployment],
    why_not: Mapping[str, Text],
) -> Text:
    """Return why no deployment may answer."""
    if not suitable:
        return t"no model is configured for this"
    private = _privacy_reason(wanted.privacy)
    if not allowed:
        return t"{private}, so only a local model may read it, and none is configured"
    if not why_not:
        return t"the routing table has no configured model for {wanted.demand.work}"
    each: list[Text] = [t"{name}: {reason}" for name, reason in why_not.items()]
    reasons = reduce(_joined, each)
    if not wanted.is_private:
        return t"no model is available ({reasons})"
    return t"{private}, so only a local model may read it, and none is available ({reasons})"


def _joined(reasons: Text, other: Text) -> Text:
    return t"{reasons}; {other}"


def _privacy_reason(privacy: PrivacyClass) -> Text:
    if privacy is PrivacyClass.SECRET:
        return t"the question or its context contains a secret"
    return t"the question or its context is private"
