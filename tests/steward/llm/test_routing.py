"""Who may answer what, as a table."""

import re

import pytest

from steward.llm.complexity import PromptTier
from steward.llm.messages import Task, Tier
from steward.llm.privacy import PrivacyClass
from steward.llm.routing import Quota, Selection, select
from steward.llm.settings import Deployment

HOME = Deployment(id="home", tier=Tier.LOCAL, model="m", embedding_model="e")
HOME_2 = Deployment(id="home2", tier=Tier.LOCAL, model="m")
CLOUD = Deployment(id="cloud", tier=Tier.CLOUD, model="m", embedding_model="e")
MASKED = Deployment(id="masked", tier=Tier.CLOUD, model="m", takes_masked=True)
DEAR = Deployment(id="dear", tier=Tier.PREMIUM, model="m")
ALL = (CLOUD, DEAR, HOME, MASKED, HOME_2)

PUBLIC, PRIVATE, SECRET = PrivacyClass.PUBLIC, PrivacyClass.PRIVATE, PrivacyClass.SECRET


@pytest.mark.parametrize(
    ("privacy", "is_pinned", "needs", "out", "order"),
    [
        (PUBLIC, False, PromptTier.SMALL, (), [["home", "home2"], ["cloud", "masked"], ["dear"]]),
        (PUBLIC, False, PromptTier.LARGE, ("home",), [["home2"], ["cloud", "masked"], ["dear"]]),
        (PUBLIC, False, PromptTier.CLOUD, (), [["cloud", "masked"], ["dear"], ["home", "home2"]]),
        (PUBLIC, False, PromptTier.CLOUD, ("cloud", "masked"), [["dear"], ["home", "home2"]]),
        (PUBLIC, True, PromptTier.SMALL, (), [["home", "home2"]]),
        (PRIVATE, False, PromptTier.CLOUD, (), [["home", "home2"], ["masked"]]),
        (PRIVATE, False, PromptTier.SMALL, ("home", "home2"), [["masked"]]),
        (PRIVATE, True, PromptTier.CLOUD, (), [["home", "home2"]]),
        (PRIVATE, True, PromptTier.SMALL, ("home", "home2"), []),
        (SECRET, True, PromptTier.CLOUD, (), [["home", "home2"]]),
        (SECRET, False, PromptTier.CLOUD, ("home", "home2"), []),
    ],
)
def test_who_is_asked_in_which_order(
    privacy: PrivacyClass,
    is_pinned: bool,  # noqa: FBT001 - a column of the table
    needs: PromptTier,
    out: tuple[str, ...],
    order: list[list[str]],
) -> None:
    selection = select(
        privacy, Task.CHAT, dict.fromkeys(out, "is ill"), {}, ALL, is_pinned=is_pinned, needs=needs
    )
    assert [[one.id for one in group.deployments] for group in selection.groups] == order
    assert all(group.reason for group in selection.groups)
    assert bool(selection.reason) is not bool(order)


def test_only_those_that_serve_vectors_are_asked_for_them() -> None:
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
def test_a_quota_keeps_a_reserve_for_incidents(
    used: int,
    limit: int | None,
    task: Task,
    allowed: bool,  # noqa: FBT001 - a column of the table
) -> None:
    assert Quota(used=used, limit=limit).allows(task) is allowed
    groups = select(PUBLIC, task, {}, {"home": Quota(used=used, limit=limit)}, [HOME]).groups
    assert bool(groups) is allowed


@pytest.mark.parametrize(
    ("privacy", "deployments", "out", "words"),
    [
        (PUBLIC, (), {}, "no model is configured"),
        (PUBLIC, (HOME,), {"home": "home cannot be reached"}, "home cannot be reached"),
        (PRIVATE, (CLOUD,), {}, "is private, so only a local model may read it, and none is configured"),
        (SECRET, (CLOUD, HOME), {"home": "away"}, "holds a secret, so only a local .* now .home: away"),
    ],
)
def test_a_person_is_told_why_nobody_is_asked(
    privacy: PrivacyClass, deployments: tuple[Deployment, ...], out: dict[str, str], words: str
) -> None:
    assert re.search(words, select(privacy, Task.CHAT, out, {}, deployments).reason)


@pytest.mark.parametrize(
    ("privacy", "needs", "reasons"),
    [
        (
            PUBLIC,
            PromptTier.SMALL,
            ["answered in the house", "nothing in it is private", "nothing in it is private"],
        ),
        (
            PUBLIC,
            PromptTier.CLOUD,
            [
                "the question needs a large model",
                "the question needs a large model",
                "falls back to the house",
            ],
        ),
        (
            PRIVATE,
            PromptTier.CLOUD,
            ["answered in the house", "takes private texts with the private parts taken out"],
        ),
    ],
)
def test_each_group_says_why(privacy: PrivacyClass, needs: PromptTier, reasons: list[str]) -> None:
    selection = select(privacy, Task.CHAT, {}, {}, ALL, needs=needs)
    assert [one.reason for one in selection.groups] == reasons
    assert selection.reason == ""


@pytest.mark.parametrize(
    ("privacy", "there", "reason"),
    [
        (PUBLIC, (), "no model is configured for this"),
        (
            PRIVATE,
            (CLOUD,),
            (
                "the question or what it needs is private, so only a local model may read it, "
                "and none is configured"
            ),
        ),
        (
            SECRET,
            (MASKED,),
            (
                "the question or what it needs holds a secret, so only a local model may read it, "
                "and none is configured"
            ),
        ),
        (
            PRIVATE,
            (HOME, HOME_2),
            (
                "the question or what it needs is private, so only a local model may read it, "
                "and none can be asked now (home: is ill; home2: its requests of today are used up)"
            ),
        ),
        (
            PUBLIC,
            (HOME, HOME_2),
            "no model can be asked now (home: is ill; home2: its requests of today are used up)",
        ),
    ],
)
def test_why_nobody_is_asked(privacy: PrivacyClass, there: tuple[Deployment, ...], reason: str) -> None:
    quotas = {"home2": Quota(used=5, limit=5)}
    assert select(privacy, Task.CHAT, {"home": "is ill"}, quotas, there) == Selection(
        groups=(), reason=reason
    )
