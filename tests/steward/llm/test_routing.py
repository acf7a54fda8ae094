"""Which deployments may answer a request, and in which order."""

import pytest

from steward.llm.complexity import PromptTier
from steward.llm.messages import Task, Tier
from steward.llm.privacy import PrivacyClass
from steward.llm.routing import Quota, Selection, select
from steward.llm.settings import Deployment

LOCAL = Deployment(id="home", tier=Tier.LOCAL, model="m", embedding_model="e")
LOCAL_2 = Deployment(id="home2", tier=Tier.LOCAL, model="m")
CLOUD = Deployment(id="cloud", tier=Tier.CLOUD, model="m", embedding_model="e")
MASKED = Deployment(id="masked", tier=Tier.CLOUD, model="m", takes_masked=True)
PREMIUM = Deployment(id="premium", tier=Tier.PREMIUM, model="m")
ALL = (CLOUD, PREMIUM, LOCAL, MASKED, LOCAL_2)

PUBLIC, PRIVATE, SECRET = PrivacyClass.PUBLIC, PrivacyClass.PRIVATE, PrivacyClass.SECRET


@pytest.mark.parametrize(
    ("privacy", "is_pinned", "prompt_tier", "unavailable", "order"),
    [
        (PUBLIC, False, PromptTier.SMALL, (), [["home", "home2"], ["cloud", "masked"], ["premium"]]),
        (PUBLIC, False, PromptTier.LARGE, ("home",), [["home2"], ["cloud", "masked"], ["premium"]]),
        (PUBLIC, False, PromptTier.CLOUD, (), [["cloud", "masked"], ["premium"], ["home", "home2"]]),
        (PUBLIC, False, PromptTier.CLOUD, ("cloud", "masked"), [["premium"], ["home", "home2"]]),
        (PUBLIC, True, PromptTier.SMALL, (), [["home", "home2"]]),
        (PRIVATE, False, PromptTier.CLOUD, (), [["home", "home2"], ["masked"]]),
        (PRIVATE, False, PromptTier.SMALL, ("home", "home2"), [["masked"]]),
        (PRIVATE, True, PromptTier.CLOUD, (), [["home", "home2"]]),
        (PRIVATE, True, PromptTier.SMALL, ("home", "home2"), []),
        (SECRET, True, PromptTier.CLOUD, (), [["home", "home2"]]),
        (SECRET, False, PromptTier.CLOUD, ("home", "home2"), []),
    ],
)
def test_order_of_the_deployments(
    privacy: PrivacyClass,
    is_pinned: bool,  # noqa: FBT001 - a column of the table
    prompt_tier: PromptTier,
    unavailable: tuple[str, ...],
    order: list[list[str]],
) -> None:
    selection = select(
        privacy,
        Task.CHAT,
        dict.fromkeys(unavailable, "failed"),
        {},
        ALL,
        is_pinned=is_pinned,
        prompt_tier=prompt_tier,
    )
    assert [[one.id for one in group.deployments] for group in selection.groups] == order
    assert bool(selection.reason) is not bool(order)


def test_embeddings_use_deployments_with_an_embedding_model() -> None:
    selection = select(PUBLIC, Task.EMBEDDING, {}, {}, ALL)
    assert [one.id for group in selection.groups for one in group.deployments] == ["home", "cloud"]


@pytest.mark.parametrize(
    ("used", "limit", "task", "allowed"),
    [
        (1000, None, Task.CHAT, True),
        (0, 0, Task.DIAGNOSIS, False),
        (8, 10, Task.CHAT, True),
        (9, 10, Task.CHAT, False),
        (9, 10, Task.DIAGNOSIS, True),
        (10, 10, Task.DIAGNOSIS, False),
        (0, 1, Task.CHAT, True),
    ],
)
def test_a_quota_has_a_reserve_for_diagnoses(
    used: int,
    limit: int | None,
    task: Task,
    allowed: bool,  # noqa: FBT001 - a column of the table
) -> None:
    assert Quota(used=used, limit=limit).allows(task) is allowed
    groups = select(PUBLIC, task, {}, {"home": Quota(used=used, limit=limit)}, [LOCAL]).groups
    assert bool(groups) is allowed


@pytest.mark.parametrize(
    ("privacy", "deployments", "reason"),
    [
        (PUBLIC, (), "no model is configured for this"),
        (
            PRIVATE,
            (CLOUD,),
            (
                "the question or its context is private, so only a local model may read it, "
                "and none is configured"
            ),
        ),
        (
            SECRET,
            (MASKED,),
            (
                "the question or its context contains a secret, so only a local model may read it, "
                "and none is configured"
            ),
        ),
        (
            SECRET,
            (CLOUD, LOCAL),
            (
                "the question or its context contains a secret, so only a local model may read it, "
                "and none is available (home: failed)"
            ),
        ),
        (
            PRIVATE,
            (LOCAL, LOCAL_2),
            (
                "the question or its context is private, so only a local model may read it, "
                "and none is available (home: failed; home2: the daily limit is reached)"
            ),
        ),
        (
            PUBLIC,
            (LOCAL, LOCAL_2),
            "no model is available (home: failed; home2: the daily limit is reached)",
        ),
    ],
)
def test_the_reason_when_no_model_may_answer(
    privacy: PrivacyClass, deployments: tuple[Deployment, ...], reason: str
) -> None:
    quotas = {"home2": Quota(used=5, limit=5)}
    assert select(privacy, Task.CHAT, {"home": "failed"}, quotas, deployments) == Selection(
        groups=(), reason=reason
    )
