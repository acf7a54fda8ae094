"""Words and vectors together: what only means the same is found, and without vectors the words suffice."""

from array import array

import pytest

from rig.topic_vectors import TopicVectors
from steward.search.hybrid import EmbeddingFailed, HybridIndex, vector_text
from steward.search.index import Document
from steward.search.vectors import Vector

DISK = Document(id="disk", title="Disk is full", symptoms=["No space left on device"])
DNS = Document(id="dns", title="Resolver is down", lead=["It cannot resolve a name."])


async def built(model: TopicVectors | None, *documents: Document) -> HybridIndex:
    made = HybridIndex()
    if model is not None:
        made.use(model)
    await made.put_all(documents)
    while not made.is_complete:
        await made.embed_some(1)
    return made


async def found(index: HybridIndex, text: str) -> list[str]:
    return [one.id for one in index.search(text, vector=await index.vector_of(text))]


async def test_what_means_the_same_is_found_in_other_words() -> None:
    text = "magazin megtelt"
    assert await found(await built(None, DISK, DNS), text) == []
    assert await found(await built(TopicVectors(), DISK, DNS), text) == ["disk"]


async def test_a_document_is_found_by_its_words_before_it_has_a_vector() -> None:
    made = await built(TopicVectors(), DISK)
    made.put(DNS)
    assert not made.is_complete
    assert await found(made, "resolver is down") == ["dns"]


async def test_words_that_mean_something_else_fit_less() -> None:
    model = TopicVectors()
    made = await built(model, DISK, DNS)
    (by_words,) = made.search("resolver film is down")
    by_both = made.search("resolver film is down", vector=model.vector("film"))
    assert not by_both or by_both[0].score < by_words.score


@pytest.mark.parametrize("text", ["Turn on the magazin", "magazin check completed, all good"])
async def test_neither_commands_nor_good_news_are_found_by_meaning(text: str) -> None:
    assert await found(await built(TopicVectors(), DISK, DNS), text) == []


async def test_only_what_changed_is_embedded_again() -> None:
    model = TopicVectors()
    made = await built(model, DISK, DNS)
    assert len(model.asked) == 2
    made.put(DISK)
    assert made.is_complete
    made.put(Document(id="disk", title="Film is late"))
    await made.embed_some(9)
    assert model.asked[2:] == ["Film is late"]
    assert await found(made, "magazin megtelt") == []
    made.remove("dns")
    made.remove("dns")
    assert await found(made, "resolver is down") == []


async def test_a_document_that_changes_meanwhile_waits_again() -> None:
    made = HybridIndex()

    class Slow(TopicVectors):
        async def documents(self, texts: tuple[str, ...]) -> tuple[Vector, ...]:
            made.put(Document(id="disk", title="Film is late"))
            return await super().documents(texts)

    made.use(Slow())
    made.put(DISK)
    await made.embed_some(9)
    assert not made.is_complete


async def test_a_model_that_fails_leaves_the_search_by_words() -> None:
    model = TopicVectors()
    made = await built(model, DISK)
    model.fails = True
    made.put(DNS)
    with pytest.raises(EmbeddingFailed):
        await made.embed_some(9)
    assert await found(made, "no space left on device") == ["disk"]


async def test_another_model_under_the_same_name_makes_all_vectors_again() -> None:
    model = TopicVectors()
    made = await built(model, DISK, DNS)
    model.size = 64
    assert await made.vector_of("magazin megtelt") is None
    assert (model.forgotten, made.is_complete) == (1, False)
    # A vector of the former model, that was made before, is ignored.
    assert made.search("magazin megtelt", vector=array("f", [1.0] * 48)) == ()
    while not made.is_complete:
        await made.embed_some(9)
    assert await found(made, "magazin megtelt") == ["disk"]
    model.size = 48
    made.put(Document(id="film", title="Film is late"))
    await made.embed_some(9)
    assert model.forgotten == 2
    assert not made.is_complete


async def test_without_vectors_no_query_is_embedded() -> None:
    made = HybridIndex()
    made.use(TopicVectors())
    assert await made.vector_of("magazin") is None
    await made.embed_some(9)
    assert made.is_complete
    assert len(made) == 0


def test_the_vector_is_of_what_a_document_is_about() -> None:
    assert vector_text(DISK) == "Disk is full. No space left on device"
    assert vector_text(Document(id="x", title="", body="b" * 5_000)) == "b" * 1_200
