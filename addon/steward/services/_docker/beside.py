"""What an update of a container copies of the databases that it has in other containers. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from ...sdk.database_links import CACHES
from ...sdk.description import DataPlace
from ...texts import Text
from .databases import LABEL, OFF
from .models import Details
from .mounts import BesideDump, Data, Dumping
from .neighbours import Neighbours

SHOWN: Final = 3

type HowDumped = Callable[[Details], Dumping | None]
"""Returns how the database of a container is dumped, None when it is not."""


@dataclass(frozen=True, slots=True)
class Beside:
    """A database that is dumped, and where the other ones are."""

    dump: BesideDump | None = None
    places: tuple[DataPlace, ...] = ()


def with_beside(data: Data, own: Details, around: Neighbours, dumping: HowDumped) -> Data:
    """Return the data of a container with the databases that it has in other containers."""
    found = _beside(own, around, dumping, has_data=data.has_copies or bool(data.places))
    return replace(data, beside=found.dump, places=(*data.places, *found.places))


def _beside(own: Details, around: Neighbours, dumping: HowDumped, *, has_data: bool) -> Beside:
    """Return what is copied. Redis counts as a cache for a container that has other data."""
    if own.name in around.programs:
        return Beside()
    used = around.used[own.name]
    places = [
        DataPlace(path="", server=one.host, why=t"its database on {one.host} is not copied")
        for one in used.elsewhere
    ]
    dump: BesideDump | None = None
    caches = [one for one in used.servers if around.programs[one] in CACHES]
    for server, names in used.servers.items():
        if server in caches:
            continue
        reason: Text | None = None
        if dump is not None:
            reason = t"the update dumps only that in {dump.server}"
        else:
            found = _dump(own, around, server, names, dumping)
            if isinstance(found, BesideDump):
                dump = found
            else:
                reason = found
        if reason is not None:
            name = around.programs[server]
            places.append(DataPlace(path="", why=t"its data in {name} in {server} is not copied: {reason}"))
    if caches and dump is None and not places and not has_data:
        places += [DataPlace(path="", why=_only_store(around, one)) for one in caches]
    places += [DataPlace(path="", why=_unclaimed(around, one)) for one in around.unclaimed(own)]
    return Beside(dump, tuple(places))


def _dump(
    own: Details,
    around: Neighbours,
    server: str,
    names: tuple[str, ...],
    dumping: HowDumped,
) -> BesideDump | Text:
    """Return what is dumped, or why nothing is."""
    one = around.by_name[server]
    how = dumping(one)
    if how is None:
        label = LABEL
        is_off = one.config.labels.get(LABEL) == OFF
        return t"its label {label} turns it off" if is_off else t"the app cannot dump it"
    if how.refusal is not None:
        return how.refusal
    if not one.is_up:
        return t"{server} does not run"
    others = {name: theirs for name, theirs in around.users(server).items() if name != own.name}
    same = {name for name in others if around.is_same_app(own.name, name)}
    strangers = sorted(others.keys() - same)
    if not names and strangers:
        users = ", ".join(strangers[:SHOWN])
        return t"its name is not known, and {server} is also used by {users}"
    if rivals := [name for name in strangers if set(names).intersection(others[name])]:
        users = ", ".join(rivals[:SHOWN])
        return t"it is also used by {users}"
    sharers = (one for one in sorted(same) if set(names).intersection(others[one]) or names == others[one])
    return BesideDump(server=server, database=how.database.key, names=names, sharers=tuple(sharers))


def _only_store(around: Neighbours, server: str) -> Text:
    name = around.programs[server]
    return t"its data in {name} in {server} is not copied"


def _unclaimed(around: Neighbours, server: str) -> Text:
    name = around.programs[server]
    return t"whether it has data in {name} in {server} is not known"
