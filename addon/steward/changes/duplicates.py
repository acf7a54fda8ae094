"""Finds updates that several sources offer for one real thing, and keeps one of them. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from homelab_steward.contract.changes import ChangeSource, WayBack
from homelab_steward.contract.state import TargetRef

from ..sdk.description import Identity
from .forges import Project, project
from .found import Found

BACK: Final = (
    WayBack.NONE,
    WayBack.BACKUP,
    WayBack.IMAGE,
    WayBack.REVERT,
    WayBack.SNAPSHOT,
    WayBack.DATA,
)
"""What can take back more comes later."""

OFFERS: Final = frozenset({ChangeSource.HOME_ASSISTANT, ChangeSource.SERVICE})
SUPERVISOR: Final = "hassio"
"""The integration of Home Assistant whose apps run in containers that no other service updates."""

SHORTEST: Final = 4
"""Characters of a name that may be a part of another one: portainer, of portainer-ce."""

type Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Single:
    """The updates that are kept, and by what each other target is updated instead, by its key."""

    found: tuple[Found, ...]
    instead: Mapping[Key, TargetRef] = field(default_factory=dict)


def single(found: Sequence[Found]) -> Single:
    """Return updates with one target for each real thing: the one that can take back more, else the first.

    What is kept names the other targets. What may be the same app, and is not known to be, names the other
    update.
    """
    alike = [*_alike(found)]
    instead = _instead(found, [*_same_things(found), *_same_apps(alike)])
    same = defaultdict[Key, dict[Key, TargetRef]](dict)
    twins: dict[int, str] = {}
    for one in found:
        if one.target.key in instead:
            same[instead[one.target.key].key][one.target.key] = one.target
    for one, other in alike:
        if one.target.key not in instead and other.target.key not in instead:
            twins.setdefault(id(one), other.title)
            twins.setdefault(id(other), one.title)
    kept = tuple(
        replace(one, same=tuple(same[one.target.key].values()), twin=twins.get(id(one), ""))
        for one in found
        if one.target.key not in instead
    )
    return Single(kept, instead)


def _instead(found: Sequence[Found], pairs: Iterable[tuple[Key, Key]]) -> Mapping[Key, TargetRef]:
    """Return by what each target that is not kept is updated. ``pairs`` are of the same thing."""
    groups = {one.target.key: [one.target.key] for one in found}
    for key, other in pairs:
        if groups[key] is not groups[other]:
            groups[key] += groups[other]
            groups |= dict.fromkeys(groups[other], groups[key])
    best: dict[int, Found] = {}
    for one in found:
        known = best.setdefault(id(groups[one.target.key]), one)
        if BACK.index(one.way_back) > BACK.index(known.way_back):
            best[id(groups[one.target.key])] = one
    kept = {key: best[id(group)].target for key, group in groups.items()}
    return {key: target for key, target in kept.items() if target.key != key}


def _same_things(found: Iterable[Found]) -> Iterator[tuple[Key, Key]]:
    """Yield the pairs of targets that are known to be the same thing."""
    seen = defaultdict[str, list[tuple[Key, Identity]]](list)
    for one in found:
        if (identity := one.identity) is None:
            continue
        for name in filter(None, (identity.place, identity.id)):
            yield from ((key, one.target.key) for key, other in seen[name] if identity.is_same(other))
            seen[name].append((one.target.key, identity))


def _alike(found: Sequence[Found]) -> Iterator[tuple[Found, Found]]:
    """Yield the pairs of an image and an update of another source that may be the same app."""
    images = defaultdict[str, list[Found]](list)
    for one in found:
        if one.source is ChangeSource.IMAGE and len(one.packages) == 1:
            images[_version(one)].append(one)
    for other in found:
        is_offered = other.source in OFFERS and other.labels.get("integration") != SUPERVISOR
        if is_offered and len(other.packages) == 1:
            yield from ((one, other) for one in images[_version(other)] if _may_be_same(one, other))


def _same_apps(alike: Sequence[tuple[Found, Found]]) -> Iterator[tuple[Key, Key]]:
    """Yield those of the pairs that are known to be the same app.

    With several installations of an app it is not known which of them the other source means.
    """
    near = defaultdict[Key, set[Key]](set)
    for one, other in alike:
        near[one.target.key].add(other.target.key)
        near[other.target.key].add(one.target.key)
    for one, other in alike:
        is_only = len(near[one.target.key]) == len(near[other.target.key]) == 1
        is_known = _repository(one) is not None and _repository(one) == _repository(other)
        if is_only and is_known and one.packages[0].old == other.packages[0].old:
            yield one.target.key, other.target.key


def _may_be_same(one: Found, other: Found) -> bool:
    """Return whether two updates to one version may be of the same app."""
    mine, theirs = _repository(one), _repository(other)
    if mine is not None and theirs is not None and mine != theirs:
        return False
    return any(_is_called(a, b) for a in _names(one) for b in _names(other))


def _version(found: Found) -> str:
    return found.packages[0].new.casefold().removeprefix("v")


def _repository(found: Found) -> Project | None:
    """Return the project of an update, None when it is not known."""
    given = (one for one in (found.repository, found.url) if one)
    named = next((known for one in given if (known := project(one)) is not None), None)
    return named and Project(named.host, named.path.casefold().partition("/releases")[0])


def _names(found: Found) -> set[str]:
    """Return the names of an app, in letters and digits only."""
    texts = (found.target.name, found.packages[0].name.rpartition("/")[2])
    return {name for one in texts if (name := re.sub(r"[\W_]", "", one.casefold()))}


def _is_called(name: str, other: str) -> bool:
    short, long = sorted((name, other), key=len)
    return short == long or (len(short) >= SHORTEST and short in long)
