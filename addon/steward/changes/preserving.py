"""Chooses how the data of a target is copied before an update, and says what can be taken back. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from homelab_steward.contract.changes import WayBack
from homelab_steward.contract.state import TargetRef

from ..agent.requests.request_plan import bounded
from ..sdk.alert_labels import host_names
from ..sdk.description import Covers, DataPlace, Preserves
from ..sdk.item_versions import ItemFolder
from ..texts import household, translate

BESIDE: Final = frozenset({Covers.APPLICATION, Covers.VOLUMES})
"""Copies that a person may have to bring back: what can be taken back of the update stays as it is then."""


@dataclass(frozen=True, slots=True)
class Copied:
    """One target that is copied, and how."""

    target: TargetRef
    preserves: Preserves[Any]
    by_hand: str = ""
    """Why a person has to bring it back although there is an action for it."""

    @property
    def has_back(self) -> bool:
        """Whether an action brings it back."""
        return bool(self.preserves.back) and not self.by_hand


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """The folders of one server whose items can be copied. ``names`` are those that it is known by."""

    names: frozenset[str]
    instance_id: str
    folders: Sequence[ItemFolder]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """What could be copied before an update of a target, as far as it is known.

    ``places`` is where the target keeps data that the update does not copy, None when that is not known.
    ``host`` is the name of the machine that it runs on, ``item`` what returns the target of a folder.
    ``application`` runs in it, ``volumes`` is the target itself when its volumes can be copied, ``machine``
    contains it. ``spared`` says why the machine is never rolled back,
    "" when it may be.
    """

    places: tuple[DataPlace, ...] | None
    host: str
    servers: Sequence[Server]
    item: Callable[[str, ItemFolder], Copied | None]
    application: Copied | None = None
    volumes: Copied | None = None
    machine: Copied | None = None
    spared: str = ""


def ways(found: Candidates) -> tuple[tuple[Copied, ...], ...]:
    """Return the ways in which all data can be copied, the one that brings back the least first."""
    of_folders = _folders(found) if found.places else ()
    singles = [found.application, found.volumes]
    if found.places and not found.spared and all(_is_on_host(one, found) for one in found.places):
        singles.append(found.machine)
    return tuple(one for one in (of_folders, *((each,) for each in singles if each is not None)) if one)


def _is_on_host(place: DataPlace, found: Candidates) -> bool:
    return not place.server or bool(host_names(place.server.lower()) & host_names(found.host.lower()))


def _folders(found: Candidates) -> tuple[Copied, ...]:
    """Return the items whose copies contain all places, none when a place is in none of them."""
    copied: dict[tuple[str, str, str], Copied] = {}
    for place in found.places or ():
        one = _holding(place, found)
        if one is None:
            return ()
        copied[one.target.key] = one
    return tuple(copied.values())


def _holding(place: DataPlace, found: Candidates) -> Copied | None:
    names = host_names((place.server or found.host).lower())
    fitting = [one for one in found.servers if names & one.names]
    if len(fitting) != 1 or not place.path.startswith("/"):
        return None
    (server,) = fitting
    path = place.path.rstrip("/")
    if any(one.path.startswith(f"{path}/") for one in server.folders):
        return None  # a copy does not contain the items below
    around = [one for one in server.folders if one.path and f"{path}/".startswith(f"{one.path}/")]
    best = max(around, key=lambda one: len(one.path), default=None)
    return found.item(server.instance_id, best) if best is not None else None


@dataclass(frozen=True, slots=True)
class Said:
    """What can be taken back of an update, and the sentence that says it."""

    way_back: WayBack
    text: str


def said(
    before: Said,
    copies: Sequence[Copied],
    refused: Mapping[str, str],
    spared: str = "",
    *,
    has_database: bool = False,
) -> Said:
    """Return what can be taken back with copies of data, and why there are none.

    ``refused`` are the reasons by the name of what cannot be copied now, ``spared`` is why the machine is
    not rolled back. ``has_database``: volumes without the database beside them are not taken back alone.
    """
    if not copies:
        reasons = [f"{name}: {reason.removesuffix('.')}" for name, reason in refused.items()]
        reasons += [spared.removesuffix(".")] if spared else []
        why = "; ".join(reasons)
        if not why:
            return before
        image = _sentence(before.text)
        if before.way_back is WayBack.REVERT:
            return Said(before.way_back, translate(t"{image} Not copied before: {why}."))
        return Said(before.way_back, translate(t"{image} No copy of the rest is possible: {why}."))
    covers = copies[0].preserves.covers
    is_back = before.way_back is WayBack.IMAGE and all(one.has_back for one in copies) and not has_database
    if covers in BESIDE and not is_back:
        sentences = " ".join(_by_hand(copies))
        return Said(before.way_back, f"{_sentence(before.text)} {sentences}".strip())
    names = bounded([one.target.name for one in copies], household())
    if covers is Covers.VOLUMES:
        text = translate(
            t"Can be taken back with the data in its volume claims: snapshots of {names}. "
            t"You are asked before."
        )
    elif covers is Covers.FOLDERS:
        text = translate(t"Can be taken back with its data: snapshot of {names}. You are asked before.")
    else:
        text = translate(
            t"Can be taken back with its data: snapshot of {names}. You are asked before, because everything "
            t"in {names} goes back."
        )
    return Said(WayBack.SNAPSHOT, text)


def _by_hand(copies: Sequence[Copied]) -> Iterator[str]:
    """Yield for each way of copying what is copied, and how a person brings it back."""
    ways: dict[tuple[Covers, str], list[str]] = {}
    for one in copies:
        how = f"{translate(one.preserves.by_hand)} {one.by_hand}".strip()
        key = (one.preserves.covers, how)
        ways.setdefault(key, []).append(one.target.name)
    for (covers, how), found in ways.items():
        names = bounded(found, household())
        if covers is Covers.VOLUMES:
            yield translate(t"Snapshots of the volumes of {names} are made first. {how}")
        elif len(found) == 1:
            yield translate(t"{names} makes its own backup first. {how}")
        else:
            yield translate(t"{names} make their own backups first. {how}")


def _sentence(text: str) -> str:
    return f"{text.removesuffix('.')}." if text else ""
