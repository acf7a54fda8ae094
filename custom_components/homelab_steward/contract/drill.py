"""The result of a drill: which safety rules of the installed app held when they were tried."""

from dataclasses import dataclass
from typing import Final

from .base import Many, Message, Timestamp
from .state import Speaker

DRILL_ID: Final = "drill"
"""The id of the one row of DrillReport."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeReport(Message):
    """A rule that did not hold or could not be probed; ``title`` is the rule as a sentence for people.

    ``reason`` says in English what happened instead, or why it could not be probed.
    """

    id: str
    title: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillReport(Message):
    """The last drill. ``probes`` is how many there are, ``held`` how many of the rules held.

    Those of ``not_applicable`` are counted in ``probes`` and never in ``held``. ``seconds`` is how long
    it took, ``version`` that of the app.
    """

    at: Timestamp
    version: str
    probes: int
    held: int
    failed: Many[ProbeReport] = ()
    not_applicable: Many[ProbeReport] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDrill(Message):
    """``drill.report``: stores the result of a drill. Only the command line of the app's machine may."""

    speaker: Speaker
    report: DrillReport
