"""Config flow of the app: discovered by Supervisor, or by address and token; phones in the options."""

from collections.abc import Mapping
from typing import Any, Final

import probatio
from homeassistant.config_entries import (
    ConfigEntry,
    ConfigEntryState,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryData,
    ConfigSubentryFlow,
    OptionsFlow,
)
from homeassistant.const import CONF_HOST, CONF_PORT, CONF_TOKEN, CONF_URL, Platform
from homeassistant.core import callback
from homeassistant.data_entry_flow import section
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.selector import (
    BooleanSelector,
    DeviceFilterSelectorConfig,
    DeviceSelector,
    DeviceSelectorConfig,
    EntitySelector,
    EntitySelectorConfig,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
from homeassistant.helpers.service_info.hassio import HassioServiceInfo

from .const import (
    ASSIST_SATELLITE,
    CONF_AGENTS_MASKED,
    CONF_HOME_ACTIONS,
    CONF_HOME_AGENTS,
    CONF_HOME_FACTS,
    CONF_HOME_READ,
    CONF_PHONES,
    CONF_SATELLITES,
    CONF_SOUND,
    DOMAIN,
    SUBENTRY_CONVERSATION,
    SUBENTRY_PERSON,
    SUBENTRY_SERVICE,
    TITLE,
)
from .contract.connecting import probe
from .contract.errors import ContractError, ErrorCode
from .contract.protocol import Hello
from .conversation_flow import ConversationFlow
from .home_facts import fact_fields
from .notifications.phones import MOBILE_APP
from .notifications.sounds import SOUND_ALL, SOUNDS
from .person_flow import PersonFlow
from .service_flow import ServiceFlow

type Fields = Mapping[probatio.Marker, Any]

_TOKEN: Final[Fields] = {
    probatio.Required(probatio.Secret(CONF_TOKEN)): TextSelector(
        TextSelectorConfig(type=TextSelectorType.PASSWORD)
    )
}
_ADDRESS: Final[Fields] = {
    probatio.Required(CONF_URL): TextSelector(TextSelectorConfig(type=TextSelectorType.URL)),
    **_TOKEN,
}
_ERRORS: Final = {
    ErrorCode.CANNOT_CONNECT: (CONF_URL, "cannot_connect"),
    ErrorCode.NOT_CONNECTED: (CONF_URL, "cannot_connect"),
    ErrorCode.MALFORMED: (CONF_URL, "not_a_steward"),
    ErrorCode.UNAUTHORIZED: (CONF_TOKEN, "invalid_auth"),
    ErrorCode.INCOMPATIBLE: ("base", "incompatible"),
}


class StewardConfigFlow(ConfigFlow, domain=DOMAIN):
    """One entry for each app, identified by the id that the app reports."""

    VERSION = 1

    def __init__(self) -> None:
        """Start without a discovered app."""
        self._found: dict[str, str] = {}
        self._message = ""

    @classmethod
    @callback
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Return the flows of services, people and agents."""
        return {
            SUBENTRY_SERVICE: ServiceFlow,
            SUBENTRY_PERSON: PersonFlow,
            SUBENTRY_CONVERSATION: ConversationFlow,
        }

    @staticmethod
    @callback
    def async_get_options_flow(config_entry: ConfigEntry) -> OptionsFlow:
        """Return the flow of the options."""
        return StewardOptionsFlow()

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for address and token."""
        errors: dict[str, str] = {}
        if user_input is not None:
            hello = await self._async_probe(user_input, errors)
            if hello is not None:
                await self._async_claim(hello, user_input)
                return self._create(user_input)
        return self._form("user", _ADDRESS, user_input, errors)

    async def async_step_hassio(self, discovery_info: HassioServiceInfo) -> ConfigFlowResult:
        """Use what Supervisor discovered; an existing entry gets the new address and token."""
        config = discovery_info.config
        found = {
            CONF_URL: f"http://{config[CONF_HOST]}:{config[CONF_PORT]}",
            CONF_TOKEN: config[CONF_TOKEN],
        }
        errors: dict[str, str] = {}
        hello = await self._async_probe(found, errors)
        if hello is None:
            return self.async_abort(
                reason=next(iter(errors.values())),
                description_placeholders={"message": self._message},
            )
        await self._async_claim(hello, found)
        self._found = found
        self.context["title_placeholders"] = {"name": discovery_info.name}
        return await self.async_step_hassio_confirm()

    async def async_step_hassio_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask whether to use the discovered app."""
        if user_input is not None:
            return self._create(self._found)
        self._set_confirm_only()
        return self.async_show_form(step_id="hassio_confirm")

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """Ask for a new token: the app refused the stored one."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Test the new token at the stored address."""
        entry = self._get_reauth_entry()
        return await self._async_renew("reauth_confirm", _TOKEN, entry, user_input)

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for another address and token of the same app."""
        entry = self._get_reconfigure_entry()
        return await self._async_renew("reconfigure", _ADDRESS, entry, user_input)

    def _create(self, data: dict[str, str]) -> ConfigFlowResult:
        """Create the entry, with one agent in Assist."""
        agent = ConfigSubentryData(data={}, subentry_type=SUBENTRY_CONVERSATION, title=TITLE, unique_id=None)
        return self.async_create_entry(title=TITLE, data=data, subentries=[agent])

    async def _async_renew(
        self,
        step_id: str,
        fields: Fields,
        entry: ConfigEntry,
        user_input: dict[str, Any] | None,
    ) -> ConfigFlowResult:
        errors: dict[str, str] = {}
        if user_input is not None:
            hello = await self._async_probe({**entry.data, **user_input}, errors)
            if hello is not None:
                await self.async_set_unique_id(hello.app_id)
                self._abort_if_unique_id_mismatch(reason="another_steward")
                result = self.async_update_and_abort(entry, data_updates=user_input)
                self.hass.config_entries.async_schedule_reload(entry.entry_id)
                return result
        return self._form(step_id, fields, user_input or entry.data, errors)

    async def _async_claim(self, hello: Hello, data: dict[str, str]) -> None:
        """Claim the app's id; aborts the flow when there is an entry with it."""
        entry = await self.async_set_unique_id(hello.app_id)
        changed = entry is not None and self.hass.config_entries.async_update_entry(
            entry, data={**entry.data, **data}
        )
        if entry is not None and changed:
            self.hass.config_entries.async_schedule_reload(entry.entry_id)
        self._abort_if_unique_id_configured()

    async def _async_probe(self, data: Mapping[str, str], errors: dict[str, str]) -> Hello | None:
        """Return the hello of the app; None after storing the error of a field."""
        try:
            return await probe(async_get_clientsession(self.hass), data[CONF_URL], data[CONF_TOKEN])
        except ContractError as err:
            field, key = _ERRORS.get(err.code, ("base", "unknown"))
            errors[field] = key
            self._message = err.message
            return None

    def _form(
        self,
        step_id: str,
        fields: Fields,
        values: Mapping[str, Any] | None,
        errors: dict[str, str],
    ) -> ConfigFlowResult:
        known = {key: value for key, value in (values or {}).items() if key != CONF_TOKEN}
        schema = self.add_suggested_values_to_schema(probatio.Schema(fields), known)
        # An error must belong to a field of this form.
        shown = {key if key in schema.schema else "base": text for key, text in errors.items()}
        return self.async_show_form(
            step_id=step_id,
            data_schema=schema,
            errors=shown,
            description_placeholders={"message": self._message},
        )


class StewardOptionsFlow(OptionsFlow):
    """Asks which phones get requests, and which requests play a sound."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the phones."""
        people = self._people()
        options = self.config_entry.options
        if user_input is not None:
            kept = _chosen(people, user_input) if people else options.get(CONF_SATELLITES)
            user_input = {key: one for key, one in user_input.items() if key != CONF_SATELLITES}
            return self.async_create_entry(data={**user_input, **({CONF_SATELLITES: kept} if kept else {})})
        phones = DeviceFilterSelectorConfig(integration=MOBILE_APP)
        sounds = SelectSelectorConfig(options=list(SOUNDS), translation_key=CONF_SOUND)
        fields: dict[probatio.Marker, Any] = {
            probatio.Optional(CONF_PHONES, default=[]): DeviceSelector(
                DeviceSelectorConfig(filter=phones, multiple=True)
            ),
            probatio.Required(CONF_SOUND, default=SOUND_ALL): SelectSelector(sounds),
            probatio.Required(CONF_HOME_READ, default=True): BooleanSelector(),
            probatio.Required(CONF_HOME_ACTIONS, default=True): BooleanSelector(),
            probatio.Optional(CONF_HOME_AGENTS, default=[]): EntitySelector(
                EntitySelectorConfig(domain=[Platform.AI_TASK, Platform.CONVERSATION], multiple=True)
            ),
            probatio.Required(CONF_AGENTS_MASKED, default=False): BooleanSelector(),
            probatio.Optional(CONF_HOME_FACTS): section(fact_fields(), {"collapsed": True}),
        }
        if people:
            fields[probatio.Optional(CONF_SATELLITES)] = section(_satellites(people), {"collapsed": True})
        owned = options.get(CONF_SATELLITES, {})
        known = {**options, CONF_SATELLITES: {name: owned.get(key, []) for name, key in people.items()}}
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(probatio.Schema(fields), known),
        )

    def _people(self) -> dict[str, str]:
        """Return the ids of the people with a user of Home Assistant, by name; none before a connection."""
        if self.config_entry.state is not ConfigEntryState.LOADED:
            return {}
        people = self.config_entry.runtime_data.coordinator.steward_state.people.values()
        return {one.name: one.id for one in people if one.ha_user_id is not None}


def _satellites(people: Mapping[str, str]) -> probatio.Schema:
    """Return one field for each person; Home Assistant labels it by its key, the name."""
    selector = EntitySelector(EntitySelectorConfig(domain=ASSIST_SATELLITE, multiple=True))
    return probatio.Schema({probatio.Optional(name, default=[]): selector for name in people})


def _chosen(people: Mapping[str, str], user_input: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the satellites by the id of the person who alone uses them."""
    chosen: Mapping[str, list[str]] = user_input.get(CONF_SATELLITES, {})
    return {people[name]: satellites for name, satellites in chosen.items() if satellites}
