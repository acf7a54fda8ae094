"""The AI task entity: the language models of the app make data for automations."""

from typing import Any, Final

import probatio
from homeassistant.components import ai_task, conversation
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import llm
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .contract.errors import ContractError
from .contract.model_tasks import TASK_SECONDS, GenerateData, GeneratedData
from .contract.protocol import Command, RowKind
from .coordinator import Change, StewardCoordinator
from .entity import StewardEntity
from .errors import failed, refused, translated
from .runtime import StewardConfigEntry
from .speakers import async_speaker

PARALLEL_UPDATES = 0

CALL_SECONDS: Final = TASK_SECONDS + 20.0
"""Seconds until a task fails without an answer of the app; the app's own limit is shorter."""


async def async_setup_entry(
    hass: HomeAssistant, entry: StewardConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the one entity, as soon as the app has language models."""
    coordinator = entry.runtime_data.coordinator
    added: list[StewardTasks] = []

    @callback
    def add(_change: Change | None = None) -> None:
        if not added and _has_models(coordinator):
            added.append(StewardTasks(coordinator))
            async_add_entities(added)

    entry.async_on_unload(coordinator.listen(RowKind.USAGE, add))
    add()


class StewardTasks(StewardEntity, ai_task.AITaskEntity):
    """Sends tasks to the app, which decides which model may read them."""

    _attr_translation_key = "models"
    _attr_supported_features = ai_task.AITaskEntityFeature.GENERATE_DATA

    def __init__(self, coordinator: StewardCoordinator) -> None:
        """Belong to the device of the app."""
        super().__init__(coordinator, "ai_task")

    async def async_added_to_hass(self) -> None:
        """Follow whether the app has models."""
        await super().async_added_to_hass()
        self.async_on_remove(
            self.coordinator.listen(RowKind.USAGE, lambda _change: self.availability_changed())
        )

    def is_available_now(self) -> bool:
        """Return whether the app answers and has models."""
        return super().is_available_now() and _has_models(self.coordinator)

    async def _async_generate_data(
        self, task: ai_task.GenDataTask, chat_log: conversation.ChatLog
    ) -> ai_task.GenDataTaskResult:
        """Return the text or the data of a task.

        Raises ServiceValidationError for what the caller can correct, else HomeAssistantError,
        both translated.
        """
        if task.llm_api is not None:
            raise refused("ai_task_tools")
        await async_speaker(self.coordinator, self._context, "ai_task")
        request = GenerateData(instructions=task.instructions, structure=_json_schema(task.structure))
        try:
            made = await self.coordinator.async_call(
                Command.GENERATE_DATA, request, GeneratedData, CALL_SECONDS
            )
        except ContractError as err:
            raise translated(err) from err
        chat_log.async_add_assistant_content_without_tools(
            conversation.AssistantContent(agent_id=self.entity_id, content=made.text)
        )
        return ai_task.GenDataTaskResult(
            conversation_id=chat_log.conversation_id, data=_fitting(made, task.structure)
        )


def _has_models(coordinator: StewardCoordinator) -> bool:
    usage = coordinator.steward_state.usage
    return usage is not None and bool(usage.models)


def _json_schema(structure: probatio.Schema | None) -> dict[str, Any] | None:
    if structure is None:
        return None
    return probatio.to_openapi(structure, custom_serializer=llm.selector_serializer)


def _fitting(made: GeneratedData, structure: probatio.Schema | None) -> Any:
    """Return the data as the structure wants them. Raises HomeAssistantError if they do not fit."""
    if structure is None:
        return made.text
    try:
        return structure(made.data)
    except probatio.Invalid as err:
        raise failed("ai_task_invalid", message=str(err)) from err
