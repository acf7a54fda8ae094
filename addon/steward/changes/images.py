"""Finds newer images of what runs: newer tags of the same shape, and other contents of the same tag."""

import asyncio
import re
import zlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

import structlog

from homelab_steward.contract.changes import ChangeSource, Distance, PackageChange
from homelab_steward.contract.state import TargetRef

from ..agent.requests.request_plan import PlanStep
from ..clock import Clock
from ..errors import ServiceError
from ..inventory.ports import Inventory
from ..sdk.description import Identity, Installs, RunningImage, Updates
from ..sdk.format import brief
from ..sdk.image_names import ImageName, Repository, parse_image
from ..texts import translate
from .found import Found, Offers
from .registry import OfferedImage
from .tags import is_moving, newer_tags, parse_tag
from .versions import distance

log = structlog.get_logger(__name__)

EVERY: Final = 6 * 3_600.0
"""Seconds between two questions about one image; each image has its own time within them."""

AGAIN: Final = 1_800.0
"""Seconds until an image is asked about again whose registry did not answer."""

AT_ONCE: Final = 10
"""Images that one look asks about: a restart must not ask for everything at the same time."""

MOST: Final = 500
"""Images that are asked about."""

FIRST_YEAR: Final = 2010
LONGEST: Final = 60
ADDRESS: Final = re.compile(r"https://[!-~]{1,500}", re.ASCII)
VERSION: Final = "org.opencontainers.image.version"
REVISION: Final = "org.opencontainers.image.revision"
SOURCE: Final = "org.opencontainers.image.source"
PAGES: Final = (SOURCE, "org.opencontainers.image.url", "org.opencontainers.image.documentation")


class Registry(Protocol):
    """Reads from registries. All methods raise ServiceError."""

    async def tags(self, repository: Repository) -> tuple[str, ...]:
        """Return all tags of a repository."""

    async def digest(self, repository: Repository, tag: str) -> str:
        """Return the digest that a tag has now."""

    async def image(self, repository: Repository, digest: str, platform: str) -> OfferedImage:
        """Return the image of a platform."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One image that is asked about, however many containers run it."""

    name: ImageName
    digest: str
    image_id: str
    platform: str


@dataclass(frozen=True, slots=True)
class Running:
    """One item that runs an image, and how it is updated."""

    target: TargetRef
    image: RunningImage
    updates: Updates[object]
    identity: Identity | None = None

    @property
    def id(self) -> str:
        """What names it among the updates of this source."""
        return "/".join(self.target.key)


@dataclass(frozen=True, slots=True)
class Offer:
    """A tag with another content than what runs. ``is_moving``: the tag says nothing about the version."""

    tag: str
    image: OfferedImage
    is_moving: bool
    is_major: bool = False


