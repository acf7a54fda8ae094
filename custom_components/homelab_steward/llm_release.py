"""Lets the app decide which texts an agent may read."""

from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.helpers import llm

from .const import CONF_AGENTS_MASKED, CONF_HOME_AGENTS, LOGGER
from .contract.errors import ContractError
from .contract.protocol import Command
from .contract.released_text import Reader, ReleasedText, ReleaseText
from .coordinator import StewardCoordinator
from .llm_texts import Found

UNKNOWN_AGENT: Final = "unknown"


def reader_of(entry: ConfigEntry, llm_context: llm.LLMContext) -> Reader:
    """Return where the model of an agent runs, by the options: at home only if a person selected it."""
    if llm_context.agent_id and llm_context.agent_id in entry.options.get(CONF_HOME_AGENTS, ()):
        return Reader.HOME
    return Reader.MASKED if entry.options.get(CONF_AGENTS_MASKED, False) else Reader.OUTSIDE


async def async_release(
    coordinator: StewardCoordinator, llm_context: llm.LLMContext, found: Found
) -> ReleasedText:
    """Return the text of a result as the agent may read it. When the app cannot decide, it must not."""
    if not found.text:
        return ReleasedText(text="")
    asked = ReleaseText(
        text=found.text,
        reader=reader_of(coordinator.entry, llm_context),
        agent=llm_context.agent_id or llm_context.platform or UNKNOWN_AGENT,
        is_private=found.is_private,
        by_line=found.by_line,
    )
    try:
        return await coordinator.async_call(Command.RELEASE_TEXT, asked, ReleasedText)
    except ContractError as err:
        LOGGER.info("A result for %s was not released: %s", asked.agent, err.message)
        return ReleasedText(text=None)
