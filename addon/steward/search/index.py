"""BM25 over documents with a title, symptoms and text, and a score that says whether anything fits."""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import nlargest
from typing import Final, NamedTuple

from .postings import Posting
from .spelling import Vocabulary
from .terms import CONCEPT, Word, about_other_topics, common_words, products, words
from .tone import Tone, problem_concepts, tone_of

TITLE_WEIGHT: Final = 3.0
SYMPTOMS_WEIGHT: Final = 2.0
LEAD_WEIGHT: Final = 1.5
SATURATION: Final = 1.2
LENGTH_SHARE: Final = 0.5
USUAL_TITLE: Final = 8
"""Terms that the field of a document usually has. Fixed, so that one document changes no other."""
USUAL_SYMPTOMS: Final = 60
USUAL_LEAD: Final = 15
USUAL_BODY: Final = 60
CONCEPT_WEIGHT: Final = 0.6
MOST_WORDS: Final = 64
"""Distinct words of a query that are used."""
MOST_TERMS: Final = 16
"""Terms of a query that find candidates, those that say most."""
MOST_SUMMED: Final = 60
MOST_CANDIDATES: Final = 20
MOST_PASSAGES: Final = 48

UNKNOWN_WEIGHT: Final = 0.7
"""Weight of a word that no document has, beside 1 for a word that one document has."""
OTHER_TOPIC_FACTOR: Final = 0.4
"""Of the score, when a query is about something that is no part of a homelab nor of the document."""
OTHER_PROGRAM_FACTOR: Final = 0.8
"""Of the score, when a document has none of the programs that a query names."""
MOST_UNKNOWN: Final = 1.2
"""Weight of all unknown words together: people tell more than a runbook says."""
VAGUE_WEIGHT: Final = 0.6
"""Weight of a word that says that something is wrong, beside one that says what it is about."""
REPEATED_WEIGHT: Final = 0.6
"""Weight of a word that means what another word of the query means, beside its usual one."""
COMMON_WEIGHT: Final = 0.5
"""Weight of a word that says little in any text, beside one that says what it is about."""
LEAST_WEIGHT: Final = 0.2
CONCEPT_CREDIT: Final = 0.8
"""How much of a word is covered by a document that only has its concept."""
OTHER_SUBJECT: Final = 0.4
"""Of the score, when a document is about nothing that the query is about."""
PRODUCT_WEIGHT: Final = 2.0
"""Weight of the name of a program as a subject, beside 1 for another word."""
SUBJECT_CREDIT: Final = 0.9
NO_SUBJECTS: Final = frozenset({"start", "restart", "history", "node", "old", "network"})
"""Concepts that are about everything in a homelab."""
RANK_SHARE: Final = 0.4
PASSAGE_SHARE: Final = 0.6
TONE_FACTORS: Final = {Tone.PROBLEM: 1.0, Tone.NEUTRAL: 0.7, Tone.FINE: 0.2, Tone.COMMAND: 0.2}
EVIDENCE: Final = 0.5
ENOUGH_WEIGHT: Final = 2.0
NOISE_SHARE: Final = 0.35
FITS: Final = 0.165
"""A hit below this score does not fit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What is searched. ``names`` are those of its alerts, ``lead`` says in sentences what it is about.

    ``body`` is everything else.
    """

    id: str
    title: str
    names: Sequence[str] = ()
    symptoms: Sequence[str] = ()
    lead: Sequence[str] = ()
    body: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that fits, and how well (0 to 1)."""

    id: str
    score: float


class Passage(NamedTuple):
    """A title, a symptom or a sentence: its terms, and the stems of its words as they are written."""

    terms: frozenset[str]
    stems: frozenset[str]


@dataclass(frozen=True, slots=True)
class Prepared:
    """The terms of a document with their saturated frequencies, and its passages."""

    id: str
    frequencies: Mapping[str, float]
    passages: tuple[Passage, ...]


def prepare(document: Document) -> Prepared:
    """Return the terms of a document. This is most of the work of an index."""
    titles = [words(one) for one in (document.title, *document.names)]
    symptoms = [words(one) for one in document.symptoms]
    lead = [words(one) for one in document.lead]
    fields = (
        (TITLE_WEIGHT, USUAL_TITLE, [term for one in titles for term in _terms(one)]),
        (SYMPTOMS_WEIGHT, USUAL_SYMPTOMS, [term for one in symptoms for term in _terms(one)]),
        (LEAD_WEIGHT, USUAL_LEAD, [term for one in lead for term in _terms(one)]),
        (1.0, USUAL_BODY, _terms(words(document.body))),
    )
    return Prepared(
        document.id,
        frequencies=_frequencies(fields),
        passages=tuple(_passage(one) for one in (*titles, *symptoms, *lead) if one)[:MOST_PASSAGES],
    )


class Index:
    """The documents of one library."""

    def __init__(self, documents: Iterable[Prepared] = ()) -> None:
        """Add the documents. Of documents that fit equally, the last ones are found first."""
        self._places: dict[str, int] = {}
        self._documents: dict[int, Prepared] = {}
        self._next = 0
        self._postings: dict[str, Posting] = {}
        self._vocabulary = Vocabulary()
        self._most_idf = 1.0
        self._own_weights: dict[int, tuple[float, ...]] = {}
        for one in documents:
            self.put(one)

    def __len__(self) -> int:
        return len(self._places)

    def put(self, document: Prepared) -> None:
        """Add a document; it replaces the one with its id. The others need no work."""
        place = self._places.get(document.id)
        if place is None:
            place = self._places[document.id] = self._next
            self._next += 1
        else:
            self._forget(place)
        self._documents[place] = document
        for term, value in document.frequencies.items():
            posting = self._postings.get(term)
            if posting is None:
                posting = self._postings[term] = Posting()
                self._vocabulary.add(term)
            posting.put(place, value)
        self._counted()

    def remove(self, document_id: str) -> None:
        """Remove a document, if there is one with this id."""
        place = self._places.pop(document_id, None)
        if place is not None:
            self._forget(place)
            self._counted()

    def _forget(self, place: int) -> None:
        for term in self._documents.pop(place).frequencies:
            posting = self._postings[term]
            posting.remove(place)
            if not posting.places:
                del self._postings[term]
                self._vocabulary.remove(term)

    def _counted(self) -> None:
        self._most_idf = math.log(1 + len(self) / 1.5) if self._places else 1.0
        self._own_weights = {}

    def search(self, text: str, most: int = 10) -> tuple[Hit, ...]:
        """Return the documents that fit, best first; none when nothing does."""
        return tuple(one for one in self.ranked(text, most) if one.score >= FITS)

    def ranked(self, text: str, most: int = 10) -> tuple[Hit, ...]:
        """Return the best documents with their score, whether they fit or not."""
        query = [self._understood(one) for one in _distinct_words(words(text))]
        sums = self._sums(query)
        if not sums:
            return ()
        best = sorted(sums, key=lambda place: (-sums[place], -place))[:MOST_CANDIDATES]
        top = sums[best[0]]
        other = about_other_topics(text)
        weights = _without_repeats(query, [self._weight(one) for one in query])
        unknown = sum(
            UNKNOWN_WEIGHT * (COMMON_WEIGHT if is_common(one) else 1.0)
            for one in query
            if self._is_unknown(one) and one.stem.isalpha()
        )
        needed = _needed(sum(weights) + min(unknown, MOST_UNKNOWN))
        programs = {one.stem for one in query} & products()
        factor = TONE_FACTORS[tone_of(text)]
        hits = [
            Hit(
                self._documents[place].id,
                factor
                * self._topic(place, other)
                * self._program(place, programs)
                * self._score(place, query, weights, needed, sums[place] / top),
            )
            for place in best
        ]
        return tuple(sorted(hits, key=lambda one: -one.score)[:most])

    def _understood(self, word: Word) -> Word:
        """Return a word that no document has with those that it resembles."""
        if not self._is_unknown(word) or word.stem in products():
            return word
        return Word(word.stem, (*word.concepts, *self._vocabulary.near(word.stem)))

    def _idf(self, term: str) -> float:
        return _idf(len(self._places), len(self._postings[term].places))

    def _sums(self, query: Sequence[Word]) -> dict[int, float]:
        """Return the BM25 sums of the most promising documents."""
        terms = {
            term: self._idf(term) * (CONCEPT_WEIGHT if term.startswith(CONCEPT) else 1.0)
            for one in query
            for term in one.terms
            if term in self._postings
        }
        found: dict[int, float] = {}
        for term in sorted(terms, key=lambda one: (-terms[one], one))[:MOST_TERMS]:
            weight = terms[term]
            for value, place in self._postings[term].first():
                found[place] = found.get(place, 0.0) + weight * value
        weighted = [(self._postings[term], weight) for term, weight in terms.items()]
        return {
            place: sum(weight * posting.value(place) for posting, weight in weighted)
            for _, place in nlargest(MOST_SUMMED, zip(found.values(), found, strict=True))
        }

    def _weight(self, word: Word) -> float:
        """Return how much a word of a query says: 1 for a word of one document, less for common ones."""
        idfs = [self._idf(term) for term in word.terms if term in self._postings]
        is_vague = any(one.removeprefix(CONCEPT) in problem_concepts() for one in word.concepts)
        if idfs:
            factor = min(VAGUE_WEIGHT if is_vague else 1.0, COMMON_WEIGHT if is_common(word) else 1.0)
            return max(LEAST_WEIGHT, max(idfs) / self._most_idf) * factor
        return 0.0

    def _is_unknown(self, word: Word) -> bool:
        return not any(term in self._postings for term in word.terms)

    def _score(
        self, place: int, query: Sequence[Word], weights: Sequence[float], total: float, rank: float
    ) -> float:
        if not total:
            return 0.0
        covered = sum(weight * self._credit(one, place) for one, weight in zip(query, weights, strict=True))
        asked = {term for one in query for term in one.terms}
        passages = zip(self._documents[place].passages, self._passage_weights(place), strict=True)
        overlaps = (
            _overlap(each, own, query, weights, total)
            for each, own in passages
            if not asked.isdisjoint(each.terms)
        )
        passage = max(overlaps, default=0.0)
        coverage = min(1.0, covered / total)
        score = RANK_SHARE * coverage * rank + PASSAGE_SHARE * passage
        return score * self._subject(place, query) * covered / (covered + EVIDENCE)

    def _subject(self, place: int, query: Sequence[Word]) -> float:
        """Return 1 if a document is about all that a query is about, less if about a part of it."""
        found = total = 0.0
        for word in query:
            subjects = _subjects(word)
            is_product = word.stem in products()
            if not subjects and not is_product:
                continue
            weight = PRODUCT_WEIGHT if is_product else 1.0
            total += weight
            if self._has(word.stem, place):
                found += weight
            elif not is_product and any(self._has(one, place) for one in subjects):
                found += weight * SUBJECT_CREDIT
        return OTHER_SUBJECT + (1 - OTHER_SUBJECT) * found / total if total else 1.0

    def _topic(self, place: int, other: Collection[str]) -> float:
        return 1.0 if all(self._has(stem, place) for stem in other) else OTHER_TOPIC_FACTOR

    def _program(self, place: int, named: Collection[str]) -> float:
        is_other = named and not any(self._has(one, place) for one in named)
        return OTHER_PROGRAM_FACTOR if is_other else 1.0

    def _credit(self, word: Word, place: int) -> float:
        if self._has(word.stem, place):
            return 1.0
        return CONCEPT_CREDIT if any(self._has(one, place) for one in word.concepts) else 0.0

    def _has(self, term: str, place: int) -> bool:
        posting = self._postings.get(term)
        return posting is not None and posting.value(place) > 0

    def _passage_weights(self, place: int) -> tuple[float, ...]:
        found = self._own_weights.get(place)
        if found is None:
            found = tuple(map(self._own_weight, self._documents[place].passages))
            self._own_weights[place] = found
        return found

    def _own_weight(self, passage: Passage) -> float:
        return sum(
            max(LEAST_WEIGHT, self._idf(stem) / self._most_idf)
            * (COMMON_WEIGHT if stem in common_words() else 1.0)
            for stem in passage.stems
        )


def _without_repeats(query: Sequence[Word], weights: Sequence[float]) -> list[float]:
    """Return the weights of a query's words: several words that mean the same are not several reasons."""
    seen: set[str] = set()
    found = list(weights)
    for place in sorted(range(len(query)), key=lambda one: (-weights[one], one)):
        meant = {one for one in query[place].concepts if one.startswith(CONCEPT)}
        if not seen.isdisjoint(meant):
            found[place] *= REPEATED_WEIGHT
        seen |= meant
    return found


