"""Network UPS Tools: what a status says, contact that is lost, commands and who sends them."""

import pytest

from lab.faults import FaultKind
from lab.visit import visit
from services.nut import FIXTURE, RACK, VARIABLES
from steward.errors import EffectUnknown, PreconditionFailed, ServiceRefused, ServiceUnauthorized
from steward.sdk.description import Effect
from steward.sdk.readings import NotKnown
from steward.services.nut.models import Ups, Variables

BEEPER, TEST = FIXTURE.rounds[0], FIXTURE.rounds[2]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("OL", True),
        ("OL CHRG BOOST", True),
        ("OB DISCHRG", False),
        ("OFF", None),
        ("WAIT", None),
        ("", None),
        (None, None),
    ],
)
def test_a_status_that_says_neither_is_not_known(status: str | None, expected: bool | None) -> None:  # noqa: FBT001
    ups = Ups(name="rack", lost="", variables=Variables(status=status))
    if expected is None:
        with pytest.raises(NotKnown):
            ups.on_battery()
    else:
        assert ups.is_on_mains is expected


async def test_without_contact_only_this_ups_is_unknown() -> None:
    async with visit("nut") as here:
        here.served.state.answers[RACK] = "ERR DRIVER-NOT-CONNECTED"
        found, checks = await here.snapshot(), await here.checks()
        rack, desk = found.resources
        assert (rack.values["on_mains"], desk.values["on_mains"]) == (None, True)
        assert [gap.part for gap in found.coverage.gaps] == ["variables of rack"]
        assert {check for check, _ in checks.problems} == {"ups_no_contact"}
        with pytest.raises(PreconditionFailed, match="no contact"):
            await here.action("disable_beeper").dry_run(here.client, await here.call(BEEPER))


async def test_a_charge_below_the_limit_is_low_without_the_flag() -> None:
    async with visit("nut") as here:
        here.served.state.answers[RACK] = {**VARIABLES, "battery.charge": "19"}
        assert {check for check, _ in (await here.checks()).problems} == {"ups_battery_low"}


async def test_a_command_that_the_ups_lacks_is_not_offered() -> None:
    async with visit("nut") as here:
        here.served.state.answers["GET /LIST CMD rack"] = {}
        for attempt in (BEEPER, TEST):
            with pytest.raises(PreconditionFailed, match="has no command"):
                await here.action(attempt.action).dry_run(here.client, await here.call(attempt))


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"ups.status": "OB"}, "On battery"),
        ({"ups.status": "OFF"}, "not known"),
        ({"ups.test.result": None}, "does not report"),
        ({"ups.test.result": "In progress"}, "still running"),
    ],
)
async def test_when_the_battery_is_not_tested(changed: dict[str, str | None], reason: str) -> None:
    async with visit("nut") as here:
        here.served.state.answers[RACK] = {**VARIABLES, **changed}
        with pytest.raises(PreconditionFailed, match=reason):
            await here.action("test_battery").dry_run(here.client, await here.call(TEST))


async def test_a_test_without_a_date_is_not_known_when_its_answer_is_lost() -> None:
    async with visit("nut") as here:
        here.served.is_dated = False
        here.served.state.answers[RACK] = {**VARIABLES, "ups.test.date": None}
        action, call = here.action("test_battery"), await here.call(TEST)
        before = await action.dry_run(here.client, call)
        here.arm(FaultKind.ANSWER_LOST, "INSTCMD")
        with pytest.raises(EffectUnknown):
            await action.execute(here.client, call, before.baseline)
        await here.clock.sleep(30)
        assert await action.probe(here.client, call, before.baseline) is Effect.UNKNOWN
        assert (await action.verify(here.client, call, before.baseline)).ok is None


async def test_a_failed_test_is_said() -> None:
    async with visit("nut") as here:
        action, call = here.action("test_battery"), await here.call(TEST)
        before = await action.dry_run(here.client, call)
        failed = {**VARIABLES, "ups.test.result": "Done and error", "ups.test.date": "2026-11-02"}
        here.served.state.answers[RACK] = failed
        assert (await action.verify(here.client, call, before.baseline)).ok is False


async def test_a_command_without_a_user_is_refused() -> None:
    async with visit("nut", changed={"password": ""}) as here:
        call = await here.call(BEEPER)
        with pytest.raises(ServiceUnauthorized, match="ACCESS-DENIED"):
            await here.action("disable_beeper").execute(here.client, call, {})
        call = await here.call(TEST)
        here.served.state.answers["GET /LIST VAR rack"] = "ERR UNKNOWN-UPS"
        with pytest.raises(ServiceRefused):
            await here.client.ups(call)


async def test_a_list_of_something_else_is_not_taken() -> None:
    async with visit("nut") as here:
        here.served.state.answers[RACK] = "BEGIN LIST VAR rack\nVAR desk ups.status OL"
        with pytest.raises(Exception, match="another kind of row"):
            await here.poll()
