"""The index that all searches use: words, and vectors if there is an embedding model."""

from collections.abc import Iterable
from typing import Final, Protocol

from .index import TONE_FACTORS, Document, Hit, Index, prepare
from .slices import put_all
from .tone import tone_of
from .vectors import Vector, Vectors

MOST_CANDIDATES: Final = 20
NEAR_SHARE: Final = 0.4
"""What the nearest possible document gains, and the most distant one loses; a score is a share of 1."""
FITS_WITH_VECTORS: Final = 0.22
LONGEST_TEXT: Final = 1_200
"""Characters of a document that become its vector. Small models read about as many."""


class EmbeddingFailed(Exception):
    """There are no vectors now; asking again later may help."""


class Embedder(Protocol):
    """Makes vectors of texts with one local model."""

    async def background(self) -> tuple[Vector, ...]:
        """Return the vectors of the background texts. Raises EmbeddingFailed."""

    async def documents(self, texts: tuple[str, ...]) -> tuple[Vector, ...]:
        """Return one vector per text. Raises EmbeddingFailed."""

    async def query(self, text: str) -> Vector | None:
        """Return the vector of a query, None if there is none within a short time."""

    async def forget(self) -> None:
        """Make all vectors again: the model under this name is another one."""


class HybridIndex:
    """The documents of one library. Each is found by its words at once, and by its vector when it has one."""

    def __init__(self) -> None:
        """Without an embedder, documents are found by their words only."""
        self._words = Index()
        self._embedder: Embedder | None = None
        self._texts: dict[str, str] = {}
        self._waiting: dict[str, None] = {}
        self._vectors: Vectors | None = None

    def __len__(self) -> int:
        return len(self._words)

    def use(self, embedder: Embedder) -> None:
        """Make vectors of the documents that are added from now on."""
        self._embedder = embedder

    @property
    def is_complete(self) -> bool:
        """Whether every document that can have a vector has one."""
        return not self._waiting

    def put(self, document: Document) -> None:
        """Add a document; it replaces the one with its id."""
        self._words.put(prepare(document))
        self._note(document)

    async def put_all(self, documents: Iterable[Document]) -> None:
        """Add documents in slices that do not hold the event loop."""
        await put_all(self._words, map(self._noted, documents))

    def remove(self, document_id: str) -> None:
        """Remove a document, if there is one with this id."""
        self._words.remove(document_id)
        self._waiting.pop(document_id, None)
        self._texts.pop(document_id, None)
        if self._vectors is not None:
            self._vectors.remove(document_id)

    async def vector_of(self, text: str) -> Vector | None:
        """Return the vector of a query; None if there is none, or no document to compare it with."""
        if self._embedder is None or not self._vectors:
            return None
        vector = await self._embedder.query(text)
        if vector is None or len(vector) == self._vectors.dimensions:
            return vector
        await self._begin_again()
        return None

    def search(self, text: str, most: int = 10, vector: Vector | None = None) -> tuple[Hit, ...]:
        """Return the documents that fit, best first; none when nothing does."""
        if vector is None or self._vectors is None or len(vector) != self._vectors.dimensions:
            return self._words.search(text, most)
        words = {one.id: one.score for one in self._words.ranked(text, MOST_CANDIDATES)}
        near = self._vectors.near(vector, words)
        factor = NEAR_SHARE * TONE_FACTORS[tone_of(text)]
        scores = {one: words.get(one, 0.0) + factor * near.get(one, 0.0) for one in (*words, *near)}
        fitting = [Hit(one, min(1.0, score)) for one, score in scores.items() if score >= FITS_WITH_VECTORS]
        return tuple(sorted(fitting, key=lambda one: -one.score)[:most])

    async def embed_some(self, most: int) -> None:
        """Make the vectors of the next documents that have none. Raises EmbeddingFailed."""
        names = tuple(self._waiting)[:most]
        if self._embedder is None or not names:
            return
        if self._vectors is None:
            self._vectors = Vectors(await self._embedder.background())
        texts = {one: self._texts[one] for one in names}
        made = await self._embedder.documents(tuple(texts.values()))
        if any(len(one) != self._vectors.dimensions for one in made):
            await self._begin_again()
            return
        for (name, text), vector in zip(texts.items(), made, strict=True):
            # Meanwhile it may have been changed or removed.
            if self._texts.get(name) == text:
                self._vectors.put(name, vector)
                self._waiting.pop(name, None)

    async def _begin_again(self) -> None:
        self._vectors = None
        self._waiting = dict.fromkeys(self._texts)
        if self._embedder is not None:
            await self._embedder.forget()

    def _noted(self, document: Document) -> Document:
        self._note(document)
        return document

    def _note(self, document: Document) -> None:
        text = vector_text(document)
        if self._embedder is None or self._texts.get(document.id) == text:
            return
        self._texts[document.id] = text
        self._waiting[document.id] = None
        if self._vectors is not None:
            self._vectors.remove(document.id)


def vector_text(document: Document) -> str:
    """Return the part of a document that says what it is about."""
    parts = (document.title, *document.names, *document.symptoms, *document.lead)
    return ". ".join(one for one in parts if one)[:LONGEST_TEXT] or document.body[:LONGEST_TEXT]
