"""Adds to an update the steps that copy its data before, as far as what is around the target can copy it."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlsplit

from homelab_steward.contract.base import Value
from homelab_steward.contract.changes import ChangeSource, WayBack
from homelab_steward.contract.state import Instance, TargetRef

from ..agent.plans.resolver import Resolver
from ..agent.requests.request_plan import PlanStep
from ..clock import Clock
from ..errors import StewardError, describe_error
from ..inventory.ports import INSTANCE, Inventory
from ..sdk.alert_labels import host_names
from ..sdk.description import BY_HAND, Covers
from ..sdk.item_versions import ItemFolder
from ..sdk.kits import NAME
from ..texts import translate
from .changed_items import updated_items
from .found import Found
from .preserving import Candidates, Copied, Said, Server, said, ways

TRIED_FOR: Final = 600.0
"""Seconds for which it is remembered whether something can be copied."""

LONGEST: Final = 60.0
"""Seconds after which a service that does not answer copies nothing."""

IMAGE: Final = "image"
"""The reading of what runs from an image that names it."""

SHORT: Final = 8
"""Letters of the id of an update in the name of a copy."""


@dataclass(frozen=True, slots=True)
class _Tried:
    """What the dry run of a copy said: why it is refused, and why a person has to bring it back."""

    at: float
    refusal: str = ""
    by_hand: str = ""


class Preserver:
    """Chooses the copies. Its dry runs read what can be copied now; nothing is changed here."""

    def __init__(self, inventory: Inventory, resolver: Resolver, clock: Clock) -> None:
        """What is around a target is found in ``inventory``."""
        self._inventory = inventory
        self._resolver = resolver
        self._clock = clock
        self._tried: dict[tuple[str, str, str], _Tried] = {}

    async def prepared(self, change_id: str, found: Found) -> Found:
        """Return an update with the steps that copy its data, and with what can be taken back then."""
        is_open = found.way_back is WayBack.IMAGE and found.places != ()
        if found.steps and found.source is ChangeSource.PULL_REQUEST:
            return await self._with_deployed(change_id, found)
        if found.source is not ChangeSource.IMAGE or not found.steps or not is_open:
            return found
        candidates = self._candidates(found)
        copies, refused = await self._chosen(ways(candidates), change_id)
        before = Said(found.way_back, found.way_back_text)
        now = said(
            before,
            copies,
            refused,
            candidates.spared if candidates.places else "",
            has_database=any(not one.path for one in candidates.places or ()),
        )
        return _with(found, copies, now, change_id)

    async def _with_deployed(self, change_id: str, found: Found) -> Found:
        """Return a pull request with the copies of what it updates, as far as they are possible."""
        copies, left = list[Copied](), dict[str, str]()
        images = {one: self._image(one) for one in found.watched if one.kind != INSTANCE}
        for target in updated_items(found.packages, images):
            candidates = Candidates(
                places=None,
                host="",
                servers=(),
                item=self._item,
                application=self._application(target),
                volumes=self._volumes(target),
            )
            chosen, refused = await self._chosen(ways(candidates), change_id)
            copies += [one for one in chosen if one not in copies]
            left |= {} if chosen else refused
        now = said(Said(found.way_back, found.way_back_text), copies, {})
        return _with(found, copies, said(now, (), left), change_id)

    async def _chosen(
        self, found: Sequence[Sequence[Copied]], change_id: str
    ) -> tuple[Sequence[Copied], dict[str, str]]:
        """Return the first way that is possible now, and why those before it are not."""
        refused = dict[str, str]()
        for way in found:
            tried = [(one, await self._try(one, change_id)) for one in way]
            if not any(said.refusal for _, said in tried):
                return tuple(replace(one, by_hand=said.by_hand) for one, said in tried), refused
            refused |= {one.target.name: said.refusal for one, said in tried if said.refusal}
        return (), refused

    def _image(self, target: TargetRef) -> str | None:
        """Return the image that a target runs from, None when it runs from none."""
        image = self._inventory.readings(target).get(IMAGE)
        return image if isinstance(image, str) else None

    async def _try(self, one: Copied, change_id: str) -> _Tried:
        """Return whether something can be copied now, and brought back."""
        now = self._clock.monotonic()
        tried = self._tried.get(one.target.key)
        if tried is not None and now - tried.at < TRIED_FOR:
            return tried
        step = _step(one, change_id)
        try:
            async with asyncio.timeout(LONGEST):
                plan = await self._resolver.request(step.target, step.action, step.arguments)
            found = _Tried(now, by_hand=str(plan.baselines[0].get(BY_HAND, "")))
        except (StewardError, TimeoutError) as err:
            found = _Tried(now, self._resolver.clean(describe_error(err)))
        self._tried[one.target.key] = found
        return found

    def _candidates(self, found: Found) -> Candidates:
        machine = next(self._machines(found.target), None)
        interrupted = self._inventory.interruption(machine.target) if machine else None
        name = machine.target.name if machine else ""
        instance = self._inventory.instance(found.target.instance_id)
        return Candidates(
            places=found.places,
            host=_host(instance) if instance else "",
            servers=[*self._servers()],
            item=self._item,
            application=self._application(found.target),
            volumes=self._volumes(found.target),
            machine=machine,
            spared=translate(t"{name} is not rolled back. {interrupted}") if interrupted else "",
        )

    def _application(self, target: TargetRef) -> Copied | None:
        application = self._inventory.application(target)
        service = self._inventory.service(application.instance_id) if application else None
        if application is None or service is None or service.preserves is None:
            return None
        return Copied(application, service.preserves)

    def _volumes(self, target: TargetRef) -> Copied | None:
        service = self._inventory.service(target.instance_id)
        kind = service.kind(target.kind) if service else None
        how = kind.preserves if kind else None
        return Copied(target, how) if how is not None and how.covers is Covers.VOLUMES else None

    def _machines(self, target: TargetRef) -> Iterator[Copied]:
        """Yield what contains the target and can be copied as a whole, nearest first."""
        for parent in self._inventory.parents(target):
            service = self._inventory.service(parent.instance_id)
            kind = service.kind(parent.kind) if service and parent.kind != INSTANCE else None
            if kind and kind.preserves and kind.preserves.covers is Covers.MACHINE:
                yield Copied(parent, kind.preserves)

    def _servers(self) -> Iterator[Server]:
        for one in self._inventory.instances():
            if folders := self._inventory.folders(one.id):
                yield Server(names=host_names(_host(one)), instance_id=one.id, folders=folders)

    def _item(self, instance_id: str, folder: ItemFolder) -> Copied | None:
        target = self._inventory.target(instance_id, folder.kind, folder.id)
        service = self._inventory.service(instance_id)
        kind = service.kind(folder.kind) if service else None
        return Copied(target, kind.preserves) if target and kind and kind.preserves else None


def _with(found: Found, copies: Sequence[Copied], now: Said, change_id: str) -> Found:
    steps = tuple(_step(one, change_id) for one in copies)
    return replace(found, steps=(*steps, *found.steps), way_back=now.way_back, way_back_text=now.text)


def _step(one: Copied, change_id: str) -> PlanStep:
    """Return the step that makes a copy. Its name says of which update it is."""
    arguments: dict[str, Value] = {}
    if one.preserves.covers is not Covers.APPLICATION:
        arguments[NAME] = f"steward-{change_id[:SHORT]}"
    return PlanStep(target=one.target, action=one.preserves.action, arguments=arguments, preserves=True)


def _host(instance: Instance) -> str:
    """Return the name in the address of an instance, "" without one."""
    url = instance.settings.get("url")
    try:
        return (urlsplit(url).hostname or "").lower() if isinstance(url, str) else ""
    except ValueError:
        return ""
