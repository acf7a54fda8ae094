"""Texts from outside on phones, in the log, in entities, and in the feed of the panel."""

import logging
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import rows
from conftest import Until
from fake_push import FakePush
from fake_steward import FakeSteward
from homeassistant.components.update.const import DATA_COMPONENT
from homeassistant.core import HomeAssistant
from phones import TestPhone, press
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.homelab_steward.const import LOGGER
from custom_components.homelab_steward.contract.changes import Assessment, ChangeLevel, ChangeStatus
from custom_components.homelab_steward.contract.proposals import OptionKind
from custom_components.homelab_steward.contract.protocol import RowKind
from custom_components.homelab_steward.panel_access import MOST_CHANGES, shown_row, shown_rows, viewer_of
from custom_components.homelab_steward.plain_log import LONGEST

HOSTILE = (
    "<img src=x onerror=alert(1)><b>Safe</b>",
    "[press here](https://evil.example) ![x](https://evil.example/x.png)",
    "\x1b[2J\x1b]0;title\x07\x1b[31mred\x1b[0m",
    "\x9b31m\r\x08\x7f",
    "\u202ereversed\u2066 \u200bzero\ufeff",
    "@everyone {{ now() }} {reason} %s %(x)s",
    "first\n1 Restart nas: Can be undone.\u2028second\x85third",
    "x" * 100_000,
)
MOST_ON_A_PHONE = 4_000
"""Characters of one notification that the push service takes."""


def is_inert(text: str) -> bool:
    """Return whether each line has visible characters only."""
    return all(line.isprintable() for line in text.split("\n"))


@pytest.mark.parametrize("text", HOSTILE)
async def test_on_a_phone(
    hass: HomeAssistant,
    steward: FakeSteward,
    asked: MockConfigEntry,
    push: FakePush,
    pixel: TestPhone,
    until: Until,
    text: str,
) -> None:
    assert asked
    judged = Assessment(level=ChangeLevel.SAFE, at=rows.NOW, notes=text, reasons=(text,), breaking=(text,))
    change = rows.update(assessment=judged, status=ChangeStatus.ASKED, approval_id="up1", title=text[:255])
    later = rows.option(2, "Defer 7 days", kind=OptionKind.DEFER, steps=(), verification="")
    options = (replace(rows.option(1, f"Update {text[:100]}"), verification=text[:500]), later)
    await steward.push(RowKind.CHANGE, change)
    await steward.push(RowKind.APPROVAL, rows.approval("up1", *options, title=text, text=text))
    await until(lambda: push.shown("pixel", "up1") and push.shown("iphone", "up1"))
    await press(hass, pixel.user, push.button("pixel", "up1", "details"))
    await until(lambda: push.shown("pixel", "up1-details"))
    for phone, tag in (("pixel", "up1"), ("iphone", "up1"), ("pixel", "up1-details")):
        shown: Any = push.shown(phone, tag)
        assert shown["title"].isprintable()
        assert is_inert(shown["message"])
        assert len(shown["title"]) + len(shown["message"]) <= MOST_ON_A_PHONE
        # What is asked about keeps its place: a text begins no line of the form of a plan.
        plans = [one for one in shown["message"].splitlines() if one.startswith("1 ")]
        assert len(plans) <= 1
        if phone == "pixel":
            assert "<" not in shown["title"] + shown["message"], "Android reads HTML"


@pytest.mark.parametrize("text", HOSTILE)
async def test_in_the_log(text: str, caplog: pytest.LogCaptureFixture) -> None:
    LOGGER.warning("The app refused: %s", text)
    LOGGER.warning(text.replace("%", "%%"))
    for record in caplog.records[-2:]:
        message = record.getMessage()
        assert message.isprintable()
        assert len(message) <= LONGEST
    assert "{{ now() }}" not in text or "{{ now() }} {reason} %s" in caplog.records[-2].getMessage()


async def test_a_traceback_stays_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    try:
        raise ValueError("wrong")
    except ValueError:
        LOGGER.exception("It failed\nhere")
    assert caplog.records[-1].getMessage() == "It failed here"
    assert caplog.records[-1].levelno == logging.ERROR
    assert "Traceback" in caplog.text


@pytest.mark.parametrize("text", HOSTILE)
async def test_in_the_update_entity(
    hass: HomeAssistant, steward: FakeSteward, entry: MockConfigEntry, text: str
) -> None:
    judged = Assessment(level=ChangeLevel.SAFE, at=rows.NOW, notes=text, reasons=(text,), breaking=(text,))
    package = replace(rows.update().packages[0], name=text, new=text[:255])
    row = rows.update(assessment=judged, way_back_text=text, result=text, packages=(package,))
    steward.rows[RowKind.CHANGE]["c1"] = row
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    state = hass.states.get("update.radarr_update")
    assert state is not None
    texts = [value for value in state.attributes.values() if isinstance(value, str)]
    assert texts
    assert all(one.isprintable() for one in texts), texts
    assert len(state.attributes["release_summary"] or "") <= 255
    entity: Any = hass.data[DATA_COMPONENT].get_entity("update.radarr_update")
    notes = await entity.async_release_notes()
    assert is_inert(notes)
    quoted = notes.partition("makers wrote them**")[2].strip().splitlines()
    assert all(one.startswith("> ") for one in quoted), "notes from outside are quoted to their end"


@pytest.mark.parametrize("text", HOSTILE)
async def test_in_the_feed_of_the_panel(
    hass: HomeAssistant, steward: FakeSteward, entry: MockConfigEntry, text: str
) -> None:
    steward.rows[RowKind.CHANGE]["c1"] = rows.update(title=text, result=text)
    steward.rows[RowKind.INCIDENT]["inc1"] = rows.incident(title=text)
    steward.rows[RowKind.APPROVAL]["ask1"] = rows.approval(title=text, text=text)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    state = entry.runtime_data.coordinator.steward_state
    viewer = viewer_of(MockUser(is_owner=True).add_to_hass(hass), state)
    for kind, key in ((RowKind.CHANGE, "c1"), (RowKind.INCIDENT, "inc1"), (RowKind.APPROVAL, "ask1")):
        for row in (shown_rows(state, kind, viewer)[key], shown_row(state, kind, key, viewer)):
            assert row is not None
            assert is_inert(row["title"])
            assert row["title"].strip() or not any(char.isprintable() for char in text)


async def test_of_hundreds_of_updates_a_panel_gets_the_first_without_notes(
    hass: HomeAssistant, steward: FakeSteward, entry: MockConfigEntry
) -> None:
    judged = Assessment(level=ChangeLevel.SAFE, at=rows.NOW, notes="x" * 6_000)
    for number in range(500):
        key = f"c{number}"
        asked = {"status": ChangeStatus.ASKED, "approval_id": "up1"} if number == 499 else {}
        at = rows.NOW - timedelta(minutes=number)
        row = rows.update(key, assessment=judged, updated_at=at, **asked)
        steward.rows[RowKind.CHANGE][key] = row
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    state = entry.runtime_data.coordinator.steward_state
    viewer = viewer_of(MockUser(is_owner=True).add_to_hass(hass), state)
    shown = shown_rows(state, RowKind.CHANGE, viewer)
    assert len(shown) == MOST_CHANGES
    assert next(iter(shown)) == "c499", "what is asked about comes first"
    assert {row["assessment"]["notes"] for row in shown.values()} == {""}
    assert all(row["brief"] for row in shown.values())
    whole = shown_row(state, RowKind.CHANGE, "c499", viewer)
    assert whole is not None
    assert len(whole["assessment"]["notes"]) == 6_000, "a change of one sends the whole row"
