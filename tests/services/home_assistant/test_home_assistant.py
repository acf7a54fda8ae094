"""Home Assistant: what is not known, fresh and old reports, and what its actions find out."""

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, cast

import pytest

from homelab_steward.contract.state import CoverageStatus
from lab.clock import SteppedClock
from lab.fixtures import Round
from lab.visit import visit
from services.home_assistant import FIXTURE
from steward.errors import EffectUnknown, PreconditionFailed, ServiceUnreachable
from steward.sdk.access import Access
from steward.sdk.coverage import Gaps
from steward.sdk.description import Action, Call, Changed, DryRun, Effect
from steward.sdk.kits.jobs import HANDLE
from steward.services.home_assistant.client import HomeAssistantClient, poll
from steward.services.home_assistant.models import STUCK

ROUNDS: dict[str, Round] = {one.action: one for one in FIXTURE.rounds}


@asynccontextmanager
async def ready(action: str) -> Any:
    """Yield a visit, the action, its call and its dry run."""
    async with visit("home_assistant") as here:
        call, found = await here.call(ROUNDS[action]), here.action(action)
        yield here, found, call, await found.dry_run(here.client, call)


async def test_the_readings_of_a_healthy_one() -> None:
    async with visit("home_assistant") as here:
        found = await here.snapshot()
    values = dict(found.values)
    assert str(values.pop("last_backup")).endswith("+00:00")
    assert values == {
        "version": "2026.11.0",
        "safe_mode": False,
        "updates_waiting": 1,
        "repairs_open": 1,
        "log_errors": 1,
        "entities_unavailable": 1,
        "integrations_failing": 0,
        "backup_age": 6.9,
        "database_size": 1.5,
        "clock_difference": 0,
    }


async def test_without_a_connection_it_is_unreachable() -> None:
    access = Access(settings={}, session=cast("Any", None), clock=SteppedClock())
    with pytest.raises(ServiceUnreachable, match="Home Assistant is not connected"):
        await poll(HomeAssistantClient(access), Gaps())


async def test_what_is_missing_from_a_report_is_not_known() -> None:
    async with visit("home_assistant") as here:
        here.served.report["gaps"] = [{"part": "log", "reason": "It holds only the last 50"}]
        found = await here.snapshot()
        assert found.coverage.status is CoverageStatus.PARTIAL
        assert found.unknown == {"log_errors": "It holds only the last 50"}
        tool = here.tool("system_log")
        answer = await tool.read(here.client, await here.call_of(tool))
    assert answer.text.endswith("This may be incomplete or wrong: It holds only the last 50")


