"""Loki: log patterns as alerts, logs that stop, patterns that are wrong, and its tools."""

from typing import Any

import pytest

from homelab_steward.contract.incidents import AlertStatus
from lab.faults import FaultKind
from lab.replay import Raw
from lab.visit import Visit, visit
from lab.wire import Json
from services.loki import PATTERNS, QUERY, RANGE, streams
from steward.errors import InvalidSetting, ServiceRefused
from steward.sdk.description import IncomingAlert
from steward.services.loki.patterns import parse_patterns

DISK = 'Disk errors#{"app": "nas"}'


async def alerts(here: Visit, status: AlertStatus = AlertStatus.FIRING) -> dict[str, IncomingAlert]:
    found = (await here.client.read_alerts()).alerts
    return {str(one.fingerprint): one for one in found if one.status is status}


async def read(here: Visit, key: str, title: str | None = None, **arguments: Any) -> str:
    tool = here.tool(key)
    call = await here.call_of(tool, title, **arguments)
    return (await tool.read(here.client, call)).text


async def test_lines_that_match_are_an_alert_about_who_wrote_them() -> None:
    async with visit("loki") as here:
        [found] = (await alerts(here)).values()
        assert (found.name, found.fingerprint) == ("LogPattern", DISK)
        assert found.labels == {"app": "nas", "pattern": "Disk errors"}
        assert found.summary == "Disk errors: 3 lines match in 10 minutes"
        statuses = {one.name: one.values["status"] for one in (await here.snapshot()).resources}
        assert statuses == {"Disk errors": "down", "Exceptions": "up"}


async def test_it_is_over_when_other_lines_come_and_not_when_none_do() -> None:
    async with visit("loki") as here:
        await alerts(here)
        here.served.state.values |= {"hits": 0, "lines": 0}
        assert DISK in await alerts(here)
        assert (await here.client.read_alerts()).missing is not None
        assert ("logs_missing", ("pattern", "Disk errors")) in (await here.checks()).problems
        here.served.state.values["lines"] = 12
        assert DISK in await alerts(here, AlertStatus.RESOLVED)
        assert DISK not in await alerts(here)


async def test_fewer_lines_than_the_least_are_no_alert() -> None:
    async with visit("loki", changed={"least": 4}) as here:
        assert await alerts(here) == {}


async def test_a_query_that_fails_costs_its_pattern_and_ends_nothing() -> None:
    async with visit("loki") as here:
        await alerts(here)
        here.arm(FaultKind.STATUS, path="/loki/api/v1/query", status=400)
        found, checks = await here.snapshot(), await here.checks()
        assert "pattern" in {gap.part for gap in found.coverage.gaps}
        assert [one.values["matches"] for one in found.resources] == [None, None]
        assert not any(check == "logs_missing" for check, _ in checks.clear | checks.problems.keys())
        assert DISK in await alerts(here)


async def test_the_newest_lines_of_all_streams_come_first() -> None:
    async with visit("loki") as here:
        many: list[tuple[dict[str, Json], str]] = [({"app": "nas"}, f"line {n}") for n in range(60)]
        here.served.state.answers[RANGE] = streams(*many)
        text = await read(here, "pattern_logs", "Disk errors")
        assert text.splitlines()[0] == "2026-11-18 11:06:40 nas line 0"
        assert "there are more lines than the newest 50" in text
        assert "radarr: 3021 lines\nnas: 812 lines" in await read(here, "log_volume", label="app")
        with pytest.raises(ServiceRefused, match="no name of a label"):
            await read(here, "log_volume", label="app) or vector(1")


async def test_an_error_of_a_query_is_shown() -> None:
    async with visit("loki") as here:
        here.served.state.answers[QUERY] = Raw(status=400, body={"message": "parse error at line 1"})
        with pytest.raises(ServiceRefused, match="parse error"):
            await read(here, "log_volume", label="app")


@pytest.mark.parametrize(
    "text", ["Disk errors", 'x = sum(rate({app="a"}[1m]))', '= {app="a"}', ";;".join(['a = {b="c"}'] * 21)]
)
def test_a_setting_that_holds_no_patterns(text: str) -> None:
    with pytest.raises(InvalidSetting):
        tuple(parse_patterns(text))


def test_patterns_and_their_streams() -> None:
    disk, exceptions = parse_patterns(PATTERNS)
    assert (disk.name, disk.selector) == ("Disk errors", '{app="nas"}')
    assert exceptions.selector == '{container=~"radarr|sonarr"}'
    [odd] = parse_patterns('A = {a="}\\"", b=`}`} |= "x"')
    assert odd.selector == '{a="}\\"", b=`}`}'
    assert tuple(parse_patterns(None)) == ()
