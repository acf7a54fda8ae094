"""Sets up the integration through the config flow and the options flow, as a person does."""

from demo.ha_api import HomeAssistantApi, HomeAssistantError, State, list_of, object_of, text_of
from demo.waiting import becomes
from lab.wire import JsonObject, dumps

DOMAIN = "homelab_steward"
FLOWS = "/api/config/config_entries/flow"
OPTIONS_FLOWS = "/api/config/config_entries/options/flow"


class Integration:
    """The integration's config entry; `entry_id` is set by `set_up`."""

    def __init__(self, api: HomeAssistantApi) -> None:
        self.entry_id = ""
        self._api = api

    async def set_up(self, url: str, token: str) -> None:
        """Add the steward by URL and token. Raises HomeAssistantError with the form's errors."""
        form = object_of(await self._api.post(FLOWS, {"handler": DOMAIN, "show_advanced_options": False}))
        answer = await self._fill_in(FLOWS, form, {"url": url, "token": token})
        self.entry_id = text_of(object_of(answer.get("result")), "entry_id")

    async def choose_phone(self, device_id: str) -> None:
        """Select the phone for notifications."""
        form = object_of(await self._api.post(OPTIONS_FLOWS, {"handler": self.entry_id}))
        await self._fill_in(OPTIONS_FLOWS, form, {"phones": [device_id], "sound": "all"})

    async def phone_device(self, name: str) -> str:
        """Return the device id of a registered phone. Raises HomeAssistantError."""
        for row in list_of(await self._api.command("config/device_registry/list")):
            device = object_of(row)
            if device.get("name") == name and "mobile_app" in dumps(device.get("identifiers")):
                return text_of(device, "id")
        raise HomeAssistantError(f"{name} has no device")

    async def is_loaded(self) -> bool:
        """Return whether the config entry is loaded."""
        answer = await self._api.command("config_entries/get", domain=DOMAIN)
        rows = [object_of(row) for row in list_of(answer)]
        return any(row.get("entry_id") == self.entry_id and row.get("state") == "loaded" for row in rows)

    async def wait_until_loaded(self, timeout: float = 60.0) -> None:
        """Wait until the config entry is loaded. Raises Expected."""
        await becomes(self.is_loaded, timeout, "a loaded integration")

    async def devices(self) -> dict[str, str]:
        """Return the ids of the entry's devices by name."""
        rows = [object_of(row) for row in list_of(await self._api.command("config/device_registry/list"))]
        ours = [row for row in rows if self.entry_id in list_of(row.get("config_entries"))]
        return {text_of(row, "name"): text_of(row, "id") for row in ours}

    async def entities(self) -> tuple[State, ...]:
        """Return the states of the entry's entities."""
        rows = [object_of(row) for row in list_of(await self._api.command("config/entity_registry/list"))]
        ours = {text_of(row, "entity_id") for row in rows if row.get("config_entry_id") == self.entry_id}
        return tuple(state for state in await self._api.states() if state.entity_id in ours)

    async def _fill_in(self, path: str, form: JsonObject, values: JsonObject) -> JsonObject:
        if form.get("type") != "form":
            raise HomeAssistantError(f"no form: {dumps(form)[:300]}")
        answer = object_of(await self._api.post(f"{path}/{text_of(form, 'flow_id')}", values))
        if answer.get("type") != "create_entry":
            reasons = [answer.get(key) for key in ("errors", "reason", "description_placeholders")]
            raise HomeAssistantError(f"the form was refused: {dumps(reasons)}")
        return answer