async def test_while_home_assistant_starts_nothing_fails_and_nothing_is_fine() -> None:
    async with visit("home_assistant") as here:
        here.served.report["is_running"] = False
        here.served.row("integrations", "e1")["state"] = "setup_retry"
        here.served.row("integrations", "e2")["state"] = "not_loaded"
        found, checks = await here.snapshot(), await here.checks()
    assert set(found.unknown) == {"entities_unavailable", "integrations_failing"}
    assert {key for key, _ in checks.unknown} == {"integration_failing"}
    assert len(checks.unknown) == 2
    assert checks.problems == {}


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ({"last_attempt_at": 1, "last_success_at": 24}, "failed: The disk is full"),
        ({"last_attempt_at": 1, "last_success_at": None}, "failed: The disk is full"),
        ({"next_at": 2}, "was not created"),
        ({"last_attempt_at": 220, "last_success_at": 219}, "9 days old"),
        ({"next_at": None}, "No automatic backup is scheduled"),
        ({"last_attempt_at": None, "last_success_at": None}, "clear"),
        ({"next_at": 0.5}, "clear"),
    ],
)
async def test_when_a_backup_is_overdue(hours: dict[str, float | None], expected: str) -> None:
    key = ("backup_overdue", None)
    async with visit("home_assistant") as here:
        here.served.report["backups"]["problems"] = ["The disk is full"]
        for name, ago in hours.items():
            at = None if ago is None else (here.served.now() - timedelta(hours=ago)).isoformat()
            here.served.report["backups"][name] = at
        checks = await here.checks()
    said = checks.problems.get(key) or checks.unknown.get(key) or "clear"
    assert expected in said
    assert (key in checks.unknown) == (expected == "No automatic backup is scheduled")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"size": 1.9, "disk_free": 0.1}, "clear"),
        ({"size": 6.0, "disk_free": 7.0}, "clear"),
        ({"size": 6.0, "disk_free": 5.0}, "The database has 6.0 GiB, and the disk has 5.0 GiB left"),
        ({"size": 20.0, "disk_free": 900.0}, "The database has 20.0 GiB, and the disk has 900.0 GiB left"),
        ({"size": 6.0, "disk_free": None}, "unknown"),
        ({"size": None}, "unknown"),
    ],
)
async def test_when_the_database_is_too_large(changes: dict[str, float | None], expected: str) -> None:
    key = ("database_large", None)
    async with visit("home_assistant") as here:
        sizes = {name: None if value is None else value * 2**30 for name, value in changes.items()}
        here.served.report["database"].update(sizes)
        checks = await here.checks()
        assert checks.problems.get(key) == (expected if "GiB" in expected else None)
        assert (key in checks.unknown) == (expected == "unknown")


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"state": "started"}, None),
        ({"state": "startup"}, None),
        ({"state": "stopped", "starts": False}, None),
        ({"state": "stopped", "starts": True}, "It is stopped"),
        ({"state": "error", "starts": False}, "It ended with an error"),
        ({"state": "stopped", "starts": None}, "unknown"),
        ({"state": "from_the_future"}, "unknown"),
    ],
)
async def test_which_apps_should_run(changes: dict[str, Any], problem: str | None) -> None:
    key = ("app_stopped", ("app", "core_mosquitto"))
    async with visit("home_assistant") as here:
        here.served.row("apps", "core_mosquitto").update(changes)
        checks = await here.checks()
    assert checks.problems.get(key) == (None if problem == "unknown" else problem)
    assert (key in checks.unknown) == (problem == "unknown")


async def test_a_battery_without_a_level_says_whether_it_is_low_or_nothing() -> None:
    window, smoke = (("battery", f"{one}_battery") for one in ("sensor.window", "binary_sensor.smoke"))
    async with visit("home_assistant") as here:
        here.served.row("batteries", "sensor.window_battery")["level"] = None
        here.served.row("batteries", "binary_sensor.smoke_battery")["is_low"] = True
        checks = await here.checks()
        tool = here.tool("batteries")
        answer = await tool.read(here.client, await here.call_of(tool))
    assert checks.problems["battery_low", smoke] == "The battery is low"
    assert ("battery_low", window) in checks.unknown
    assert answer.text.splitlines() == ["Smoke: low", "Window: not known"]


async def test_clocks_that_differ_a_little_are_right() -> None:
    ahead = "The clock of Home Assistant is 45 s ahead of that of the app"
    async with visit("home_assistant") as here:
        for seconds, problem in ((20, None), (45, ahead)):
            here.served.clock_offset = timedelta(seconds=seconds)
            assert (await here.checks()).problems.get(("clock_skew", None)) == problem


async def test_a_job_that_failed_or_that_a_restart_ended_is_no_success() -> None:
    async with ready("restart_app") as (here, action, call, dry):
        await action.execute(here.client, call, dry.baseline)
        (job,) = here.served.report["jobs"]
        noted = {**dry.baseline, HANDLE: job["begun_at"]}
        job["failure"] = "Unknown error, see supervisor"
        assert (await action.verify(here.client, call, noted)).ok is False
        here.served.report["jobs"] = []
        found = await action.verify(here.client, call, noted)
        assert found.ok is not True
        assert "restarted since" in found.text


async def test_what_is_under_way_is_not_judged() -> None:
    async with visit("home_assistant") as here:
        here.served.report["backups"].update(is_running=True, last_success_at=None)
        here.served.row("updates", "update.core")["in_progress"] = True
        here.served.row("integrations", "e1")["state"] = "from_the_future"
        found, checks = await here.snapshot(), await here.checks()
    assert found.unknown["backup_age"] == found.unknown["last_backup"] == "There was no automatic backup yet"
    assert found.resource("integration", "e1").unknown["state"].endswith("is not known")  # type: ignore[union-attr]
    assert {key for key, _ in checks.unknown} == {"backup_overdue", "update_failed", "integration_failing"}
    assert checks.problems == {}


