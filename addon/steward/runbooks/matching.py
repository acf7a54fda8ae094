"""Which runbooks fit an incident: by target, alert names and labels first, then by text."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from homelab_steward.contract.diagnosis import RunbookMatch
from homelab_steward.contract.incidents import Alert, Severity
from homelab_steward.contract.state import TargetRef

from ..sdk.description import Role
from ..search.hybrid import HybridIndex
from ..search.index import Document
from ..search.vectors import Vector
from ..texts import household, translate
from .documents import runbook_document
from .model import Match, Runbook

NAMED: Final = 0.8
WORDS: Final = 0.6
ENOUGH: Final = 0.3
SEVERITY_SHARE: Final = 0.02
"""What each step of severity adds to a score in the order of runbooks: it decides between similar ones."""
SEVERITIES: Final = tuple(Severity)
"""From the least severe on."""
OUTAGE: Final = "steward_outage"
"""Label of an alert of the steward's own check that something does not run or does not answer."""


class TextIndex(Protocol):
    """Finds runbooks by text."""

    def search(self, text: str, vector: Vector | None = None) -> Mapping[str, float]:
        """Return the similarity (0 to 1) of runbooks by id; others do not fit at all."""

    async def vector_of(self, text: str) -> Vector | None:
        """Return the vector of a query, None if runbooks are found by words only."""


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


class RunbookIndex:
    """Finds runbooks by title, symptoms and text. A change of one runbook adds only that one again."""

    def __init__(self, library: Mapping[str, Runbook]) -> None:
        """``library`` has the runbooks by id."""
        self._changed = dict(library)
        self.documents = HybridIndex()

    def put(self, one: Runbook) -> None:
        """Find a runbook from now on; it replaces the one with its id."""
        self._changed[one.id] = one

    async def build(self) -> None:
        """Add the runbooks that are new, in slices that do not hold the event loop."""
        await self.documents.put_all(self._take_changed())

    async def vector_of(self, text: str) -> Vector | None:
        """Return the vector of a query, None if runbooks are found by words only."""
        return await self.documents.vector_of(text)

    def search(self, text: str, vector: Vector | None = None) -> Mapping[str, float]:
        """Return how well runbooks fit (0 to 1) by id, best first; those that do not fit are left out.

        Runbooks that were not added yet are added first.
        """
        for document in self._take_changed():
            self.documents.put(document)
        return {one.id: one.score for one in self.documents.search(text, vector=vector)}

    def _take_changed(self) -> Iterator[Document]:
        while self._changed:
            yield runbook_document(self._changed.pop(next(iter(self._changed))))


def match_runbooks(
    library: Mapping[str, Runbook], index: TextIndex, subject: Subject, vector: Vector | None = None
) -> tuple[RunbookMatch, ...]:
    """Return the runbooks that fit, best first, with the reason. Pure but for the index.

    Those that only their text suggests are returned when no alert or check names one. Of similar
    scores, the one that a more severe alert names is first. ``vector`` is that of the subject's text.
    """
    possible = [one for one in library.values() if one.each is None and _is_possible(one.match, subject)]
    if not possible:
        return ()  # Without a target that is most often so: the search would cost more than all else.
    similarity = index.search(subject.text, vector)
    found = [
        match for runbook in possible if (match := _score(runbook, subject, similarity.get(runbook.id, 0.0)))
    ]
    named = [one for one in found if not one.may_fit]
    return tuple(
        sorted(
            named or found,
            key=lambda one: (
                -one.score - SEVERITY_SHARE * _severity(library[one.runbook_id].match, subject),
                one.runbook_id,
            ),
        )
    )


def _score(runbook: Runbook, subject: Subject, similarity: float) -> RunbookMatch | None:
    match = runbook.match
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
        reason=translate(t"alert {household().name(named)}") if named else translate("may fit, by its text"),
        may_fit=named is None,
    )


def _is_possible(match: Match, subject: Subject) -> bool:
    """Return whether a runbook is for this target and these labels, whatever the alerts say."""
    has_labels = all(_has_label(subject, key, value) for key, value in match.labels.items())
    return has_labels and fits_target(match, subject)


def _named(match: Match, subject: Subject) -> str | None:
    """Return the name of an alert that the runbook is written for, None when there is none."""
    return next((one.name for one in subject.alerts if _names(one, match)), None)


def _names(alert: Alert, match: Match) -> bool:
    return alert.name in match.alerts or alert.labels.get("check") in match.checks


def _severity(match: Match, subject: Subject) -> int:
    """Return how severe the worst alert is that a runbook is written for, -1 when there is none."""
    named = (SEVERITIES.index(one.severity) for one in subject.alerts if _names(one, match))
    return max(named, default=-1)


def _is_known_outage(subject: Subject) -> bool:
    """Return whether the steward itself found what is wrong: then similar words mean nothing more.

    A service that refuses its credentials is not one that does not answer.
    """
    return bool(subject.alerts) and all(OUTAGE in one.labels for one in subject.alerts)


def fits_target(match: Match, subject: Subject) -> bool:
    """Return whether a runbook is for targets like this one."""
    if match.targets and (subject.target is None or subject.target.kind not in match.targets):
        return False
    if match.services and subject.service not in match.services:
        return False
    return not match.roles or any(role in match.roles for role in subject.roles)


def _has_label(subject: Subject, key: str, value: str) -> bool:
    return any(alert.labels.get(key) == value for alert in subject.alerts)
