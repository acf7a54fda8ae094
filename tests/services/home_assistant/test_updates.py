"""Updates of Home Assistant: what is offered, what is installed exactly, and what is taken back."""

from contextlib import asynccontextmanager
from math import inf
from typing import Any

import pytest

from homelab_steward.contract.changes import WayBack
from lab.faults import Fault, FaultKind
from lab.visit import visit
from services.home_assistant import FIXTURE
from steward.errors import EffectUnknown, PreconditionFailed, ServiceRefused
from steward.sdk.description import Effect, Newer
from steward.sdk.item_versions import versions
from steward.sdk.kits.jobs import HANDLE
from steward.services.home_assistant.client import MOST_TRIES, NOTES_AT_ONCE
from steward.services.home_assistant.updates import INSTALL_VERSION

CORE = "update.core"
ROUNDS = {one.action: one for one in FIXTURE.rounds}


@asynccontextmanager
async def ready(action: str, **changes: Any) -> Any:
    """Yield a visit, the action, its call and its dry run."""
    async with visit("home_assistant") as here:
        here.served.row("updates", CORE).update(changes)
        call, found = await here.call(ROUNDS[action]), here.action(action)
        yield here, found, call, await found.dry_run(here.client, call)


async def offered(here: Any, key: str = CORE) -> Newer | str | None:
    """Return the newer version of an update, the reason why it is not known, or None."""
    found = next(one for one in versions(here.service, (await here.poll())[0]) if one.id == key)
    return found.unknown or found.newer


async def test_a_version_that_waits_is_offered_with_its_notes_and_its_way_back() -> None:
    async with visit("home_assistant") as here:
        found = await offered(here)
    assert isinstance(found, Newer)
    assert (found.installed, found.version, found.revision) == ("2026.11.0", "2026.11.1", "2026.11.1")
    assert "Fix the clock of Zigbee devices" in found.notes
    assert found.repository == "https://github.com/home-assistant/core"
    assert (found.action, found.way_back) == (INSTALL_VERSION, WayBack.IMAGE)


@pytest.mark.parametrize(
    ("changes", "watched"),
    [
        ({}, (("integration", "e1"), ("integration", "e2"))),
        ({"title": "Home Assistant Supervisor"}, ()),
        ({"title": "Mosquitto broker", "app": "core_mosquitto", "entry": "h"}, (("app", "core_mosquitto"),)),
        ({"integration": "hue", "entry": "e1"}, (("integration", "e1"),)),
        ({"integration": "template"}, ()),
    ],
)
async def test_what_has_to_work_after_an_update(
    changes: dict[str, Any], watched: tuple[tuple[str, str], ...]
) -> None:
    async with visit("home_assistant") as here:
        here.served.row("updates", CORE).update(changes)
        found = await offered(here)
    assert isinstance(found, Newer)
    assert found.watched == watched


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"is_waiting": False, "skipped": "2026.11.1"}, None),
        ({"can_install": False}, None),
        ({"installs_itself": True}, None),
        ({"is_waiting": None}, "It is not known"),
        ({"in_progress": True}, "It is being installed"),
    ],
)
async def test_what_nobody_can_install_now_is_not_offered(changes: dict[str, Any], expected: object) -> None:
    async with visit("home_assistant") as here:
        here.served.row("updates", CORE).update(changes)
        found = await offered(here)
    assert found is None if expected is None else isinstance(found, str)


@pytest.mark.parametrize(
    ("changes", "action", "way_back"),
    [
        ({"can_backup": False}, INSTALL_VERSION, WayBack.IMAGE),
        ({"can_choose_version": False}, None, WayBack.BACKUP),
        ({"can_choose_version": False, "can_backup": False}, None, WayBack.NONE),
        ({"installed": None}, None, WayBack.BACKUP),
    ],
)
async def test_what_can_be_taken_back(changes: dict[str, Any], action: str | None, way_back: WayBack) -> None:
    async with visit("home_assistant") as here:
        here.served.row("updates", CORE).update(changes)
        found = await offered(here)
    assert isinstance(found, Newer)
    assert (found.action, found.way_back) == (action, way_back)


