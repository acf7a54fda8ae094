"""The answers of endoflife.date and OSV.dev, and which release a version belongs to. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from ..errors import ServiceMalformed

VERSION: Final = re.compile(r"\d{1,6}(?:\.\d{1,6}){0,3}")
NAME: Final = re.compile(r"[\w.+-]{1,40}")
IDENTIFIER: Final = re.compile(r"[\w-]{1,60}")
MOST_RELEASES: Final = 300
MOST_VULNERABILITIES: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A line of releases, such as 16 of PostgreSQL. ``end`` is when its support ends, None if not known."""

    name: str
    is_over: bool
    end: date | None = None


def plain_version(text: str) -> str | None:
    """Return the number in a version, such as 1.31.2 in v1.31.2+k3s1; None without one."""
    found = VERSION.search(text)
    return found.group() if found else None


def release_of(version: str, releases: Iterable[Release]) -> Release | None:
    """Return the release that a version belongs to: the longest name that it begins with."""
    fitting = [one for one in releases if version == one.name or version.startswith(f"{one.name}.")]
    return max(fitting, key=lambda one: len(one.name), default=None)


def read_releases(answer: object) -> tuple[Release, ...]:
    """Return the releases in an answer of endoflife.date. Raises ServiceMalformed."""
    result = answer.get("result") if isinstance(answer, dict) else None
    releases = result.get("releases") if isinstance(result, dict) else None
    if not isinstance(releases, list):
        raise ServiceMalformed("endoflife.date: the answer has no releases")
    return tuple(found for one in releases[:MOST_RELEASES] if (found := _release(one)) is not None)


def read_vulnerabilities(answer: object) -> tuple[str, ...]:
    """Return the ids in an answer of OSV.dev, CVE numbers where there are some. Raises ServiceMalformed."""
    found = answer.get("vulns", []) if isinstance(answer, dict) else None
    if not isinstance(found, list):
        raise ServiceMalformed("OSV.dev: the answer has no vulnerabilities")
    ids = (_identifier(one) for one in found[:MOST_VULNERABILITIES])
    return tuple(dict.fromkeys(one for one in ids if one))


def _release(plain: object) -> Release | None:
    """Return one release, None for one that is not understood."""
    if not isinstance(plain, dict):
        return None
    name, is_over = plain.get("name"), plain.get("isEol")
    if not isinstance(name, str) or not NAME.fullmatch(name) or not isinstance(is_over, bool):
        return None
    end = plain.get("eolFrom")
    try:
        return Release(name=name, is_over=is_over, end=date.fromisoformat(end) if end else None)
    except TypeError, ValueError:
        return Release(name=name, is_over=is_over)


def _identifier(plain: object) -> str:
    """Return the CVE number of a vulnerability, else its id; "" for one that is withdrawn or unreadable."""
    if not isinstance(plain, dict) or plain.get("withdrawn"):
        return ""
    aliases = plain.get("aliases")
    names = [plain.get("id"), *(aliases if isinstance(aliases, list) else [])]
    known = [one for one in names if isinstance(one, str) and IDENTIFIER.fullmatch(one)]
    return next((one for one in known if one.startswith("CVE-")), known[0] if known else "")
