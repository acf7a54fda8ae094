"""Whether a fence forbids an action on a target, from the targets and relations in the inventory."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from homelab_steward.contract.fences import Fence, FenceOffer
from homelab_steward.contract.state import Instance, TargetRef

from ..sdk.description import Action, AnyService, Role
from ..texts import household, translate
from .ports import Inventory
from .topology import instance_ref


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A target in the form that fences are matched with: all its ids and names, in lower case."""

    name: str
    service: str
    instance: frozenset[str]
    kind: str
    target: frozenset[str]
    roles: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """The targets that an action would change.

    ``actions`` are the names of the action: its key, with and without the service, and its capability.
    ``around`` are the parents of the target, nearest first. ``inside`` are the fenced targets that run in the
    target and are interrupted with it; ``lost`` are the ids of fences whose targets are not found, and may
    run in the target. ``unread`` are the hosts that were not read since the start.
    """

    place: Place
    actions: frozenset[str]
    around: tuple[Place, ...] = ()
    inside: tuple[Place, ...] = ()
    lost: frozenset[str] = frozenset()
    unread: tuple[Place, ...] = ()


def names(fence: Fence, place: Place) -> bool:
    """Return whether a fence names a target. A field that is not set fits every target. Pure."""
    target = fence.target.casefold()
    is_instance = not fence.kind and target in place.instance
    return (
        fence.names_something
        and _is_in(fence, place)
        and fence.kind.casefold() in ("", place.kind.casefold())
        and (not target or target in place.target or is_instance)
        and (fence.role is None or fence.role.value in place.roles)
    )


def _is_in(fence: Fence, place: Place) -> bool:
    return fence.service.casefold() in ("", place.service.casefold()) and (
        not fence.instance or fence.instance.casefold() in place.instance
    )


def stops(fence: Fence, actions: Iterable[str]) -> bool:
    """Return whether a fence forbids an action with these names. Pure."""
    if fence.stops_everything:
        return True
    return not {one.casefold() for one in fence.actions}.isdisjoint(one.casefold() for one in actions)


def refusal(fences: Iterable[Fence], touched: Touched) -> str | None:
    """Return which fence forbids an action, as a text for people, None when none does. Pure."""
    reasons = (reason for one in fences if stops(one, touched.actions) for reason in _reasons(one, touched))
    return next(reasons, None)


def _reasons(fence: Fence, touched: Touched) -> Iterator[str]:
    name = touched.place.name
    if names(fence, touched.place):
        yield _with_reason(fence, _fenced(fence, name))
    if fence.with_guests:
        yield from _reasons_around(fence, touched)
    for one in touched.inside:
        if names(fence, one):
            yield _with_reason(fence, translate(t"{one.name} is fenced and runs in {name}"))
    if fence.id in touched.lost and Role.HOST in touched.place.roles and _is_in(fence, touched.place):
        yield _with_reason(fence, translate(t"what a fence names is not found now, and may be in {name}"))


def _reasons_around(fence: Fence, touched: Touched) -> Iterator[str]:
    """Yield why a target is fenced together with a parent, or with a host that may be its parent."""
    name = touched.place.name
    for one in touched.around:
        if names(fence, one):
            yield _with_reason(fence, translate(t"{one.name} is fenced with what is in it"))
    for one in touched.unread:
        if _is_in(fence, one):
            yield translate(
                t"what is in {one.name} is fenced, and it was not read yet whether {name} is in it"
            )


def _fenced(fence: Fence, name: str) -> str:
    if fence.stops_everything:
        return translate(t"{name} is fenced: nothing may change it")
    return translate(t"{name} is fenced: this may not be done to it")


def _with_reason(fence: Fence, text: str) -> str:
    reason = fence.reason.strip().removesuffix(".")
    return f"{text} ({reason})" if reason else text


def fenced(inventory: Inventory, target: TargetRef, action: str) -> str | None:
    """Return which fence forbids ``action`` (a key) on a target, None when none does."""
    fences = inventory.fences
    if not fences:
        return None
    service = inventory.service(target.instance_id)
    offer = next((one for one in (service.actions if service else ()) if one.key == action), None)
    parents, is_interrupting = inventory.parents(target), offer is None or offer.interrupts
    touched = Touched(
        place=_place(inventory, target),
        actions=frozenset(_names(service, action, offer)),
        around=tuple(_place(inventory, one) for one in parents),
        inside=tuple(_inside(fences, inventory, target)) if is_interrupting else (),
        lost=frozenset(_lost(fences, inventory)) if is_interrupting else frozenset(),
        unread=tuple(_unread(inventory, target, parents)),
    )
    return refusal(fences, touched)


