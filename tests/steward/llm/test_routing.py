"""Which deployments may answer a request, and in which order."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.llm.complexity import DEMANDS, Demand, PromptTier, Work
from steward.llm.limits import Limit, LimitKind, Quota
from steward.llm.messages import Task, Tier
from steward.llm.model_abilities import ModelCheck, ToolUse
from steward.llm.privacy import PrivacyClass
from steward.llm.routing import Wanted, select
from steward.llm.settings import Deployment, Routing, Size, Step
from steward.texts import texts_of

LOCAL = Deployment(id="home", tier=Tier.LOCAL, model="m", embedding_model="e")
LOCAL_2 = Deployment(id="home2", tier=Tier.LOCAL, model="m")
CLOUD = Deployment(id="cloud", tier=Tier.CLOUD, model="m", embedding_model="e")
MASKED = Deployment(id="masked", tier=Tier.CLOUD, model="m", takes_masked=True)
PREMIUM = Deployment(id="premium", tier=Tier.PREMIUM, model="m")
ALL = (CLOUD, PREMIUM, LOCAL, MASKED, LOCAL_2)

FLEET = tuple(
    Deployment(id=name, tier=tier, size=size, model="m", cost_per_request=cost)
    for name, tier, size, cost in (
        ("opus", Tier.PREMIUM, Size.LARGE, 0.3),
        ("sonnet", Tier.PREMIUM, Size.LARGE, 0.1),
        ("haiku", Tier.PREMIUM, Size.SMALL, 0.02),
        ("thinking", Tier.CLOUD, Size.LARGE, 0.04),
        ("pro", Tier.CLOUD, Size.LARGE, 0.03),
        ("flash", Tier.CLOUD, Size.SMALL, 0.01),
        ("qwen32", Tier.LOCAL, Size.LARGE, 0.0),
        ("qwen4", Tier.LOCAL, Size.SMALL, 0.0),
    )
)

PUBLIC, PRIVATE, SECRET = PrivacyClass.PUBLIC, PrivacyClass.PRIVATE, PrivacyClass.SECRET
DEEP = DEMANDS["reasoning"]


def daily(used: float, limit: float | None) -> Quota:
    kind = LimitKind.DAILY_REQUESTS
    limits = () if limit is None else (Limit(kind=kind, used=used, limit=limit),)
    return Quota(limits=limits, reserve=0.1)


def order(wanted: Wanted, *deployments: Deployment, routing: Routing | None = None) -> list[str]:
    return [one.id for one in select(wanted, {}, {}, deployments, routing).deployments]


@pytest.mark.parametrize(
    ("privacy", "is_pinned", "demand", "unavailable", "expected"),
    [
        (PUBLIC, False, Demand(), (), ["home", "home2", "cloud", "masked", "premium"]),
        (PUBLIC, False, DEMANDS["code"], ("home",), ["home2", "cloud", "masked", "premium"]),
        (PUBLIC, False, DEEP, (), ["cloud", "masked", "premium", "home", "home2"]),
        (PUBLIC, False, DEEP, ("cloud", "masked"), ["premium", "home", "home2"]),
        (PUBLIC, True, Demand(), (), ["home", "home2"]),
        (PRIVATE, False, DEEP, (), ["home", "home2", "masked"]),
        (PRIVATE, False, Demand(), ("home", "home2"), ["masked"]),
        (PRIVATE, True, DEEP, (), ["home", "home2"]),
        (PRIVATE, True, Demand(), ("home", "home2"), []),
        (SECRET, True, DEEP, (), ["home", "home2"]),
        (SECRET, False, DEEP, ("home", "home2"), []),
    ],
)
def test_order_of_the_deployments(
    privacy: PrivacyClass,
    is_pinned: bool,  # noqa: FBT001 - a column of the table
    demand: Demand,
    unavailable: tuple[str, ...],
    expected: list[str],
) -> None:
    wanted = Wanted(privacy=privacy, demand=demand, is_pinned=is_pinned)
    selection = select(wanted, dict.fromkeys(unavailable, "failed"), {}, ALL)
    assert [one.id for one in selection.deployments] == expected
    assert selection.reason


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("state", "qwen32 qwen4 flash pro thinking haiku sonnet opus"),
        ("simple", "qwen4 qwen32 flash pro thinking haiku sonnet opus"),
        ("extraction", "qwen4 qwen32 flash haiku pro thinking sonnet opus"),
        ("code", "qwen32 pro thinking flash haiku sonnet opus qwen4"),
        ("document", "qwen32 flash pro thinking haiku sonnet opus qwen4"),
        ("planning", "qwen32 pro thinking flash haiku sonnet opus qwen4"),
        ("program", "pro thinking flash haiku sonnet opus qwen32 qwen4"),
        ("reasoning", "pro thinking sonnet opus haiku flash qwen32 qwen4"),
        ("architecture", "sonnet opus pro thinking haiku flash qwen32 qwen4"),
        ("review", "sonnet opus pro thinking haiku flash qwen32 qwen4"),
    ],
)
def test_the_table_by_default(label: str, expected: str) -> None:
    assert order(Wanted(demand=DEMANDS[label]), *FLEET) == expected.split()


def test_what_a_model_is_good_at_counts_more_than_its_price() -> None:
    fleet = [
        replace(one, good_at=(Work.DEEP_REASONING,) if one.id in ("thinking", "haiku") else ())
        for one in FLEET
    ]
    assert order(Wanted(demand=DEEP), *fleet)[:2] == ["thinking", "pro"], "of the same step only"
    assert select(Wanted(demand=DEEP), {}, {}, fleet).reason == (
        "deep_reasoning: cloud_large → premium_large → premium_small → cloud_small → local_large → "
        "local_small; thinking is good at it"
    )


def test_a_model_with_too_small_a_context_comes_last() -> None:
    small = replace(LOCAL, context_tokens=4096)
    assert order(Wanted(tokens=5000), small, CLOUD) == ["cloud", "home"]
    assert order(Wanted(tokens=4096), small, CLOUD) == ["home", "cloud"]
    assert order(Wanted(tokens=5000, privacy=PRIVATE), small, CLOUD) == ["home"]


def test_a_table_of_ones_own_leaves_steps_out() -> None:
    routing = Routing(simple=(Step.PREMIUM_LARGE,), code=())
    assert order(Wanted(), *ALL, routing=routing) == ["premium"]
    assert order(Wanted(privacy=PRIVATE), *ALL, routing=routing) == ["home", "home2"], "always local"
    nothing = select(Wanted(demand=DEMANDS["code"]), {}, {}, ALL, routing)
    assert (nothing.deployments, nothing.reason) == ((), "the routing table has no configured model for code")


@given(
    privacy=st.sampled_from(PrivacyClass),
    task=st.sampled_from(Task),
    demand=st.sampled_from(list(DEMANDS.values())),
    is_pinned=st.booleans(),
    tokens=st.integers(0, 20_000),
    used=st.dictionaries(st.sampled_from([one.id for one in ALL]), st.integers(0, 12)),
    steps=st.lists(st.sampled_from(Step), unique=True),
)
def test_whatever_is_wanted_only_those_that_may_read_it_with_requests_left(
    privacy: PrivacyClass,
    task: Task,
    demand: Demand,
    is_pinned: bool,  # noqa: FBT001
    tokens: int,
    used: dict[str, int],
    steps: list[Step],
) -> None:
    wanted = Wanted(privacy=privacy, task=task, demand=demand, is_pinned=is_pinned, tokens=tokens)
    quotas = {name: daily(count, 10) for name, count in used.items()}
    routing = Routing(**dict.fromkeys(map(str, Work), tuple(steps)))
    for one in select(wanted, {}, quotas, ALL, routing).deployments:
        assert used.get(one.id, 0) < 10
        if one.tier is not Tier.LOCAL:
            assert privacy is not SECRET
            assert not is_pinned
            assert privacy is PUBLIC or one.takes_masked
            assert task is Task.EMBEDDING or one.step in steps


def test_embeddings_use_deployments_with_an_embedding_model() -> None:
    selection = select(Wanted(task=Task.EMBEDDING), {}, {}, ALL)
    assert [one.id for one in selection.deployments] == ["home", "cloud"]
    assert selection.reason == "embedding"


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
    assert daily(used, limit).allows(task) is allowed
    found = select(Wanted(task=task), {}, {"home": daily(used, limit)}, [LOCAL]).deployments
    assert bool(found) is allowed


PRIVATE_ONLY_LOCAL = "the question or its context is private, so only a local model may read it"
SECRET_ONLY_LOCAL = "the question or its context contains a secret, so only a local model may read it"


@pytest.mark.parametrize(
    ("privacy", "deployments", "reason"),
    [
        (PUBLIC, (), "no model is configured for this"),
        (PRIVATE, (CLOUD,), f"{PRIVATE_ONLY_LOCAL}, and none is configured"),
        (SECRET, (MASKED,), f"{SECRET_ONLY_LOCAL}, and none is configured"),
        (SECRET, (CLOUD, LOCAL), f"{SECRET_ONLY_LOCAL}, and none is available (home: failed)"),
        (
            PRIVATE,
            (LOCAL, LOCAL_2),
            f"{PRIVATE_ONLY_LOCAL}, and none is available (home: failed; home2: the daily limit is reached)",
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
    quotas = {"home2": daily(5, 5)}
    selection = select(Wanted(privacy=privacy), {"home": "failed"}, quotas, deployments)
    assert (selection.deployments, selection.reason) == ((), reason)
    assert texts_of("en")(selection.refusal) == reason
    assert texts_of("de")(selection.refusal) != reason


def test_a_table_for_every_work() -> None:
    assert {work for work in Work if set(Routing().steps(work)) != set(Step)} == set()
    assert {demand.tier for demand in DEMANDS.values()} == set(PromptTier)


A = Deployment(id="a", model="m")
B = Deployment(id="b", model="m")
OUTSIDE = Deployment(id="cloud", model="m", tier=Tier.CLOUD, takes_masked=True)
ENGLISH_ONLY = ModelCheck(model="m", languages=("en",), tested=("en", "de"), speed=40.0)
GERMAN = replace(ENGLISH_ONLY, languages=("en", "de"))
SLOW = replace(GERMAN, speed=9.0)
NO_TOOLS = replace(GERMAN, tools=ToolUse.NONE)
SAID = Wanted(language="de")
SPOKEN = replace(SAID, is_spoken=True)
DOCUMENT = replace(SAID, demand=DEMANDS["document"])


@pytest.mark.parametrize(
    ("wanted", "first", "second", "expected", "why"),
    [
        (SAID, None, None, "a b", ""),
        (SAID, ENGLISH_ONLY, GERMAN, "b a", "a is weak in de"),
        (replace(SAID, language="en"), ENGLISH_ONLY, GERMAN, "a b", ""),
        (replace(SAID, language="pl"), ENGLISH_ONLY, GERMAN, "a b", ""),
        (SAID, ENGLISH_ONLY, ENGLISH_ONLY, "a b", "b is weak in de"),
        (SAID, ENGLISH_ONLY, None, "b a", "a is weak in de"),
        (SAID, SLOW, GERMAN, "a b", ""),
        (SPOKEN, SLOW, GERMAN, "b a", "a writes 9 tokens/s"),
        (SPOKEN, replace(SLOW, speed=10.0), GERMAN, "a b", ""),
        (SPOKEN, replace(SLOW, speed=None), GERMAN, "a b", ""),
        (
            SPOKEN,
            replace(ENGLISH_ONLY, speed=9.0),
            ENGLISH_ONLY,
            "b a",
            "a is weak in de and writes 9 tokens/s",
        ),
        (DOCUMENT, replace(SLOW, speed=14.0), GERMAN, "b a", "a writes 14 tokens/s"),
        (DOCUMENT, replace(SLOW, speed=15.0), GERMAN, "a b", ""),
        (SAID, NO_TOOLS, GERMAN, "a b", ""),
        (replace(SAID, needs_tools=True), NO_TOOLS, GERMAN, "b a", "a cannot call tools"),
        (replace(SPOKEN, needs_tools=True), NO_TOOLS, replace(SLOW, speed=1.0), "b a", "a cannot call tools"),
    ],
)
def test_the_check_of_a_model_decides_what_it_is_used_for(
    wanted: Wanted, first: ModelCheck | None, second: ModelCheck | None, expected: str, why: str
) -> None:
    checks = {key: one for key, one in (("a", first), ("b", second)) if one is not None}
    selection = select(wanted, {}, {}, [A, B], checks=checks)
    assert [one.id for one in selection.deployments] == expected.split()
    assert why in selection.reason
    assert any(one in selection.reason for one in ("weak", "writes", "cannot")) == bool(why)


@pytest.mark.parametrize(
    ("privacy", "is_pinned", "expected"),
    [(PUBLIC, False, "cloud a"), (PRIVATE, False, "a cloud"), (PUBLIC, True, "a"), (SECRET, False, "a")],
)
def test_a_weak_model_at_home_still_gets_what_is_private(
    privacy: PrivacyClass,
    is_pinned: bool,  # noqa: FBT001
    expected: str,
) -> None:
    wanted = replace(SPOKEN, privacy=privacy, is_pinned=is_pinned)
    checks = {"a": replace(ENGLISH_ONLY, speed=3.0)}
    selection = select(wanted, {}, {}, [A, OUTSIDE], checks=checks)
    assert [one.id for one in selection.deployments] == expected.split()


@pytest.mark.parametrize(
    ("most_cost", "expected"), [(None, "opus pro"), (0.3, "opus pro"), (0.29, "pro"), (0.0, "")]
)
def test_what_costs_too_much_is_left_out_without_a_person(most_cost: float | None, expected: str) -> None:
    opus = Deployment(id="opus", tier=Tier.PREMIUM, model="m", input_price=100.0, output_price=200.0)
    pro = Deployment(id="pro", tier=Tier.CLOUD, model="m", cost_per_request=0.01)
    wanted = Wanted(tokens=2500, answer_tokens=500, most_cost=most_cost, demand=DEMANDS["review"])
    selection = select(wanted, {}, {}, [opus, pro])
    assert [one.id for one in selection.deployments] == expected.split()
    if not expected:
        assert selection.reason == (
            "no model is available (opus: the request would cost about 0.3, and nobody can be asked; "
            "pro: the request would cost about 0.01, and nobody can be asked)"
        )