async def test_a_poll_after_a_push_shows_what_changed_since() -> None:
    async with visit("home_assistant") as here:
        waiting = asyncio.ensure_future(anext(here.client.listen()))
        await asyncio.sleep(0)
        here.served.push()
        assert await waiting is Changed.POLL_NOW
        here.served.report["version"] = "2026.12.0"
        assert (await here.snapshot()).values["version"] == "2026.12.0"


@pytest.mark.parametrize(
    ("field", "odd", "unknown"),
    [
        ("version", None, {"version"}),
        ("safe_mode", "maybe", {"safe_mode"}),
        ("recovery_mode", None, {"safe_mode"}),
        ("is_running", 3, {"entities_unavailable", "integrations_failing"}),
        ("unavailable_count", None, {"entities_unavailable"}),
        ("entity_count", "many", set()),
        ("backups", [], {"last_backup", "backup_age"}),
        ("updates", None, {"updates_waiting"}),
    ],
)
async def test_an_odd_field_costs_itself(field: str, odd: object, unknown: set[str]) -> None:
    async with visit("home_assistant") as here:
        here.served.report[field] = odd
        found = await here.snapshot()
    assert set(found.unknown) == unknown
    assert [gap.part for gap in found.coverage.gaps][:1] == [field]
    assert not found.unavailable


async def test_an_odd_part_of_the_backups_makes_them_unknown() -> None:
    async with visit("home_assistant") as here:
        here.served.report["backups"]["last_attempt_at"] = "soon"
        found, checks = await here.snapshot(), await here.checks()
    assert set(found.unknown) == {"last_backup", "backup_age"}
    assert ("backup_overdue", None) in checks.unknown


async def test_a_second_home_assistant_is_neither_read_nor_changed() -> None:
    async with ready("ignore_repair") as (here, action, call, first), visit("home_assistant") as other:
        other.served.report["version"] = "2026.1.0"
        other.served.join(here.client.home)
        assert (await here.snapshot()).values["version"] == "2026.11.0"
        await action.execute(here.client, call, first.baseline)
        assert here.writes
        assert not other.writes


async def test_actions_that_are_turned_off_are_not_offered() -> None:
    async with visit("home_assistant") as here:
        here.served.report["allows_actions"] = False
        found = await here.snapshot()
    assert set(found.unavailable) == {f"action.{one.key}" for one in here.service.actions}


async def test_whether_actions_are_allowed_may_be_unknown() -> None:
    async with visit("home_assistant") as here:
        here.served.report["allows_actions"] = "perhaps"
        found = await here.snapshot()
    assert set(found.unavailable.values()) == {"What Home Assistant reports was not understood"}


async def test_a_restart_that_would_fail_is_not_offered() -> None:
    async with visit("home_assistant") as here:
        here.served.restart_problem = "The configuration is not valid: hueue"
        with pytest.raises(PreconditionFailed, match="hueue"):
            await here.action("restart").dry_run(here.client, await here.call(ROUNDS["restart"]))


async def test_an_update_names_its_backup_and_its_failure() -> None:
    first: DryRun
    action: Action[Any]
    call: Call
    async with ready("install_update") as (here, action, call, first):
        assert first.note == "Creates a backup first."
        here.served.row("updates", "update.core")["can_backup"] = False
        assert (await action.dry_run(here.client, call)).note == "No backup is created first."
        row = here.served.row("updates", "update.core")
        here.served.fails = lambda: row.update(in_progress=False, failure="The download broke off")
        with pytest.raises(EffectUnknown, match="The download broke off"):
            await action.execute(here.client, call, first.baseline)
        assert (await action.verify(here.client, call, first.baseline)).ok is False
        assert await action.probe(here.client, call, first.baseline) is Effect.NOT_SEEN
        row["is_waiting"] = False
        with pytest.raises(PreconditionFailed, match="No update of Home Assistant Core waits"):
            await action.dry_run(here.client, call)
        row["can_install"] = False
        with pytest.raises(PreconditionFailed, match="cannot install"):
            await action.dry_run(here.client, call)


