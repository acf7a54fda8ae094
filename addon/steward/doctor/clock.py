"""Compares the clock of the app with those of other machines. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import Final

from homelab_steward.contract.doctor import Area, Finding, FindingSeverity

from ..texts import household, translate
from .findings import About, Checked

DRIFT: Final = 30.0
"""Seconds from which a clock is wrong. A date of HTTP has whole seconds, and an answer may be slow."""

FAR: Final = 300.0
"""Seconds from which logins, certificates and signed requests begin to fail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockReading:
    """The clock of another machine: ``ahead`` are the seconds by which it is ahead of the app's."""

    source: str
    ahead: float


def check_clock(readings: Sequence[ClockReading]) -> Checked:
    """Return whose clock is wrong: that of the app if most others agree on it, else that of the others."""
    if not readings:
        text = translate(t"No other machine gave its time.")
        return Checked(area=Area.CLOCK, text=text, not_checked=[text])
    others = median(one.ahead for one in readings)
    findings: list[Finding] = []
    # With one other clock it is not known which of the two is wrong.
    is_own = len(readings) > 1 and abs(others) > DRIFT
    if is_own:
        findings.append(_own(others))
    for one in readings:
        off = one.ahead - (others if is_own else 0.0)
        if abs(off) > DRIFT:
            findings.append(_other(one.source, off))
    count, drift = len(readings), household().duration(timedelta(seconds=abs(others)))
    text = translate(t"Compared with {count} other clocks: {drift} apart.")
    return Checked(area=Area.CLOCK, text=text, findings=findings)


def _own(ahead: float) -> Finding:
    drift = household().duration(timedelta(seconds=abs(ahead)))
    behind = translate(t"The clock of this machine is {drift} behind.")
    problem = behind if ahead > 0 else translate(t"The clock of this machine is {drift} ahead.")
    return About(Area.CLOCK, translate(t"Clock")).finding(
        "own",
        FindingSeverity.ERROR if abs(ahead) > FAR else FindingSeverity.WARNING,
        problem,
        translate(t"Expiry, schedules and the order of events are wrong, and logins may fail."),
        translate(t"Turn on time synchronization on the machine: timedatectl set-ntp true"),
    )


def _other(source: str, ahead: float) -> Finding:
    drift = household().duration(timedelta(seconds=abs(ahead)))
    problem = translate(t"Its clock is {drift} ahead of the app's.")
    return About(Area.CLOCK, source).finding(
        source,
        FindingSeverity.WARNING,
        problem if ahead > 0 else translate(t"Its clock is {drift} behind the app's."),
        translate(t"Its log lines and alerts are put into the wrong order."),
        translate(t"Turn on time synchronization on the machine of {source}."),
    )
