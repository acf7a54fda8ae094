"""Newer versions of a service's resources, and how they are installed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from homelab_steward.contract.changes import WayBack

from ...texts import Text
from .preserves import DataPlace

IMAGE_ONLY: Final = "image_only"
"""The key in the journal of an installed update when a person wants to keep the data that was written since:
its undo restores the image, and leaves the data as it is."""

BRINGS_DATA_BACK: Final = "brings_data_back"
"""What the baseline of an installed update says when its undo brings back data, also if not all of it."""


class Installs(StrEnum):
    """The value of an argument of the action that installs an update."""

    VERSION = "version"
    REVISION = "revision"
    EXACT = "exact"
    """Both, as ``version@revision``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequestOffer:
    """A pull request with its branches and files. Every text in it comes from outside.

    ``branch`` is merged into ``base`` of the repository, whose addresses are ``repositories``. ``files``
    are the old and new names of its files, None when not all are known. ``is_fork``: the branch is in
    another repository, where other people may write.
    """

    author: str
    branch: str
    base: str
    is_default_base: bool
    repositories: tuple[str, ...]
    files: tuple[str, ...] | None = None
    labels: tuple[str, ...] = ()
    is_bot: bool = False
    is_draft: bool = False
    is_fork: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Newer:
    """A newer version that a service itself offers for an item.

    ``revision`` identifies exactly what would be installed: a version, a digest or a commit. ``notes`` are
    the release notes or the body of the pull request, as Markdown from outside. ``repository`` is the URL of
    the sources. ``installed`` is None when the item has no version. ``action`` is the key of the action that
    installs it, in place of that of Updates. ``way_back`` is what can be undone, and ``way_back_text`` says
    it in a sentence. ``package`` is a name that several items share, such as the firmware of a model.
    ``labels`` are those by which the owner's policy groups updates: items with the same ``group`` are updated
    one after another, the first as a trial. ``pull_request`` is set when the update is one. ``watched`` are
    the kinds and ids of other items of the service whose state shows whether the update succeeded.
    """

    version: str
    revision: str
    installed: str | None = None
    title: str = ""
    notes: str = ""
    url: str | None = None
    repository: str | None = None
    published_at: datetime | None = None
    action: str | None = None
    package: str = ""
    way_back: WayBack = WayBack.NONE
    way_back_text: Text = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    pull_request: PullRequestOffer | None = None
    watched: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningImage:
    """The image that an item runs from.

    ``reference`` is the configured name (``lscr.io/linuxserver/sonarr:4.0.1``), ``digest`` that of the
    running image in the registry (``sha256:…``), None when the image was built locally. ``image_id`` is the
    engine's own id of the image. ``platform`` is a text such as ``linux/arm64/v8``. ``labels`` are those of
    the image, ``created_at`` is when it was built. ``way_back`` is what can be undone of an update, and
    ``way_back_text`` says it in a sentence. ``uses`` are the names of environment variables and labels that
    the item sets, and its ports: release notes may name them. ``has_all_variables`` is whether all of its
    environment variables are among them. ``places`` are the folders with data that an update does not copy,
    None when they are not known.
    """

    reference: str
    digest: str | None
    image_id: str = ""
    platform: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    created_at: datetime | None = None
    way_back: WayBack = WayBack.IMAGE
    way_back_text: Text = ""
    uses: frozenset[str] = frozenset()
    places: tuple[DataPlace, ...] | None = None
    has_all_variables: bool = False


@dataclass(frozen=True, slots=True)
class Identity:
    """The identity of a real object that several instances may list.

    ``place`` identifies it on its host, such as the id of an engine with the name of a container; "" when
    that is not known. ``id`` is unique everywhere, but may change over time.
    """

    place: str
    id: str

    def is_same(self, other: Identity) -> bool:
        """Return whether both are of the same object."""
        if self.place and other.place:
            return self.place == other.place
        return bool(self.id) and self.id == other.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Updates[Item]:
    """How the items of a kind are updated.

    Either the service reports the ``newer`` version, or a registry has a newer ``image``; both functions may
    raise NotKnown. ``action`` is the key of the action that installs the update, with ``arguments`` filled
    in. ``identity`` is set when several instances can list the same item.
    """

    action: str
    newer: Callable[[Item], Newer | None] | None = None
    image: Callable[[Item], RunningImage | None] | None = None
    arguments: Mapping[str, Installs] = field(default_factory=dict)
    identity: Callable[[Item], Identity] | None = None
