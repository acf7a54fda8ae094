"""Reads the versions, folders and deployments of items from a polled state."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog

from .description import Deployed, Deploys, Identity, Newer, ResourceKind, RunningImage, Service, Updates
from .readings import NotKnown
from .snapshot import DEFECT, items

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemVersion:
    """The version of one item at one poll: a newer one, the image that it runs from, or neither.

    ``unknown`` is why it is not known. ``identity`` shows whether another instance lists the same item.
    """

    kind: str
    id: str
    newer: Newer | None = None
    image: RunningImage | None = None
    unknown: str | None = None
    identity: Identity | None = None


def versions[S](service: Service[Any, S], state: S) -> tuple[ItemVersion, ...]:
    """Return the versions of the items that can be updated."""
    return tuple(
        found
        for kind in service.resources
        if (updates := kind.updates) is not None
        for item in items(kind, state)
        if (found := _item_version(kind, updates, item)) is not None
    )


def _item_version(kind: ResourceKind[Any, Any], updates: Updates[Any], item: Any) -> ItemVersion | None:
    try:
        key = kind.id(item)
    except Exception:  # noqa: BLE001 - the snapshot has a gap for this item
        return None
    try:
        newer = updates.newer(item) if updates.newer else None
        image = updates.image(item) if updates.image else None
        identity = updates.identity(item) if updates.identity else None
    except NotKnown as err:
        return ItemVersion(kind=kind.key, id=key, unknown=str(err))
    except Exception as err:  # noqa: BLE001 - one item must not cost the others
        log.warning("version cannot be read", kind=kind.key, error=repr(err))
        return ItemVersion(kind=kind.key, id=key, unknown=DEFECT)
    return ItemVersion(kind=kind.key, id=key, newer=newer, image=image, identity=identity)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFolder:
    """A folder of a server, and the item whose copies contain everything in it."""

    kind: str
    id: str
    path: str


def folders[S](service: Service[Any, S], state: S) -> tuple[ItemFolder, ...]:
    """Return the folders of the items that can be copied; an item whose folders are not known has none."""
    return tuple(
        found
        for kind in service.resources
        if kind.preserves is not None and kind.preserves.folders is not None
        for item in items(kind, state)
        for found in _folders(kind, kind.preserves.folders, item)
    )


def _folders(
    kind: ResourceKind[Any, Any], read: Callable[[Any], tuple[str, ...]], item: Any
) -> list[ItemFolder]:
    try:
        return [ItemFolder(kind=kind.key, id=kind.id(item), path=one.rstrip("/")) for one in read(item)]
    except Exception:  # noqa: BLE001 - one item must not cost the others
        return []


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """How one item deploys from Git, as one poll read it; ``unknown`` is why it is not known."""

    kind: str
    id: str
    deployed: Deployed | None = None
    unknown: str | None = None


def deployments[S](service: Service[Any, S], state: S) -> tuple[Deployment, ...]:
    """Return the items that deploy from Git repositories."""
    return tuple(
        found
        for kind in service.resources
        if kind.deploys is not None
        for item in items(kind, state)
        if (found := _deployment(kind, kind.deploys, state, item)) is not None
    )


def _deployment(
    kind: ResourceKind[Any, Any], deploys: Deploys[Any, Any], state: Any, item: Any
) -> Deployment | None:
    try:
        key = kind.id(item)
    except Exception:  # noqa: BLE001 - the snapshot has a gap for this item
        return None
    try:
        return Deployment(kind=kind.key, id=key, deployed=deploys.read(state, item))
    except NotKnown as err:
        return Deployment(kind=kind.key, id=key, unknown=str(err))
    except Exception as err:  # noqa: BLE001 - one item must not cost the others
        log.warning("deployment cannot be read", kind=kind.key, error=repr(err))
        return Deployment(kind=kind.key, id=key, unknown=DEFECT)