async def test_a_device_that_installs_later_did_not_fail() -> None:
    async with ready("install_update") as (here, action, call, first):
        row = here.served.row("updates", "update.core")
        here.served.fails = lambda: row.update(in_progress=False)
        noted = {**first.baseline, HANDLE: row["latest"]}
        text = await action.execute(here.client, call, first.baseline)
        assert text.endswith("version 2026.11.0 is installed, not 2026.11.1 yet")
        result = await action.verify(here.client, call, noted)
        assert result.ok is None
        assert result.text.startswith("It did not end within ")
        assert result.text.endswith(": version 2026.11.0 is installed, not 2026.11.1 yet")
        row["installed"] = None
        assert "the installed version is not known" in await action.execute(here.client, call, first.baseline)
        row["installed"] = row["latest"]
        assert (await action.verify(here.client, call, noted)).ok is True


@pytest.mark.parametrize("state", sorted(STUCK))
async def test_a_reload_that_is_always_refused_is_not_offered(state: str) -> None:
    async with visit("home_assistant") as here:
        call = await here.call(ROUNDS["reload_integration"])
        here.served.row("integrations", call.target.id)["state"] = state
        with pytest.raises(PreconditionFailed, match=f"in the state {state}"):
            await here.action("reload_integration").dry_run(here.client, call)


async def test_a_reload_that_ends_in_an_error_did_not_help() -> None:
    async with ready("reload_integration") as (here, action, call, first):
        row = here.served.row("integrations", "e1")
        here.served.fails = lambda: row.update(state="setup_error", reason="No route to host")
        with pytest.raises(EffectUnknown, match="No route to host"):
            await action.execute(here.client, call, first.baseline)
        result = await action.verify(here.client, call, first.baseline)
        assert (result.ok, result.text) == (False, "setup_error: No route to host")


async def test_a_backup_needs_a_location_and_may_fail() -> None:
    async with ready("create_backup") as (here, action, call, first):
        backups = here.served.report["backups"]
        here.served.fails = lambda: backups.update(is_running=False, problems=["The disk is full"])
        with pytest.raises(EffectUnknown, match="The disk is full"):
            await action.execute(here.client, call, first.baseline)
        assert (await action.verify(here.client, call, first.baseline)).ok is False
        backups["has_location"] = False
        with pytest.raises(PreconditionFailed, match="no location"):
            await action.dry_run(here.client, call)
        here.served.report["gaps"] = [{"part": "backups", "reason": "Backups are not set up"}]
        with pytest.raises(PreconditionFailed, match="Backups are not set up"):
            await action.dry_run(here.client, call)


async def test_what_is_gone_cannot_be_changed() -> None:
    async with ready("ignore_repair") as (here, action, call, first):
        here.served.report["repairs"] = []
        with pytest.raises(PreconditionFailed, match="is not there any more"):
            await action.precheck(here.client, call, first.baseline)


async def test_entities_are_found_by_text_area_and_domain() -> None:
    async with visit("home_assistant") as here:
        tool = here.tool("entities")
        asked: list[tuple[dict[str, str], str]] = [
            ({"text": "BULB"}, "Bulb (light.bulb, Cellar): unavailable"),
            ({"domain": "sensor", "area": "cell"}, "Plug (sensor.plug, Cellar): 12 W"),
            ({"area": "attic"}, "There are none"),
        ]
        for arguments, expected in asked:
            assert (await tool.read(here.client, await here.call_of(tool, **arguments))).text == expected


async def test_people_and_media_players_are_shown_to_owners_only() -> None:
    async with visit("home_assistant") as here:
        entities = here.served.report["entities"]
        like = entities[0]
        for key, name in (
            ("person.marta", "Marta"),
            ("device_tracker.tablet", "Tablet"),
            ("media_player.den", "Den"),
        ):
            own = {"id": key, "name": name, "domain": key.partition(".")[0], "state": "secret", "unit": None}
            entities.append({**like, **own})
        phone = {"id": "sensor.phone_place", "name": "Phone place", "integration": "mobile_app"}
        entities.append({**like, **phone, "state": "secret"})
        tool = here.tool("entities")
        text = ""
        for arguments in ({}, {"text": "marta"}, {"domain": "person"}, {"domain": "media_player"}):
            text = (await tool.read(here.client, await here.call_of(tool, **arguments))).text
            assert not [one for one in ("Marta", "Tablet", "Den", "Phone", "secret") if one in text], text
        assert text == "media_player: 1 that only owners may see"
        tool = here.tool("private_entities")
        assert tool.is_owner_only
        text = (await tool.read(here.client, await here.call_of(tool))).text
        assert "Marta (person.marta, Cellar): secret" in text
        assert "Plug" not in text
