"""How a reading is said."""

from datetime import UTC, datetime

import pytest

from homelab_steward.contract.catalogue import Platform, SensorOffer
from rig.inventory import box
from steward.conversation.readings import Found, value_text
from steward.sdk.readings import Unknown
from steward.texts import spoken_text, texts_of

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "unit", "language", "expected"),
    [
        (12 * 86_400, "s", "en", "12 days"),
        (12 * 24, "h", "de", "12 Tage"),
        (24, "d", "en", "24 days"),
        (46 * 60, "min", "en", "2 days"),
        (90, "min", "en", "2 hours"),
        (300, "s", "en", "5 minutes"),
        (0, "d", "en", "0 days"),
        (1, "d", "de", "1 Tag"),
        (0.5, "d", "en", "12 hours"),
        (0, "s", "en", "0 seconds"),
    ],
)
def test_a_length_of_days_is_said_in_days(value: float, unit: str, language: str, expected: str) -> None:
    sensor = SensorOffer(
        key="uptime", name="Uptime", platform=Platform.SENSOR, device_class="duration", unit=unit
    )
    assert value_text(Found(box(), sensor, value), texts_of(language), NOW) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "not known (There is no maintenance window for nas.)"),
        ("de", "nicht bekannt (Für nas gibt es kein Wartungsfenster.)"),
    ],
)
def test_why_something_is_not_known_is_said_in_the_language_of_who_asks(language: str, expected: str) -> None:
    name = "nas"
    reason = spoken_text(t"There is no maintenance window for {name}.")
    sensor = SensorOffer(key="uptime", name="Uptime", platform=Platform.SENSOR)
    assert value_text(Found(box(), sensor, Unknown(reason)), texts_of(language), NOW) == expected