class ImageSource:
    """The updates of everything that runs from an image of a registry."""

    def __init__(self, inventory: Inventory, registry: Registry, clock: Clock) -> None:
        """What runs is read in ``inventory``."""
        self._inventory = inventory
        self._registry = registry
        self._clock = clock
        self._due: dict[Asked, float] = {}
        self._offers: dict[Asked, tuple[Offer, ...]] = {}

    @property
    def name(self) -> str:
        """Return the name of the source."""
        return "images"

    async def find(self) -> Offers:
        """Return what is offered now; images that are due are asked about, some at a time.

        What a registry could not be asked about is unknown, until it could.
        """
        await self._inventory.first_polls()
        running = self._running()
        asked = dict(list(running.items())[:MOST])
        self._due = {one: self._due.get(one, 0.0) for one in asked}
        self._offers = {one: offers for one, offers in self._offers.items() if one in asked}
        now = self._clock.monotonic()
        due = sorted((one for one in asked if self._due[one] <= now), key=lambda one: self._due[one])
        await asyncio.gather(*(self._ask(one) for one in due[:AT_ONCE]))
        found = tuple(
            as_found(item, one, offer)
            for one, offers in self._offers.items()
            for item in asked[one]
            for offer in offers
        )
        unread = [item.id for one in running if one not in self._offers for item in running[one]]
        unread += self._unread()
        return Offers(found=found, unknown=frozenset((*unread, *map(of_major, unread))))

    async def _ask(self, asked: Asked) -> None:
        try:
            self._offers[asked] = await offered(self._registry, asked)
        except ServiceError as err:
            log.info("image not asked about", image=asked.name.repository.name, reason=str(err))
            self._due[asked] = self._clock.monotonic() + AGAIN
        else:
            # Spread by the name: an hour earlier or not, and the same after each start.
            part = zlib.crc32(asked.name.repository.name.encode()) % 1_000 / 1_000
            self._due[asked] = self._clock.monotonic() + EVERY * (0.8 + 0.2 * part)

    def _running(self) -> Mapping[Asked, Sequence[Running]]:
        """Return what runs by what is asked about; what was built here has no registry to ask."""
        found: dict[Asked, list[Running]] = defaultdict(list)
        for instance in self._inventory.instances():
            service = self._inventory.service(instance.id)
            for version in self._inventory.versions(instance.id) if service else ():
                kind = service.kind(version.kind) if service else None
                target = self._inventory.target(instance.id, version.kind, version.id)
                image, updates = version.image, kind.updates if kind else None
                if image is None or image.digest is None or target is None or updates is None:
                    continue
                name = parse_image(image.reference)
                if name is None or not name.tag:
                    continue  # pinned to a digest: nothing says which tag is meant
                asked = Asked(replace(name, digest=""), image.digest, image.image_id, image.platform)
                found[asked].append(Running(target, image, updates, version.identity))
        return found

    def _unread(self) -> list[str]:
        """Return the ids of items whose image could not be read in the last poll."""
        return [
            f"{instance.id}/{one.kind}/{one.id}"
            for instance in self._inventory.instances()
            for one in self._inventory.versions(instance.id)
            if one.unknown is not None
        ]


async def offered(registry: Registry, asked: Asked) -> tuple[Offer, ...]:
    """Return what a registry offers in place of an image. Raises ServiceError.

    That is the newest tag with the same shape, else another content of the same tag; and besides the
    newest tag with the next first number.
    """
    repository, tag = asked.name.repository, parse_tag(asked.name.tag)
    # A tag that is only a name has no newer ones: the list, which is long, is not read for it.
    tags = await registry.tags(repository) if tag is not None and not is_moving(tag, ()) else ()
    if tag is None or is_moving(tag, tags):
        return await _changed(registry, asked, moves=True)
    newer, offers = newer_tags(tag, tags), list[Offer]()
    if newer.within is not None:
        offers.append(await _at(registry, asked, newer.within.text))
    elif asked.name.tag in tags:
        offers += await _changed(registry, asked, moves=False)
    if newer.major is not None:
        offers.append(replace(await _at(registry, asked, newer.major.text), is_major=True))
    return tuple(offers)


async def _changed(registry: Registry, asked: Asked, *, moves: bool) -> tuple[Offer, ...]:
    """Return the content that the same tag has now if it is another one than what runs."""
    digest = await registry.digest(asked.name.repository, asked.name.tag)
    if digest in (asked.digest, asked.image_id):
        return ()
    image = await registry.image(asked.name.repository, digest, asked.platform)
    # A new index may have the same image for this platform; some engines know an image by its own manifest.
    is_same = image.config == asked.image_id or image.manifest == asked.digest
    return () if is_same else (Offer(asked.name.tag, image, moves),)


async def _at(registry: Registry, asked: Asked, tag: str) -> Offer:
    digest = await registry.digest(asked.name.repository, tag)
    return Offer(tag, await registry.image(asked.name.repository, digest, asked.platform), is_moving=False)