def problem(fence: Fence, inventory: Inventory) -> str:
    """Return why a fence matches no target, "" when it matches one or when instances are not read yet."""
    if any(_is_in(fence, _place(inventory, one)) for one in _unread_instances(inventory)):
        return ""
    fitting = [one for one in _targets(inventory) if names(fence, _place(inventory, one))]
    if not fitting:
        return translate(t"Nothing that is known fits this fence.")
    if fence.stops_everything:
        return ""
    services = {one.instance_id: inventory.service(one.instance_id) for one in fitting}
    known = {
        name
        for one in services.values()
        if one
        for offer in one.actions
        for name in _names(one, offer.key, offer)
    }
    wrong = [one for one in fence.actions if one.casefold() not in known]
    return translate(t"There is no action {', '.join(wrong)}.") if wrong else ""


def offers(
    inventory: Inventory, fences: Sequence[Fence], answered: Collection[str]
) -> tuple[FenceOffer, ...]:
    """Return the essential targets to ask about: they are not fully fenced, and nobody answered before."""
    found = []
    for one in inventory.instances():
        service = inventory.service(one.id)
        if service is None or service.essential is None or one.id in answered:
            continue
        places = [_place(inventory, target) for target in _essential(inventory, one, service)]
        if not all(_is_fenced(fences, place) for place in places):
            name, kind = one.name, service.kind(service.essential_kind)
            if kind is not None:
                name = f"{name} ({household().name(kind.name)})"
            offer = FenceOffer(
                instance_id=one.id, name=name, role=service.essential, kind=service.essential_kind
            )
            found.append(offer)
    return tuple(found)


def _is_fenced(fences: Iterable[Fence], place: Place) -> bool:
    """Return whether a fence forbids every action on a target."""
    return any(fence.stops_everything and names(fence, place) for fence in fences)


def _essential(inventory: Inventory, instance: Instance, service: AnyService) -> Iterator[TargetRef]:
    """Yield the essential targets of an instance: the instance itself, or its resources of one kind."""
    if not service.essential_kind:
        yield instance_ref(instance)
        return
    snapshot = inventory.snapshot(instance.id)
    for one in snapshot.resources if snapshot else ():
        if one.kind == service.essential_kind:
            yield TargetRef(instance_id=instance.id, kind=one.kind, id=one.id, name=one.name)


def _names(service: AnyService | None, key: str, offer: Action[Any] | None) -> Iterator[str]:
    """Yield the names of an action: its key, with and without its service, and its capability."""
    yield key.casefold()
    if service is not None:
        yield f"{service.key}.{key}".casefold()
    if offer is not None and offer.capability is not None:
        yield offer.capability.casefold()


def _inside(fences: Sequence[Fence], inventory: Inventory, target: TargetRef) -> Iterator[Place]:
    """Yield the targets that a fence names and that run in the target."""
    for one in _targets(inventory):
        place = _place(inventory, one)
        is_named = any(names(fence, place) for fence in fences)
        if is_named and any(parent.key == target.key for parent in inventory.parents(one)):
            yield place


def _lost(fences: Sequence[Fence], inventory: Inventory) -> Iterator[str]:
    """Yield the ids of the fences that match no target of the inventory."""
    known = [_place(inventory, one) for one in _targets(inventory)]
    return (fence.id for fence in fences if not any(names(fence, one) for one in known))


def _unread(inventory: Inventory, target: TargetRef, parents: Sequence[TargetRef]) -> Iterator[Place]:
    """Yield the hosts that were not read since the start, and that the target may run in."""
    if any(one.instance_id != target.instance_id for one in parents):
        return
    for one in _unread_instances(inventory):
        service = inventory.service(one.instance_id)
        if service is not None and service.role is Role.HOST and one.instance_id != target.instance_id:
            yield _place(inventory, one)


def _unread_instances(inventory: Inventory) -> Iterator[TargetRef]:
    return (instance_ref(one) for one in inventory.instances() if inventory.snapshot(one.id) is None)


def _targets(inventory: Inventory) -> Iterator[TargetRef]:
    for instance in inventory.instances():
        yield instance_ref(instance)
        snapshot = inventory.snapshot(instance.id)
        for one in snapshot.resources if snapshot else ():
            yield TargetRef(instance_id=instance.id, kind=one.kind, id=one.id, name=one.name)


def _place(inventory: Inventory, target: TargetRef) -> Place:
    """Return a target with its current names, and with the name in ``target``, which may be older."""
    instance, service = inventory.instance(target.instance_id), inventory.service(target.instance_id)
    known = inventory.target(target.instance_id, target.kind, target.id)
    kind = service.kind(target.kind) if service else None
    is_essential = service is not None and service.essential_kind in ("", target.kind)
    of_service = (service.role, service.essential if is_essential else None) if service else ()
    roles = (kind.role if kind else None, *of_service)
    called = {target.instance_id, *((instance.name,) if instance else ())}
    found = {target.id, target.name, *((known.name,) if known else ())}
    return Place(
        name=known.name if known else target.name,
        service=service.key if service else instance.service if instance else "",
        instance=frozenset(one.casefold() for one in called),
        kind=target.kind,
        target=frozenset(one.casefold() for one in found),
        roles=frozenset(one.value for one in roles if one is not None),
    )
