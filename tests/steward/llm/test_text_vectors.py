"""Vectors of texts: local only, stored by hash and bounded; no fault of the model reaches a search."""

import asyncio
import math
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from lab.model import ScriptedModel
from lab.model_script import ModelFault, ModelFaultKind
from lab.wire import JsonObject
from steward.llm import tables, text_vectors
from steward.llm.messages import Tier
from steward.llm.settings import Deployment
from steward.llm.text_vectors import MOST_WAITING, PAUSE, TextVectors, embedding_deployment
from steward.search.hybrid import EmbeddingFailed
from steward.search.vectors import background_texts

from .rig import Rig, deployment_of, open_rig

PRIVATE = ("The safe of Anna is behind pve-keller", "password: hunter2-is-long")


LONG = 60.0


@pytest.fixture(autouse=True)
def _slow_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_vectors, "QUERY_SECONDS", LONG)


@asynccontextmanager
async def opened(tmp_path: Path) -> AsyncIterator[tuple[TextVectors, ScriptedModel, Rig]]:
    async with ScriptedModel(name="m") as model, open_rig(tmp_path, [deployment_of(model)]) as rig:
        yield made_of(model, rig), model, rig


def made_of(model: ScriptedModel, rig: Rig, **fields: str) -> TextVectors:
    deployment = embedding_deployment([deployment_of(model)])
    assert deployment is not None
    name = fields.get("embedding_model", deployment.embedding_model)
    changed = Deployment(
        id=deployment.id, tier=Tier.LOCAL, url=deployment.url, model="m", embedding_model=name
    )
    return TextVectors(rig.gateway, changed, rig.database, rig.clock)


async def stored(rig: Rig) -> int:
    async with rig.database.read() as connection:
        return await connection.scalar(select(func.count()).select_from(tables.vectors)) or 0


async def test_a_text_is_embedded_once_also_over_a_restart(tmp_path: Path) -> None:
    async with opened(tmp_path) as (vectors, model, rig):
        first, second, again = await vectors.documents(("one", "two", "one"))
        assert first == again != second
        assert math.hypot(*first) == pytest.approx(1, abs=1e-6)
        restarted = made_of(model, rig)
        assert await restarted.documents(("two", "one")) == (second, first)
        assert len(model.bodies) == 1
        await restarted.documents(("two", "three"))
        assert '"three"' in model.bodies[1]
        assert '"two"' not in model.bodies[1]


async def test_another_model_makes_all_vectors_again(tmp_path: Path) -> None:
    async with opened(tmp_path) as (vectors, model, rig):
        await vectors.documents(("one",))
        await made_of(model, rig, embedding_model="other").background()
        assert await stored(rig) == len(background_texts())
        await vectors.forget()
        assert await stored(rig) == 0


async def test_private_texts_stay_here(tmp_path: Path) -> None:
    async with ScriptedModel(name="m") as local, ScriptedModel(name="c") as cloud:
        deployments = [deployment_of(cloud, Tier.CLOUD, takes_masked=True), deployment_of(local)]
        chosen = embedding_deployment(deployments)
        assert chosen is deployments[1]
        assert embedding_deployment(deployments[:1]) is None
        async with open_rig(tmp_path, deployments) as rig:
            vectors = TextVectors(rig.gateway, chosen, rig.database, rig.clock)
            await vectors.documents((*PRIVATE, "a public text"))
            assert await vectors.query("another public text") is not None
            local.fault = ModelFault(kind=ModelFaultKind.STATUS, status=503)
            with pytest.raises(EmbeddingFailed):
                await vectors.documents(("a second public text",))
            assert await vectors.query("a third public text") is None
            assert await rig.ledger() == []
        assert cloud.bodies == []
        assert "hunter2-is-long" not in "".join(local.bodies)


def answering(values: Callable[[int], list[object]]) -> Callable[[str, JsonObject], JsonObject]:
    """Return a server's answer with vectors by the number of the text."""

    def answer(_name: str, body: JsonObject) -> JsonObject:
        texts = body["input"]
        assert isinstance(texts, list)
        return {"data": [{"index": one, "embedding": values(one)} for one in range(len(texts))]}  # type: ignore[dict-item]

    return answer


@pytest.mark.parametrize(
    "values",
    [
        lambda _: ["NaN", 1.0],
        lambda _: ["Infinity", 1.0],
        lambda _: [0.0, 0.0],
        lambda number: [1.0] * (number + 2),
        lambda _: [],
        lambda _: [1.0] * 5_000,
    ],
    ids=["not a number", "infinite", "zero", "sizes differ", "empty", "too large"],
)
async def test_unusable_answers_are_not_stored(
    values: Callable[[int], list[object]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lab.model.openai_embeddings", answering(values))
    async with opened(tmp_path) as (vectors, _, rig):
        with pytest.raises(EmbeddingFailed):
            await vectors.documents(("one", "two"))
        assert await stored(rig) == 0


@pytest.mark.parametrize(
    "fault",
    [ModelFault(kind=ModelFaultKind.STATUS, status=500), ModelFault(kind=ModelFaultKind.SILENT)],
    ids=["fails", "silent"],
)
async def test_a_search_goes_on_without_a_vector_and_does_not_wait_again(
    fault: ModelFault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path) as (vectors, model, rig):
        asked: list[str] = []
        embed = rig.gateway.embed

        async def note(
            texts: tuple[str, ...], only: Deployment | None = None
        ) -> tuple[tuple[float, ...], ...]:
            asked.extend(texts)
            return await embed(texts, only)

        monkeypatch.setattr(rig.gateway, "embed", note)
        known = await vectors.query("before")
        model.fault = fault
        is_silent = fault.kind is ModelFaultKind.SILENT
        monkeypatch.setattr(text_vectors, "QUERY_SECONDS", 0.05 if is_silent else LONG)
        assert await vectors.query("no space left") is None
        model.fault = None
        assert await vectors.query("no space left") is None
        assert await vectors.query("before") == known is not None
        assert asked == ["before", "no space left"]
        monkeypatch.setattr(text_vectors, "QUERY_SECONDS", LONG)
        rig.clock.move(10 * PAUSE)
        assert await vectors.query("no space left") is not None


async def test_a_server_that_is_gone(tmp_path: Path) -> None:
    async with opened(tmp_path) as (vectors, model, _):
        await model.close()
        with pytest.raises(EmbeddingFailed):
            await vectors.documents(("one",))
        assert await vectors.query("one") is None


async def test_many_queries_at_once_do_not_queue_up(tmp_path: Path) -> None:
    async with opened(tmp_path) as (vectors, model, _):
        texts = [f"alert {number}" for number in range(3 * MOST_WAITING)]
        found = await asyncio.gather(*map(vectors.query, texts))
        assert sum(one is not None for one in found) == MOST_WAITING == len(model.bodies)


async def test_what_is_kept_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_vectors, "MOST_STORED", 6)
    monkeypatch.setattr(text_vectors, "MOST_QUERIES", 2)
    async with opened(tmp_path) as (vectors, model, rig):
        for number in range(5):
            rig.clock.move(1)
            await vectors.documents((f"a{number}", f"b{number}"))
            await vectors.query(f"q{number}")
        assert await stored(rig) == 6
        asked = len(model.bodies)
        await vectors.documents(("a4", "b4"))
        await vectors.query("q4")
        assert len(model.bodies) == asked
        await vectors.query("q0")
        assert len(model.bodies) == asked + 1
