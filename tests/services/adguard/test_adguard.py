"""AdGuard Home: pauses with and without an end, lists that are old or off, and what is private."""

import pytest

from lab.visit import visit
from lab.wire import Json, JsonObject
from services.adguard import DHCP, FILTERING, FIXTURE, OFF, OLD, STATUS, leases
from steward.errors import EffectUnknown

PAUSED: JsonObject = {**OFF, "running": True}


@pytest.mark.parametrize(
    ("left", "problem"),
    [
        (0, "Filtering is off: nothing turns it on again"),
        (13 * 3_600_000, "Filtering is off: for another 13 h"),
        (1_800_000, None),
    ],
)
async def test_only_a_long_pause_is_a_problem(left: int, problem: str | None) -> None:
    async with visit("adguard") as here:
        here.served.state.answers[STATUS] = {**PAUSED, "protection_disabled_duration": left}
        found = await here.checks()
        assert found.problems.get(("filtering_off", None)) == problem


async def test_the_end_of_a_pause_is_shown_and_kept() -> None:
    async with visit("adguard") as here:
        pause, call = here.action("pause_filtering"), await here.call(FIXTURE.rounds[0])
        before = await pause.dry_run(here.client, call)
        assert [one.after for one in before.differences] == ["off for 30 min"]
        await pause.execute(here.client, call, before.baseline)
        shown = await here.snapshot()
        assert (shown.values["filtering"], shown.values["filtering_resumes"]) == (
            False,
            "2026-11-18T11:36:40+00:00",
        )
        here.clock.advance(1801)
        assert (await here.snapshot()).values["filtering"] is True


async def test_a_pause_without_a_known_end_is_not_known() -> None:
    async with visit("adguard") as here:
        here.served.state.answers[STATUS] = {
            "version": "v0.106.0",
            "running": True,
            "protection_enabled": False,
        }
        assert ("filtering_off", None) in (await here.checks()).unknown


async def test_lists_that_are_off_or_were_never_loaded() -> None:
    rows: list[Json] = [{**OLD, "enabled": False}, {"name": "Malware", "enabled": True, "id": 2, "url": ""}]
    async with visit("adguard") as here:
        here.served.state.answers[FILTERING] = {"filters": rows}
        assert ("lists_outdated", None) in (await here.checks()).unknown
        tool = here.tool("lists")
        text = (await tool.read(here.client, await here.call_of(tool))).text
        assert text.splitlines()[0].startswith("Malware, None rules: not known")
        assert "Advertisements, 9100 rules: off" in text


async def test_an_update_that_updates_nothing_is_not_known() -> None:
    async with visit("adguard") as here:
        here.served.state.answers[FILTERING] = {"filters": [OLD]}
        update, call = here.action("update_lists"), await here.call(FIXTURE.rounds[2])
        with pytest.raises(EffectUnknown, match="no list is newer"):
            await update.execute(here.client, call, {})


async def test_no_dhcp_server() -> None:
    async with visit("adguard") as here:
        here.served.state.answers |= {DHCP: {"enabled": False, "leases": None}}
        shown = await here.snapshot()
        assert shown.values["dhcp_share"] is None
        assert ("dhcp_full", None) in (await here.checks()).clear
        here.served.state.answers[DHCP] = {**leases(3), "v4": {"range_start": "x"}}
        assert ("dhcp_full", None) not in (await here.checks()).clear


async def test_names_of_clients_are_not_shown() -> None:
    async with visit("adguard") as here:
        texts = [(await one.read(here.client, await here.call_of(one))).text for one in here.service.tools]
        assert not any("192.0.2.1" in text for text in texts)
        assert "Filtering: on" in texts[0]
        assert "34 % leased" in texts[0]
