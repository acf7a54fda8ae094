"""Radarr: restarts, searches and memory pressure in the simulated world."""

import pytest

from lab.faults import FaultKind
from lab.visit import Visit, visit
from lab.wire import Json
from services._servarr import TROUBLED
from steward.errors import PreconditionFailed, ServiceMalformed, ServiceRefused
from steward.sdk.description import Effect

HEALTH = ("health_error", None)


async def restarted(here: Visit) -> None:
    restart = here.action("restart")
    call = await here.call_of(restart)
    before = await restart.dry_run(here.client, call)
    await restart.execute(here.client, call, before.baseline)
    assert (await restart.verify(here.client, call, before.baseline)).ok is True


async def test_no_errors_right_after_a_restart_prove_nothing() -> None:
    async with visit("radarr") as here:
        await here.make_unhealthy()
        assert HEALTH in (await here.checks()).problems
        await restarted(here)
        found = await here.checks()
        assert HEALTH not in {*found.problems, *found.clear}
        assert "has not run its health checks" in found.unknown[HEALTH]
        assert (await here.snapshot()).values["health_errors"] is None
        health = here.tool("health")
        assert (
            "has not run its health checks"
            in (await health.read(here.client, await here.call_of(health))).text
        )
        here.clock.advance(61)
        assert HEALTH in (await here.checks()).clear


async def test_errors_right_after_a_restart_are_errors() -> None:
    async with visit("radarr") as here:
        await restarted(here)
        here.served.alter = lambda where, sent: (
            [{"type": "error", "message": "Disk is gone"}] if where.endswith("/health") else sent
        )
        assert (await here.checks()).problems[HEALTH] == "Disk is gone"


@pytest.mark.parametrize("status", [401, 404, 502])
async def test_whatever_answers_while_it_restarts_is_not_radarr(status: int) -> None:
    async with visit("radarr") as here:
        restart = here.action("restart")
        call = await here.call_of(restart)
        before = await restart.dry_run(here.client, call)
        await restart.execute(here.client, call, before.baseline)
        here.arm(FaultKind.STATUS, status=status, times=24)
        result = await restart.verify(here.client, call, before.baseline)
        assert result.ok is True, result.text


async def test_a_restart_that_does_not_come_back_is_not_known() -> None:
    async with visit("radarr") as here:
        restart = here.action("restart")
        call = await here.call_of(restart)
        before = await restart.dry_run(here.client, call)
        await restart.execute(here.client, call, before.baseline)
        here.arm(FaultKind.STATUS, status=404)
        result = await restart.verify(here.client, call, before.baseline)
        assert (result.ok, result.text[:24]) == (None, "not back after 60 second")
        with pytest.raises(ServiceRefused, match="404"):
            await restart.probe(here.client, call, before.baseline)


async def test_the_queue_is_asked_for_what_the_library_does_not_know() -> None:
    async with visit("radarr") as here:
        queue = here.tool("queue")

        def only_unknown(where: str, sent: Json) -> Json:
            if "/queue?" not in where:
                return sent
            rows: list[Json] = [{"id": 4, "title": "Some.Upload", "status": "warning"}]
            found = rows if "includeUnknownMovieItems=true" in where else []
            return {"records": found, "totalRecords": len(found)}

        here.served.alter = only_unknown
        answer = await queue.read(here.client, await here.call_of(queue))
        assert "Some.Upload" in answer.text


@pytest.mark.parametrize(
    ("disks", "free"),
    [
        ([{"path": "/snap/bare/5", "freeSpace": 0, "totalSpace": 131072}], 20.0),
        ([{"path": "/mnt/share", "freeSpace": None, "totalSpace": None}], 20.0),
        ([{"path": "/mnt/share"}], 20.0),
        (["odd"], None),
    ],
)
async def test_one_odd_disk_costs_no_more_than_the_disks(disks: list[Json], free: float | None) -> None:
    data = {"path": "/data", "freeSpace": 20 * 2**30, "totalSpace": 40 * 2**30}
    async with visit("radarr") as here:
        here.served.alter = lambda where, sent: [*disks, data] if where.endswith("/diskspace") else sent
        found = await here.snapshot()
        assert found.values["free_disk"] == free
        assert found.values["queue_size"] == 2


async def test_disks_that_cannot_be_read_are_a_gap() -> None:
    async with visit("radarr") as here:
        here.arm(FaultKind.STATUS, path="/api/v3/diskspace")
        found = await here.snapshot()
        assert [gap.part for gap in found.coverage.gaps] == ["disks"]
        assert found.values["free_disk"] is None
        assert found.values["health_errors"] == 0


