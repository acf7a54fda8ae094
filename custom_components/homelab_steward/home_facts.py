"""What is true of the home now: facts that the owner chose entities for in the options."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import probatio
from homeassistant.const import (
    STATE_HOME,
    STATE_ON,
    STATE_PLAYING,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
    Platform,
)
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    EntityWithDeviceFilterSelectorConfig,
)

from .contract.home import HomeFact, HomeFactState

ALL_OF: Final = frozenset({HomeFact.EVERYBODY_ASLEEP})
SWITCHES: Final = [Platform.BINARY_SENSOR, "input_boolean", Platform.SWITCH, "schedule"]
DOMAINS: Final[Mapping[HomeFact, list[str]]] = {
    HomeFact.SOMEBODY_HOME: ["person", Platform.DEVICE_TRACKER, "group", *SWITCHES],
    HomeFact.SOMEBODY_ASLEEP: SWITCHES,
    HomeFact.EVERYBODY_ASLEEP: SWITCHES,
    HomeFact.STREAMING: [Platform.MEDIA_PLAYER, *SWITCHES],
    HomeFact.GUESTS: SWITCHES,
    HomeFact.ON_BATTERY: SWITCHES,
    HomeFact.ALARM_ARMED: [Platform.ALARM_CONTROL_PANEL, *SWITCHES],
}
"""The domains of entities that can say each fact."""

ARMED: Final = "armed_"
TRUE: Final = frozenset({STATE_ON, STATE_HOME, STATE_PLAYING})


def fact_fields() -> probatio.Schema:
    """Return the fields of the form: the entities of each fact."""
    return probatio.Schema(
        {
            probatio.Optional(fact.value, default=[]): EntitySelector(
                EntitySelectorConfig(
                    multiple=True, filter=EntityWithDeviceFilterSelectorConfig(domain=domains)
                )
            )
            for fact, domains in DOMAINS.items()
        }
    )


def chosen_entities(options: Mapping[str, Any]) -> dict[HomeFact, list[str]]:
    """Return the entities that the owner chose, by fact."""
    return {fact: list(options[fact]) for fact in HomeFact if options.get(fact)}


@callback
def read_facts(hass: HomeAssistant, options: Mapping[str, Any]) -> tuple[HomeFactState, ...]:
    """Return the chosen facts as they are now."""
    return tuple(
        HomeFactState(fact=fact, is_on=is_true(fact, (hass.states.get(one) for one in entities)))
        for fact, entities in chosen_entities(options).items()
    )


def is_true(fact: HomeFact, states: Iterable[State | None]) -> bool | None:
    """Return whether a fact holds, None when an entity that decides it is not known."""
    values = [_is_on(state) for state in states]
    decisive = fact not in ALL_OF
    if decisive in values:
        return decisive
    return None if None in values else not decisive


def _is_on(state: State | None) -> bool | None:
    if state is None or state.state in (STATE_UNAVAILABLE, STATE_UNKNOWN):
        return None
    return state.state in TRUE or state.state.startswith(ARMED)
