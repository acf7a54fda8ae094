"""How an entity of an instance, or of one thing inside it, is known and called."""

from collections.abc import Iterable

from .contract.catalogue import ActionOffer, Platform, SensorOffer, ServiceOffer
from .contract.state import Instance, Resource
from .coordinator import StewardCoordinator
from .dynamic_entities import Spot
from .entity import StewardEntity


class OfferedEntity(StewardEntity):
    """An entity drawn from the catalogue.

    Named by its translation, where this version of the integration has one, else by
    the catalogue's own words.
    """

    def __init__(
        self,
        coordinator: StewardCoordinator,
        instance: Instance,
        spot: Spot,
        offer: SensorOffer | ActionOffer,
    ) -> None:
        """Take the spot; the platform adds what is particular to it."""
        parts = [part for part in (spot.resource_id, offer.key) if part is not None]
        super().__init__(coordinator, "_".join(parts), instance.id)
        self.of = instance.id
        self.spot = spot
        if spot.resource_name is not None:
            self._attr_translation_placeholders = {"resource": spot.resource_name}
        if offer.icon:
            self._attr_icon = offer.icon


def spots(
    offers: Iterable[SensorOffer] | Iterable[ActionOffer],
    service: str,
    resources: Iterable[Resource],
) -> Iterable[Spot]:
    """Yield where each offer is shown: once for the instance, or once per resource of its kind."""
    found = tuple(resources)
    for offer in offers:
        if offer.scope is None:
            yield Spot(service=service, offer=offer)
            continue
        for resource in found:
            if resource.kind == offer.scope:
                yield Spot(
                    service=service,
                    offer=offer,
                    kind=resource.kind,
                    resource_id=resource.id,
                    resource_name=resource.name,
                )


def reading_spots(offer: ServiceOffer, resources: Iterable[Resource], platform: Platform) -> Iterable[Spot]:
    """Yield where each reading of one platform is shown."""
    sensors = [sensor for sensor in offer.sensors if sensor.platform is platform]
    return spots(sensors, offer.key, resources)
