"""Questions about the quota are answered from the request counts."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from homelab_steward.contract.model_limits import LimitUse
from rig.conversation_rig import open_conversation, says
from steward.conversation.topic_answers import quota_text
from steward.llm.messages import DeploymentHealth, Tier

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)


def test_each_deployment_has_a_sentence() -> None:
    health = (
        DeploymentHealth(deployment="kitchen", tier=Tier.LOCAL, requests_today=7),
        DeploymentHealth(
            deployment="far",
            tier=Tier.CLOUD,
            requests_today=190,
            daily_requests=200,
            out_until=NOW + timedelta(hours=1),
            reason="busy",
        ),
        DeploymentHealth(
            deployment="old", tier=Tier.CLOUD, requests_today=9, daily_requests=5, out_until=NOW
        ),
    )
    assert quota_text(health, "en", NOW) == (
        "kitchen: 7 requests today, no limit. far: 10 of 200 requests are left today. "
        "It is not used until 05:00: busy. old: 0 of 5 requests are left today."
    )
    assert "noch 10 von 200" in quota_text(health, "de", NOW)


async def test_requests_are_counted(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, says("Hm.")) as rig:
        await rig.ask("Tell me a story")
        assert "scripted: 1 requests today" in await rig.ask("How much quota is left?")
        assert len(rig.model.bodies) == 1, "the quota question needs no model"


def test_each_other_limit_has_a_sentence_too() -> None:
    limits = (
        LimitUse(kind="daily_requests", used=1, limit=10),
        LimitUse(kind="weekly_tokens", used=600, limit=1000),
        LimitUse(kind="daily_cost", used=0.5, limit=1),
    )
    one = DeploymentHealth(
        deployment="far", tier=Tier.CLOUD, requests_today=1, daily_requests=10, limits=limits
    )
    assert quota_text([one], "en", NOW) == (
        "far: 9 of 10 requests are left today. far: 60 % of the limit is used (tokens per week). "
        "far: 50 % of the limit is used (cost per day)."
    )
    assert "60 % der Grenze sind verbraucht (Tokens pro Woche)" in quota_text([one], "de", NOW)
