"""Updates of Home Assistant through the real gate and executor, with restarts in the middle and failures."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from homelab_steward.contract.changes import ChangeStatus, WayBack
from homelab_steward.contract.incidents import Run, RunStatus, StepState
from lab.visit import visit
from rig.agent_rig import TaskEngine
from rig.changes_rig import ChangesRig, changes_rig
from rig.visited_inventory import VisitedInventory
from steward.changes.offered import ServiceUpdates

from .test_watcher import watch_of

CORE = "update.core"
INSTALL = "/install_update"


class Home:
    """A Home Assistant whose Core has an update."""

    def __init__(self, inventory: VisitedInventory) -> None:
        self.inventory = inventory
        self.visit = inventory.visits["home_assistant"]
        self.served: Any = self.visit.served
        self.sources: Any = [ServiceUpdates(inventory)]

    @property
    def core(self) -> Any:
        return self.served.row("updates", CORE)

    @property
    def installs(self) -> int:
        return sum(path == INSTALL for _, path in self.visit.writes)

    @asynccontextmanager
    async def rig(self, folder: Path) -> AsyncIterator[ChangesRig]:
        """Yield the stage; a second one in ``folder`` is as after a restart of the app."""
        async with changes_rig(folder, inventory=self.inventory, sources=self.sources) as rig:
            assert isinstance(rig.agent.engine, TaskEngine)
            rig.agent.engine.broken = True
            rig.agent.agent.use_watch(watch_of(rig.agent, rig.clock))
            yield rig

    async def look(self, rig: ChangesRig) -> None:
        await self.inventory.poll_now("home_assistant")
        await rig.look()

    async def approved(self, rig: ChangesRig) -> str:
        """Ask about it and approve it; return the id of the request."""
        await self.look(rig)
        (request,) = await rig.pending()
        await rig.agent.press(request)
        return request.id


@asynccontextmanager
async def home() -> AsyncIterator[Home]:
    async with visit("home_assistant") as here:
        inventory = VisitedInventory({"home_assistant": here})
        await inventory.poll_now("home_assistant")
        yield Home(inventory)


async def executed(rig: ChangesRig, request: str) -> Run:
    """Carry the run out to its end."""
    while isinstance(wait := await rig.agent.agent.execute(request), float):
        rig.clock.move(wait)
    incident = await rig.agent.incident()
    assert incident.run is not None
    return incident.run


async def test_it_is_asked_about_installed_and_watched(tmp_path: Path) -> None:
    async with home() as it, it.rig(tmp_path) as rig:
        request = await it.approved(rig)
        (option, _) = (await rig.agent.request_with(request)).proposal.options
        assert option.verification == "It is watched for 15 minutes and compared with how it ran before."
        (row,) = await rig.rows()
        assert row.title == "Home Assistant Core 2026.11.0 → 2026.11.1"
        assert (row.way_back, row.group) == (WayBack.IMAGE, "group:hassio Home Assistant Core")
        run = await executed(rig, request)
        assert (run.status, [one.state for one in run.steps]) == (RunStatus.VERIFYING, [StepState.VERIFIED])
        assert (it.core["installed"], it.installs) == ("2026.11.1", 1)


async def test_home_assistant_and_the_app_restart_in_the_middle(tmp_path: Path) -> None:
    begun = asyncio.Event()

    def note(_: str, report: Any) -> Any:
        if it.installs:
            begun.set()
        return report

    async with home() as it:
        async with it.rig(tmp_path) as rig:
            request = await it.approved(rig)
            it.served.alter = note
            running = asyncio.create_task(rig.agent.agent.execute(request))
            await begun.wait()
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            assert it.core["in_progress"]
        # Home Assistant is back with the new version, and does not remember what it was asked.
        it.served.report["jobs"] = []
        it.core.update(in_progress=False, installed="2026.11.1", is_waiting=False)
        async with it.rig(tmp_path) as rig:
            await it.look(rig)
            assert await rig.pending() == (), "it is not asked about again"
            assert (await executed(rig, request)).status is RunStatus.VERIFYING
            assert it.installs == 1


async def test_a_failed_installation_is_not_applied_and_nothing_is_taken_back(tmp_path: Path) -> None:
    async with home() as it, it.rig(tmp_path) as rig:
        it.served.fail_install(CORE, "The configuration lacks ota: platform")
        run = await executed(rig, await it.approved(rig))
        assert (run.status, [one.state for one in run.steps]) == (RunStatus.FAILED, [StepState.FAILED])
        assert "keeps version 2026.11.0: The configuration lacks ota: platform" in run.steps[0].detail
        await it.look(rig)
        (row,) = await rig.rows()
        assert row.status in (ChangeStatus.FAILED, ChangeStatus.BLOCKED)
        assert it.installs == 1, "nothing else was installed"


async def test_without_a_choice_of_versions_a_newer_one_takes_its_place(tmp_path: Path) -> None:
    async with home() as it, it.rig(tmp_path) as rig:
        it.core["can_choose_version"] = False
        request = await it.approved(rig)
        it.core["latest"] = "2026.11.2"
        run = await executed(rig, request)
        assert run.status is RunStatus.REFUSED
        assert it.installs == 0
        await it.look(rig)
        statuses = {one.revision: one.status for one in await rig.rows()}
        assert statuses == {"2026.11.1": ChangeStatus.GONE, "2026.11.2": ChangeStatus.READY}


async def test_of_devices_of_one_model_the_first_is_tried_alone(tmp_path: Path) -> None:
    async with home() as it, it.rig(tmp_path) as rig:
        it.core["is_waiting"] = False
        plug = it.served.row("updates", "update.plug")
        waits = {"latest": "1.5", "is_waiting": True, "has_notes": False}
        plug.update(waits, device="Hall")
        it.served.report["updates"].append({**plug, "id": "update.plug2", "device": "Loft"})
        await it.look(rig)
        rows = await rig.rows()
        assert [one.group for one in rows] == ["group:shelly Plug S"] * 2
        asked = [one for one in rows if one.status is ChangeStatus.ASKED]
        assert len(asked) == 1


BROKER = "core_mosquitto"


async def verified(it: Home, rig: ChangesRig, request: str) -> Run:
    """Watch until the run is over."""
    while (wait := await rig.agent.agent.verify(request, 0)) is not None:
        rig.clock.move(wait)
    await rig.agent.agent.conclude(request)
    incident = await rig.agent.incident()
    assert incident.run is not None
    await rig.work()
    await it.look(rig)
    return incident.run


async def test_an_app_that_stops_after_its_update_is_noticed_and_stays_where_it_has_no_way_back(
    tmp_path: Path,
) -> None:
    async with home() as it, it.rig(tmp_path) as rig:
        it.core.update(
            title="Mosquitto broker", app=BROKER, can_choose_version=False, can_backup=False, device=None
        )
        request = await it.approved(rig)
        (row,) = await rig.rows()
        assert [one.id for one in row.watched] == [BROKER]
        assert row.way_back_text == "It cannot be taken back."
        await executed(rig, request)
        it.served.row("apps", BROKER)["state"] = "error"
        run = await verified(it, rig, request)
        assert run.status is RunStatus.FAILED
        (row,) = await rig.rows()
        assert row.status is ChangeStatus.FAILED
        assert "It is worse than before: Mosquitto broker does not answer" in row.result, row.result
        assert "could not be taken back" in row.result
        assert it.installs == 1


async def test_an_app_that_stopped_gets_its_version_from_before_where_it_can_be_chosen(
    tmp_path: Path,
) -> None:
    async with home() as it, it.rig(tmp_path) as rig:
        it.core.update(title="Mosquitto broker", app=BROKER)
        request = await it.approved(rig)
        await executed(rig, request)
        app = it.served.row("apps", BROKER)
        app["state"] = "error"

        def runs_again(_: str, report: Any) -> Any:
            if it.installs > 1:
                app["state"] = "started"
            return report

        it.served.alter = runs_again
        run = await verified(it, rig, request)
        assert (run.status, it.core["installed"]) == (RunStatus.UNDONE, "2026.11.0"), run.error
        (row,) = await rig.rows()
        assert row.status is ChangeStatus.BLOCKED
        assert row.result.endswith("It was taken back, and is as before."), row.result
        await it.look(rig)
        assert await rig.pending() == (), "the version is not asked about again"


async def test_a_version_that_failed_on_one_device_is_still_offered_for_another_of_its_integration(
    tmp_path: Path,
) -> None:
    async with home() as it, it.rig(tmp_path) as rig:
        it.core["is_waiting"] = False
        plug = it.served.row("updates", "update.plug")
        plug.update(
            latest="1.5", is_waiting=True, has_notes=False, entry="e1", device="Hall", is_firmware=True
        )
        it.served.report["updates"].append({**plug, "id": "update.plug2", "device": "Loft"})
        await it.look(rig)
        first, second = sorted(await rig.rows(), key=lambda one: one.target.id)
        assert first.watched == second.watched
        await rig.command("reject", first.id)
        await it.look(rig)
        statuses = {one.target.id: one.status for one in await rig.rows()}
        assert statuses["update.plug"] is ChangeStatus.REJECTED
        assert statuses["update.plug2"] is not ChangeStatus.REJECTED
