"""Home Assistant shows who may approve alone, until when, and about what."""

from dataclasses import replace
from datetime import timedelta

import pytest
import rows
from conftest import Until
from fake_push import FakePush
from fake_steward import FakeSteward
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.homelab_steward.contract.catalogue import Risk
from custom_components.homelab_steward.contract.mode import Elevation, StewardMode
from custom_components.homelab_steward.contract.protocol import RowKind
from custom_components.homelab_steward.contract.state import FrontEnd

SENSOR = "sensor.homelab_steward_approving_alone_until"


def elevation(**changes: object) -> Elevation:
    now = dt_util.utcnow().replace(microsecond=0)
    begun = Elevation(
        person_id="p1",
        person_name="Robin",
        via=FrontEnd.PANEL,
        opened_at=now - timedelta(minutes=5),
        ends_at=now + timedelta(hours=2),
        category="media",
    )
    return replace(begun, **changes)  # type: ignore[arg-type]


async def test_the_sensor_has_the_end_of_an_elevation(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    state = hass.states.get(SENSOR)
    assert state is not None
    assert (state.state, state.attributes["person"]) == ("unknown", None)
    begun = elevation(category="", instance_id="pve")
    await steward.push(RowKind.MODE, StewardMode(elevation=begun))
    await until(lambda: (found := hass.states.get(SENSOR)) and found.state != "unknown")
    state = hass.states.get(SENSOR)
    assert state is not None
    assert state.state == begun.ends_at.isoformat()
    shown = {one: state.attributes[one] for one in ("person", "category", "service")}
    assert shown == {"person": "Robin", "category": None, "service": rows.instance().name}
    await steward.push(RowKind.MODE, StewardMode(elevation=replace(begun, closed_at=dt_util.utcnow())))
    await until(lambda: (found := hass.states.get(SENSOR)) and found.state == "unknown")


@pytest.mark.usefixtures("asked")
async def test_phones_say_who_may_approve_alone(steward: FakeSteward, push: FakePush, until: Until) -> None:
    def message() -> str:
        return str((push.shown("iphone", "ask2") or {}).get("message", ""))

    await steward.push(RowKind.APPROVAL, rows.approval("ask2", rows.option(needs_two=True, risk=Risk.HIGH)))
    await until(lambda: "Two people have to approve it." in message())
    await steward.push(RowKind.MODE, StewardMode(elevation=elevation()))
    await until(lambda: "Robin can approve it alone until" in message())
    assert "Two people" not in message()
    await steward.push(RowKind.MODE, StewardMode())
    await until(lambda: "Two people have to approve it." in message())
