"""Which news change what an incident is about."""

from dataclasses import replace

import pytest

from homelab_steward.contract.incidents import AlertStatus, IncidentStatus, Severity
from rig import records
from rig.inventory import ITSELF, NODE, box
from steward.agent.incidents.correlation import News, Reopening, reopening, worst_above

WARNING = records.stored_alert(target=box(), summary="Memory is short")
FIRE = records.stored_alert("b", "Smoke", severity=Severity.CRITICAL, target=box(), summary="It burns.")
IN_NODE = records.stored_alert("c", target=NODE)
IN_ITSELF = records.stored_alert("d", target=ITSELF)
ACTING, WAITING, UNSOLVED = IncidentStatus.ACTING, IncidentStatus.WAITING, IncidentStatus.UNSOLVED
PARENTS = (NODE, ITSELF)
"""Of the box."""


@pytest.mark.parametrize(
    ("status", "news", "expected"),
    [
        (WAITING, News(fresh=()), None),
        (WAITING, News(fresh=(WARNING,)), None),
        (WAITING, News(fresh=(), is_unsilenced=True), None),
        (WAITING, News(fresh=(IN_NODE,)), Reopening(target=NODE, reason="The problem is in node1.")),
        (
            WAITING,
            News(fresh=(IN_ITSELF, IN_NODE)),
            Reopening(target=ITSELF, reason=f"The problem is in {ITSELF.name}."),
        ),
        (WAITING, News(fresh=(FIRE,), worse=FIRE), Reopening(target=box(), reason="It got worse: It burns.")),
        (
            WAITING,
            News(fresh=(), worse=replace(FIRE, summary="")),
            Reopening(target=box(), reason="It got worse: Smoke."),
        ),
        (UNSOLVED, News(fresh=()), None),
        (UNSOLVED, News(fresh=(WARNING,)), Reopening(target=box(), reason="")),
        (UNSOLVED, News(fresh=(), is_unsilenced=True), Reopening(target=box(), reason="")),
        (ACTING, News(fresh=(IN_NODE, FIRE), worse=FIRE, is_unsilenced=True), None),
        (IncidentStatus.IGNORED, News(fresh=(FIRE,), worse=FIRE), None),
        (IncidentStatus.RESOLVED, News(fresh=(FIRE,), worse=FIRE), None),
    ],
)
def test_what_opens_an_incident_again(status: IncidentStatus, news: News, expected: Reopening | None) -> None:
    assert reopening(records.incident(WARNING, status=status, target=box()), news, PARENTS) == expected


def test_without_a_target_only_what_is_worse_or_fresh_counts() -> None:
    incident = records.incident(WARNING, status=UNSOLVED)
    assert reopening(incident, News(fresh=(IN_NODE,)), ()) == Reopening(target=None, reason="")


def test_the_target_that_becomes_known() -> None:
    incident = records.incident(WARNING, status=WAITING)
    found = reopening(incident, News(fresh=(), located=box()), ())
    assert found == Reopening(target=box(), reason=f"The problem is in {box().name}.")


def test_what_is_worse() -> None:
    assert worst_above(Severity.INFO, [WARNING, FIRE]) is FIRE
    assert worst_above(Severity.WARNING, [WARNING]) is None
    assert worst_above(Severity.WARNING, [replace(FIRE, suppressed="silenced")]) is None
    assert worst_above(Severity.WARNING, [replace(FIRE, status=AlertStatus.RESOLVED)]) is None
    assert worst_above(Severity.INFO, []) is None
