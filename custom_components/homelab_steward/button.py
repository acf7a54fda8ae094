"""Buttons: a wish for an action, which then waits at the gate like any other."""

from collections.abc import Iterable

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .catalogue_entity import OfferedEntity, spots
from .const import DOMAIN
from .contract.catalogue import ActionOffer, ServiceOffer, name_of, word_key
from .contract.errors import ContractError
from .contract.protocol import ActionRequested, Command, RequestAction
from .contract.state import FrontEnd, Instance, Resource, Speaker
from .coordinator import StewardCoordinator
from .dynamic_entities import Spot
from .entity import StewardEntity
from .errors import refused, translated
from .runtime import StewardConfigEntry

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: StewardConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the buttons of every instance as they appear."""
    coordinator = entry.runtime_data.coordinator

    def plan(offer: ServiceOffer, _instance: Instance, resources: Iterable[Resource]) -> Iterable[Spot]:
        return spots(filter(_can_be_pressed, offer.actions), offer.key, resources)

    def make(instance: Instance, spot: Spot) -> StewardEntity:
        return ActionButton(coordinator, instance, spot, spot.action)

    entry.runtime_data.drawing.attach(plan, make, async_add_entities)


def _can_be_pressed(action: ActionOffer) -> bool:
    """Return whether the action is offered as a button and needs nothing said."""
    asks = any(one.required and one.default is None for one in action.arguments)
    return action.button and not asks


class ActionButton(OfferedEntity, ButtonEntity):
    """Asks for one action; a person still decides."""

    def __init__(
        self, coordinator: StewardCoordinator, instance: Instance, spot: Spot, offer: ActionOffer
    ) -> None:
        """Describe the button as the catalogue does."""
        super().__init__(coordinator, instance, spot, offer)
        self._action = offer.key
        self.entity_description = ButtonEntityDescription(
            key=offer.key,
            name=name_of(offer, spot.resource_name),
            translation_key=word_key(spot.service, offer),
        )

    async def async_press(self) -> None:
        """Ask for the action in the name of who pressed.

        Raises ServiceValidationError when nobody known pressed, HomeAssistantError
        when nothing came of it.
        """
        user_id = self._context.user_id if self._context else None
        if user_id is None:
            raise refused("no_user")
        request = RequestAction(
            instance_id=self.of,
            action=self._action,
            speaker=Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id=user_id),
            target_id=self.spot.resource_id,
        )
        try:
            answer = await self.coordinator.async_call(Command.REQUEST_ACTION, request, ActionRequested)
        except ContractError as err:
            raise translated(err) from err
        if answer.approval_id is None:
            raise HomeAssistantError(
                answer.message,
                translation_domain=DOMAIN,
                translation_key="not_requested",
                translation_placeholders={"message": answer.message},
            )
