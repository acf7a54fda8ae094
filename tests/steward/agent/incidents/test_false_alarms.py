"""A false alarm: nobody is asked about the same for a while, which doubles each time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.false_alarms import CoolDown, CoolDownQuery, MarkFalseAlarm, RemoveCoolDown
from homelab_steward.contract.incidents import AlertStatus, ApprovalStatus, Incident, IncidentStatus, Severity
from homelab_steward.contract.state import Authority, FrontEnd
from rig.agent_rig import AgentRig, open_rig
from rig.inventory import NOW, ToyPeople, alert, speaker
from steward.agent.incidents.false_alarms import FORGOTTEN_AFTER, leave_quiet, length
from steward.clock import ManualClock
from steward.store import incidents

WAITING, UNSOLVED = IncidentStatus.WAITING, IncidentStatus.UNSOLVED
DAY = timedelta(days=1)


@dataclass
class Quiet:
    """A rig with a clock that tests move."""

    rig: AgentRig
    clock: ManualClock

    async def problem(
        self,
        status: IncidentStatus,
        *names: str,
        later: timedelta = timedelta(hours=1),
        severity: Severity = Severity.WARNING,
    ) -> Incident:
        """Let the problem of before end and one begin; return it once it has a status."""
        self.clock.move(later.total_seconds())
        number, at = len(await self.rig.incidents()) + 1, self.clock.now()
        alerts = [alert(name, at=at, severity=severity) for name in names or ("ToyMemoryHigh",)]
        await self.rig.fire(*alerts)
        return await self.rig.status(status, number)

    async def end(self, *names: str) -> None:
        ended = [alert(name, status=AlertStatus.RESOLVED) for name in names or ("ToyMemoryHigh",)]
        await self.rig.fire(*ended)

    async def mark(self, incident: Incident, user: str = "1") -> Incident:
        request = MarkFalseAlarm(incident_id=incident.id, speaker=speaker(user))
        return await self.rig.agent.false_alarms.mark(request)

    async def listed(self) -> tuple[CoolDown, ...]:
        return tuple((await self.rig.agent.false_alarms.list(CoolDownQuery())).cool_downs)


@asynccontextmanager
async def quiet(folder: Path) -> AsyncIterator[Quiet]:
    clock = ManualClock(NOW)
    async with open_rig(folder, clock=clock) as rig:
        yield Quiet(rig, clock)


async def test_nobody_is_asked_again_until_the_cool_down_is_over(tmp_path: Path) -> None:
    async with quiet(tmp_path) as one:
        first = await one.problem(WAITING)
        ended = await one.mark(first)
        assert (ended.status, ended.resolution) == (
            IncidentStatus.IGNORED,
            "Olga said that it was a false alarm.",
        )
        assert (await one.rig.request(first)).status is ApprovalStatus.SUPERSEDED
        assert "incident.false_alarm" in [event for event, _ in await one.rig.audited()]
        (row,) = await one.listed()
        assert (row.count, row.until - row.marked_at, row.person_name) == (1, DAY, "Olga")

        await one.end()
        second = await one.problem(UNSOLVED)
        assert second.approval_id is None
        assert second.muted is not None
        assert second.muted.startswith("False alarm before: nobody is asked until ")
        assert one.rig.toy.done == []

        await one.end()
        await one.problem(WAITING, later=DAY)
        assert await one.listed() == ()


async def test_an_incident_that_is_left_quiet_is_changed_now(tmp_path: Path) -> None:
    async with quiet(tmp_path) as one:
        await one.mark(await one.problem(WAITING))
        await one.end()
        second = await one.problem(UNSOLVED)
        rows = {row.id: row for row in await one.listed()}
        diagnosed = replace(second, status=IncidentStatus.DIAGNOSED)
        async with one.rig.store.change() as unit:
            await incidents.save_incident(unit.connection, diagnosed)
        later = one.clock.now() + timedelta(minutes=1)
        assert await leave_quiet(one.rig.store, diagnosed, rows, later)
        assert (await one.rig.incident(2)).updated_at == later


async def test_each_time_it_lasts_twice_as_long_and_the_same_incident_counts_once(tmp_path: Path) -> None:
    async with quiet(tmp_path) as one:
        first = await one.problem(WAITING)
        await one.mark(first)
        await one.mark(first)
        await one.end()
        second = await one.problem(UNSOLVED)
        await one.mark(second)
        (row,) = await one.listed()
        assert (row.count, row.until - row.marked_at) == (2, 2 * DAY)
        await one.end()
        third = await one.problem(WAITING, later=2 * DAY + FORGOTTEN_AFTER + DAY)
        await one.mark(third)
        assert [each.count for each in await one.listed()] == [1]


def test_the_lengths_of_cool_downs() -> None:
    assert [length(count).days for count in (1, 2, 3, 4, 5, 6, 7, 1000)] == [1, 2, 4, 8, 16, 30, 30, 30]


async def test_a_critical_problem_is_never_quiet(tmp_path: Path) -> None:
    async with quiet(tmp_path) as one:
        await one.mark(await one.problem(WAITING))
        await one.end()
        worse = await one.problem(WAITING, severity=Severity.CRITICAL)
        with pytest.raises(ContractError, match="always asked") as refused:
            await one.mark(worse)
        assert refused.value.code is ErrorCode.INVALID_ARGUMENT


async def test_another_alert_of_the_target_is_asked_about(tmp_path: Path) -> None:
    async with quiet(tmp_path) as one:
        await one.mark(await one.problem(WAITING))
        await one.end()
        both = await one.problem(WAITING, "ToyMemoryHigh", "ToyThree")
        assert len(both.alerts) == 2


async def test_removed_it_is_asked_about_and_begins_short_again(tmp_path: Path) -> None:
    async with quiet(tmp_path) as one:
        await one.mark(await one.problem(WAITING))
        (row,) = await one.listed()
        remove = RemoveCoolDown(id=row.id, speaker=speaker("2"))
        await one.rig.agent.false_alarms.remove(remove)
        assert await one.listed() == ()
        assert "cool_down.removed" in [event for event, _ in await one.rig.audited()]
        with pytest.raises(ContractError) as refused:
            await one.rig.agent.false_alarms.remove(remove)
        assert refused.value.code is ErrorCode.NOT_FOUND
        await one.end()
        await one.mark(await one.problem(WAITING))
        assert [each.count for each in await one.listed()] == [1]


@pytest.mark.parametrize("user", ["3", "stranger"])
async def test_who_does_not_decide_is_refused_and_audited(tmp_path: Path, user: str) -> None:
    async with quiet(tmp_path) as one:
        incident = await one.problem(WAITING)
        with pytest.raises(ContractError) as refused:
            await one.mark(incident, user)
        assert refused.value.code is ErrorCode.FORBIDDEN
        machine = MarkFalseAlarm(incident_id=incident.id, speaker=speaker("1", FrontEnd.MCP))
        with pytest.raises(ContractError):
            await one.rig.agent.false_alarms.mark(machine)
        assert [event for event, _ in await one.rig.audited()].count("false_alarm.refused") == 2
        assert await one.listed() == ()


async def test_who_decides_nothing_in_the_category_marks_and_removes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with quiet(tmp_path) as one:
        incident = await one.problem(WAITING)
        limited = replace(ToyPeople.known["2"], authority={incident.category: Authority.NOTHING})
        monkeypatch.setitem(ToyPeople.known, "2", limited)
        with pytest.raises(ContractError) as refused:
            await one.mark(incident, "2")
        assert refused.value.code is ErrorCode.FORBIDDEN
        assert await one.listed() == ()
        await one.mark(incident)
        (row,) = await one.listed()
        with pytest.raises(ContractError) as refused:
            await one.rig.agent.false_alarms.remove(RemoveCoolDown(id=row.id, speaker=speaker("2")))
        assert refused.value.code is ErrorCode.FORBIDDEN
        assert await one.listed() == (row,)


async def test_what_is_not_there_is_not_marked(tmp_path: Path) -> None:
    async with quiet(tmp_path) as one:
        with pytest.raises(ContractError) as refused:
            await one.rig.agent.false_alarms.mark(MarkFalseAlarm(incident_id="no", speaker=speaker("1")))
        assert refused.value.code is ErrorCode.NOT_FOUND
        assert refused.value.message == "There is no such incident."
