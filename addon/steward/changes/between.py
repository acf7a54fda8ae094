"""Selects the releases of a project between two versions, and says what is missing. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from homelab_steward.contract.changes import ReleaseState
from homelab_steward.contract.plain_text import one_line

from ..texts import translate
from .forges import Release
from .pull_request_text import Notes
from .release_notes import items
from .versions import Version, parsed

_PREVIEW: Final = re.compile(r"rc|alpha|beta|dev|pre|nightly|preview|canary|test", re.IGNORECASE)
_NUMBER: Final = re.compile(r"v?\.?\d", re.IGNORECASE)
_PLACES: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """The notes of the versions above ``old`` up to ``new``, the newest first.

    ``has_target`` is whether the new version itself is among them, ``without`` are versions without notes.
    ``is_whole`` is whether no version in between can be missing. ``withdrawn`` is what says that the new
    version was withdrawn, "" for nothing. ``release`` is whether there is a release of the new version.
    """

    notes: tuple[Notes, ...] = ()
    without: tuple[str, ...] = ()
    has_target: bool = False
    is_whole: bool = False
    published_at: datetime | None = None
    withdrawn: str = ""
    release: ReleaseState = ReleaseState.UNKNOWN

    @property
    def is_complete(self) -> bool:
        """Whether the notes of each version are there."""
        return self.has_target and self.is_whole and not self.without


def between(releases: Sequence[Release], old: str, new: str, *, is_whole: bool) -> Between:
    """Return the notes in a list of releases from one version to another.

    ``is_whole`` is whether the list contains all releases of the project. Releases of other parts of the
    repository, whose tags begin with another name, are left out, and so are previews on the way to a release.
    """
    before, after = parsed(old), parsed(new)
    if before is None or after is None:
        return Between()
    versions = [(one, found) for one in releases if (found := parsed(one.tag)) is not None]
    targets = [one for one, found in versions if _is_within(found, after)]
    if not targets:
        is_read = is_whole or any(_is_within(found, before) for _, found in versions)
        return Between(is_whole=is_whole, release=ReleaseState.ABSENT if is_read else ReleaseState.UNKNOWN)
    prefix = _prefix(targets[0].tag)
    mine = [(one, found) for one, found in versions if _prefix(one.tag) == prefix]
    wanted = [
        (one, found)
        for one, found in mine
        if _is_above(found, before) and (_is_within(found, after) or not _is_above(found, after))
        if _is_preview(after, False) or not _is_preview(found, one.is_preview)
    ]
    wanted.sort(key=lambda one: _padded(one[1]), reverse=True)
    return Between(
        notes=tuple(Notes("", one.tag, one.notes) for one, _ in wanted if items(one.notes)),
        without=tuple(one.tag for one, _ in wanted if not items(one.notes)),
        has_target=any(_is_within(found, after) for _, found in wanted),
        is_whole=is_whole or any(_is_within(found, before) for _, found in mine),
        release=ReleaseState.LISTED,
        withdrawn=_withdrawn([one for one, found in mine if _is_within(found, after)], after),
        published_at=next((one.published_at for one, found in wanted if _is_within(found, after)), None),
    )


def _withdrawn(targets: Sequence[Release], version: Version) -> str:
    """Return what says that a version was withdrawn, "" when one of its releases can be used."""
    bad = [one for one in targets if one.is_withdrawn or (one.is_preview and not _is_preview(version, False))]
    if len(bad) < len(targets):
        return ""
    tag = one_line(bad[0].tag)
    if bad[0].is_withdrawn:
        return translate(t"Its project withdrew {tag}")
    return translate(t"Its project marks {tag} as a pre-release")


def _is_within(version: Version, wanted: Version) -> bool:
    """Return whether a version is the wanted one, or a part of it: 5.1.3 of 5.1."""
    length = len(wanted.numbers)
    return (*version.numbers, 0, 0, 0, 0)[:length] == wanted.numbers


def _is_above(version: Version, other: Version) -> bool:
    return _padded(version) > _padded(other) and not _is_within(version, other)


def _padded(version: Version) -> tuple[int, ...]:
    return (*version.numbers, 0, 0, 0, 0)[: max(_PLACES, len(version.numbers))]


def _is_preview(version: Version, is_marked: bool) -> bool:  # noqa: FBT001 - of the release itself
    return is_marked or _PREVIEW.search(version.suffix) is not None


def _prefix(tag: str) -> str:
    """Return the name before the number of a tag: "chart-" of "chart-1.2.3"."""
    found = _NUMBER.search(tag)
    return tag[: found.start()].casefold() if found else ""