async def test_devices_of_one_model_are_one_group_with_names_of_their_own() -> None:
    async with visit("home_assistant") as here:
        rows = here.served.report["updates"]
        for room in ("Hall", "Loft"):
            plug = {"id": f"update.{room}", "title": "Plug firmware", "device": room, "has_notes": False}
            rows.append({**rows[1], **plug, "is_waiting": True, "latest": "1.5", "summary": "Fixes Wi-Fi"})
        rows[-1].update(release_url="https://github.com/shelly/plug-s/releases/tag/1.5")
        found = [await offered(here, f"update.{room}") for room in ("Hall", "Loft")]
        names = {one.name for one in (await here.snapshot()).resources if one.kind == "update"}
    assert {"Plug firmware (Hall)", "Plug firmware (Loft)"} <= names
    hall, loft = found
    assert isinstance(hall, Newer)
    assert isinstance(loft, Newer)
    assert dict(hall.labels) == {"integration": "shelly", "model": "Plug S", "group": "shelly Plug S"}
    assert hall.labels == loft.labels
    assert (hall.notes, hall.repository) == ("Fixes Wi-Fi", None)
    assert loft.repository == "https://github.com/shelly/plug-s"


async def test_notes_are_read_once_and_a_few_at_a_time() -> None:
    async with visit("home_assistant") as here:
        rows = here.served.report["updates"]
        rows.extend({**rows[0], "id": f"update.{number}"} for number in range(NOTES_AT_ONCE))
        asked = [await _asked_notes(here) for _ in range(3)]
        assert asked == [NOTES_AT_ONCE, 1, 0]
        rows[0]["latest"] = "2026.11.2"
        assert await _asked_notes(here) == 1


async def _asked_notes(here: Any) -> int:
    before = len(here.served.requests)
    await here.poll()
    return sum(one.path == "/release_notes" for one in list(here.served.requests)[before:])


async def test_until_notes_are_read_nothing_is_offered_and_notes_that_cannot_be_read_are_missing() -> None:
    async with visit("home_assistant") as here:
        here.lab.faults.arm(
            Fault(
                service="home_assistant",
                kind=FaultKind.STATUS,
                path_prefix="/release_notes",
                times=MOST_TRIES,
            )
        )
        for _ in range(MOST_TRIES - 1):
            assert await offered(here) == "The release notes are being read"
        found = await offered(here)
    assert isinstance(found, Newer)
    assert found.notes == ""


async def test_a_failed_installation_is_not_applied() -> None:
    async with ready("install_version") as (here, action, call, dry):
        here.served.fail_install(CORE, "The configuration lacks ota: platform")
        with pytest.raises(ServiceRefused, match=r"keeps version 2026.11.0: .* lacks ota: platform"):
            await action.execute(here.client, call, dry.baseline)
        assert await action.probe(here.client, call, dry.baseline) is Effect.NOT_DONE
        assert await action.undo.dry_run(here.client, call, dry.baseline) == ()


async def test_a_failure_of_an_earlier_installation_proves_nothing() -> None:
    async with ready("install_update") as (here, action, call, dry):
        here.served.fail_install(CORE, "The download broke off")
        with pytest.raises(ServiceRefused):
            await action.execute(here.client, call, dry.baseline)
        again = await action.dry_run(here.client, call)
        assert await action.probe(here.client, call, again.baseline) is Effect.NOT_SEEN


async def test_a_failure_that_left_another_version_is_not_known() -> None:
    async with ready("install_update") as (here, action, call, dry):
        here.served.fail_install(CORE, "The database migration failed")
        fail = here.served.fails

        def half() -> None:
            fail()
            here.served.row("updates", CORE)["installed"] = "2026.11.1b0"

        here.served.fails = half
        with pytest.raises(EffectUnknown):
            await action.execute(here.client, call, dry.baseline)
        assert await action.probe(here.client, call, dry.baseline) is not Effect.NOT_DONE


async def test_an_installation_that_restarts_home_assistant_and_the_app_is_found_again() -> None:
    async with ready("install_version") as (here, action, call, dry):
        fault = Fault(service="home_assistant", kind=FaultKind.ANSWER_LOST, path_prefix="/install_update")
        here.lab.faults.arm(fault)
        with pytest.raises(EffectUnknown):
            await action.execute(here.client, call, dry.baseline)
        assert await action.probe(here.client, call, dry.baseline) is Effect.DONE
        here.served.report["jobs"] = []
        here.served.row("updates", CORE).update(in_progress=False, installed="2026.11.1", is_waiting=False)
        assert await action.probe(here.client, call, dry.baseline) is Effect.DONE
        assert (await action.verify(here.client, call, dry.baseline)).ok is True


