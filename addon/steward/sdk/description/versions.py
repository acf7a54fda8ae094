"""The versions of a program whose answers are understood."""

import re
from dataclasses import dataclass
from typing import Final

_NUMBER: Final = re.compile(r"\d+(?:\.\d+)*")


@dataclass(frozen=True, slots=True)
class Versions:
    """The oldest and the newest version whose answers are known; the newest includes all below it.

    "13" includes 13.2. Without the newest, all later versions are understood. Without both, the text
    ``note`` names what is understood, and nothing is compared.
    ``name`` is the program that the versions are of, if that is not the service. ``others`` are programs
    with the same API and other version numbers: an older version may be of one of them.
    """

    oldest: str = ""
    newest: str = ""
    name: str = ""
    note: str = ""
    others: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return them as a text for people."""
        own = " ".join(part for part in (self.name, self._span, self.note) if part)
        return ", ".join((own, *self.others))

    @property
    def _span(self) -> str:
        if self.oldest == self.newest:
            return self.oldest
        if not self.newest:
            return f"{self.oldest} and later"
        rest = ".x" if self.oldest.startswith(f"{self.newest}.") else ""
        return f"{self.oldest} to {self.newest}{rest}"

    def notice(self, version: str | None) -> str | None:
        """Return why a version may not be understood, None when it is, or when it is not known."""
        if not version or not self.oldest:
            return None
        found = parts_of(version)
        if not found:
            return f"Version {version} is not one of those understood ({self})"
        if self.newest and _is_above(found, parts_of(self.newest)):
            return f"Version {version} is newer than those understood ({self})"
        if found < parts_of(self.oldest) and not self.others:
            return f"Version {version} is older than those understood ({self})"
        return None


def parts_of(version: str) -> tuple[int, ...]:
    """Return the numbers of a version, such as (14, 1) of "v14.1-beta2"; nothing when it has none."""
    found = _NUMBER.search(version)
    return tuple(int(part) for part in found[0].split(".")) if found else ()


def _is_above(found: tuple[int, ...], newest: tuple[int, ...]) -> bool:
    return found[: len(newest)] > newest
