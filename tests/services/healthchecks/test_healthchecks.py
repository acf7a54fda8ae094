"""Healthchecks: its webhook, alerts that last, and what a read-only key may do."""

from datetime import UTC, datetime
from typing import Any

import orjson

from homelab_steward.contract.incidents import AlertStatus
from lab.visit import Visit, visit
from services.healthchecks import BACKUP, JOBS, SCRUB, job
from steward.sdk.description import Delivery, IncomingAlert
from steward.services.healthchecks import SERVICE

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)


def sent(row: Any) -> tuple[IncomingAlert, ...]:
    assert SERVICE.alerts is not None
    assert SERVICE.alerts.parse is not None
    return SERVICE.alerts.parse(Delivery(headers={}, body=orjson.dumps(row), received_at=NOW))


def list_jobs(here: Visit, *rows: Any) -> None:
    here.served.state.answers[JOBS] = {"checks": [*rows]}


async def firing(here: Visit) -> dict[str, IncomingAlert]:
    found = (await here.client.read_alerts()).alerts
    return {one.summary.partition(" is ")[0]: one for one in found if one.status is AlertStatus.FIRING}


async def test_webhook_and_poll_name_the_same_alert() -> None:
    [by_webhook] = sent(job(BACKUP, "Nightly backup", "down"))
    [ended] = sent(job(BACKUP, "Nightly backup", "up"))
    async with visit("healthchecks") as here:
        polled = (await firing(here))["Nightly backup"]
    assert by_webhook.fingerprint == polled.fingerprint == ended.fingerprint
    assert (polled.name, polled.labels["host"]) == ("JobMissed", "nas")
    assert "last report 2026-11-16 02:09 UTC" in polled.summary
    assert (ended.status, ended.ends_at) == (AlertStatus.RESOLVED, NOW)
    assert sent(job(BACKUP, "Nightly backup", "paused")) == ()


async def test_a_job_that_is_paused_deleted_or_new_is_not_called_solved() -> None:
    async with visit("healthchecks") as here:
        list_jobs(here, job(BACKUP, "Nightly backup", "down"), job(SCRUB, "Scrub", "down"))
        assert set(await firing(here)) == {"Nightly backup", "Scrub"}
        list_jobs(here, job(BACKUP, "Nightly backup", "paused"))
        found = await firing(here)
        assert found["Nightly backup"].suppressed == "paused in Healthchecks"
        assert found["Scrub"].suppressed == "not listed by Healthchecks any more"
        list_jobs(here, job(BACKUP, "Nightly backup", "new"), job(SCRUB, "Scrub", "grace"))
        assert set(await firing(here)) == {"Nightly backup"}
        list_jobs(here, job(BACKUP, "Nightly backup", "up"), job(SCRUB, "Scrub", "up"))
        read = await here.client.read_alerts()
        assert {one.status for one in read.alerts} == {AlertStatus.RESOLVED}
        assert read.missing is None


async def test_beside_a_paused_job_another_ends_by_its_own_report() -> None:
    async with visit("healthchecks") as here:
        read = await here.client.read_alerts()
        assert read.missing is not None
        ended = [one.summary for one in read.alerts if one.status is AlertStatus.RESOLVED]
        assert ended == ["Scrub is up", "Mail digest is up"]
        for _ in range(3):
            read = await here.client.read_alerts()
        assert [one.status for one in read.alerts] == [AlertStatus.FIRING]


async def test_a_read_only_key_watches_and_says_what_it_lacks() -> None:
    async with visit("healthchecks") as here:
        before = (await firing(here))["Nightly backup"].fingerprint
        row = {key: value for key, value in job(BACKUP, "Nightly backup", "down").items() if key != "uuid"}
        list_jobs(here, {**row, "unique_key": before})
        found = await here.snapshot()
        assert found.values["jobs_down"] == 1
        assert "action.pause_job" in found.unavailable
        assert (await firing(here))["Nightly backup"].fingerprint == before


async def test_ping_addresses_are_not_shown() -> None:
    async with visit("healthchecks") as here:
        for tool in here.service.tools:
            call = await here.call_of(tool, "Nightly backup" if tool.scope else None)
            text = (await tool.read(here.client, call)).text
            assert "ping.example.org" not in text


async def test_a_monitor_whose_jobs_are_all_paused_or_new_is_blind() -> None:
    async with visit("healthchecks") as here:
        await here.make_unhealthy()
        [text] = (await here.checks()).problems.values()
        assert text == "Healthchecks reports nothing: 1 paused, 1 unknown"
