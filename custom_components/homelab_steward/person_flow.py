"""Config flow of one person: who they are, when they are asked, and what they may decide."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntryState,
    ConfigSubentryFlow,
    SubentryFlowResult,
)

from .const import CONF_PERSON_ID, SUBENTRY_PERSON
from .contract.errors import ContractError, ErrorCode
from .contract.protocol import Command
from .contract.state import Person
from .coordinator import StewardCoordinator
from .person_form import PersonForm, field_of
from .subentries import person_data, subentry_unique_id

_ERRORS: Final = {ErrorCode.TIMEOUT: "timeout", ErrorCode.NOT_CONNECTED: "steward_away"}


class PersonFlow(ConfigSubentryFlow):
    """The app stores the person; the subentry stores the id."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for the person."""
        return await self._async_step("user", user_input)

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for the changes."""
        return await self._async_step("reconfigure", user_input)

    async def _async_step(self, step_id: str, user_input: dict[str, Any] | None) -> SubentryFlowResult:
        coordinator = self._coordinator()
        person = self._person(coordinator) if coordinator else None
        if coordinator is None or (self.source == SOURCE_RECONFIGURE and person is None):
            return self.async_abort(reason="steward_away")
        known = coordinator.steward_state
        form = await PersonForm.async_create(self.hass, person, known.catalogue.categories)
        if user_input is None:
            return self._show(step_id, form, None, {}, "")
        if errors := form.errors(known.people.values(), user_input):
            return self._show(step_id, form, user_input, errors, "")
        try:
            saved = await coordinator.async_call(Command.SAVE_PERSON, form.request(user_input), Person)
        except ContractError as err:
            field = field_of(err.placeholders.get("key"))
            errors = {field: _ERRORS.get(err.code, "refused")}
            return self._show(step_id, form, user_input, errors, err.message)
        coordinator.store(saved)
        return self._finish(saved)

    def _finish(self, person: Person) -> SubentryFlowResult:
        data = person_data(person)
        if self.source == SOURCE_RECONFIGURE:
            subentry = self._get_reconfigure_subentry()
            return self.async_update_and_abort(self._get_entry(), subentry, title=person.name, data=data)
        return self.async_create_entry(
            title=person.name,
            data=data,
            unique_id=subentry_unique_id(SUBENTRY_PERSON, person.id),
        )

    def _show(
        self,
        step_id: str,
        form: PersonForm,
        user_input: Mapping[str, Any] | None,
        errors: dict[str, str],
        message: str,
    ) -> SubentryFlowResult:
        values = form.known() if user_input is None else user_input
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(form.schema(), values),
            errors=errors,
            description_placeholders={"message": message},
        )

    def _coordinator(self) -> StewardCoordinator | None:
        """Return the connection, None while the app does not answer."""
        entry = self._get_entry()
        if entry.state is not ConfigEntryState.LOADED:
            return None
        coordinator: StewardCoordinator = entry.runtime_data.coordinator
        return coordinator if coordinator.connected else None

    def _person(self, coordinator: StewardCoordinator) -> Person | None:
        """Return the person to change, None when one is added."""
        if self.source != SOURCE_RECONFIGURE:
            return None
        person_id = self._get_reconfigure_subentry().data[CONF_PERSON_ID]
        return coordinator.steward_state.people.get(person_id)
