"""Flows that fix issues: each checks again, changes the options, or opens the form that helps."""

from typing import Any, Final, cast

import probatio
from homeassistant.components.repairs import FlowType, RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import UnknownFlow
from homeassistant.helpers import issue_registry as ir

from .const import CONF_PHONES, DOMAIN, SUBENTRY_PERSON, SUBENTRY_SERVICE
from .contract.commands import InstanceId
from .contract.errors import ContractError
from .contract.protocol import Command, Nothing
from .issues import ATTR_ENTRY_ID, ATTR_KIND, ATTR_SUBJECT
from .runtime import StewardConfigEntry


class StewardRepair(RepairsFlow):
    """A flow about one issue. ``subject`` is the id of the instance or of the phone's device."""

    def __init__(self, entry: StewardConfigEntry, subject: str) -> None:
        """Take what the issue is about."""
        self._entry = entry
        self._subject = subject

    def _form(self, step_id: str, errors: dict[str, str] | None = None) -> RepairsFlowResult:
        """Return a form without fields; the texts have the placeholders of the issue."""
        return self.async_show_form(
            step_id=step_id,
            data_schema=probatio.Schema({}),
            errors=errors,
            description_placeholders=self._placeholders(),
        )

    def _menu(self, *options: str) -> RepairsFlowResult:
        return self.async_show_menu(
            step_id="init", menu_options=list(options), description_placeholders=self._placeholders()
        )

    def _placeholders(self) -> dict[str, str]:
        issue = ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id)
        return (issue.translation_placeholders if issue else None) or {}

    def _continue(self, flow_type: FlowType, flow_id: str) -> RepairsFlowResult:
        """End this flow with another one; the issue is resolved when that has helped."""
        return self.async_abort(reason="continues", next_flow=(flow_type, flow_id))


class AddPerson(StewardRepair):
    """Opens the form that adds a person who may decide."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Explain what the form is for."""
        return await self.async_step_confirm()

    async def async_step_confirm(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Open the form."""
        if user_input is None:
            return self._form("confirm")
        flow = await self.hass.config_entries.subentries.async_init(
            (self._entry.entry_id, SUBENTRY_PERSON), context={"source": SOURCE_USER}
        )
        return self._continue(FlowType.CONFIG_SUBENTRIES_FLOW, flow["flow_id"])


class CorrectAddress(StewardRepair):
    """Opens the form for the address of the app."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Explain what the form is for."""
        return await self.async_step_confirm()

    async def async_step_confirm(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Open the form."""
        if user_input is None:
            return self._form("confirm")
        flow = await self.hass.config_entries.flow.async_init(
            DOMAIN, context={"source": SOURCE_RECONFIGURE, "entry_id": self._entry.entry_id}
        )
        return self._continue(FlowType.CONFIG_FLOW, flow["flow_id"])


class GrantRights(StewardRepair):
    """Reads a service again after a person granted rights, or opens the form for other credentials."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask which; the credentials in a settings file are not changed here."""
        if self._subentry_id() is None:
            return await self.async_step_check_again()
        return self._menu("check_again", "credentials")

    async def async_step_check_again(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Read the service; the issue is resolved when it lacks no rights."""
        if user_input is None:
            return self._form("check_again")
        if self._entry.state is not ConfigEntryState.LOADED:
            return self._form("check_again", {"base": "steward_away"})
        coordinator = self._entry.runtime_data.coordinator
        try:
            await coordinator.async_call(Command.POLL_INSTANCE, InstanceId(id=self._subject), Nothing)
        except ContractError:
            return self._form("check_again", {"base": "steward_away"})
        snapshot = coordinator.steward_state.snapshots.get(self._subject)
        if snapshot is not None and snapshot.missing_rights:
            return self._form("check_again", {"base": "still_missing"})
        return self.async_create_entry(data={})

    async def async_step_credentials(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Open the form of the service."""
        flow = await self.hass.config_entries.subentries.async_init(
            (self._entry.entry_id, SUBENTRY_SERVICE),
            context={"source": SOURCE_RECONFIGURE, "subentry_id": self._subentry_id() or ""},
        )
        return self._continue(FlowType.CONFIG_SUBENTRIES_FLOW, flow["flow_id"])

    def _subentry_id(self) -> str | None:
        if self._entry.state is not ConfigEntryState.LOADED:
            return None
        return self._entry.runtime_data.subentries.subentry_id(self._subject)


class ReachPhone(StewardRepair):
    """Notifies a phone again, or removes it from the phones that get requests."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask which."""
        return self._menu("try_again", "deselect")

    async def async_step_try_again(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Notify the phone at once; if that fails, the issue comes back."""
        if self._entry.state is ConfigEntryState.LOADED:
            self._entry.runtime_data.notifications.retry(self._subject)
        return self.async_create_entry(data={})

    async def async_step_deselect(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Remove the phone from the options."""
        phones = [one for one in self._entry.options.get(CONF_PHONES, ()) if one != self._subject]
        options = {**self._entry.options, CONF_PHONES: phones}
        self.hass.config_entries.async_update_entry(self._entry, options=options)
        return self.async_create_entry(data={})


_FLOWS: Final[dict[str, type[StewardRepair]]] = {
    "nobody_decides": AddPerson,
    "other_steward": CorrectAddress,
    "missing_rights": GrantRights,
    "phone": ReachPhone,
}


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the flow for an issue. Raises UnknownFlow when its entry is gone."""
    known = data or {}
    entry = hass.config_entries.async_get_entry(str(known.get(ATTR_ENTRY_ID)))
    flow = _FLOWS.get(str(known.get(ATTR_KIND)))
    if entry is None or flow is None:
        raise UnknownFlow(issue_id)
    return flow(cast(StewardConfigEntry, entry), str(known.get(ATTR_SUBJECT)))
