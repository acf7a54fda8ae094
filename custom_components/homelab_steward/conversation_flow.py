"""Config flow of one agent in Assist."""

from typing import Any

import probatio
from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigSubentryFlow, SubentryFlowResult
from homeassistant.const import CONF_NAME
from homeassistant.helpers.selector import TextSelector

from .const import TITLE


class ConversationFlow(ConfigSubentryFlow):
    """Asks for the name; everything else is set up in the app."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for a name and suggest one."""
        return self._step("user", TITLE, user_input)

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for a new name."""
        return self._step("reconfigure", self._get_reconfigure_subentry().title, user_input)

    def _step(self, step_id: str, name: str, user_input: dict[str, Any] | None) -> SubentryFlowResult:
        if user_input is None:
            schema = probatio.Schema({probatio.Required(CONF_NAME, default=name): TextSelector()})
            return self.async_show_form(step_id=step_id, data_schema=schema)
        title = user_input[CONF_NAME].strip() or name
        if self.source == SOURCE_RECONFIGURE:
            return self.async_update_and_abort(
                self._get_entry(), self._get_reconfigure_subentry(), title=title
            )
        return self.async_create_entry(title=title, data={})
