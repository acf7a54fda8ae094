"""The engine itself, and the state of one poll. Source: its API, versions 1.41 to 1.51."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import msgspec

from ...sdk.answers import Item, Unknown
from .._docker.containers import Containers

ApiVersion = Annotated[str, msgspec.Meta(pattern=r"^\d+\.\d+\Z")]


class Version(Item, rename="pascal"):
    """The engine. ``oldest`` is the oldest API version that it still answers."""

    version: str
    api_version: ApiVersion
    oldest: ApiVersion = msgspec.field(name="MinAPIVersion")


class Sized(Item, rename="pascal"):
    """A volume, a layer or a piece of build cache. Sizes in bytes."""

    name: str = ""
    size: int = 0
    size_rw: int = 0
    usage_data: Mapping[str, int] = {}
    shared: bool = False

    @property
    def used(self) -> int:
        """Bytes of a volume, less than 0 when the engine does not know them."""
        return self.usage_data.get("Size", -1)


class Disk(Item, rename="pascal"):
    """What the engine keeps on its disk. Sizes in bytes."""

    layers_size: int = 0
    containers: tuple[Sized, ...] = ()
    volumes: tuple[Sized, ...] = ()
    build_cache: tuple[Sized, ...] = ()

    @property
    def used(self) -> int:
        """Bytes of images, containers, volumes and build cache together."""
        written = sum(one.size_rw for one in self.containers)
        volumes = sum(max(0, one.used) for one in self.volumes)
        return self.layers_size + written + volumes + sum(c.size for c in self.build_cache if not c.shared)


@dataclass(frozen=True, slots=True, kw_only=True)
class DockerState(Containers):
    """One poll. ``denied`` holds the keys of the rights that are missing."""

    version: Version
    disk: Disk | Unknown
    denied: frozenset[str]