def is_common(word: Word) -> bool:
    """Return whether a word says little: it is one of those that every text has, and means no concept."""
    return word.stem in common_words() and not any(one.startswith(CONCEPT) for one in word.concepts)


@lru_cache(maxsize=16_384)
def _subjects(word: Word) -> tuple[str, ...]:
    """Return the concepts of a word that say what a text is about, not that something is wrong."""
    vague = problem_concepts() | NO_SUBJECTS
    return tuple(
        one for one in word.concepts if one.startswith(CONCEPT) and one.removeprefix(CONCEPT) not in vague
    )


def _needed(total: float) -> float:
    """Return how much of a query a document must cover: a long one, such as a log line, contains noise."""
    return min(total, ENOUGH_WEIGHT) + NOISE_SHARE * max(0.0, total - ENOUGH_WEIGHT)


def _overlap(
    passage: Passage, own: float, query: Sequence[Word], weights: Sequence[float], total: float
) -> float:
    """Return the weighted Dice coefficient of a query and a passage."""
    shared = 0.0
    for one, weight in zip(query, weights, strict=True):
        if one.stem in passage.terms:
            shared += weight
        elif any(concept in passage.terms for concept in one.concepts):
            shared += weight * CONCEPT_CREDIT
    return min(1.0, 2 * shared / (total + own)) if shared else 0.0


def _frequencies(fields: Iterable[tuple[float, int, Sequence[str]]]) -> dict[str, float]:
    """Return the saturated frequency of each term; the fields have a weight and a usual length."""
    found: dict[str, float] = defaultdict(float)
    for weight, usual, terms in fields:
        share = weight / (1 - LENGTH_SHARE + LENGTH_SHARE * len(terms) / usual)
        for term in terms:
            found[term] += share
    return {term: one / (SATURATION + one) for term, one in found.items()}


@lru_cache(maxsize=4_096)
def _idf(count: int, having: int) -> float:
    return math.log(1 + (count - having + 0.5) / (having + 0.5))


def _terms(found: Iterable[Word]) -> list[str]:
    return [term for one in found for term in one.terms]


def _passage(found: Iterable[Word]) -> Passage:
    return Passage(frozenset(_terms(found)), frozenset(one.stem for one in found))


def _distinct_words(found: Iterable[Word]) -> tuple[Word, ...]:
    return tuple({one.stem: one for one in found}.values())[:MOST_WORDS]
