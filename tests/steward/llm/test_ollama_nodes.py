"""Which node of a model is asked."""

import asyncio

import pytest

from steward.clock import ManualClock
from steward.llm.errors import ModelUnavailable
from steward.llm.ollama_nodes import AFTER_FAILURE, FRESH, Candidate, NodePool, NodeState, choose, full_name
from steward.llm.settings import Deployment, DeploymentKind

from .rig import NOW

A, B = "http://a:11434", "http://b:11434"
MODEL = Deployment(id="m", kind=DeploymentKind.OLLAMA, url=A, more_urls=(f"{B}/v1",), model="qwen3:8b")


def node(url: str, running: int = 0, *, has: bool = True, loaded: bool = False, other: int = 0) -> Candidate:
    models = frozenset({"qwen3:8b", "other:latest"}) if has else frozenset({"other:latest"})
    memory = ({"qwen3:8b": 5} if loaded else {}) | ({"other:latest": other} if other else {})
    return Candidate(url=url, state=NodeState(models=models, loaded=memory), running=running)


@pytest.mark.parametrize(
    ("candidates", "is_pinned", "chosen"),
    [
        ([node(A), node(B, loaded=True)], False, B),
        ([node(A), node(B, 1, loaded=True)], False, B),
        ([node(A), node(B, 2, loaded=True)], False, A),
        ([node(A), node(B, 2, loaded=True)], True, None),
        ([node(A, other=9), node(B)], False, B),
        ([node(A, 1), node(B)], False, B),
        ([node(A, has=False), node(B, 1)], False, B),
        ([node(A, 2), node(B, 2)], False, None),
        ([node(A, 2), node(B)], True, None),
        ([Candidate(url=A, state=None, running=0)], False, A),
        ([Candidate(url=A, state=None, running=0), node(B, loaded=True)], True, B),
    ],
)
def test_the_node_of_a_request(candidates: list[Candidate], is_pinned: bool, chosen: str | None) -> None:  # noqa: FBT001
    found = choose(candidates, "qwen3:8b", parallel=2, is_pinned=is_pinned)
    assert (found and found.url) == chosen


def test_a_model_that_no_node_has_is_unavailable() -> None:
    with pytest.raises(ModelUnavailable, match="no node has the model qwen3:8b"):
        choose([node(A, has=False)], "qwen3:8b", parallel=2, is_pinned=False)


@pytest.mark.parametrize(
    ("name", "full"),
    [("qwen3", "qwen3:latest"), ("qwen3:8b", "qwen3:8b"), ("hf.co:443/a/b", "hf.co:443/a/b:latest")],
)
def test_a_name_without_a_tag_is_the_latest(name: str, full: str) -> None:
    assert full_name(name) == full


async def test_a_burst_uses_every_node_and_waits_for_room() -> None:
    pool, used = NodePool(ManualClock(NOW)), []
    done, busy = asyncio.Event(), asyncio.Semaphore(0)

    async def one() -> None:
        async with pool.node(MODEL, "qwen3:8b", (), 5) as url:
            used.append(url)
            busy.release()
            await done.wait()

    tasks = [asyncio.create_task(one()) for _ in range(10)]
    for _ in range(4):
        await busy.acquire()
    assert sorted(used) == [A, A, B, B], "two on each node, the others wait"
    done.set()
    await asyncio.gather(*tasks)
    assert len(used) == 10
    assert (await _first(pool)) in (A, B), "there is room again"


async def _first(pool: NodePool) -> str:
    async with pool.node(MODEL, "qwen3:8b", (), 5) as url:
        return url


async def test_without_room_in_time_the_model_is_unavailable() -> None:
    pool = NodePool(ManualClock(NOW))
    async with pool.node(MODEL, "m", (B,), 5), pool.node(MODEL, "m", (B,), 5):
        with pytest.raises(ModelUnavailable, match="no node had room in time"):
            async with pool.node(MODEL, "m", (B,), 0):
                pass


async def test_the_queue_is_bounded() -> None:
    pool = NodePool(ManualClock(NOW))
    hold = asyncio.Event()

    async def one() -> None:
        async with pool.node(MODEL, "m", (), 60):
            await hold.wait()

    tasks = [asyncio.create_task(one()) for _ in range(4 + 32)]
    await asyncio.sleep(0)
    with pytest.raises(ModelUnavailable, match="too many requests wait"):
        async with pool.node(MODEL, "m", (), 60):
            pass
    hold.set()
    await asyncio.gather(*tasks)


async def test_a_node_that_failed_is_asked_again_after_some_time() -> None:
    clock = ManualClock(NOW)
    pool = NodePool(clock)
    assert pool.stale(MODEL) == (A, B)
    pool.set_state(A, None)
    pool.set_state(B, NodeState(models=frozenset({"qwen3:8b"})))
    assert pool.stale(MODEL) == ()
    assert await _first(pool) == B
    pool.set_down(B)
    with pytest.raises(ModelUnavailable, match="no node answers"):
        await _first(pool)
    clock.move(AFTER_FAILURE)
    assert pool.stale(MODEL) == (A, B)
    assert await _first(pool) == A
    assert FRESH < AFTER_FAILURE
