"""Adds and changes one service: its kind from the catalogue, then the form of that kind."""

from collections.abc import Mapping
from typing import Any, Final

import probatio
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntryState,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_NAME
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
)

from .const import CONF_INSTANCE_ID, CONF_SERVICE, SUBENTRY_SERVICE
from .contract.base import Value
from .contract.catalogue import ServiceOffer
from .contract.errors import ContractError, ErrorCode
from .contract.protocol import Command, SaveInstance
from .contract.state import Instance
from .coordinator import StewardCoordinator
from .forms import SettingsForm
from .subentries import instance_data, subentry_unique_id

_ERRORS: Final = {
    ErrorCode.CANNOT_CONNECT: "cannot_connect",
    ErrorCode.INVALID_AUTH: "invalid_auth",
    ErrorCode.INVALID_SETTING: "invalid_setting",
    ErrorCode.TIMEOUT: "timeout",
    ErrorCode.UNAVAILABLE: "steward_away",
}


class ServiceFlow(ConfigSubentryFlow):
    """The app tries the connection and keeps settings and secrets; we keep the id."""

    def __init__(self) -> None:
        """Start with no kind chosen."""
        self._offer: ServiceOffer | None = None

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for the kind of service."""
        coordinator = self._coordinator()
        if coordinator is None:
            return self.async_abort(reason="steward_away")
        catalogue = coordinator.steward_state.catalogue
        if user_input is not None:
            self._offer = catalogue.service(user_input[CONF_SERVICE])
            return await self.async_step_settings()
        options = [SelectOptionDict(value=offer.key, label=offer.name) for offer in catalogue.services]
        kinds = SelectSelector(SelectSelectorConfig(options=options, sort=True))
        return self.async_show_form(
            step_id="user",
            data_schema=probatio.Schema({probatio.Required(CONF_SERVICE): kinds}),
            last_step=False,
        )

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Show the form of the service there is."""
        coordinator, instance = self._coordinator(), self._instance()
        if coordinator is None or instance is None:
            return self.async_abort(reason="steward_away")
        self._offer = coordinator.steward_state.offer(instance)
        return await self.async_step_settings()

    async def async_step_settings(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for the settings, and have the app try them."""
        coordinator = self._coordinator()
        if coordinator is None or self._offer is None:
            return self.async_abort(reason="steward_away")
        form = await SettingsForm.async_draw(self.hass, self._offer)
        if user_input is None:
            return self._show(form, None, {}, "")
        try:
            instance = await self._async_save(coordinator, form, self._offer, user_input)
        except ContractError as err:
            key = err.placeholders.get("key")
            word = _ERRORS.get(err.code, "refused")
            if err.code is ErrorCode.INVALID_ARGUMENT and form.is_secret(key):
                word = "secret_again"
            return self._show(form, user_input, {form.key_of(key): word}, err.message)
        coordinator.learn(instance)
        return self._finish(instance)

    async def _async_save(
        self,
        coordinator: StewardCoordinator,
        form: SettingsForm,
        offer: ServiceOffer,
        user_input: Mapping[str, Any],
    ) -> Instance:
        known = self._instance()
        request = SaveInstance(
            id=known.id if known else None,
            service=offer.key,
            name=user_input[CONF_NAME],
            settings=form.settings(user_input),
        )
        return await coordinator.async_call(Command.SAVE_INSTANCE, request, Instance)

    def _finish(self, instance: Instance) -> SubentryFlowResult:
        data = instance_data(instance)
        if self.source == SOURCE_RECONFIGURE:
            subentry = self._get_reconfigure_subentry()
            return self.async_update_and_abort(self._get_entry(), subentry, title=instance.name, data=data)
        return self.async_create_entry(
            title=instance.name,
            data=data,
            unique_id=subentry_unique_id(SUBENTRY_SERVICE, instance.id),
        )

    def _show(
        self,
        form: SettingsForm,
        user_input: Mapping[str, Any] | None,
        errors: dict[str, str],
        message: str,
    ) -> SubentryFlowResult:
        """Show the form, with what is known or was just filled in."""
        instance = self._instance()
        offer_name = self._offer.name if self._offer else ""
        settings: Mapping[str, Value] = instance.settings if instance else {}
        name = instance.name if instance else offer_name
        schema = probatio.Schema(
            {
                probatio.Required(CONF_NAME, default=name): TextSelector(),
                **form.schema(settings, keep_secrets=instance is not None),
            }
        )
        return self.async_show_form(
            step_id="settings",
            data_schema=self.add_suggested_values_to_schema(schema, user_input),
            errors=errors,
            description_placeholders={"service": offer_name, "message": message},
        )

    def _coordinator(self) -> StewardCoordinator | None:
        """Return the connection, None while the steward is away."""
        entry = self._get_entry()
        if entry.state is not ConfigEntryState.LOADED:
            return None
        coordinator: StewardCoordinator = entry.runtime_data.coordinator
        return coordinator if coordinator.connected else None

    def _instance(self) -> Instance | None:
        """Return the instance to be changed, None when one is being added."""
        coordinator = self._coordinator()
        if self.source != SOURCE_RECONFIGURE or coordinator is None:
            return None
        instance_id = self._get_reconfigure_subentry().data[CONF_INSTANCE_ID]
        return coordinator.steward_state.instances.get(instance_id)