@pytest.mark.parametrize(
    ("path", "part", "sensor", "check"),
    [
        ("/api/v3/health", "health", "health_errors", "health_error"),
        ("/api/v3/rootfolder", "root_folders", "root_folders", "root_folder_gone"),
    ],
)
async def test_one_endpoint_that_fails_costs_itself(path: str, part: str, sensor: str, check: str) -> None:
    async with visit("radarr") as here:
        here.arm(FaultKind.STATUS, path=path)
        found, checks = await here.snapshot(), await here.checks()
        assert [gap.part for gap in found.coverage.gaps] == [part]
        assert found.values[sensor] is None
        assert found.values["free_disk"] is not None
        assert set(checks.unknown) == {(check, None)}


@pytest.mark.parametrize(
    ("how", "blocklist", "skip"),
    [
        ("remove", "false", "true"),
        ("remove and blocklist", "true", "true"),
        ("remove, blocklist and search again", "true", "false"),
    ],
)
async def test_failed_downloads_are_removed_as_chosen(how: str, blocklist: str, skip: str) -> None:
    async with visit("radarr") as here:
        here.served.downloads = [*TROUBLED]
        assert (await here.snapshot()).values["failed_downloads"] == 2
        clear = here.action("clear_failed")
        call = await here.call_of(clear, how=how)
        before = await clear.dry_run(here.client, call)
        assert [(one.field, one.after) for one in before.differences] == [
            ("Lost.Packet", how),
            ("Bit.Rot", how),
        ]
        await clear.execute(here.client, call, before.baseline)
        (effect,) = here.lab.world.effects
        assert effect.body == {
            "removeFromClient": "true",
            "blocklist": blocklist,
            "skipRedownload": skip,
            "ids": [11, 12],
        }
        found = await here.snapshot()
        assert (found.values["failed_downloads"], found.values["blocked_imports"]) == (0, 1)


async def test_a_queue_with_a_gap_is_not_cleared() -> None:
    async with visit("radarr") as here:
        here.served.downloads = [*TROUBLED, {"id": "odd"}]
        clear = here.action("clear_failed")
        with pytest.raises(ServiceMalformed, match="queue: not understood: item odd"):
            await clear.dry_run(here.client, await here.call_of(clear))


async def test_missing_films_have_the_number_to_search_by() -> None:
    async with visit("radarr") as here:
        missing, search = here.tool("missing"), here.action("search_one")
        assert (
            "5: The Last Backup (2025)" in (await missing.read(here.client, await here.call_of(missing))).text
        )
        call = await here.call_of(search, item=5)
        before = await search.dry_run(here.client, call)
        assert [one.after for one in before.differences] == ["for The Last Backup (2025)"]
        await search.execute(here.client, call, before.baseline)
        assert here.lab.world.effects[0].body == {"name": "MoviesSearch", "movieIds": [5]}


async def test_commands_that_are_not_listed_any_more_are_not_somebody_elses() -> None:
    async with visit("radarr") as here:
        search = here.action("search_missing")
        call = await here.call_of(search)
        await search.execute(here.client, call, {})
        here.clock.advance(60)
        before = await search.dry_run(here.client, call)
        here.served.alter = lambda where, sent: [] if where.endswith("/command") else sent
        await search.precheck(here.client, call, before.baseline)


async def test_a_search_is_started_once() -> None:
    async with visit("radarr") as here:
        search = here.action("search_missing")
        call = await here.call_of(search)
        before = await search.dry_run(here.client, call)
        assert [one.after for one in before.differences] == ["for 2 missing films"]
        await search.execute(here.client, call, before.baseline)
        with pytest.raises(PreconditionFailed, match="still running"):
            await search.dry_run(here.client, call)
        here.clock.advance(5)
        with pytest.raises(PreconditionFailed, match="Somebody else"):
            await search.precheck(here.client, call, before.baseline)
        again = await search.dry_run(here.client, call)
        assert await search.probe(here.client, call, again.baseline) is Effect.NOT_SEEN


async def test_a_command_without_a_status_is_not_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    async def answer(*_: object) -> Json:
        return {"id": 7, "name": "MissingMoviesSearch"}

    async with visit("radarr") as here:
        monkeypatch.setattr(here.client, "get", answer)
        job = await here.client.command("7")
        assert (job.ok, job.is_running, job.order) == (None, False, 7)
