"""Clocks that are corrected while an update is held, and thousands of updates at once."""

from dataclasses import replace
from pathlib import Path

import pytest

from homelab_steward.contract.changes import ChangeStatus
from rig.changes_rig import AT_ONCE, changes_rig, found
from rig.inventory import ToyInventory
from rig.toy import Toy
from steward.changes.finding import MOST_OFFERS
from steward.store import change_records


@pytest.mark.parametrize("days", [2, -2])
async def test_a_clock_that_is_corrected_while_it_is_held_asks_once(tmp_path: Path, days: int) -> None:
    async with changes_rig(tmp_path, replace(AT_ONCE, patch_days=1)) as rig:
        rig.sources[0].offer(found())
        await rig.look()
        held = await rig.row()
        assert held.status is ChangeStatus.HELD
        rig.clock.jump(days * 86_400.0)
        await rig.look()
        assert (await rig.row()).status is (ChangeStatus.ASKED if days > 0 else ChangeStatus.HELD)
        rig.clock.jump(-days * 86_400.0)
        await rig.look()
        assert len(await rig.pending()) == (days > 0)
        rig.later(days=1, hours=7)
        await rig.look()
        assert len(await rig.pending()) == 1, "one request, whatever the clock said"
        assert list(rig.agent.toy.effects) == []


async def test_more_updates_than_a_person_reads_make_few_short_requests(tmp_path: Path) -> None:
    names = [f"r{number}" for number in range(2000)]
    inventory = ToyInventory(Toy(), names)
    await inventory.poll_now("toy1")
    async with changes_rig(tmp_path, inventory=inventory) as rig:
        rig.sources[0].offer(*(found(one, title=f"{one} {'x' * 300}") for one in names))
        await rig.look()
        rows = await rig.rows()
        assert len(rows) == MOST_OFFERS
        requests = await rig.pending()
        assert 1 <= len(requests) <= 10
        assert max(len(one.text) for one in requests) <= 4_000
        assert max(len(one.to_json()) for one in requests) <= 20_000
        async with rig.agent.store.read() as connection:
            sent = await change_records.current(connection, 100, 10)
        assert len(sent) == 100
        assert {one.status for one in sent} == {ChangeStatus.ASKED}, "what is asked about comes first"
