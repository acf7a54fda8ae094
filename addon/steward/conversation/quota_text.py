"""Describes how many requests each model has left. Pure."""

from collections.abc import Sequence
from datetime import datetime

from ..llm.messages import DeploymentHealth
from ..texts import local, texts_of
from ..texts.limit_text import limit_text
from .phrases import say


def quota_text(health: Sequence[DeploymentHealth], language: str, now: datetime) -> str:
    """Return one sentence for each deployment."""
    if not health:
        return say(language, "no_models")
    return " ".join(_one(one, language, now) for one in health)


def _one(one: DeploymentHealth, language: str, now: datetime) -> str:
    parts = [
        say(language, "quota_endless", name=one.deployment, used=one.requests_today)
        if one.daily_requests is None
        else say(
            language,
            "quota_left",
            name=one.deployment,
            left=max(one.daily_requests - one.requests_today, 0),
            limit=one.daily_requests,
        )
    ]
    others = (limit for limit in one.limits if limit.kind != "daily_requests")
    parts += (limit_text(one.deployment, limit, texts_of(language)) for limit in others)
    if one.out_until is not None and one.out_until > now:
        time = texts_of(language).time(local(one.out_until))
        parts.append(say(language, "quota_out", time=time, reason=one.reason))
    return " ".join(parts)
