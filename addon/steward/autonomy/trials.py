"""One run of a cell with its label: what it shows about the cell, and when that is known. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from homelab_steward.contract.incidents import Outcome, Severity

from .cells import Cell

RELAPSE_WINDOW: Final = timedelta(hours=24)
"""How long a problem has to stay away, if the runbook says nothing else."""


class Label(StrEnum):
    """What a run shows. WORSE: it made things worse and was undone. HARM: what it did could not be undone."""

    GOOD = "good"
    BAD = "bad"
    WORSE = "worse"
    HARM = "harm"
    UNKNOWN_BLIND = "unknown_blind"
    """Not known, and it was not before the run either: it counts neither way."""

    WENT_DARK = "went_dark"
    """Not known since the run changed something: it counts as bad."""

    @property
    def is_bad(self) -> bool:
        """Whether it counts against the cell."""
        return self in (Label.BAD, Label.WORSE, Label.HARM, Label.WENT_DARK)

    @property
    def is_harm(self) -> bool:
        """Whether all evidence begins again: it made things worse, whether that lasts or not."""
        return self in (Label.WORSE, Label.HARM)

    @property
    def is_unknown(self) -> bool:
        """Whether the result was not read."""
        return self in (Label.UNKNOWN_BLIND, Label.WENT_DARK)


class NoLabel(StrEnum):
    """Why a run has no label: it gets one LATER, or it changed nothing and NEVER gets one."""

    LATER = "later"
    NEVER = "never"


class Watch(StrEnum):
    """How a target could be read while the relapse window was open."""

    COVERED = "covered"
    TARGET_DARK = "target_dark"
    """The target did not answer for a part of it."""

    NOT_WATCHED = "not_watched"
    """The steward itself did not run for a part of it."""


class HourPart(StrEnum):
    """A quarter of the day in local time, from 0, 6, 12 and 18 o'clock."""

    NIGHT = "night"
    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


@dataclass(frozen=True, slots=True, order=True)
class Circumstance:
    """What was the case when an incident was offered. ``others_open``: other incidents were open."""

    hour_part: HourPart
    severity: Severity
    others_open: bool


def circumstance(at: datetime, severity: Severity, other_incidents: int) -> Circumstance:
    """Return the circumstance of an incident; ``at`` is in local time."""
    part = tuple(HourPart)[at.hour // 6]
    return Circumstance(part, severity, other_incidents > 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One run of a cell with its label. ``at`` is when it got the label, ``target`` the key of its target.

    ``is_automatic``: nobody approved it, it was started after a veto time or at once.
    """

    run_id: str
    cell: Cell
    target: str
    at: datetime
    label: Label
    is_automatic: bool
    circumstance: Circumstance


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What is known about a run that is to be labelled.

    ``outcome`` is None while it runs or is verified. ``changed_at`` is when its last step was done.
    ``was_readable``: the conditions that verify it could be read before the run. ``is_back``: an alert of
    the same kind fired on the same target before the window closed.
    """

    outcome: Outcome | None
    changed_at: datetime
    has_effect: bool = True
    undo_failed: bool = False
    was_readable: bool = True
    is_back: bool = False
    watch: Watch = Watch.COVERED
    window: timedelta = RELAPSE_WINDOW


def label_of(run: Observed, now: datetime) -> Label | NoLabel:
    """Return the label of a run. What is bad is said at once, good only when the window has closed.

    A run without effect, which was refused or stopped by a precheck, never gets one.
    """
    if not run.has_effect:
        return NoLabel.NEVER
    if run.undo_failed or run.outcome is Outcome.WORSE:
        return Label.HARM if run.undo_failed else Label.WORSE
    if run.is_back or run.outcome in (Outcome.NOT_FIXED, Outcome.RELAPSED):
        return Label.BAD
    if run.outcome is Outcome.UNKNOWN:
        return _unread(run)
    if run.outcome is None or now < run.changed_at + run.window:
        return NoLabel.LATER
    return _watched(run)


def _watched(run: Observed) -> Label:
    """Return the label when the window has closed without a relapse."""
    if run.watch is Watch.COVERED:
        return Label.GOOD
    return _unread(run) if run.watch is Watch.TARGET_DARK else Label.UNKNOWN_BLIND


def _unread(run: Observed) -> Label:
    return Label.WENT_DARK if run.was_readable else Label.UNKNOWN_BLIND
