"""What every service has without saying it."""

from dataclasses import replace
from typing import Any

import pytest

from steward.sdk.categories import GENERAL
from steward.sdk.description import Right, Sensor, Service
from steward.sdk.sensors import count, diagnostic


async def poll(_: Any, __: Any) -> str:
    return "1.2"


SERVICE: Service[Any, str] = Service(
    key="pump",
    name="Pump",
    category=GENERAL,
    settings=(),
    connect=lambda access: access,
    poll=poll,
    version=lambda state: state,
    sensors=(count("litres", "Litres", len),),
)


def test_the_version_is_a_sensor() -> None:
    shown = SERVICE.sensors[-1]
    assert (shown.key, shown.name, shown.diagnostic, shown.value("1.2")) == (
        "version",
        "Version",
        True,
        "1.2",
    )
    more = SERVICE.extended(sensors=(count("valves", "Valves", len),))
    assert [one.key for one in more.sensors] == ["litres", "version", "valves"]


def test_a_sensor_of_its_own_says_the_version_in_another_way() -> None:
    own: Sensor[str] = diagnostic("version", "Version", lambda state: f"Pump {state}")
    assert replace(SERVICE, sensors=(own,)).sensors == (own,)


@pytest.mark.parametrize(("stated", "offered"), [({}, "Pump"), ({"manufacturer": "Acme"}, "Acme")])
def test_the_manufacturer_is_the_name_or_the_stated_one(stated: dict[str, Any], offered: str) -> None:
    assert replace(SERVICE, **stated).offer().manufacturer == offered


@pytest.mark.parametrize(("stated", "shown"), [("", "Heat pump"), ("HeatPump", "HeatPump")])
def test_the_name_is_the_key_in_words_or_the_stated_one(stated: str, shown: str) -> None:
    offer = replace(SERVICE, key="heat_pump", name=stated).offer()
    assert (offer.name, offer.manufacturer) == (shown, shown)


def test_a_manufacturer_may_be_unknown() -> None:
    assert replace(SERVICE, manufacturer=None).offer().manufacturer is None


def test_rights_may_be_called_by_their_keys() -> None:
    assert Right.each({"read": "alerts", "write": "silences"}) == (
        Right(key="read", name="read", needed_for="alerts"),
        Right(key="write", name="write", needed_for="silences"),
    )
