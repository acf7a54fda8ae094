"""What a service says about newer versions of its resources, and how they are installed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from homelab_steward.contract.changes import WayBack

from ...texts import Text
from .preserves import DataPlace

IMAGE_ONLY: Final = "image_only"
"""What is noted in the journal of an installed update when a person wants to keep the data that was written
since: its undo brings back the image, and leaves the data as it is."""


class Installs(StrEnum):
    """What an argument of the action that installs an update gets."""

    VERSION = "version"
    REVISION = "revision"
    EXACT = "exact"
    """Both, as ``version@revision``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequestOffer:
    """What a pull request changes, and where. Every text in it comes from outside.

    ``branch`` is merged into ``base`` of the repository, whose addresses are ``repositories``. ``files``
    are the names that its files have and had, None when not all are known. ``is_fork``: the branch is of
    another repository, where anybody may write.
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

    ``revision`` is what exactly would be installed: a version, a digest or a commit. ``notes`` are its
    release notes or the body of its pull request, as Markdown from outside. ``repository`` is the URL
    of its sources. ``installed`` is None when the item is not in a version. ``action`` installs it in
    place of that of Updates. ``way_back`` is what can be taken back, and ``way_back_text`` says it in a
    sentence. ``package`` is the name of what is installed when several items have the same, such as the
    firmware of a model. ``labels`` are those by which the owner's policy groups updates: items with the same
    ``group`` are updated one after another, the first as a trial. ``pull_request`` is given when it is one.
    ``watched`` are the kinds and ids of other items of the service whose state tells whether it went well.
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

    ``reference`` is as it was configured (``lscr.io/linuxserver/sonarr:4.0.1``), ``digest`` the one by which
    the registry knows what runs (``sha256:…``), None when the image was built here. ``image_id`` is the
    engine's own id of it. ``platform`` is such as ``linux/arm64/v8``. ``labels`` are those of
    the image, ``created_at`` is when it was built. ``way_back`` is what can be taken back of an update, and
    ``way_back_text`` says it in a sentence. ``uses`` are the names of environment variables and labels that
    the item sets, and its ports: release notes may name them. ``has_all_variables`` is whether all of its
    environment variables are among them. ``places`` is where it keeps data that its update does not copy,
    None when that is not known.
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
    """What tells one real thing from another, however many instances show it.

    ``place`` names it within where it lives, such as the id of an engine with the name of a container; ""
    when that is not known. ``id`` is one that is unique everywhere, but not for ever.
    """

    place: str
    id: str

    def is_same(self, other: Identity) -> bool:
        """Return whether both are of the same thing."""
        if self.place and other.place:
            return self.place == other.place
        return bool(self.id) and self.id == other.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Updates[Item]:
    """How the items of a kind are updated.

    Either the service offers ``newer``, or a registry has a newer one of ``image``; both functions raise
    NotKnown. ``action`` installs the update, with ``arguments`` filled in. ``identity`` is given when several
    instances can show the same item.
    """

    action: str
    newer: Callable[[Item], Newer | None] | None = None
    image: Callable[[Item], RunningImage | None] | None = None
    arguments: Mapping[str, Installs] = field(default_factory=dict)
    identity: Callable[[Item], Identity] | None = None
