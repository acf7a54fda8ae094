"""Builds what judges updates."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import aiohttp

from ..changes.assessor import Assessor, AssessorParts
from ..changes.forges import ForgeKind
from ..changes.notes_source import NotesSource, OwnForge
from ..changes.summary import Summaries
from ..changes.summary_writer import SummaryWriter
from ..clock import Clock
from ..errors import ServiceError
from ..inventory.ports import Inventory
from ..inventory.version_log import VersionChange
from ..schedules.version_data import VersionData, Wanted
from ..sdk.client import Rest
from ..store.store import Store
from .model_stack import ModelStack

GITHUB_API: Final = "api.github.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessingParts:
    """The parts that the judgement uses. ``look_up`` is whether the owner allows look-ups on the Internet."""

    store: Store
    clock: Clock
    inventory: Inventory
    session: aiohttp.ClientSession
    versions: Callable[[], Sequence[VersionChange]]
    look_up: bool


def build_assessor(parts: AssessingParts) -> Assessor:
    """Return what judges updates."""
    notes = NotesSource(parts.session, parts.clock, lambda: own_forges(parts.inventory))
    data = VersionData(parts.session, parts.clock)
    return Assessor(
        AssessorParts(
            store=parts.store,
            clock=parts.clock,
            inventory=parts.inventory,
            versions=parts.versions,
            notes=notes if parts.look_up else None,
            vulnerable=vulnerable_in(data) if parts.look_up else None,
        )
    )


def summary_writer(store: Store, models: ModelStack) -> SummaryWriter | None:
    """Return what lets a model sum up release notes, None without models."""
    talking = models.talking()
    if talking is None:
        return None
    return SummaryWriter(store, Summaries(talking.gateway, talking.bounds.context_tokens))


def own_forges(inventory: Inventory) -> Mapping[str, tuple[ForgeKind, OwnForge]]:
    """Return the clients of the configured forges by the host of their repositories."""
    found: dict[str, tuple[ForgeKind, OwnForge]] = {}
    for instance in inventory.instances():
        if instance.service not in ForgeKind:
            continue
        try:
            client = inventory.client(instance.id)
        except ServiceError:
            continue
        if isinstance(client, Rest):
            address = client.access.address
            port = "" if address.is_default_port() else f":{address.port}"
            host = "github.com" if address.host == GITHUB_API else f"{address.host}{port}"
            found.setdefault(host, (ForgeKind(instance.service), client))
    return found


def vulnerable_in(data: VersionData) -> Callable[[str, str], Awaitable[frozenset[str] | None]]:
    """Return what looks up the vulnerabilities of a package in a version."""

    async def vulnerable(package: str, version: str) -> frozenset[str] | None:
        looked = await data.look_up([Wanted(product="", package=package, version=version)])
        found = looked.vulnerabilities.get((package, version))
        return None if found is None else frozenset(found)

    return vulnerable
