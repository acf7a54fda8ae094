"""Which data of a container is copied before an update, and what is not. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from homelab_steward.contract.changes import WayBack

from ...sdk.answers import Item, Unknown
from ...sdk.description import DataPlace
from ...sdk.display import Text, size
from ...texts import household, translate
from .databases import ONLY_ONE, Database, database

GIB: Final = 1024**3
MOST_COPIED: Final = 20 * GIB
"""Bytes of a volume that are copied: the container is stopped for that time."""

LOCAL: Final = "local"
VOLUME: Final = "volume"
BIND: Final = "bind"
SYSTEM: Final = ("/dev", "/etc/hosts", "/etc/localtime", "/etc/resolv.conf", "/etc/timezone", "/lib/modules")
RUNTIME: Final = ("/proc", "/run", "/sys", "/var/run")
"""Folders of the machine, which hold no data of a container."""

SHOWN: Final = 3


class Mount(Item, rename="pascal"):
    """One mount of a container. ``name`` is that of a volume, ``source`` a path of the machine.

    ``destination`` is the folder in the container.
    """

    type: str
    name: str = ""
    source: str = ""
    destination: str = ""
    is_writable: bool = msgspec.field(name="RW", default=True)

    @property
    def has_data(self) -> bool:
        """Whether the container may keep data in it."""
        if self.type == VOLUME:
            return self.is_writable and bool(self.name)
        is_system = any(
            self.source == one or self.source.startswith(f"{one}/") for one in (*SYSTEM, *RUNTIME)
        )
        return self.type == BIND and self.is_writable and not is_system


class Volume(Item, rename="pascal"):
    """One volume of an engine. With options its data may be anywhere, such as on a NAS."""

    name: str
    driver: str = LOCAL
    options: Mapping[str, str] = {}
    labels: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dumping:
    """A database in a container. ``refusal`` says why it cannot be dumped, None when it can be."""

    database: Database
    refusal: Text | None = None


class BesideDump(Item, rename=None):
    """A database in another container that is dumped before an update.

    ``server`` is the name of that container, ``database`` the key of its program. ``names`` are those of the
    databases; without one, the server must have only one. ``sharers`` are other containers of the same app
    that use it.
    """

    server: str
    database: str
    names: tuple[str, ...] = ()
    sharers: tuple[str, ...] = ()

    @property
    def wanted(self) -> str:
        """What the command gets that dumps it."""
        return ",".join(self.names) or ONLY_ONE

    @property
    def shown(self) -> str:
        """What is dumped, for people."""
        return ", ".join(self.names) or database(self.database).name


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """What a container keeps outside its image: volumes that can be copied, and why the rest cannot be."""

    volumes: tuple[str, ...] = ()
    places: tuple[DataPlace, ...] = ()
    """Where the rest is."""

    bytes: int | None = None
    """Size of the volumes together, None when it is not known."""

    dump: Database | None = None
    """The database that is dumped, because its folder cannot be copied."""

    beside: BesideDump | None = None
    """The database in another container that is dumped."""

    @property
    def way_back(self) -> WayBack:
        """What can be taken back of an update."""
        return WayBack.IMAGE if self.places else WayBack.DATA

    @property
    def text(self) -> Text:
        """Say in a sentence what can be taken back."""
        if not self.has_copies and not self.places:
            return t"Can be taken back: it keeps no data outside its image"
        copied = self._copied()
        if not self.places:
            return t"Can be taken back with its data: {copied}"
        reasons = "; ".join(translate(one.why) for one in self.places[:SHOWN])
        more = len(self.places) - SHOWN
        reasons = f"{reasons} …" if more > 0 else reasons
        if self.has_copies:
            return t"Image and {copied} can be taken back, the rest of its data cannot: {reasons}"
        return t"Image only: {reasons}"

    @property
    def has_copies(self) -> bool:
        """Whether any of it is kept before an update."""
        return bool(self.volumes) or self.dump is not None or self.beside is not None

    def _copied(self) -> str:
        found = [self._copied_volumes()] if self.volumes else []
        if self.dump is not None:
            found.append(translate(t"dump of {self.dump.name}"))
        if self.beside is not None:
            found.append(translate(t"dump of {self.beside.shown} in {self.beside.server}"))
        return household().listed(found)

    def _copied_volumes(self) -> str:
        names = ", ".join(short(one) for one in self.volumes[:SHOWN])
        names = f"{names} …" if len(self.volumes) > SHOWN else names
        known = "" if self.bytes is None else f", {size(self.bytes)}"
        return translate(t"volume {names}") + known


def short(volume: str) -> str:
    """Return the name of a volume; the engine names volumes without a name by 64 letters."""
    return volume if len(volume) < 64 else f"{volume[:12]}…"  # noqa: PLR2004


def data_of(
    mounts: Sequence[Mount],
    volumes: Mapping[str, Volume] | Unknown,
    users: Mapping[str, Collection[str]],
    sizes: Mapping[str, int],
    own: str,
    dumping: Dumping | None = None,
) -> Data:
    """Return what can be copied of a container called ``own``.

    ``users`` are the names of the containers that use each volume, ``sizes`` are in bytes, as far as
    they are known. ``dumping`` is the database in it: it is dumped when its folder cannot be copied.
    """
    copied, places = list[str](), list[DataPlace]()
    dump: Database | None = None
    for mount in mounts:
        if not mount.has_data:
            continue
        reason = (
            _why_not(mount, volumes, users, sizes, own)
            if mount.type == VOLUME
            else t"{mount.source} is a bind mount"
        )
        if reason is None:
            copied += [mount.name] if mount.name not in copied else []
        elif dumping is None or not dumping.database.holds(mount.destination):
            places.append(_place(mount, volumes, reason))
        elif dumping.refusal is not None:
            why = t"{reason}, and {dumping.database.name} cannot be dumped: {dumping.refusal}"
            places.append(_place(mount, volumes, why))
        else:
            dump = dumping.database
    known = [sizes[one] for one in copied if one in sizes]
    total = sum(known) if copied and len(known) == len(copied) else None
    return Data(volumes=tuple(copied), places=tuple(places), bytes=total, dump=dump)


def _place(mount: Mount, volumes: Mapping[str, Volume] | Unknown, why: Text) -> DataPlace:
    """Return where the data of a mount is: of a volume of NFS, the folder of its server."""
    volume = None if isinstance(volumes, Unknown) else volumes.get(mount.name)
    options = volume.options if mount.type == VOLUME and volume is not None else {}
    if str(options.get("type", "")).startswith("nfs"):
        address = dict(one.partition("=")[::2] for one in options.get("o", "").split(",")).get("addr", "")
        host, _, path = options.get("device", "").rpartition(":")
        if address or host:
            return DataPlace(path=path, server=address or host, why=why)
    return DataPlace(path=mount.source, why=why)


def _why_not(
    mount: Mount,
    volumes: Mapping[str, Volume] | Unknown,
    users: Mapping[str, Collection[str]],
    sizes: Mapping[str, int],
    own: str,
) -> Text | None:
    name = short(mount.name)
    volume = None if isinstance(volumes, Unknown) else volumes.get(mount.name)
    if volume is None:
        return t"whether volume {name} can be copied is not known"
    if volume.driver != LOCAL or volume.options:
        return t"volume {name} is not kept by the engine itself"
    others = sorted(set(users.get(mount.name, ())) - {own})
    if others:
        shown = ", ".join(others[:SHOWN])
        return t"volume {name} is used by {shown} too"
    if (used := sizes.get(mount.name, 0)) > MOST_COPIED:
        return t"volume {name} has {size(used)}, and at most {size(MOST_COPIED)} are copied"
    return None
