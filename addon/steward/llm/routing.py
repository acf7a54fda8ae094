"""Selects the deployments that may answer a request, in order of preference."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from .complexity import PromptTier
from .messages import Task, Tier
from .privacy import PrivacyClass
from .settings import Deployment

RESERVED: Final = 0.1
"""The share of the daily requests that is reserved for diagnoses."""

_DEFAULT_ORDER: Final = (Tier.LOCAL, Tier.CLOUD, Tier.PREMIUM)
_DEMANDING_ORDER: Final = (Tier.CLOUD, Tier.PREMIUM, Tier.LOCAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """The requests to one deployment today; ``limit`` None means unlimited."""

    used: int = 0
    limit: int | None = None

    def allows(self, task: Task) -> bool:
        """Return whether one more request for this task is allowed."""
        limit = self.limit_for(task)
        return limit is None or self.used < limit

    def limit_for(self, task: Task) -> int | None:
        """Return the daily limit for this task, None when unlimited."""
        if self.limit is None:
            return None
        return self.limit - (0 if task is Task.DIAGNOSIS else int(self.limit * RESERVED))


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Deployments of one tier, in the order of the settings."""

    tier: Tier
    deployments: tuple[Deployment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The groups to try, best first; if there are none, ``reason`` says why, for a person."""

    groups: tuple[Group, ...]
    reason: str


def select(
    privacy: PrivacyClass,
    task: Task,
    unavailable: Mapping[str, str],
    quotas: Mapping[str, Quota],
    deployments: Sequence[Deployment],
    *,
    is_pinned: bool = False,
    prompt_tier: PromptTier = PromptTier.SMALL,
) -> Selection:
    """Return the deployments that may answer, best group first.

    ``unavailable`` has the reasons by deployment id. Secret and pinned requests go to local
    deployments only. Private requests also go to deployments with ``takes_masked``.
    """
    suitable = [one for one in deployments if (one.embedding_model if task is Task.EMBEDDING else one.model)]
    allowed = [one for one in suitable if _may_read(one, privacy, is_pinned=is_pinned)]
    available = [
        one for one in allowed if one.id not in unavailable and quotas.get(one.id, Quota()).allows(task)
    ]
    is_demanding = prompt_tier is PromptTier.CLOUD and privacy is PrivacyClass.PUBLIC
    groups = tuple(
        Group(tier=tier, deployments=of_tier)
        for tier in (_DEMANDING_ORDER if is_demanding else _DEFAULT_ORDER)
        if (of_tier := tuple(one for one in available if one.tier is tier))
    )
    reason = "" if groups else _empty_reason(privacy, suitable, allowed, unavailable)
    return Selection(groups=groups, reason=reason)


def _may_read(deployment: Deployment, privacy: PrivacyClass, *, is_pinned: bool) -> bool:
    """Return whether ``deployment`` may read text of this class, masked if necessary."""
    if deployment.tier is Tier.LOCAL or (privacy is PrivacyClass.PUBLIC and not is_pinned):
        return True
    return privacy is not PrivacyClass.SECRET and not is_pinned and deployment.takes_masked


def _empty_reason(
    privacy: PrivacyClass,
    suitable: Sequence[Deployment],
    allowed: Sequence[Deployment],
    unavailable: Mapping[str, str],
) -> str:
    if not suitable:
        return "no model is configured for this"
    if not allowed:
        return f"{_privacy_reason(privacy)}, so only a local model may read it, and none is configured"
    reasons = "; ".join(
        f"{one.id}: {unavailable.get(one.id, 'the daily limit is reached')}" for one in allowed
    )
    if privacy is PrivacyClass.PUBLIC:
        return f"no model is available ({reasons})"
    return f"{_privacy_reason(privacy)}, so only a local model may read it, and none is available ({reasons})"


def _privacy_reason(privacy: PrivacyClass) -> str:
    if privacy is PrivacyClass.SECRET:
        return "the question or its context contains a secret"
    return "the question or its context is private"
