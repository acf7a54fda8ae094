"""History and write-up: what is said of what happened. Pure."""

from dataclasses import replace
from datetime import timedelta

import pytest

from homelab_steward.contract.diagnosis import Claim, Diagnosis
from homelab_steward.contract.incidents import CheckResult, JournalStep, Outcome, StepState, Verdict
from homelab_steward.contract.records import RunbookStatistics
from rig import records
from rig.inventory import NOW, box
from steward.agent.incidents.incident_text import ago, lasting, write_up
from steward.agent.requests.proposer import describe_history
from steward.store.runs import PastOutcome

EVERYWHERE = RunbookStatistics(
    runbook_id="r", version=1, recipe="x", title="R", fixed=3, not_fixed=1, worse=1
)
UNKNOWN_ONLY = RunbookStatistics(runbook_id="r", version=1, recipe="x", title="R", unknown=1)
NOT_KNOWN = "it is not known whether it helped"
HOUR_AGO = NOW - timedelta(hours=1)


@pytest.mark.parametrize(
    ("here", "everywhere", "expected"),
    [
        (None, None, "never tried before"),
        (None, EVERYWHERE, "helped 3 of 5 times"),
        (None, replace(EVERYWHERE, unknown=2), "helped 3 of 5 times, 2 with an unknown result"),
        (None, UNKNOWN_ONLY, "1 with an unknown result"),
        (PastOutcome(Outcome.UNKNOWN, HOUR_AGO), None, f"last time (1 hour ago) {NOT_KNOWN}"),
        (PastOutcome(Outcome.FIXED, HOUR_AGO), None, "last time (1 hour ago) it helped"),
        (
            PastOutcome(Outcome.NOT_FIXED, HOUR_AGO),
            EVERYWHERE,
            "helped 3 of 5 times, last time (1 hour ago) it did not help",
        ),
        (PastOutcome(Outcome.WORSE, HOUR_AGO), None, "last time (1 hour ago) it made things worse"),
    ],
)
def test_how_it_went(here: PastOutcome | None, everywhere: RunbookStatistics | None, expected: str) -> None:
    assert describe_history(here, everywhere, NOW) == expected


@pytest.mark.parametrize(
    ("seconds", "expected", "words"),
    [
        (-5, "0 seconds", "just now"),
        (0, "0 seconds", "just now"),
        (1, "1 second", "just now"),
        (59, "59 seconds", "just now"),
        (60, "1 minute", "1 minute ago"),
        (119, "1 minute", "1 minute ago"),
        (120, "2 minutes", "2 minutes ago"),
        (3_599, "59 minutes", "59 minutes ago"),
        (3_600, "1 hour", "1 hour ago"),
        (86_399, "23 hours", "23 hours ago"),
        (86_400, "1 day", "1 day ago"),
        (172_800, "2 days", "2 days ago"),
    ],
)
def test_spans(seconds: float, expected: str, words: str) -> None:
    assert lasting(timedelta(seconds=seconds)) == expected
    assert ago(timedelta(seconds=seconds)) == words


EVIL = "a\n\n# Heading <script> [click](http://evil) ![x](y)"
TAMED = "a # Heading &lt;script> \\[click](http://evil) !\\[x](y)"


def test_the_write_up_is_complete_and_texts_from_outside_stay_texts() -> None:
    step = JournalStep(
        index=0,
        action="toy.set_memory",
        target=replace(box(), name=EVIL),
        title="Set memory",
        state=StepState.VERIFIED,
        changed_at=NOW,
        detail=EVIL,
    )
    verdict = Verdict(
        outcome=Outcome.FIXED,
        checks=(CheckResult(name="low", ok=True, text=EVIL), CheckResult(name="up", ok=False, text="no")),
        at=NOW,
    )
    diagnosis = Diagnosis(
        summary="",
        has_problem=True,
        claims=(Claim(text=EVIL, evidence=("e0", "e1")),),
        evidence=(),
        made_at=NOW,
    )
    incident = replace(
        records.incident(number=7, run=replace(records.run(), steps=(step,), verdict=verdict)),
        title=EVIL,
        diagnosis=diagnosis,
        resolution=EVIL,
        resolved_at=NOW + timedelta(minutes=3),
    )
    assert (
        write_up(incident)
        == f"""# Incident 7: {TAMED}

Opened Nov 20, 2026, 12:00, warning.
Resolved after 3 minutes.

## What was found

* {TAMED} (e0, e1)

## What was done

Approved: Increase memory (plan hash-1).
* Set memory ({TAMED}): verified {TAMED}

## Result

* ✓ low: {TAMED}
* ✗ up: no

**{TAMED}**
"""
    )


def test_the_write_up_of_next_to_nothing() -> None:
    assert write_up(records.incident()) == (
        "# Incident 1: Memory is short\n\nOpened Nov 20, 2026, 12:00, warning.\n\n"
    )
    run = replace(records.run(), steps=())
    assert "## Result" not in write_up(records.incident(run=run))
