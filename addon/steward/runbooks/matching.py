"""Which runbooks fit an incident: by target, alert names and labels first, then by text."""

import re
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from homelab_steward.contract.diagnosis import RunbookMatch
from homelab_steward.contract.incidents import Alert
from homelab_steward.contract.state import TargetRef

from ..sdk.description import Role
from ..texts import household, translate
from .model import Match, Runbook

NAMED: Final = 0.8
WORDS: Final = 0.6
ENOUGH: Final = 0.3
MOST_WORDS: Final = 64
OUTAGE: Final = "steward_outage"
"""Label of an alert of the steward's own check that something does not run or does not answer."""

WORD: Final = re.compile(r"[a-z0-9]+")
CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class TextIndex(Protocol):
    """Finds runbooks by text."""

    def search(self, text: str) -> Mapping[str, float]:
        """Return the similarity (0 to 1) of runbooks by id; others do not fit at all."""


@dataclass(frozen=True, slots=True)
class Subject:
    """An incident as the matcher sees it.

    ``service`` is the key of the target's service, ``roles`` are the roles of the target.
    """

    alerts: Sequence[Alert]
    target: TargetRef | None
    service: str | None = None
    roles: Collection[Role] = ()

    @property
    def text(self) -> str:
        """All text of the alerts."""
        parts = [f"{one.name} {one.summary} {one.description}" for one in self.alerts]
        return " ".join(parts)


class WordIndex:
    """BM25 over title, words and text of the runbooks, in an SQLite database in memory."""

    def __init__(self, library: Mapping[str, Runbook]) -> None:
        """Index the library."""
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        self._database.execute(
            "CREATE VIRTUAL TABLE runbooks USING fts5("
            "id UNINDEXED, title, words, body, tokenize='porter unicode61')"
        )
        for one in library.values():
            self.put(one)

    def put(self, one: Runbook) -> None:
        """Index a runbook; it replaces the one with its id."""
        self._database.execute("DELETE FROM runbooks WHERE id = ?", (one.id,))
        self._database.execute(
            "INSERT INTO runbooks VALUES (?, ?, ?, ?)", (one.id, one.title, one.match.words, one.text)
        )

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def search(self, text: str) -> Mapping[str, float]:
        """Return the similarity of runbooks by id. Only the plain words of ``text`` are used."""
        words = words_of(text)
        if not words:
            return {}
        query = " OR ".join(f'"{word}"' for word in words)
        rows = self._database.execute(
            "SELECT id, bm25(runbooks, 0, 4.0, 4.0, 1.0) FROM runbooks"
            " WHERE runbooks MATCH ? ORDER BY 2 LIMIT 10",
            (query,),
        )
        # bm25 is negative and unbounded; this keeps its order within 0 to 1.
        return {str(row[0]): -row[1] / (2.0 - row[1]) for row in rows}


def words_of(text: str) -> tuple[str, ...]:
    """Return the distinct words of a text, CamelCase split, at most 64."""
    spaced = CAMEL.sub(" ", text)
    return tuple(dict.fromkeys(WORD.findall(spaced.lower())))[:MOST_WORDS]


def match_runbooks(
    library: Mapping[str, Runbook], index: TextIndex, subject: Subject
) -> tuple[RunbookMatch, ...]:
    """Return the runbooks that fit, best first, with the reason. Pure but for the index."""
    similarity = index.search(subject.text)
    found = [
        match
        for runbook in library.values()
        if (match := _score(runbook, subject, similarity.get(runbook.id, 0.0)))
    ]
    return tuple(sorted(found, key=lambda one: (-one.score, one.runbook_id)))


def _score(runbook: Runbook, subject: Subject, similarity: float) -> RunbookMatch | None:
    match = runbook.match
    if not _fits_target(match, subject):
        return None
    if not all(_has_label(subject, key, value) for key, value in match.labels.items()):
        return None
    named = _named(match, subject)
    if named is None and match.checks and _is_known_outage(subject):
        return None
    score = NAMED + (1 - NAMED) * similarity if named else WORDS * similarity
    if score < ENOUGH:
        return None
    return RunbookMatch(
        runbook_id=runbook.id,
        version=runbook.version,
        title=runbook.title,
        score=round(score, 2),
        reason=translate(t"alert {household().name(named)}") if named else translate("similar text"),
    )


def _named(match: Match, subject: Subject) -> str | None:
    """Return the name of an alert that the runbook is written for, None when there is none."""
    for alert in subject.alerts:
        if alert.name in match.alerts:
            return alert.name
        if alert.labels.get("check") in match.checks:
            return alert.name
    return None


def _is_known_outage(subject: Subject) -> bool:
    """Return whether the steward itself found what is wrong: then similar words mean nothing more.

    A service that refuses its credentials is not one that does not answer.
    """
    return bool(subject.alerts) and all(OUTAGE in one.labels for one in subject.alerts)


def _fits_target(match: Match, subject: Subject) -> bool:
    if match.targets and (subject.target is None or subject.target.kind not in match.targets):
        return False
    if match.services and subject.service not in match.services:
        return False
    return not match.roles or any(role in match.roles for role in subject.roles)


def _has_label(subject: Subject, key: str, value: str) -> bool:
    return any(alert.labels.get(key) == value for alert in subject.alerts)
