"""What a service says about newer versions of its resources, and how they are installed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Installs(StrEnum):
    """What an argument of the action that installs an update gets."""

    VERSION = "version"
    REVISION = "revision"


@dataclass(frozen=True, slots=True, kw_only=True)
class Newer:
    """A newer version that a service itself offers for an item.

    ``revision`` is what exactly would be installed: a version, a digest or a commit. ``notes`` are its
    release notes or the body of its pull request, as Markdown from outside. ``repository`` is the URL
    of its sources. ``installed`` is None when the item is not in a version.
    """

    version: str
    revision: str
    installed: str | None = None
    title: str = ""
    notes: str = ""
    url: str | None = None
    repository: str | None = None
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningImage:
    """The image that an item runs from.

    ``reference`` is as it was configured (``lscr.io/linuxserver/sonarr:4.0.1``), ``digest`` the one by which
    the registry knows what runs (``sha256:…``), None when the image was built here. ``labels`` are those of
    the image, ``created_at`` is when it was built.
    """

    reference: str
    digest: str | None
    platform: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Updates[Item]:
    """How the items of a kind are updated.

    Either the service offers ``newer``, or a registry has a newer one of ``image``; both functions raise
    NotKnown. ``action`` installs the update, with ``arguments`` filled in.
    """

    action: str
    newer: Callable[[Item], Newer | None] | None = None
    image: Callable[[Item], RunningImage | None] | None = None
    arguments: Mapping[str, Installs] = field(default_factory=dict)
