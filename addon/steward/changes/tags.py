"""Which tags of an image are newer versions of the tag that runs. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from .versions import is_digest

_PREFIX: Final = r"(?P<prefix>(?:[A-Za-z]+[-_.]|(?!v\d)[A-Za-z]+\d[A-Za-z0-9]*[-_])*v?)"
_VERSION: Final = re.compile(_PREFIX + r"(?P<numbers>\d+(?:\.\d+)*)(?P<rest>.*)", re.ASCII)
_DATE: Final = re.compile(
    _PREFIX + r"(?P<numbers>\d{4}-\d\d-\d\d(?:T\d\d-\d\d-\d\dZ)?)(?P<rest>(?:[-_].*)?)", re.ASCII
)
_PART: Final = re.compile(r"(?P<word>[A-Za-z]*)\.?(?P<numbers>\d*(?:\.\d+)*)(?P<more>.*)", re.ASCII)
_HASH: Final = re.compile(r"g?(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,40}", re.ASCII)
_NUMBER: Final = re.compile(r"\d+", re.ASCII)
_EARLY: Final = frozenset(
    {"a", "alpha", "b", "beta", "canary", "dev", "develop", "edge", "experimental", "m", "milestone", "next"}
    | {"nightly", "pre", "preview", "rc", "snapshot", "test", "testing", "unstable"}
)
"""Words of tags for what is not released so far."""

_BUILDS: Final = frozenset(["", "build", "hotfix", "ls", "p", "patch", "post", "r", "rev", "revision"])
"""Words of suffixes whose number counts the builds of one version: "-ls123", "-r5", "-2"."""

_YEARS: Final = range(1990, 2200)
_FIRST_DATE: Final = 6
"""Digits from which on a single number is a date, or counts builds: 240915, 20240915."""

_MOST_DIGITS: Final = 18
_LONGEST: Final = 128
"""Characters that a tag can have."""


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag that contains a version or a date.

    ``shape`` is what versions of the same image have in common: what is in front of the numbers, how many
    there are, and the suffix without numbers that count builds, which are ``builds``. ``stage`` names a
    pre-release with its numbers, () for a release.
    """

    text: str
    shape: tuple[object, ...]
    numbers: tuple[int, ...]
    builds: tuple[int, ...]
    stage: tuple[str | int, ...]
    is_date: bool

    @property
    def order(self) -> tuple[object, ...]:
        """What newer versions are higher in: a release follows its pre-releases."""
        stage = tuple((str(one), 0) if isinstance(one, str) else ("", one) for one in self.stage)
        return (self.numbers, not self.stage, stage, self.builds)


@dataclass(frozen=True, slots=True)
class Newer:
    """The newest tag with the same first number, and the newest with the next one, if there are any."""

    within: Tag | None = None
    major: Tag | None = None


def parse_tag(text: str) -> Tag | None:
    """Return the version in a tag, None when it contains none: a name, or the hash of a commit."""
    found = _DATE.fullmatch(text) or _VERSION.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None or any(len(one) > _MOST_DIGITS for one in _NUMBER.findall(text)):
        return None
    if is_digest(text) and not text.isdigit():
        return None
    written = found["numbers"]
    numbers = tuple(int(one) for one in _NUMBER.findall(written))
    is_date = "-" in written or (len(numbers) > 1 and numbers[0] in _YEARS)
    suffix, builds, stage = _suffix(found["rest"])
    if len(numbers) == 1:  # a date keeps its length: 240915 is no version of 20240915
        is_date = len(written) >= _FIRST_DATE
        suffix = f"{len(written)}{suffix}" if is_date else suffix
    shape = (found["prefix"], len(numbers), "-" in written, suffix, is_date)
    return Tag(text, shape, numbers, builds, stage, is_date)


def newer_tags(current: Tag, tags: Iterable[str]) -> Newer:
    """Return the newest of ``tags`` that are newer versions of the same image.

    A pre-release is never among them unless the current one is a pre-release too. Of another first number
    the next is taken, because many programs can only be updated over one at a time; dates have none.
    """
    parsed = [one for one in map(parse_tag, tags) if one is not None and one.shape == current.shape]
    newer = [one for one in parsed if one.order > current.order and (not one.stage or current.stage)]
    first = current.numbers[0]
    within = [one for one in newer if current.is_date or one.numbers[0] == first]
    later = [one for one in newer if one not in within]
    following = min((one.numbers[0] for one in later), default=None)
    return Newer(
        _newest(within), _newest([one for one in later if one.numbers[0] == following and not one.stage])
    )


def is_moving(current: Tag | None, tags: Iterable[str]) -> bool:
    """Return whether a tag is moved to newer versions, such as "latest", "4", and "4.0" beside "4.0.1"."""
    if current is None:
        return True
    count = len(current.numbers)
    if current.is_date and count != 2:  # noqa: PLR2004 - year and month
        return False
    if count != 2:  # noqa: PLR2004
        return count == 1
    longer = (one for one in map(parse_tag, tags) if one is not None and one.shape[0] == current.shape[0])
    return any(one.numbers[:count] == current.numbers and len(one.numbers) > count for one in longer)


def _newest(tags: Iterable[Tag]) -> Tag | None:
    return max(tags, key=lambda one: (one.order, one.text), default=None)


def _suffix(rest: str) -> tuple[str, tuple[int, ...], tuple[str | int, ...]]:
    """Return a suffix without numbers of builds and without the pre-release, and both of these."""
    kept, builds, stage = list[str](), list[int](), list[str | int]()
    for part in re.split(r"[-_+]", rest.lstrip("-_+.")) if rest else ():
        found = _PART.fullmatch(part)
        if found is None:  # a line break
            return rest, (), ()
        word, numbers = found["word"].lower(), [int(one) for one in _NUMBER.findall(found["numbers"])]
        if _HASH.fullmatch(part):
            kept.append("hash")
        elif found["more"]:
            kept.append(part)
        elif word in _EARLY and not stage:
            stage += [word, *numbers]
        elif not word and stage and len(stage) == 1:
            stage += numbers
        elif word in _BUILDS and numbers:
            builds += numbers
            kept.append(f"{word}#")
        else:
            kept.append(part)
    return "-".join(kept), tuple(builds), tuple(stage)