def as_found(item: Running, asked: Asked, offer: Offer) -> Found:
    """Return one offer for one item."""
    repository = asked.name.repository
    package = package_change(asked, item.image, offer)
    values = {Installs.VERSION: offer.tag, Installs.REVISION: offer.image.digest}
    values[Installs.EXACT] = f"{offer.tag}@{offer.image.digest}"
    updates, labels = item.updates, offer.image.labels
    return Found(
        id=of_major(item.id) if offer.is_major else item.id,
        source=ChangeSource.IMAGE,
        target=item.target,
        title=f"{repository.name} {_versions(package, asked, offer)}",
        label=_label(item.target, repository, _versions(package, asked, offer)),
        packages=(package,),
        revision=offer.image.digest,
        repository=page(labels, (SOURCE,)),
        published_at=offer.image.created_at,
        url=releases(labels),
        steps=(
            PlanStep(
                target=item.target,
                action=updates.action,
                arguments={name: values[what] for name, what in updates.arguments.items()},
            ),
        ),
        way_back=item.image.way_back,
        way_back_text=translate(item.image.way_back_text),
        places=item.image.places,
        labels={"image": repository.name, "group": repository.name},
        identity=item.identity,
        withdrawn=moved_back(item.image, asked, offer),
    )


def _label(target: TargetRef, repository: Repository, versions: str) -> str:
    """Return how people know an update: the image without its registry, and the container if it differs."""
    name = repository.path.rpartition("/")[2]
    other = "" if name in target.name or target.name in name else f" ({target.name})"
    return f"{name} {versions}{other}"


def package_change(asked: Asked, running: RunningImage, offer: Offer) -> PackageChange:
    """Return what changes. The tag says it, and of a tag that is moved the labels of both images do.

    Another content of the same version is a rebuild. A tag that is moved may jump to any version: without
    labels the distance is unknown.
    """
    name, old, new = asked.name.repository.name, asked.name.tag, offer.tag
    if not offer.is_moving:
        between = distance(old, new) if old != new else Distance.DIGEST
        return PackageChange(name=name, old=old, new=new, distance=between)
    before, after = (
        brief(labels.get(VERSION, ""), LONGEST) for labels in (running.labels, offer.image.labels)
    )
    if not before or not after:
        return PackageChange(name=name, old=old, new=new, distance=Distance.UNKNOWN)
    if before != after:
        return PackageChange(name=name, old=before, new=after, distance=distance(before, after))
    between = Distance.DIGEST if _is_rebuild(running.labels, offer.image.labels) else Distance.UNKNOWN
    return PackageChange(name=name, old=before, new=after, distance=between)


def moved_back(running: RunningImage, asked: Asked, offer: Offer) -> str:
    """Return that the tag was moved to an older image than the one that runs, "" when it was not."""
    before, after, tag = running.created_at, offer.image.created_at, offer.tag
    if tag != asked.name.tag or before is None or after is None:
        return ""
    # Images that can be built again byte by byte have no real time.
    is_older = after.year >= FIRST_YEAR and after < before
    return translate(t"The tag {tag} was moved back to an older image") if is_older else ""


def _is_rebuild(before: Mapping[str, str], after: Mapping[str, str]) -> bool:
    """Return whether the labels are the image's own, and not those of the image that it is built on."""
    if before.get(REVISION) and before.get(REVISION) == after.get(REVISION):
        return True
    return bool(before.get(SOURCE)) and before.get(SOURCE) == after.get(SOURCE)


def _versions(package: PackageChange, asked: Asked, offer: Offer) -> str:
    if package.old != package.new:
        return f"{package.old} → {package.new}"
    short = (one.removeprefix("sha256:")[:7] for one in (asked.digest, offer.image.digest))
    return f"{asked.name.tag} ({' → '.join(short)})"


def page(labels: Mapping[str, str], names: Sequence[str] = PAGES) -> str | None:
    """Return the first of the labels that is an address of a web page."""
    texts = (labels.get(name, "").strip() for name in names)
    return next((one for one in texts if ADDRESS.fullmatch(one)), None)


def releases(labels: Mapping[str, str]) -> str | None:
    """Return the page of the releases, as far as the labels of an image tell it."""
    found = page(labels)
    if found is None or not found.startswith("https://github.com/"):
        return found
    owner, _, name = found.removeprefix("https://github.com/").partition("/")
    return (
        f"https://github.com/{owner}/{name.partition('/')[0].removesuffix('.git')}/releases"
        if name
        else found
    )


def of_major(item: str) -> str:
    """Return what names the update of an item to the next first number."""
    return f"{item}/major"
