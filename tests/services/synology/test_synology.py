"""Synology: its errors with status 200, the session, statuses that are not known, updates."""

from typing import Any

import pytest

from homelab_steward.contract.state import CoverageStatus
from lab.visit import Visit, visit
from lab.wire import Json
from services.synology import (
    ENTRY,
    FIXTURE,
    INFO,
    PACKAGES,
    SHARES,
    STORAGE,
    UPDATE,
    data,
    disk,
    failure,
    package,
    pool,
    storage,
    volume,
)
from steward.errors import (
    EffectUnknown,
    PreconditionFailed,
    ServiceForbidden,
    ServiceNotFound,
    ServiceRefused,
    ServiceUnauthorized,
)


def answers(here: Visit, route: str, answer: Any) -> None:
    here.served.state.answers[route] = answer


@pytest.mark.parametrize(
    ("code", "error"), [(105, ServiceForbidden), (102, ServiceNotFound), (117, ServiceRefused)]
)
async def test_errors_with_status_200(code: int, error: type[Exception]) -> None:
    async with visit("synology") as here:
        answers(here, STORAGE, failure(code))
        with pytest.raises(error, match=f"error {code}"):
            await here.poll()


async def test_a_session_that_ended_is_renewed_once() -> None:
    async with visit("synology") as here:
        await here.poll()
        logins = sum(one.method == "POST" for one in here.served.requests)
        left = iter([failure(119)])
        info = here.served.state.answers[INFO]
        answers(here, INFO, lambda *_: next(left, info))
        await here.poll()
        assert sum(one.method == "POST" for one in here.served.requests) == logins + 1


@pytest.mark.parametrize(
    ("code", "reason"), [(400, "password is wrong"), (403, "two-factor code"), (999, "error 999")]
)
async def test_why_a_login_is_refused(code: int, reason: str) -> None:
    async with visit("synology") as here:
        answers(here, f"POST {ENTRY}", failure(code))
        with pytest.raises(ServiceUnauthorized, match=reason):
            await here.poll()


async def test_what_is_not_supported_costs_itself() -> None:
    async with visit("synology") as here:
        answers(here, PACKAGES, failure(102))
        answers(here, SHARES, data({"shares": [{"name": "media"}], "total": 3}))
        found = await here.snapshot()
        assert found.coverage.status is CoverageStatus.PARTIAL
        assert {"packages", "shares"} <= {gap.part for gap in found.coverage.gaps}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"status": "crashed"}, "Drive 1 (ZKH17Q) is crashed"),
        ({"below_remain_life_thr": True}, "Drive 1 (ZKH17Q) is at the end of its life"),
        ({"smart_status": "not_support"}, None),
        ({"smart_status": None}, None),
        ({"exceed_bad_sector_thr": None}, None),
    ],
)
async def test_a_disk(changed: dict[str, Any], expected: str | None) -> None:
    async with visit("synology") as here:
        answers(here, STORAGE, storage([disk(1, **changed)], [volume(1, 1)], [pool(1)]))
        checks, key = await here.checks(), ("disk_failing", ("disk", "ZKH17Q"))
        assert checks.problems.get(key) == expected
        assert (key in checks.unknown) is (expected is None)


@pytest.mark.parametrize(
    ("status", "expected"),
    [("background_scrubbing", "clear"), ("read_only", "problems"), ("reticulating", "unknown")],
)
async def test_a_status_that_is_not_known_is_neither_good_nor_bad(status: str, expected: str) -> None:
    async with visit("synology") as here:
        answers(here, STORAGE, storage([disk(1)], [volume(1, 1, status)], [pool(1)]))
        assert ("volume_degraded", ("volume", "volume_1")) in getattr(await here.checks(), expected)


async def test_a_pool_without_a_scrub() -> None:
    async with visit("synology") as here:
        answers(here, STORAGE, storage([disk(1)], [volume(1, 1)], [{**pool(1), "last_done_time": 0}]))
        [found] = [one for one in (await here.snapshot()).resources if one.kind == "pool"]
        assert found.values["last_scrub"] is None
        assert found.unknown["last_scrub"] == "No scrub was made so far"


