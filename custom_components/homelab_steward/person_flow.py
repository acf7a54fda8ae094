"""Config flow of one person: their Home Assistant user, Telegram account and role."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import uuid4

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
    SelectSelectorMode,
    TextSelector,
)

from .const import CONF_PERSON_ID, SUBENTRY_PERSON
from .contract.errors import ContractError, ErrorCode
from .contract.protocol import Command, SavePerson
from .contract.state import Origin, Person, Role
from .coordinator import StewardCoordinator
from .subentries import person_data, subentry_unique_id

CONF_USER: Final = "ha_user_id"
CONF_ROLE: Final = "role"
CONF_TELEGRAM: Final = "telegram_user_id"

_ERRORS: Final = {ErrorCode.TIMEOUT: "timeout", ErrorCode.NOT_CONNECTED: "steward_away"}


class PersonFlow(ConfigSubentryFlow):
    """The app stores the person; the subentry stores the id."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for identity and role."""
        return await self._async_step("user", user_input)

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for changed identity or role."""
        return await self._async_step("reconfigure", user_input)

    async def _async_step(self, step_id: str, user_input: dict[str, Any] | None) -> SubentryFlowResult:
        coordinator = self._coordinator()
        person = self._person(coordinator) if coordinator else None
        if coordinator is None or (self.source == SOURCE_RECONFIGURE and person is None):
            return self.async_abort(reason="steward_away")
        users = await self._async_users()
        if user_input is None:
            return self._show(step_id, users, person, None, {}, "")
        if errors := _errors(coordinator, person, user_input):
            return self._show(step_id, users, person, user_input, errors, "")
        try:
            saved = await coordinator.async_call(
                Command.SAVE_PERSON, _request(person, users, user_input), Person
            )
        except ContractError as err:
            errors = {"base": _ERRORS.get(err.code, "refused")}
            return self._show(step_id, users, person, user_input, errors, err.message)
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
        users: Mapping[str, str],
        person: Person | None,
        user_input: Mapping[str, Any] | None,
        errors: dict[str, str],
        message: str,
    ) -> SubentryFlowResult:
        options = [SelectOptionDict(value=key, label=name) for key, name in users.items()]
        roles = SelectSelectorConfig(options=[role.value for role in Role], translation_key=CONF_ROLE)
        schema = probatio.Schema(
            {
                probatio.Optional(CONF_USER): SelectSelector(
                    SelectSelectorConfig(options=options, sort=True, mode=SelectSelectorMode.DROPDOWN)
                ),
                probatio.Optional(CONF_NAME): TextSelector(),
                probatio.Required(CONF_ROLE, default=Role.OWNER.value): SelectSelector(roles),
                probatio.Optional(CONF_TELEGRAM): TextSelector(),
            }
        )
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(schema, user_input or _known(person)),
            errors=errors,
            description_placeholders={"message": message},
        )

    async def _async_users(self) -> dict[str, str]:
        """Return the names of users who can log in, by user id."""
        users = await self.hass.auth.async_get_users()
        return {
            user.id: user.name or user.id for user in users if user.is_active and not user.system_generated
        }

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


def _known(person: Person | None) -> dict[str, str]:
    """Return the first values of the form."""
    if person is None:
        return {}
    telegram = person.telegram_user_id
    known = {
        CONF_USER: person.ha_user_id,
        CONF_NAME: person.name,
        CONF_ROLE: person.role.value,
        CONF_TELEGRAM: None if telegram is None else str(telegram),
    }
    return {key: value for key, value in known.items() if value is not None}


def _errors(
    coordinator: StewardCoordinator, person: Person | None, user_input: Mapping[str, Any]
) -> dict[str, str]:
    """Return the errors of the input, by field."""
    user_id, telegram = user_input.get(CONF_USER), user_input.get(CONF_TELEGRAM, "").strip()
    if not user_id and not telegram:
        return {"base": "needs_identity"}
    if not user_id and not user_input.get(CONF_NAME, "").strip():
        return {CONF_NAME: "needs_name"}
    if telegram and not (telegram.isascii() and telegram.isdigit()):
        return {CONF_TELEGRAM: "not_a_number"}
    others = [
        one for one in coordinator.steward_state.people.values() if person is None or one.id != person.id
    ]
    for other in others:
        if user_id and other.ha_user_id == user_id:
            return {CONF_USER: "in_file" if other.origin is Origin.FILE else "known_already"}
        if telegram and other.telegram_user_id == int(telegram):
            return {CONF_TELEGRAM: "known_already"}
    return {}


def _request(person: Person | None, users: Mapping[str, str], user_input: Mapping[str, Any]) -> SavePerson:
    user_id, telegram = user_input.get(CONF_USER), user_input.get(CONF_TELEGRAM, "").strip()
    name = user_input.get(CONF_NAME, "").strip() or users[user_id or ""]
    return SavePerson(
        id=person.id if person else uuid4().hex,
        name=name,
        role=Role(user_input[CONF_ROLE]),
        ha_user_id=user_id,
        telegram_user_id=int(telegram) if telegram else None,
    )
