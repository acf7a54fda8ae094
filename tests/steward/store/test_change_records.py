"""Updates are stored once for each revision, found by status and target, and old ones go first."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from homelab_steward.contract.changes import ChangeStatus
from rig.agent_rig import opened_store
from rig.inventory import NOW
from rig.records import change
from steward.store import change_records


async def test_rows_are_found_by_status_and_target(tmp_path: Path) -> None:
    first, second = change("c1"), change("c2", found_at=NOW + timedelta(days=1))
    over = change("c3", status=ChangeStatus.DONE, updated_at=NOW + timedelta(days=2))
    async with opened_store(tmp_path) as store, store.change() as unit:
        for one in (second, first, over):
            await change_records.save(unit.connection, one, f"target of {one.id}")
        assert await change_records.unfinished(unit.connection) == (first, second)
        asked = replace(first, status=ChangeStatus.ASKED, updated_at=NOW + timedelta(days=3))
        await change_records.save(unit.connection, asked, "target of c1")
        assert await change_records.changes_in(unit.connection, [ChangeStatus.ASKED]) == (asked,)
        assert await change_records.of_target(unit.connection, "target of c1") == (asked,)
        assert await change_records.shown(unit.connection, 0) == (asked, second)
        assert await change_records.shown(unit.connection, 5) == (asked, second, over)
        await change_records.remove(unit.connection, ["c1"])
        assert await change_records.change(unit.connection, "c1") is None


async def test_what_failed_is_kept_apart_from_what_is_only_over(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store, store.change() as unit:
        for number, status in enumerate(ChangeStatus):
            for again in range(2):
                at = NOW + timedelta(days=2 * number + again)
                row = change(f"{status}{again}", status=status, updated_at=at)
                await change_records.save(unit.connection, row, "box")
        # The newest three of each are kept, and no more than three of each go at a time.
        found = await change_records.superfluous(unit.connection, 3)
        assert found == ("rejected0", "failed1", "failed0", "done0")
