"""Which deployments may and should answer, in order, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from .complexity import PromptTier
from .messages import Task, Tier
from .privacy import PrivacyClass
from .settings import Deployment

RESERVED: Final = 0.1
"""The part of a day's requests that is kept for incidents."""

_ORDINARY: Final = (Tier.LOCAL, Tier.CLOUD, Tier.PREMIUM)
_DEMANDING: Final = (Tier.CLOUD, Tier.PREMIUM, Tier.LOCAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """Requests of one deployment today; ``limit`` None is without end."""

    used: int = 0
    limit: int | None = None

    def allows(self, task: Task) -> bool:
        """Return whether one more request of this kind fits."""
        room = self.room(task)
        return room is None or self.used < room

    def room(self, task: Task) -> int | None:
        """Return how many requests of this kind a day has room for, None without end."""
        if self.limit is None:
            return None
        return self.limit - (0 if task is Task.DIAGNOSIS else int(self.limit * RESERVED))


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Deployments of one tier, in the order of the settings; ``reason`` is why they come here."""

    tier: Tier
    deployments: tuple[Deployment, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The groups to ask, best first; without any, ``reason`` tells a person why."""

    groups: tuple[Group, ...]
    reason: str


def select(
    privacy: PrivacyClass,
    task: Task,
    out: Mapping[str, str],
    quotas: Mapping[str, Quota],
    deployments: Sequence[Deployment],
    *,
    is_pinned: bool = False,
    needs: PromptTier = PromptTier.SMALL,
) -> Selection:
    """Return who is asked, best group first.

    ``out`` is why a deployment cannot be asked now, by its id. A secret, and what is
    ``is_pinned``, stays with the house's own models; so does the private, but for
    deployments that take it masked.
    """
    able = [one for one in deployments if (one.embedding_model if task is Task.EMBEDDING else one.model)]
    allowed = [one for one in able if may_read(one, privacy, is_pinned=is_pinned)]
    there = [one for one in allowed if one.id not in out and quotas.get(one.id, Quota()).allows(task)]
    is_demanding = needs is PromptTier.CLOUD and privacy is PrivacyClass.PUBLIC
    tiers = _DEMANDING if is_demanding else _ORDINARY
    groups = tuple(
        Group(tier=tier, deployments=of_tier, reason=_why(tier, privacy, is_demanding=is_demanding))
        for tier in tiers
        if (of_tier := tuple(one for one in there if one.tier is tier))
    )
    return Selection(groups=groups, reason="" if groups else _why_none(privacy, able, allowed, out))


def may_read(deployment: Deployment, privacy: PrivacyClass, *, is_pinned: bool) -> bool:
    """Return whether text of this class may go to ``deployment`` (masked where it must be)."""
    if deployment.tier is Tier.LOCAL or (privacy is PrivacyClass.PUBLIC and not is_pinned):
        return True
    return privacy is not PrivacyClass.SECRET and not is_pinned and deployment.takes_masked


def _why(tier: Tier, privacy: PrivacyClass, *, is_demanding: bool) -> str:
    if tier is Tier.LOCAL:
        return "falls back to the house" if is_demanding else "answered in the house"
    if privacy is not PrivacyClass.PUBLIC:
        return "takes private texts with the private parts taken out"
    return "the question needs a large model" if is_demanding else "nothing in it is private"


def _why_none(
    privacy: PrivacyClass, able: Sequence[Deployment], allowed: Sequence[Deployment], out: Mapping[str, str]
) -> str:
    if not able:
        return "no model is configured for this"
    if not allowed:
        return f"{_what(privacy)}, so only a local model may read it, and none is configured"
    reasons = "; ".join(
        f"{one.id}: {out.get(one.id, 'its requests of today are used up')}" for one in allowed
    )
    if privacy is PrivacyClass.PUBLIC:
        return f"no model can be asked now ({reasons})"
    return f"{_what(privacy)}, so only a local model may read it, and none can be asked now ({reasons})"


def _what(privacy: PrivacyClass) -> str:
    if privacy is PrivacyClass.SECRET:
        return "the question or what it needs holds a secret"
    return "the question or what it needs is private"
