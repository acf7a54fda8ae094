"""Handles the commands that add and remove fences, and updates what people see of fences."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import structlog

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.fences import AddFence, AnswerFenceOffers, Fence, RemoveFence
from homelab_steward.contract.mode import StewardMode
from homelab_steward.contract.plain_text import visible_lines
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.state import Origin, Speaker

from ...clock import Clock
from ...inventory.ports import Inventory
from ...store import audit
from ...store.mode import read_mode
from ...store.storable_text import storable
from ...store.store import Store
from ...texts import translate
from .gate import People
from .mode import write
from .speakers import Authors

log = structlog.get_logger(__name__)

LONGEST_PART: Final = 200
MOST_ACTIONS: Final = 50
MOST_FENCES: Final = 200
RETRY: Final = 5.0

type Body = dict[str, object]


class Fences:
    """The fences of the settings file and of people, stored with the mode."""

    def __init__(self, store: Store, inventory: Inventory, people: People, clock: Clock) -> None:
        """``inventory`` gets the fences that apply, and checks targets and actions against them."""
        self._store = store
        self._inventory = inventory
        self._clock = clock
        self._authors = Authors(store, people, clock)

    async def start(self, configured: Sequence[Fence]) -> None:
        """Apply the stored fences and those of the settings file, before any action can run."""
        async with self._store.change() as unit:
            before = await read_mode(unit.connection)
            own = (one for one in before.fences if one.origin is Origin.FRONT_END)
            after = replace(before, fences=(*configured, *own))
            if after != before:
                await write(unit, after)
        self._inventory.use_fences(after.fences)

    async def run(self) -> None:
        """Update until cancelled which fences match nothing, and which fences are offered to people."""
        with self._store.changes.watch(RowKind.INSTANCE, RowKind.SNAPSHOT) as watch:
            while True:
                try:
                    await self.look()
                    await watch.next()
                except Exception:
                    # The fences still apply.
                    log.exception("fences not checked")
                    await self._clock.sleep(RETRY)

    async def look(self) -> None:
        """Store which fences match nothing, and which fences are offered to people, if that changed."""
        async with self._store.read(quick=True) as connection:
            before = await read_mode(connection)
        if self._seen(before) == before:
            return
        async with self._store.change() as unit:
            await write(unit, self._seen(await read_mode(unit.connection)))

    async def add(self, request: AddFence) -> StewardMode:
        """Handle ``fences.add``. Raises ContractError FORBIDDEN, which is audited, or INVALID_ARGUMENT."""
        fence = _new(request.fence)
        body: Body = {"fence": fence.id, "is": _described(fence)}

        def change(mode: StewardMode) -> StewardMode:
            if not fence.names_something:
                message = translate(t"A fence needs a service, an instance, a kind, a target or a role.")
                raise ContractError(ErrorCode.INVALID_ARGUMENT, message)
            if len(mode.fences) >= MOST_FENCES:
                raise ContractError(ErrorCode.TOO_MANY, translate(t"There are too many fences."))
            return replace(mode, fences=(*mode.fences, fence))

        return await self._change(request.speaker, "fence.added", body, change)

    async def remove(self, request: RemoveFence) -> StewardMode:
        """Handle ``fences.remove``.

        Raises ContractError FORBIDDEN, which is audited, NOT_FOUND, or INVALID_ARGUMENT for a fence of the
        settings file.
        """
        body: Body = {"fence": storable(request.id, LONGEST_PART)}

        def change(mode: StewardMode) -> StewardMode:
            fence = next((one for one in mode.fences if one.id == request.id), None)
            if fence is None:
                raise ContractError(ErrorCode.NOT_FOUND, translate(t"There is no such fence."))
            if fence.origin is Origin.FILE:
                message = translate(t"This fence is in the settings file of the app. Change it there.")
                raise ContractError(ErrorCode.INVALID_ARGUMENT, message)
            body["is"] = _described(fence)
            return replace(mode, fences=tuple(one for one in mode.fences if one is not fence))

        return await self._change(request.speaker, "fence.removed", body, change)

    async def answer(self, request: AnswerFenceOffers) -> StewardMode:
        """Handle ``fences.answer``. Raises ContractError FORBIDDEN, which is audited."""
        body: Body = {"fenced": [storable(one, LONGEST_PART) for one in request.instance_ids[:MOST_FENCES]]}

        def change(mode: StewardMode) -> StewardMode:
            chosen = [one for one in mode.fence_offers if one.instance_id in request.instance_ids]
            added = (_new(Fence(id="", instance=one.instance_id, kind=one.kind)) for one in chosen)
            answered = dict.fromkeys([*mode.fences_answered, *(one.instance_id for one in mode.fence_offers)])
            return replace(mode, fences=(*mode.fences, *added), fences_answered=tuple(answered))

        return await self._change(request.speaker, "fence.answered", body, change)

    async def _change(
        self,
        speaker: Speaker,
        event: str,
        body: Body,
        change: Callable[[StewardMode], StewardMode],
    ) -> StewardMode:
        """Store, publish and audit a change of the fences, which applies as soon as it is stored."""
        author = await self._authors.require_owner(speaker, f"{event}_refused", body)
        async with self._store.change(durable=True) as unit:
            before = await read_mode(unit.connection)
            after = change(before)
            unit.on_commit(lambda: self._inventory.use_fences(after.fences))
            after = self._seen(after)
            more = {**body, "person": author.person_id, "via": author.via}
            await audit.append(unit.connection, self._clock.now(), event, more)
            await write(unit, after)
        return after

    def _seen(self, mode: StewardMode) -> StewardMode:
        """Return the mode with the current problems of its fences, and the fences to offer."""
        fences = tuple(replace(one, problem=self._inventory.fence_problem(one)) for one in mode.fences)
        offered = self._inventory.fence_offers(mode.fences, mode.fences_answered)
        return replace(mode, fences=fences, fence_offers=offered)


def _new(fence: Fence) -> Fence:
    """Return a fence of a person with a new id and texts that can be stored."""
    return Fence(
        id=uuid.uuid4().hex,
        service=_part(fence.service),
        instance=_part(fence.instance),
        kind=_part(fence.kind),
        target=_part(fence.target),
        role=fence.role,
        actions=tuple(_part(one) for one in fence.actions[:MOST_ACTIONS]),
        with_guests=fence.with_guests,
        reason=_part(fence.reason),
    )


def _part(text: str) -> str:
    return visible_lines(storable(text, LONGEST_PART)).strip()


def _described(fence: Fence) -> Body:
    """Return the fields of a fence that are set, for the audit log."""
    said = {
        "service": fence.service,
        "instance": fence.instance,
        "kind": fence.kind,
        "target": fence.target,
        "role": fence.role,
        "actions": list(fence.actions),
        "with_guests": fence.with_guests,
    }
    return {key: value for key, value in said.items() if value}
