"""Builds the registry of foreign tools, and offers its servers as instances of a service."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..agent.decisions.speakers import Authors
from ..clock import Clock
from ..foreign_tools.connecting import Connector
from ..foreign_tools.registry import RegistryParts, ToolRegistry
from ..foreign_tools.service import ServerClient, foreign_service, instances
from ..inventory.people import People
from ..sdk.description import AnyService
from ..settings.model import ConfiguredInstance, Settings
from ..store.store import Store


@dataclass(frozen=True, slots=True)
class ForeignTools:
    """The registry, the services with that of its servers, and the instances with its servers."""

    registry: ToolRegistry
    services: Mapping[str, AnyService]
    instances: tuple[ConfiguredInstance, ...]


def build_foreign_tools(
    settings: Settings,
    services: Mapping[str, AnyService],
    store: Store,
    people: People,
    clock: Clock,
    clean: Callable[[str], str],
) -> ForeignTools:
    """Return what the app needs for foreign tools. Without servers nothing is added."""
    servers = settings.foreign_tools.servers
    parts = RegistryParts(
        store=store,
        clock=clock,
        authors=Authors(store, people, clock),
        connect=Connector().connect,
        clean=clean,
    )
    registry = ToolRegistry(servers, parts)
    if not servers:
        return ForeignTools(registry, services, settings.instances)
    service = foreign_service(lambda access: ServerClient(access, registry))
    return ForeignTools(
        registry, {**services, service.key: service}, (*settings.instances, *instances(servers))
    )
