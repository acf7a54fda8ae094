"""Trials and situations with defaults, for the tests of autonomy."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from homelab_steward.contract.autonomy import AutonomyLevel
from homelab_steward.contract.incidents import Severity
from steward.autonomy.cells import Cell
from steward.autonomy.evidence import AgreementEvidence, Evidence, Selection, UndoEvidence, of
from steward.autonomy.levels import Nature, Situation, Standing
from steward.autonomy.trials import Circumstance, HourPart, Label, Trial

NOW: Final = datetime(2026, 11, 29, 12, tzinfo=UTC)
CELL: Final = Cell("arr-stuck", 2, "restart", "docker/container")
DAY: Final = Circumstance(HourPart.AFTERNOON, Severity.WARNING, others_open=False)
NIGHT: Final = Circumstance(HourPart.NIGHT, Severity.CRITICAL, others_open=True)
SAFE: Final = Nature(is_reversible=True, is_idempotent=True, is_high_risk=False)
VETO: Final = Standing(level=AutonomyLevel.VETO, since=NOW, raised_at=NOW)
AUTO: Final = Standing(level=AutonomyLevel.AUTO, since=NOW, raised_at=NOW)


def trial(label: Label, number: int = 0, **changed: Any) -> Trial:
    made = Trial(
        run_id=f"run-{number}",
        cell=CELL,
        target="sonarr",
        at=NOW - timedelta(days=100) + timedelta(hours=number),
        label=label,
        is_automatic=False,
        circumstance=DAY,
    )
    return replace(made, **changed)


def evidence(labels: Iterable[Label], **changed: Any) -> Evidence:
    return of(trial(label, number, **changed) for number, label in enumerate(labels))


def good(count: int, **changed: Any) -> Evidence:
    return evidence([Label.GOOD] * count, **changed)


def undos(count: int) -> UndoEvidence:
    found = UndoEvidence()
    for _ in range(count):
        found = found.after(is_good=True)
    return found


def agreed(count: int) -> AgreementEvidence:
    found = AgreementEvidence()
    for _ in range(count):
        found = found.after(Selection.APPROVED)
    return found


def situation(**changed: Any) -> Situation:
    """Return one in which everything allows `auto`."""
    made = Situation(
        standing=AUTO,
        nature=SAFE,
        evidence=good(20),
        undo=undos(80),
        agreement=agreed(4),
        target="sonarr",
        circumstance=DAY,
        same_state=0,
        recent=0,
        is_blind=False,
        is_sample=False,
    )
    return replace(made, **changed)