async def test_updates_are_asked_for_every_six_hours() -> None:
    async with visit("synology") as here:
        await here.poll()
        answers(here, UPDATE, data({"update": {"available": True, "version": "DSM 7.2.3"}}))
        assert (await here.snapshot()).values["update_available"] is False
        await here.clock.sleep(21_600)
        values = (await here.snapshot()).values
        assert (values["update_available"], values["latest_version"]) == (True, "7.2.3")


@pytest.mark.parametrize(
    ("update", "latest"),
    [({"available": False}, "7.2.2-72806"), ({"available": True}, None), ({"version": "DSM 7.2.3"}, None)],
)
async def test_the_newest_version_is_unknown_unless_it_is_reported(update: Json, latest: str | None) -> None:
    async with visit("synology") as here:
        answers(here, UPDATE, data({"update": update}))
        assert (await here.snapshot()).values["latest_version"] == latest


@pytest.mark.parametrize(("code", "error"), [(105, ServiceForbidden), (100, EffectUnknown)])
async def test_a_change_that_is_refused(code: int, error: type[Exception]) -> None:
    async with visit("synology") as here:
        call, action = await here.call(FIXTURE.rounds[1]), here.action("stop_package")
        before = await action.dry_run(here.client, call)
        here.served.alter = lambda where, sent: failure(code) if where.startswith("POST") else sent
        with pytest.raises(error):
            await action.execute(here.client, call, before.baseline)


async def test_a_package_that_is_being_installed_or_gone() -> None:
    async with visit("synology") as here:
        call, action = await here.call(FIXTURE.rounds[1]), here.action("stop_package")
        answers(here, PACKAGES, data({"packages": [package("HyperBackup", "Hyper Backup", "upgrading")]}))
        assert ("package_stopped", ("package", "HyperBackup")) in (await here.checks()).busy
        answers(here, PACKAGES, data({"packages": []}))
        with pytest.raises(PreconditionFailed, match="not installed any more"):
            await action.dry_run(here.client, call)


async def test_disks_are_listed_with_the_worst_first() -> None:
    async with visit("synology") as here:
        await here.make_unhealthy()
        tool = here.tool("disks")
        text = (await tool.read(here.client, await here.call_of(tool))).text
        assert text.startswith("Drive 1 (KESTREL NAS 8T, ZKH17Q): The self-monitoring")


async def test_a_quota_is_a_problem_only_where_there_is_one() -> None:
    async with visit("synology") as here:
        found, checks = await here.snapshot(), await here.checks()
        media, homes = (one for one in found.resources if one.kind == "share")
        assert (media.values["quota_share"], homes.values["quota_share"]) == (None, 45.0)
        assert media.unknown["quota_share"] == "It has no quota"
        assert ("quota_nearly_reached", ("share", "media")) in checks.clear
        here.served.state.answers[SHARES] = data({"shares": [{"name": "usb", "vol_path": "/u"}], "total": 1})
        assert ("quota_nearly_reached", ("share", "usb")) in (await here.checks()).unknown
        tool = here.tool("shares")
        text = (await tool.read(here.client, await here.call_of(tool))).text
        assert text.startswith("usb on /u: ")


async def test_snapshots_are_listed_with_the_newest_first() -> None:
    async with visit("synology") as here:
        tool = here.tool("snapshots")
        text = (await tool.read(here.client, await here.call_of(tool, "media"))).text
        assert text.splitlines() == [
            "GMT+01-2026.11.18-02.00.04: before the update, locked",
            "GMT+01-2026.11.17-02.00.05",
        ]


async def test_attention_is_neither_good_nor_degraded() -> None:
    async with visit("synology") as here:
        volumes: list[Json] = [volume(1, 2, "attention")]
        here.served.state.answers[STORAGE] = storage([disk(1)], volumes, [pool(1)])
        checks = await here.checks()
        text = checks.problems["volume_attention", ("volume", "volume_1")]
        assert text == "Volume 1 needs attention: look at it in Storage Manager"
        assert ("volume_degraded", ("volume", "volume_1")) in checks.clear
