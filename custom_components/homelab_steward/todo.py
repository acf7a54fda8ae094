"""The to-do list of the requests that wait for an approval. It only shows them."""

from homeassistant.components.todo import TodoItem, TodoItemStatus, TodoListEntity
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .contract.catalogue import Catalogue
from .contract.incidents import ApprovalRequest
from .contract.mode import Elevation
from .contract.protocol import RowKind
from .contract.second_person import alone
from .contract.wordings import worded
from .coordinator import Change, StewardCoordinator
from .entity import StewardEntity
from .notifications.plan_lines import plan_of
from .notifications.views import title_of
from .phrases import Phrases
from .runtime import StewardConfigEntry

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: StewardConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the one list."""
    async_add_entities([Approvals(entry.runtime_data.coordinator)])


class Approvals(StewardEntity, TodoListEntity):
    """One item for each pending request, the oldest first.

    It supports no feature: to complete or delete an item is no decision, so Home Assistant refuses
    it.
    """

    _attr_translation_key = "approvals"

    def __init__(self, coordinator: StewardCoordinator) -> None:
        """Start without items."""
        super().__init__(coordinator, "approvals")
        self._phrases = Phrases({})
        self._attr_todo_items = []

    async def async_added_to_hass(self) -> None:
        """Follow the requests."""
        await super().async_added_to_hass()
        self._phrases = await Phrases.async_load(self.hass)
        for kind in (RowKind.APPROVAL, RowKind.MODE):
            self.async_on_remove(self.coordinator.listen(kind, self._row_changed))
        self._attr_todo_items = self._items()

    @callback
    def _row_changed(self, _change: Change) -> None:
        items = self._items()
        if items != self._attr_todo_items:
            self._attr_todo_items = items
            self.async_write_ha_state()

    def _items(self) -> list[TodoItem]:
        state = self.coordinator.steward_state
        elevation = state.mode.elevation
        return [_item(one, self._phrases, state.catalogue, elevation) for one in state.pending_approvals()]


def _item(
    approval: ApprovalRequest, phrases: Phrases, catalogue: Catalogue, elevation: Elevation | None
) -> TodoItem:
    """Return the item of a request: its options, and when it expires."""
    approval = worded(approval, phrases.language)
    now = dt_util.utcnow()
    plans = [
        plan_of(one, phrases, catalogue, alone(elevation, approval, one, now))
        for one in approval.proposal.options
    ]
    return TodoItem(
        uid=approval.id,
        summary=title_of(approval, phrases),
        status=TodoItemStatus.NEEDS_ACTION,
        due=dt_util.as_local(approval.expires_at),
        description="\n".join(plans),
    )
