"""Config flow of one service: select its kind, enter its settings, confirm its certificate."""

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
from .contract.commands import SaveInstance
from .contract.errors import ContractError, ErrorCode
from .contract.plain_text import one_line
from .contract.protocol import Command
from .contract.state import Instance
from .coordinator import StewardCoordinator
from .forms import SettingsForm
from .phrases import Phrases, category_name
from .subentries import instance_data, subentry_unique_id

FINGERPRINT: Final = "fingerprint"
"""The setting that holds the confirmed certificate, and the placeholder with the one to confirm."""

NOTICES: Final = "notices"
"""The placeholder with what does not work with the entered settings, a line each."""

_ERRORS: Final = {
    ErrorCode.ALREADY_CONFIGURED: "already_added",
    ErrorCode.CANNOT_CONNECT: "cannot_connect",
    ErrorCode.INVALID_AUTH: "invalid_auth",
    ErrorCode.CERTIFICATE_NOT_TRUSTED: "certificate_not_trusted",
    ErrorCode.INVALID_SETTING: "invalid_setting",
    ErrorCode.TIMEOUT: "timeout",
    ErrorCode.NOT_CONNECTED: "steward_away",
}


class ServiceFlow(ConfigSubentryFlow):
    """The app tests the connection and stores settings and secrets; the subentry stores the id."""

    def __init__(self) -> None:
        """Start without a selected kind."""
        self._offer: ServiceOffer | None = None
        self._input: dict[str, Any] = {}
        self._fingerprint = ""
        self._notices = ""
        self._is_confirmed = False

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for the kind of service."""
        coordinator = self._coordinator()
        if coordinator is None:
            return self.async_abort(reason="steward_away")
        catalogue = coordinator.steward_state.catalogue
        if user_input is not None:
            self._offer = catalogue.service(user_input[CONF_SERVICE])
            return await self.async_step_settings()
        phrases = await Phrases.async_load(self.hass)
        options = [
            SelectOptionDict(
                value=offer.key,
                label=f"{offer.name} ({category_name(catalogue, offer.category, phrases)})",
            )
            for offer in catalogue.services
            if offer.is_addable
        ]
        kinds = SelectSelector(SelectSelectorConfig(options=options, sort=True))
        return self.async_show_form(
            step_id="user",
            data_schema=probatio.Schema({probatio.Required(CONF_SERVICE): kinds}),
            last_step=False,
        )

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Show the form of the configured service."""
        coordinator, instance = self._coordinator(), self._instance()
        if coordinator is None or instance is None:
            return self.async_abort(reason="steward_away")
        self._offer = coordinator.steward_state.offer(instance)
        return await self.async_step_settings()

    async def async_step_settings(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for the settings; the app tests and stores them."""
        if user_input is not None:
            self._input = user_input
            self._fingerprint = ""
            self._is_confirmed = False
            return await self._async_save()
        if self._coordinator() is None or self._offer is None:
            return self.async_abort(reason="steward_away")
        return self._show(await SettingsForm.async_create(self.hass, self._offer), None, {}, "")

    async def async_step_certificate(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask whether to trust a certificate that no authority confirms."""
        if user_input is not None:
            return await self._async_save()
        return self.async_show_form(
            step_id="certificate",
            description_placeholders={
                "service": self._input[CONF_NAME],
                "fingerprint": _in_lines(self._fingerprint),
            },
        )

    async def async_step_notices(self, _user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask whether to save settings with which not everything works."""
        listed = "\n".join(f"- {one_line(notice)}" for notice in self._notices.splitlines())
        return self.async_show_menu(
            step_id="notices",
            menu_options=["change", "save"],
            description_placeholders={"service": self._input[CONF_NAME], "notices": listed},
        )

    async def async_step_change(self, _user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Show the settings again, as they were entered, with the certificate that was confirmed."""
        if self._coordinator() is None or self._offer is None:
            return self.async_abort(reason="steward_away")
        form = await SettingsForm.async_create(self.hass, self._offer)
        return self._show(form, self._entered(form), {}, "")

    async def async_step_save(self, _user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Save settings with which not everything works."""
        self._is_confirmed = True
        return await self._async_save()

    async def _async_save(self) -> SubentryFlowResult:
        """Save the input.

        A certificate that is not trusted leads to the step that asks for it, and settings with
        which not everything works to the menu that says so.
        """
        coordinator = self._coordinator()
        if coordinator is None or self._offer is None:
            return self.async_abort(reason="steward_away")
        form = await SettingsForm.async_create(self.hass, self._offer)
        try:
            instance = await self._async_send(coordinator, form, self._offer)
        except ContractError as err:
            fingerprint = err.placeholders.get(FINGERPRINT, "")
            if err.code is ErrorCode.CERTIFICATE_NOT_TRUSTED and fingerprint and form.has(FINGERPRINT):
                self._fingerprint = fingerprint
                return await self.async_step_certificate()
            if err.code is ErrorCode.CONFIRMATION_NEEDED:
                self._notices = err.placeholders.get(NOTICES, err.message)
                return await self.async_step_notices()
            return self._show_error(form, err)
        coordinator.store(instance)
        return self._finish(instance)

    def _show_error(self, form: SettingsForm, err: ContractError) -> SubentryFlowResult:
        key = err.placeholders.get("key")
        error = _ERRORS.get(err.code, "refused")
        if err.code is ErrorCode.INVALID_ARGUMENT and form.is_secret(key):
            error = "secret_again"
        existing = err.placeholders.get("name", "")
        return self._show(form, self._entered(form), {form.key_of(key): error}, err.message, existing)

    def _entered(self, form: SettingsForm) -> dict[str, Any]:
        """Return what was entered, with the certificate that was confirmed."""
        return self._input | ({form.key_of(FINGERPRINT): self._fingerprint} if self._fingerprint else {})

    async def _async_send(
        self, coordinator: StewardCoordinator, form: SettingsForm, offer: ServiceOffer
    ) -> Instance:
        known = self._instance()
        confirmed: dict[str, Value] = {FINGERPRINT: self._fingerprint} if self._fingerprint else {}
        request = SaveInstance(
            id=known.id if known else None,
            service=offer.key,
            name=self._input[CONF_NAME],
            settings=form.settings(self._input) | confirmed,
            ask_first=not self._is_confirmed,
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
        existing: str = "",
    ) -> SubentryFlowResult:
        """Show the form with the stored settings, or with the last input.

        ``existing`` is the name of the instance that is the same service.
        """
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
            description_placeholders={
                "service": offer_name,
                "message": message,
                "existing": existing,
                **form.examples(),
            },
        )

    def _coordinator(self) -> StewardCoordinator | None:
        """Return the connection, None while the app does not answer."""
        entry = self._get_entry()
        if entry.state is not ConfigEntryState.LOADED:
            return None
        coordinator: StewardCoordinator = entry.runtime_data.coordinator
        return coordinator if coordinator.connected else None

    def _instance(self) -> Instance | None:
        """Return the instance to change, None when one is added."""
        coordinator = self._coordinator()
        if self.source != SOURCE_RECONFIGURE or coordinator is None:
            return None
        instance_id = self._get_reconfigure_subentry().data[CONF_INSTANCE_ID]
        return coordinator.steward_state.instances.get(instance_id)


def _in_lines(fingerprint: str) -> str:
    """Return a fingerprint in lines of eight bytes, which a person can compare on a phone too."""
    parts = fingerprint.split(":")
    return "\n".join(":".join(parts[start : start + 8]) for start in range(0, len(parts), 8))
