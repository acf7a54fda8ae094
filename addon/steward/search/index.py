"""BM25 over documents with a title, symptoms and text, and a score that says whether anything fits."""

import math
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from typing import Final

from .terms import CONCEPT, Word, words
from .tone import Tone, problem_concepts, tone_of

TITLE_WEIGHT: Final = 3.0
SYMPTOMS_WEIGHT: Final = 2.0
LEAD_WEIGHT: Final = 1.5
SATURATION: Final = 1.2
LENGTH_SHARE: Final = 0.5
CONCEPT_WEIGHT: Final = 0.6
MOST_WORDS: Final = 64
"""Distinct words of a query that are used."""
MOST_TERMS: Final = 16
"""Terms of a query that find candidates, those that say most."""
MOST_FIRST: Final = 400
"""Documents that one term finds, those where it is most frequent: more would make common terms slow."""
MOST_SUMMED: Final = 60
MOST_CANDIDATES: Final = 20
MOST_PASSAGES: Final = 48

UNKNOWN_WEIGHT: Final = 0.6
"""Weight of a word that no document has, beside 1 for a word that one document has."""
VAGUE_WEIGHT: Final = 0.6
"""Weight of a word that says that something is wrong, beside one that says what it is about."""
LEAST_WEIGHT: Final = 0.25
CONCEPT_CREDIT: Final = 0.8
"""How much of a word is covered by a document that only has its concept."""
RANK_SHARE: Final = 0.4
PASSAGE_SHARE: Final = 0.6
TONE_FACTORS: Final = {Tone.PROBLEM: 1.0, Tone.NEUTRAL: 0.77, Tone.FINE: 0.35, Tone.COMMAND: 0.35}
EVIDENCE: Final = 0.5
ENOUGH_WEIGHT: Final = 2.0
NOISE_SHARE: Final = 0.3
FITS: Final = 0.23
"""A hit below this score does not fit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What is searched. ``lead`` says in sentences what it is about, ``body`` is everything else."""

    id: str
    title: str
    symptoms: Sequence[str] = ()
    lead: Sequence[str] = ()
    body: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that fits, and how well (0 to 1)."""

    id: str
    score: float


@dataclass(frozen=True, slots=True)
class _Posting:
    """The documents that have a term, in ascending order, and its saturated frequency in each.

    ``first`` are at most MOST_FIRST of them with the frequency, those where it is highest.
    """

    places: array[int]
    values: array[float]
    idf: float
    first: Sequence[tuple[int, float]]

    def value(self, place: int) -> float:
        """Return the frequency in one document, 0 when it does not have the term."""
        found = bisect_left(self.places, place)
        return self.values[found] if found < len(self.places) and self.places[found] == place else 0.0


@dataclass(frozen=True, slots=True)
class Prepared:
    """The terms of a document: of each field with its weight, and of each passage."""

    id: str
    fields: tuple[tuple[float, Sequence[str]], ...]
    passages: tuple[tuple[str, ...], ...]


def prepare(document: Document) -> Prepared:
    """Return the terms of a document. This is most of the work of an index."""
    title = words(document.title)
    symptoms = [words(one) for one in document.symptoms]
    lead = [words(one) for one in document.lead]
    return Prepared(
        document.id,
        fields=(
            (TITLE_WEIGHT, _terms(title)),
            (SYMPTOMS_WEIGHT, [term for one in symptoms for term in _terms(one)]),
            (LEAD_WEIGHT, [term for one in lead for term in _terms(one)]),
            (1.0, _terms(words(document.body))),
        ),
        passages=tuple(_distinct(one) for one in (title, *symptoms, *lead) if one)[:MOST_PASSAGES],
    )


class Index:
    """The documents of one library. It is built once; another library is another index."""

    def __init__(self, documents: Iterable[Prepared]) -> None:
        """Count the terms. Of documents that fit equally, the first ones are found first."""
        known = tuple(documents)
        self._ids = [one.id for one in known]
        self._postings = _postings([one.fields for one in known])
        self._most_idf = math.log(1 + len(known) / 1.5) if known else 1.0
        self._passages = [tuple((each, self._own_weight(each)) for each in one.passages) for one in known]

    def __len__(self) -> int:
        return len(self._ids)

    def search(self, text: str, most: int = 10) -> tuple[Hit, ...]:
        """Return the documents that fit, best first; none when nothing does."""
        return tuple(one for one in self.ranked(text, most) if one.score >= FITS)

    def ranked(self, text: str, most: int = 10) -> tuple[Hit, ...]:
        """Return the best documents with their score, whether they fit or not."""
        query = _distinct_words(words(text))
        sums = self._sums(query)
        if not sums:
            return ()
        best = sorted(sums, key=lambda place: (-sums[place], place))[:MOST_CANDIDATES]
        top = sums[best[0]]
        weights = [self._weight(one) for one in query]
        factor = TONE_FACTORS[tone_of(text)]
        hits = [
            Hit(self._ids[place], factor * self._score(place, query, weights, sums[place] / top))
            for place in best
        ]
        return tuple(sorted(hits, key=lambda one: -one.score)[:most])

    def _sums(self, query: Sequence[Word]) -> dict[int, float]:
        """Return the BM25 sums of the most promising documents."""
        terms = {
            term: self._postings[term].idf * (CONCEPT_WEIGHT if term.startswith(CONCEPT) else 1.0)
            for one in query
            for term in one.terms
            if term in self._postings
        }
        found: dict[int, float] = {}
        for term in sorted(terms, key=lambda one: (-terms[one], one))[:MOST_TERMS]:
            weight = terms[term]
            for place, value in self._postings[term].first:
                found[place] = found.get(place, 0.0) + weight * value
        weighted = [(self._postings[term], weight) for term, weight in terms.items()]
        return {
            place: sum(weight * posting.value(place) for posting, weight in weighted)
            for place in nlargest(MOST_SUMMED, found, key=found.__getitem__)
        }

    def _weight(self, word: Word) -> float:
        """Return how much a word of a query says: 1 for a word of one document, less for common ones."""
        idfs = [self._postings[term].idf for term in word.terms if term in self._postings]
        is_vague = any(one.removeprefix(CONCEPT) in problem_concepts() for one in word.concepts)
        if idfs:
            return max(LEAST_WEIGHT, max(idfs) / self._most_idf) * (VAGUE_WEIGHT if is_vague else 1.0)
        return UNKNOWN_WEIGHT if word.stem.isalpha() else 0.0

    def _score(self, place: int, query: Sequence[Word], weights: Sequence[float], rank: float) -> float:
        total = _needed(sum(weights))
        if not total:
            return 0.0
        covered = sum(weight * self._credit(one, place) for one, weight in zip(query, weights, strict=True))
        passage = max(
            (_overlap(each, own, query, weights, total) for each, own in self._passages[place]), default=0.0
        )
        coverage = min(1.0, covered / total)
        score = RANK_SHARE * coverage * rank + PASSAGE_SHARE * passage
        return score * covered / (covered + EVIDENCE)

    def _credit(self, word: Word, place: int) -> float:
        if self._has(word.stem, place):
            return 1.0
        return CONCEPT_CREDIT if any(self._has(one, place) for one in word.concepts) else 0.0

    def _has(self, term: str, place: int) -> bool:
        posting = self._postings.get(term)
        return posting is not None and posting.value(place) > 0

    def _own_weight(self, passage: Sequence[str]) -> float:
        return sum(
            max(LEAST_WEIGHT, self._postings[term].idf / self._most_idf)
            for term in passage
            if not term.startswith(CONCEPT)
        )


def _needed(total: float) -> float:
    """Return how much of a query a document must cover: a long one, such as a log line, contains noise."""
    return min(total, ENOUGH_WEIGHT) + NOISE_SHARE * max(0.0, total - ENOUGH_WEIGHT)


def _overlap(
    passage: Sequence[str], own: float, query: Sequence[Word], weights: Sequence[float], total: float
) -> float:
    """Return the weighted Dice coefficient of a query and a passage."""
    shared = 0.0
    for one, weight in zip(query, weights, strict=True):
        if one.stem in passage:
            shared += weight
        elif any(concept in passage for concept in one.concepts):
            shared += weight * CONCEPT_CREDIT
    return min(1.0, 2 * shared / (total + own)) if shared else 0.0


def _postings(fields: Sequence[Sequence[tuple[float, Sequence[str]]]]) -> Mapping[str, _Posting]:
    count = len(fields)
    depth = len(fields[0]) if fields else 0
    means = [sum(len(one[number][1]) for one in fields) / count or 1.0 for number in range(depth)]
    places: dict[str, array[int]] = {}
    values: dict[str, array[float]] = {}
    for place, one in enumerate(fields):
        frequencies: dict[str, float] = defaultdict(float)
        for (weight, terms), mean in zip(one, means, strict=True):
            share = weight / (1 - LENGTH_SHARE + LENGTH_SHARE * len(terms) / mean)
            for term in terms:
                frequencies[term] += share
        for term, frequency in frequencies.items():
            places.setdefault(term, array("L")).append(place)
            values.setdefault(term, array("f")).append(frequency / (SATURATION + frequency))
    return {
        term: _Posting(found, values[term], _idf(count, len(found)), _first(found, values[term]))
        for term, found in places.items()
    }


def _idf(count: int, having: int) -> float:
    return math.log(1 + (count - having + 0.5) / (having + 0.5))


def _first(places: array[int], values: array[float]) -> tuple[tuple[int, float], ...]:
    pairs = zip(places, values, strict=True)
    return tuple(pairs if len(places) <= MOST_FIRST else nlargest(MOST_FIRST, pairs, key=lambda one: one[1]))


def _terms(found: Iterable[Word]) -> list[str]:
    return [term for one in found for term in one.terms]


def _distinct(found: Iterable[Word]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_terms(found)))


def _distinct_words(found: Iterable[Word]) -> tuple[Word, ...]:
    return tuple({one.stem: one for one in found}.values())[:MOST_WORDS]