@pytest.mark.parametrize(
    ("changes", "minutes"),
    [
        ({}, 30),
        ({"title": "Home Assistant Operating System"}, 60),
        ({"title": "Home Assistant Supervisor"}, 15),
        ({"title": "Home Assistant Core", "integration": "some_other"}, 15),
        ({"integration": "zha", "title": "Plug", "is_firmware": True}, 30),
    ],
)
async def test_how_long_an_installation_may_take_is_known_while_home_assistant_is_away(
    changes: dict[str, Any], minutes: int
) -> None:
    async with ready("install_update") as (here, action, call, _):
        here.served.row("updates", CORE).update(changes)
        dry = await action.dry_run(here.client, call)
        assert await action.latest(here.client, call, dry.baseline) == minutes * 60
        here.lab.faults.arm(Fault(service="home_assistant", kind=FaultKind.REFUSED))
        assert await action.latest(here.client, call, dry.baseline) == minutes * 60


async def test_an_installation_may_take_longer_while_it_gets_further() -> None:
    async with ready("install_update") as (here, action, call, dry):
        row = here.served.row("updates", CORE)

        async def longest(minutes: int, **changes: Any) -> float:
            row.update(changes)
            here.clock.advance(minutes * 60)
            found: float = await action.latest(here.client, call, dry.baseline)
            return found / 60

        assert await longest(0, in_progress=True, percentage=None) == 30
        assert await longest(20, percentage=5.0) == inf
        assert await longest(9) == inf
        assert await longest(1) == 30
        assert await longest(25, percentage=6.0) == inf
        assert await longest(1, in_progress=False) == 30


async def test_the_version_that_was_approved_is_installed_though_a_newer_one_is_out() -> None:
    async with ready("install_version") as (here, action, call, dry):
        here.served.row("updates", CORE)["latest"] = "2026.11.2"
        await action.precheck(here.client, call, dry.baseline)
        await action.execute(here.client, call, dry.baseline)
        assert here.served.row("updates", CORE)["installed"] == "2026.11.1"


async def test_without_a_choice_of_versions_a_newer_one_is_refused() -> None:
    async with ready("install_update", can_choose_version=False) as (here, action, call, _):
        exact = call.__class__(target=call.target, arguments={"version": "2026.11.1"})
        await action.dry_run(here.client, exact)
        here.served.row("updates", CORE)["latest"] = "2026.11.2"
        with pytest.raises(PreconditionFailed, match=r"offers version 2026.11.2 now, not 2026.11.1"):
            await action.dry_run(here.client, exact)


async def test_the_version_from_before_is_installed_again() -> None:
    async with ready("install_version") as (here, action, call, dry):
        await action.execute(here.client, call, dry.baseline)
        noted = {**dry.baseline, HANDLE: "2026.11.1"}
        (line,) = await action.undo.dry_run(here.client, call, noted)
        assert (line.before, line.after) == ("2026.11.1", "2026.11.0")
        await action.undo.execute(here.client, call, noted)
        assert here.served.row("updates", CORE)["installed"] == "2026.11.0"
        assert await action.undo.dry_run(here.client, call, noted) == ()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"installed": "2026.12.0"}, "somebody else changed it"),
        ({"can_choose_version": False}, "cannot choose the version"),
    ],
)
async def test_what_cannot_be_taken_back_any_more(changes: dict[str, Any], reason: str) -> None:
    async with ready("install_version") as (here, action, call, dry):
        await action.execute(here.client, call, dry.baseline)
        here.served.row("updates", CORE).update(changes)
        with pytest.raises(PreconditionFailed, match=reason):
            await action.undo.dry_run(here.client, call, dry.baseline)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"can_choose_version": False}, "cannot choose the version"),
        ({"can_install": False}, "cannot choose the version"),
        ({"installed": None}, "cannot choose the version"),
        ({"installed": "2026.11.1"}, "has version 2026.11.1 already"),
    ],
)
async def test_a_version_that_cannot_be_installed_is_refused(changes: dict[str, Any], reason: str) -> None:
    async with visit("home_assistant") as here:
        here.served.row("updates", CORE).update(changes)
        with pytest.raises(PreconditionFailed, match=reason):
            await here.action("install_version").dry_run(
                here.client, await here.call(ROUNDS["install_version"])
            )
