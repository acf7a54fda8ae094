"""Says how much of a limit of a language model is used."""

from homelab_steward.contract.model_limits import LimitUse

from . import Texts


def limit_text(name: str, limit: LimitUse, texts: Texts) -> str:
    """Return one sentence about a limit of a deployment."""
    kinds = {
        "daily_requests": texts(t"requests per day"),
        "weekly_requests": texts(t"requests per week"),
        "daily_tokens": texts(t"tokens per day"),
        "weekly_tokens": texts(t"tokens per week"),
        "daily_cost": texts(t"cost per day"),
        "weekly_cost": texts(t"cost per week"),
    }
    percent, kind = limit.percent, kinds.get(limit.kind, limit.kind)
    return texts(t"{name}: {percent} % of the limit is used ({kind}).")
