"""The distance between two versions, by the conventions of tags. Pure."""

import re
from dataclasses import dataclass
from typing import Final

from homelab_steward.contract.changes import Distance

OPERATORS: Final = "^~=<>! "
_DIGEST: Final = re.compile(r"(?:sha256:)?[0-9a-f]{7,64}", re.ASCII)
_NUMBERS: Final = re.compile(r"(?:[a-z-]*?[-_/])?v?\.?(\d+(?:\.\d+)*)(.*)", re.ASCII | re.IGNORECASE)
_SHORT_DIGEST: Final = 7
_FIRST_DATE: Final = 190_001
"""A first number from here on is a date without separators: 240915 or 20240915."""


@dataclass(frozen=True, slots=True)
class Version:
    """Numbers of a tag, and the text behind them: "-alpine", "-ls123"."""

    numbers: tuple[int, ...]
    suffix: str = ""

    @property
    def is_date(self) -> bool:
        """Whether the version is one number that is a date or a build."""
        return len(self.numbers) == 1 and self.numbers[0] >= _FIRST_DATE


def parsed(text: str) -> Version | None:
    """Return the version in a tag, None if it contains none.

    Operators of ranges ("^1.2"), a leading "v" and the name of a chart ("app-1.2.3") are skipped.
    """
    found = _NUMBERS.fullmatch(text.strip().lstrip(OPERATORS))
    if found is None or is_digest(text):
        return None
    return Version(tuple(int(one) for one in found[1].split(".")), found[2])


def is_digest(text: str) -> bool:
    """Return whether the text is a digest or its beginning. Digits alone are one of seven characters."""
    bare = text.strip()
    return _DIGEST.fullmatch(bare) is not None and (not bare.isdigit() or len(bare) == _SHORT_DIGEST)


def distance(old: str | None, new: str) -> Distance:
    """Return what changes from ``old`` to ``new``.

    A fourth number and a suffix count as a patch, because they are builds of one version. An older version
    is unknown: what the newer one did to the data may not fit it. Another variant ("-alpine" → "-slim") is
    unknown: it is another image.
    """
    if is_digest(new) and (old is None or is_digest(old)):
        return Distance.DIGEST
    before, after = parsed(old or ""), parsed(new)
    if before is None or after is None or before.is_date or after.is_date:
        return Distance.UNKNOWN
    if _variant(before.suffix) != _variant(after.suffix) or is_older(old, new):
        return Distance.UNKNOWN
    padded = zip(_padded(before), _padded(after), strict=True)
    level = next((index for index, (one, other) in enumerate(padded) if one != other), None)
    if level is None:
        return Distance.PATCH
    return (Distance.MAJOR, Distance.MINOR, Distance.PATCH)[level]


def is_older(old: str | None, new: str) -> bool:
    """Return whether ``new`` is an older version than ``old``; False when they cannot be compared."""
    before, after = parsed(old or ""), parsed(new)
    if before is None or after is None or before.is_date is not after.is_date:
        return False
    # "4" is not older than "4.0.1": it may be any of its versions.
    count = min(len(before.numbers), len(after.numbers))
    return after.numbers[:count] < before.numbers[:count]


def first_of_level(old: str, new: str) -> tuple[int, ...] | None:
    """Return the numbers of the first release of a level beyond ``old``: 2.19.6 → 2.21.1: 2.20.

    None when the distance is not known. Notes that include this release are complete.
    """
    level = {Distance.MAJOR: 1, Distance.MINOR: 2, Distance.PATCH: 3}.get(distance(old, new))
    before = parsed(old)
    if level is None or before is None:
        return None
    *same, last = _padded(before)[:level]
    return (*same, last + 1)


def _padded(version: Version) -> tuple[int, ...]:
    return (*version.numbers, 0, 0, 0)[:3]


def _variant(suffix: str) -> str:
    """Return the words of a suffix without its numbers: "-ls123" and "-ls124" are one variant."""
    return re.sub(r"\d+(?:\.\d+)*", "", suffix)
