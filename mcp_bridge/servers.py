"""The servers: one for all services, one for each category and one for each suite of services."""

from typing import Final

from homelab_steward.contract.catalogue import Catalogue, ServiceOffer

ALL: Final = "all"


def server_names(catalogue: Catalogue) -> tuple[str, ...]:
    """Return the names of all servers."""
    return (ALL, *sorted({name for service in catalogue.services for name in _names(service)}))


def is_offered(service: ServiceOffer, server: str) -> bool:
    """Return whether a server offers the tools of a service."""
    return server == ALL or server in _names(service)


def _names(service: ServiceOffer) -> set[str]:
    category = service.category.replace("_", "-")
    return {category} if service.suite is None else {category, service.suite}
