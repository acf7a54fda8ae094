"""A request follows the judgement of its update: what was approved under a better one is not applied."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from homelab_steward.contract.changes import Assessment, ChangeLevel, ChangeStatus
from homelab_steward.contract.incidents import ApprovalStatus, RunStatus
from homelab_steward.contract.maintenance import AddMaintenance, Occurrence
from rig.agent_rig import TaskEngine
from rig.changes_rig import AT_ONCE, ChangesRig, assessment, changes_rig, found
from rig.inventory import NOW, speaker
from steward.changes.assess import is_worse
from steward.changes.found import Found
from steward.settings.changes import ChangeGroup, Changes

BREAKS = "The release notes name a breaking change"
IN_MAINTENANCE = Changes(
    digest_days=0, patch_days=0, groups=(ChangeGroup(id="night", only_in_maintenance=True),)
)
YESTERDAY = NOW - timedelta(hours=23, minutes=45)
LEVELS = {one: assessment(one) for one in ChangeLevel}


@dataclass
class Judge:
    """What the assessor says; ``at`` is the time of its judgement."""

    level: ChangeLevel = ChangeLevel.SAFE
    reason: str = "3 fixes, no breaking change."
    at: datetime = YESTERDAY
    count: int = 0

    def __call__(self, _found: Found) -> Assessment:
        self.count += 1
        return assessment(self.level, reasons=(self.reason,), at=self.at)

    def worse(self, rig: ChangesRig) -> None:
        """At the next judgement, which is due half an hour later, it is known to break something."""
        rig.later(minutes=30)
        self.level, self.reason, self.at = ChangeLevel.BREAKING, BREAKS, rig.clock.now()


@pytest.mark.parametrize("stage", ["pending", "approved"])
async def test_what_is_worse_by_now_is_asked_about_again(tmp_path: Path, stage: str) -> None:
    judge = Judge()
    async with changes_rig(tmp_path, assess=judge) as rig:
        rig.sources[0].offer(found())
        await rig.look()
        before = await rig.request()
        assert "Safe:" in before.text
        engine = rig.agent.engine
        assert isinstance(engine, TaskEngine)
        if stage == "approved":
            # The press comes first, and the app is killed right behind the decision.
            engine.broken = True
            await rig.agent.press(before)
        judge.worse(rig)
        await rig.stage.finder.look()
        row = await rig.row()
        assert row.status is ChangeStatus.READY
        assert row.reason == f"It is judged worse by now: {BREAKS}"
        await rig.work()
        if stage == "pending":
            assert (await rig.agent.request_with(before.id)).status is ApprovalStatus.SUPERSEDED
        else:
            engine.broken = False
            old = await rig.agent.incident(1)
            await rig.agent.agent._run_starter.look()
            await rig.agent.agent._run_starter.look()
            done = await rig.agent.until(lambda one: one.status.is_closed and one.id == old.id)
            assert done.run is not None
            assert done.run.status is RunStatus.REFUSED
            assert done.run.error == "this version is not offered any more"
            await rig.look()
        (request,) = await rig.pending()
        assert request.id != before.id
        assert f"Breaking: {BREAKS}" in request.text
        assert list(rig.agent.toy.effects) == []
        await rig.agent.press(request)
        row = await rig.row()
        await rig.agent.until(lambda one: one.status.is_closed and one.id == row.incident_id, 2)
        await rig.look()
        assert (await rig.row()).status is ChangeStatus.DONE
        assert list(rig.agent.toy.effects) == ["set_memory 4096"]


async def test_what_is_scheduled_is_asked_about_again(tmp_path: Path) -> None:
    judge = Judge()
    async with changes_rig(tmp_path, IN_MAINTENANCE, assess=judge) as rig:
        once = Occurrence(starts_at=NOW + timedelta(days=2), ends_at=NOW + timedelta(days=3))
        await rig.agent.agent.maintenance.add(
            AddMaintenance(speaker=speaker(), title="Night", instance_ids=("toy1",), once=once)
        )
        rig.sources[0].offer(found())
        await rig.look()
        request = await rig.agent.press(await rig.request())
        assert request.status is ApprovalStatus.SCHEDULED
        judge.worse(rig)
        await rig.look()
        assert (await rig.agent.request_with(request.id)).status is ApprovalStatus.SUPERSEDED
        (again,) = await rig.pending()
        assert BREAKS in again.text
        rig.later(days=2)
        await rig.agent.agent._asked.scheduled.look()
        assert list(rig.agent.toy.effects) == []


async def test_of_several_in_one_request_each_is_asked_about_again(tmp_path: Path) -> None:
    level = {"radarr": ChangeLevel.SAFE, "sonarr": ChangeLevel.SAFE}
    at = [YESTERDAY]
    async with changes_rig(
        tmp_path, assess=lambda one: assessment(level[one.target.name], at=at[0], reasons=("Because.",))
    ) as rig:
        rig.sources[0].offer(found(), found("sonarr"))
        await rig.look()
        (request,) = await rig.pending()
        assert request.title.startswith("2 updates: ")
        rig.later(minutes=30)
        level["radarr"], at[0] = ChangeLevel.CAREFUL, rig.clock.now()
        await rig.look()
        assert (await rig.agent.request_with(request.id)).status is ApprovalStatus.SUPERSEDED
        await rig.look()
        requests = {(await rig.request(name)).id for name in ("radarr", "sonarr")}
        assert len(requests | {request.id}) == 3


async def test_updates_of_one_run_are_asked_about_again_together(tmp_path: Path) -> None:
    judge = Judge()
    async with changes_rig(tmp_path, AT_ONCE, assess=judge) as rig:
        first = found("radarr")
        rig.sources[0].offer(first, found("sonarr", couples=(first.target,), steps=()))
        await rig.look()
        before = {(await rig.row(name)).approval_id for name in ("radarr", "sonarr")}
        assert len(before) == 1
        judge.worse(rig)
        await rig.stage.finder.look()
        assert set((await rig.statuses()).values()) == {ChangeStatus.READY}


async def test_a_run_that_began_goes_on(tmp_path: Path) -> None:
    judge = Judge()
    async with changes_rig(tmp_path, assess=judge) as rig:
        rig.agent.toy.request_lost = True
        rig.sources[0].offer(found())
        await rig.look()
        await rig.agent.press(await rig.request())
        await rig.agent.until(lambda one: one.run is not None)
        judge.worse(rig)
        await rig.look()
        assert (await rig.row()).status in (ChangeStatus.APPLYING, ChangeStatus.WATCHING)
        assert await rig.pending() == ()


async def test_what_is_over_is_not_judged_every_minute(tmp_path: Path) -> None:
    judge = Judge()
    async with changes_rig(tmp_path, assess=judge) as rig:
        rig.sources[0].offer(found())
        await rig.look()
        await rig.command("reject", (await rig.row()).id)
        rig.later(days=2)
        await rig.look()
        await rig.look()
        assert judge.count == 1


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, ChangeLevel.BREAKING, False),
        (ChangeLevel.SAFE, ChangeLevel.SAFE, False),
        (ChangeLevel.SAFE, ChangeLevel.CAREFUL, True),
        (ChangeLevel.SAFE, ChangeLevel.BREAKING, True),
        (ChangeLevel.SAFE, ChangeLevel.UNKNOWN, False),
        (ChangeLevel.CAREFUL, ChangeLevel.SAFE, False),
        (ChangeLevel.CAREFUL, ChangeLevel.BREAKING, True),
        (ChangeLevel.UNKNOWN, ChangeLevel.CAREFUL, False),
        (ChangeLevel.UNKNOWN, ChangeLevel.BREAKING, True),
        (ChangeLevel.BREAKING, ChangeLevel.UNKNOWN, False),
    ],
)
def test_only_new_evidence_is_worse(
    before: ChangeLevel | None, after: ChangeLevel, *, expected: bool
) -> None:
    assert is_worse(LEVELS.get(before) if before else None, LEVELS[after]) is expected
