"""Notify entities: one for each topic of Telegram that takes texts."""

from homeassistant.components.notify import NotifyEntity, NotifyEntityFeature
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .contract.commands import SendNote
from .contract.errors import ContractError
from .contract.plain_text import one_line
from .contract.protocol import Command, Nothing, RowKind
from .contract.state import FrontEnd, FrontEndPlace
from .coordinator import Change, StewardCoordinator
from .entity import StewardEntity
from .errors import translated
from .runtime import StewardConfigEntry
from .speakers import async_speaker
from .steward_state import StewardState

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: StewardConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the topics as the app names them."""
    coordinator = entry.runtime_data.coordinator
    known: set[str] = set()

    @callback
    def add_new(_change: Change | None = None) -> None:
        places = [one for one in places_of(coordinator.steward_state) if one.key not in known]
        known.update(one.key for one in places)
        async_add_entities(TopicNotify(coordinator, one) for one in places)

    entry.async_on_unload(coordinator.listen(RowKind.FRONT_END, add_new))
    add_new()


def places_of(state: StewardState) -> tuple[FrontEndPlace, ...]:
    """Return the topics of Telegram that take texts now."""
    status = state.front_ends.get(FrontEnd.TELEGRAM)
    return status.places if status else ()


class TopicNotify(StewardEntity, NotifyEntity):
    """Sends texts to one topic of Telegram."""

    _attr_translation_key = "topic"
    _attr_supported_features = NotifyEntityFeature.TITLE

    def __init__(self, coordinator: StewardCoordinator, place: FrontEndPlace) -> None:
        """Take the name that the topic has in Telegram."""
        self._place = place.key
        super().__init__(coordinator, f"telegram_{place.key}")
        self._attr_translation_placeholders = {"topic": one_line(place.name)}

    async def async_added_to_hass(self) -> None:
        """Follow whether Telegram takes texts."""
        await super().async_added_to_hass()
        self.async_on_remove(self.coordinator.listen(RowKind.FRONT_END, self._row_changed))

    def is_available_now(self) -> bool:
        """Return whether the app is connected and has the topic."""
        places = places_of(self.coordinator.steward_state)
        return super().is_available_now() and any(one.key == self._place for one in places)

    async def async_send_message(self, message: str, title: str | None = None) -> None:
        """Send a text. Raises HomeAssistantError, also for a deactivated user."""
        note = SendNote(
            front_end=FrontEnd.TELEGRAM,
            place=self._place,
            speaker=await async_speaker(self.coordinator, self._context, "send_message"),
            text=message,
            title=title or "",
        )
        try:
            await self.coordinator.async_call(Command.SEND_NOTE, note, Nothing)
        except ContractError as err:
            raise translated(err) from err

    @callback
    def _row_changed(self, _change: Change) -> None:
        self.availability_changed()
