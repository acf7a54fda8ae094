"""What is true of the home: the entities that the owner chose, and what is not known."""

from collections.abc import Sequence

import pytest
import rows
from fake_steward import FakeSteward
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, State
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.homelab_steward.contract.catalogue import Catalogue
from custom_components.homelab_steward.contract.home import HomeFact, HomeFactState, HomeQuery
from custom_components.homelab_steward.home_facts import DOMAINS, is_true
from custom_components.homelab_steward.notifications.views import details_of
from custom_components.homelab_steward.phrases import Phrases


@pytest.mark.parametrize(
    ("fact", "states", "expected"),
    [
        (HomeFact.SOMEBODY_HOME, ["home", "not_home"], True),
        (HomeFact.SOMEBODY_HOME, ["not_home", "work"], False),
        (HomeFact.SOMEBODY_HOME, ["not_home", "unknown"], None),
        (HomeFact.SOMEBODY_HOME, ["home", "unavailable"], True),
        (HomeFact.SOMEBODY_ASLEEP, ["off", None], None),
        (HomeFact.SOMEBODY_ASLEEP, ["on", None], True),
        (HomeFact.EVERYBODY_ASLEEP, ["on", "on"], True),
        (HomeFact.EVERYBODY_ASLEEP, ["on", "off", "unavailable"], False),
        (HomeFact.EVERYBODY_ASLEEP, ["on", "unavailable"], None),
        (HomeFact.STREAMING, ["idle", "playing"], True),
        (HomeFact.STREAMING, ["paused", "off"], False),
        (HomeFact.ALARM_ARMED, ["armed_away"], True),
        (HomeFact.ALARM_ARMED, ["disarmed"], False),
        (HomeFact.ON_BATTERY, ["off"], False),
        (HomeFact.GUESTS, ["on"], True),
    ],
)
def test_a_fact_is_true_false_or_not_known(
    fact: HomeFact,
    states: Sequence[str | None],
    expected: bool | None,  # noqa: FBT001
) -> None:
    found = [None if one is None else State("binary_sensor.x", one) for one in states]
    assert is_true(fact, found) is expected


async def test_the_form_stores_entities_and_the_report_has_their_facts(
    hass: HomeAssistant, loaded: MockConfigEntry, steward: FakeSteward
) -> None:
    hass.states.async_set("person.anna", "home")
    hass.states.async_set("binary_sensor.bed", "unavailable")
    form = await hass.config_entries.options.async_init(loaded.entry_id)
    chosen = {"somebody_home": ["person.anna"], "somebody_asleep": ["binary_sensor.bed"]}
    result = await hass.config_entries.options.async_configure(
        form["flow_id"], {"sound": "all", "home_facts": chosen}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    found = (await steward.request_home(HomeQuery.REPORT)).report
    assert found is not None
    assert found.facts == (
        HomeFactState(fact="somebody_home", is_on=True),
        HomeFactState(fact="somebody_asleep", is_on=None),
    )
    hass.states.async_set("person.anna", "not_home")
    found = (await steward.request_home(HomeQuery.REPORT)).report
    assert found is not None
    assert found.facts[0].is_on is False
    again = await hass.config_entries.options.async_init(loaded.entry_id)
    assert again["data_schema"] is not None
    (section,) = [one for key, one in again["data_schema"].schema.items() if key == "home_facts"]
    suggested = {str(key): (key.description or {}).get("suggested_value") for key in section.schema.schema}
    assert suggested["somebody_home"] == ["person.anna"]


async def test_without_entities_there_are_no_facts(loaded: MockConfigEntry, steward: FakeSteward) -> None:
    found = (await steward.request_home(HomeQuery.REPORT)).report
    assert found is not None
    assert found.facts == ()
    assert loaded.options.get("home_facts") is None


def test_every_fact_can_be_chosen() -> None:
    assert set(DOMAINS) == set(HomeFact)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["Not known: whether somebody is home.", "Not known: whether of a newer version."]),
        ("de", ["Nicht bekannt: ob jemand zu Hause ist.", "Nicht bekannt: ob of a newer version."]),
    ],
)
async def test_an_option_names_what_is_not_known(
    hass: HomeAssistant, loaded: MockConfigEntry, language: str, expected: list[str]
) -> None:
    assert loaded.state is ConfigEntryState.LOADED
    phrases = await Phrases.async_load(hass, language)
    option = rows.option(unknown_facts=("somebody_home", "of a newer version"))
    text = details_of(rows.approval("ask", option), None, phrases, Catalogue(digest="", services=()))
    assert [one for one in text.splitlines() if one in expected] == expected
