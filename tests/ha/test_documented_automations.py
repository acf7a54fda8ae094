"""Every automation and script in the documentation, run by Home Assistant through a restart of the app."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import rows
import yaml
from conftest import Until
from fake_steward import FakeSteward
from homeassistant.auth.models import User
from homeassistant.core import Context, HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_mock_service
from test_request_actions import report

from custom_components.homelab_steward.contract.commands import Decide
from custom_components.homelab_steward.contract.incidents import IncidentStatus, Severity, Verb
from custom_components.homelab_steward.contract.protocol import Command, RowKind
from custom_components.homelab_steward.contract.reports import WeeklyDocument

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "addon" / "DOCS.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^( *)```yaml\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
EVENT = "event.homelab_steward_incident"


def blocks(key: str) -> Iterator[Any]:
    """Yield the documented YAML that has a key, as parameters of a test."""
    for page in PAGES:
        for number, found in enumerate(BLOCK.finditer(page.read_text())):
            content = yaml.safe_load(found.group(2))
            if isinstance(content, dict) and key in content:
                yield pytest.param(content, id=f"{page.name}-{number}")


REPORT = "event.homelab_steward_weekly_report"
AUTOMATIONS = [one for one in blocks("triggers") if REPORT not in str(one)]
ABOUT_REPORTS = [one for one in blocks("triggers") if REPORT in str(one)]
SCRIPTS = list(blocks("sequence"))


def test_the_documentation_has_automations_and_scripts() -> None:
    assert AUTOMATIONS
    assert ABOUT_REPORTS
    assert SCRIPTS


class Calls:
    """The calls of every action that the documented YAML names, except those of the integration."""

    def __init__(self, hass: HomeAssistant, content: dict[str, Any]) -> None:
        names = {one["action"] for one in content.get("actions", content.get("sequence", []))}
        self._calls = [
            async_mock_service(hass, *name.split(".", 1))
            for name in names
            if not name.startswith("homelab_steward.")
        ]

    @property
    def count(self) -> int:
        return sum(map(len, self._calls))

    @property
    def last(self) -> ServiceCall:
        return next(one[-1] for one in self._calls if one)


async def opens(steward: FakeSteward, key: str, number: int) -> None:
    """Open a critical incident."""
    incident = replace(
        rows.incident(key, status=IncidentStatus.OPEN), number=number, severity=Severity.CRITICAL
    )
    await steward.push(RowKind.INCIDENT, incident)


async def restart(steward: FakeSteward, hass: HomeAssistant, until: Until, during: list[Any]) -> None:
    """Restart the app, which has more incidents afterwards."""
    await steward.stop()
    await until(lambda: hass.states.is_state("sensor.homelab_steward_open_incidents", "unavailable"))
    for incident in during:
        steward.rows[RowKind.INCIDENT][incident.id] = incident
    steward.hello = replace(steward.hello, stream=f"{steward.hello.stream}+")
    await steward.start()
    await until(lambda: not hass.states.is_state("sensor.homelab_steward_open_incidents", "unavailable"))


@pytest.mark.parametrize("content", AUTOMATIONS)
async def test_an_automation_runs_once_for_each_incident(
    hass: HomeAssistant,
    steward: FakeSteward,
    loaded: MockConfigEntry,
    until: Until,
    content: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    calls = Calls(hass, content)
    assert await async_setup_component(hass, "automation", {"automation": [{"alias": "it", **content}]})
    await hass.async_block_till_done()
    assert hass.states.is_state("automation.it", "on"), caplog.text
    await opens(steward, "first", 1)
    await until(lambda: calls.count == 1)
    state = hass.states.get(EVENT)
    await restart(steward, hass, until, [])
    assert hass.states.get(EVENT) == state
    assert calls.count == 1, "the reconnect is no incident"
    during = replace(
        rows.incident("second", status=IncidentStatus.OPEN), number=2, severity=Severity.CRITICAL
    )
    await restart(steward, hass, until, [during])
    await until(lambda: calls.count == 2)
    await opens(steward, "third", 3)
    await until(lambda: calls.count == 3)
    assert await hass.config_entries.async_reload(loaded.entry_id)
    await hass.async_block_till_done()
    assert calls.count == 3, "the start of the integration is no incident"
    ended = replace(rows.incident("third", status=IncidentStatus.RESOLVED), number=3)
    await steward.push(RowKind.INCIDENT, ended)
    await until(lambda: (hass.states.get(EVENT) or state).attributes["event_type"] == "resolved")
    assert calls.count == 3, "only an opened incident is announced"


@pytest.mark.parametrize("content", ABOUT_REPORTS)
async def test_an_automation_runs_once_for_each_weekly_report(
    hass: HomeAssistant,
    steward: FakeSteward,
    loaded: MockConfigEntry,
    until: Until,
    content: dict[str, Any],
) -> None:
    document = WeeklyDocument(
        report=report(), title="Weekly report", headline="", markdown="# Week", sections=(), pictures=()
    )
    steward.answers[Command.WEEKLY_REPORT] = lambda _query: document
    calls = Calls(hass, content)
    assert await async_setup_component(hass, "automation", {"automation": [{"alias": "it", **content}]})
    await hass.async_block_till_done()
    await steward.push(RowKind.REPORT, report("2026-11-30"))
    await until(lambda: calls.count == 1)
    assert calls.last.data == {"title": "Weekly report", "message": "# Week"}
    # As after a restart of Home Assistant, which restores the event of last week.
    hass.states.async_set(REPORT, "unavailable")
    hass.states.async_set(REPORT, (dt_util.utcnow() - timedelta(hours=1)).isoformat())
    await hass.async_block_till_done()
    assert calls.count == 1, "what is restored is no new report"
    await steward.push(RowKind.REPORT, report("2026-12-07"))
    await until(lambda: calls.count == 2)


@pytest.mark.parametrize("content", SCRIPTS)
async def test_a_script_decides_for_the_user_who_runs_it(
    hass: HomeAssistant,
    steward: FakeSteward,
    loaded: MockConfigEntry,
    until: Until,
    robin: User,
    content: dict[str, Any],
) -> None:
    assert await async_setup_component(hass, "script", {"script": {"it": content}})
    steward.rows[RowKind.APPROVAL]["ask1"] = rows.approval()
    waiting = rows.incident(status=IncidentStatus.WAITING)
    await steward.push(RowKind.APPROVAL, rows.approval())
    await steward.push(RowKind.INCIDENT, replace(waiting, approval_id="ask1"))
    await until(lambda: hass.states.get(EVENT).attributes.get("event_type") == "waiting")  # type: ignore[union-attr]
    await restart(steward, hass, until, [])
    await hass.services.async_call("script", "it", blocking=True, context=Context(user_id=robin.id))
    decide = steward.asked(Command.DECIDE)[0]
    assert isinstance(decide, Decide)
    assert (decide.approval_id, decide.verb) == ("ask1", Verb.IGNORE)
