"""Beszel: limits that are exceeded, a token that has expired, and what a read-only user may do."""

from homelab_steward.contract.incidents import AlertStatus
from lab.faults import FaultKind
from lab.replay import ReplayState, Sent
from lab.visit import Visit, visit
from lab.wire import Json
from services.beszel import LOGIN, NAS, PI, RULES, SYSTEMS, TOKEN, page, rule, system
from steward.sdk.description import IncomingAlert


async def alerts(here: Visit, status: AlertStatus = AlertStatus.FIRING) -> dict[str, IncomingAlert]:
    found = (await here.client.read_alerts()).alerts
    return {str(one.fingerprint): one for one in found if one.status is status}


async def test_systems_that_are_down_and_limits_that_are_exceeded_are_alerts() -> None:
    async with visit("beszel") as here:
        found = await alerts(here)
        assert {key: one.name for key, one in found.items()} == {
            PI: "SystemDown",
            f"{NAS}#Disk": "HighDiskUsage",
        }
        assert found[f"{NAS}#Disk"].labels == {"host": "nas", "instance": "nas.example.org", "alert": "Disk"}
        assert "limit 80" in found[f"{NAS}#Disk"].summary


async def test_a_limit_is_over_when_the_system_is_up_and_says_so() -> None:
    async with visit("beszel") as here:
        await alerts(here)
        here.served.state.answers[RULES] = page(rule(NAS, "Disk", triggered=False))
        here.served.state.values[NAS] = "paused"
        assert (await alerts(here))[f"{NAS}#Disk"].suppressed == "unknown in Beszel"
        here.served.state.values[NAS] = "up"
        assert f"{NAS}#Disk" in await alerts(here, AlertStatus.RESOLVED)


async def test_rules_that_cannot_be_read_end_nothing() -> None:
    async with visit("beszel") as here:
        await alerts(here)
        here.arm(FaultKind.STATUS, path="/api/collections/alerts")
        assert (await here.client.read_alerts()).missing is not None
        assert f"{NAS}#Disk" in await alerts(here)


async def test_lists_are_not_read_with_a_token_that_has_expired() -> None:
    def as_guest(state: ReplayState, sent: Sent) -> Json:
        is_known = sent.headers.get("authorization") == TOKEN
        return page(system(state, NAS, "nas", "up")) if is_known else page()

    async with visit("beszel") as here:
        here.served.state.answers[SYSTEMS] = as_guest
        await here.poll()
        here.client._credentials = type(here.client._credentials)(headers={"Authorization": "expired"})
        assert (await here.snapshot()).values["systems_up"] == 1


async def test_a_read_only_user_cannot_pause() -> None:
    async with visit("beszel") as here:
        here.served.state.answers[LOGIN] = {"token": TOKEN, "record": {"role": "readonly"}}
        found = await here.snapshot()
    assert {"action.pause_system", "action.resume_system"} <= set(found.unavailable)


async def test_a_system_without_new_readings_is_not_up() -> None:
    def late(state: ReplayState, _: Sent) -> Json:
        return page(system(state, NAS, "nas", "up", 3600))

    async with visit("beszel") as here:
        here.served.state.answers[SYSTEMS] = late
        [found] = (await here.snapshot()).resources
    assert (found.values["status"], found.values["up"], found.values["cpu"]) == ("unknown", None, None)
