"""Forges where projects publish: which are asked, at which addresses, and what they answer. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final
from urllib.parse import quote

from yarl import URL

from ..errors import ServiceMalformed
from .versions import parsed

PAGE: Final = 30
"""Releases on one page."""

LONGEST: Final = 20_000
"""Characters of the notes of one release that are kept."""

MOST_GROUPS: Final = 5
BEGINNING: Final = 600
"""Characters of a title with its notes that may say that the version is withdrawn."""

_WITHDRAWN: Final = re.compile(
    r"[\[(](?:yanked|withdrawn|retracted|recalled)[\])]"
    r"|\b(?:this|the) (?:release|version|build|image) (?:was|is|has been)"
    r" (?:yanked|withdrawn|retracted|recalled|pulled)\b"
    r"|\b(?:do not|don't) (?:use|install|deploy|(?:upgrade|update) to) (?:this|v?\d)"
    r"|\bdiese (?:version|veröffentlichung) wurde zurückgezogen",
    re.IGNORECASE,
)
_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{1,100}", re.ASCII)
_GITHUB: Final = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
_GITHUB_RAW: Final = {**_GITHUB, "Accept": "application/vnd.github.raw+json"}


class ForgeKind(StrEnum):
    """Whose API a forge has. Forgejo has that of Gitea."""

    GITHUB = "github"
    GITEA = "gitea"
    GITLAB = "gitlab"


@dataclass(frozen=True, slots=True)
class Forge:
    """A forge and the address of its API, which ends with a slash."""

    kind: ForgeKind
    api: str


@dataclass(frozen=True, slots=True)
class Call:
    """What is read: a path below the API, its query, and headers."""

    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Project:
    """A repository. ``host`` has its port if it is not the usual one.

    ``path`` is "owner/name", with GitLab also "group/group/name".
    """

    host: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One published version: its tag and its notes, which are text from outside.

    ``is_withdrawn``: its title or its notes say that it must not be used.
    """

    tag: str
    notes: str
    published_at: datetime | None = None
    is_preview: bool = False
    is_withdrawn: bool = False


PUBLIC: Final[Mapping[str, Forge]] = {
    "github.com": Forge(ForgeKind.GITHUB, "https://api.github.com/"),
    "gitlab.com": Forge(ForgeKind.GITLAB, "https://gitlab.com/api/v4/"),
    "codeberg.org": Forge(ForgeKind.GITEA, "https://codeberg.org/api/v1/"),
    "gitea.com": Forge(ForgeKind.GITEA, "https://gitea.com/api/v1/"),
    "code.forgejo.org": Forge(ForgeKind.GITEA, "https://code.forgejo.org/api/v1/"),
}
"""Forges that are asked without being configured. An address from outside leads nowhere else."""


def project(address: str) -> Project | None:
    """Return the repository that an address on the web names.

    None for one with a user, and for one without owner and name.
    """
    try:
        url = URL(address.strip().removeprefix("git+"))
        host, port = url.host, "" if url.is_default_port() else f":{url.port}"
    except ValueError:
        return None
    if url.scheme not in ("http", "https") or not host or url.user or url.password:
        return None
    parts = [one for one in url.path.partition("/-/")[0].split("/") if one]
    names = [one.removesuffix(".git") for one in parts[:MOST_GROUPS]]
    if len(names) < 2 or not all(map(_is_name, names)):  # noqa: PLR2004 - owner and name
        return None
    return Project(f"{host.lower().removeprefix('www.')}{port}", "/".join(names))


def releases_call(kind: ForgeKind, path: str, page: int) -> Call:
    """Return how a page of the releases of a repository is read, the newest first."""
    size = "limit" if kind is ForgeKind.GITEA else "per_page"
    return Call(
        f"{_repository(kind, path)}/releases",
        {size: str(PAGE), "page": str(page)},
        _GITHUB if kind is ForgeKind.GITHUB else {},
    )


def file_call(kind: ForgeKind, path: str, name: str, tag: str) -> Call:
    """Return how a file at a tag is read as text."""
    repository, query = _repository(kind, path), {"ref": tag}
    match kind:
        case ForgeKind.GITHUB:
            return Call(f"{repository}/contents/{name}", query, _GITHUB_RAW)
        case ForgeKind.GITLAB:
            return Call(f"{repository}/repository/files/{quote(name, safe='')}/raw", query)
        case ForgeKind.GITEA:
            return Call(f"{repository}/raw/{name}", query)


def read_releases(answer: object) -> tuple[Release, ...]:
    """Return the releases in an answer; those that are not understood are left out.

    Raises ServiceMalformed.
    """
    if not isinstance(answer, list):
        raise ServiceMalformed("the answer has no list of releases")
    return tuple(found for one in answer[: 4 * PAGE] if (found := _release(one)) is not None)


def from_changelog(text: str) -> tuple[Release, ...]:
    """Return the versions of a changelog file: headings, or lines with a version that are underlined."""
    heads = list(_versions(text))
    ends = [*(start for start, _, _ in heads), len(text)][1:]
    return tuple(
        Release(
            tag=tag,
            notes=text[begin:end].strip()[:LONGEST],
            is_withdrawn=says_withdrawn(text[start:end]),
        )
        for (start, begin, tag), end in zip(heads, ends, strict=True)
    )


_HEADING: Final = re.compile(
    r"^(?:#{1,4}[ \t]{1,9}[^\n]{0,100}?|(?=[^\n]{1,200}\n[=~-]{3,200}[ \t]*$)[^\n]{0,100}?)"
    r"(?<![\w.])(v?\d{1,9}(?:\.\d{1,9}){1,9}[\w.+-]{0,60})[^\n]*(?:\n[=~-]{3,200}[ \t]*$)?",
    re.MULTILINE,
)


def _versions(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield begin and end of each heading with its version."""
    for found in _HEADING.finditer(text):
        if parsed(found[1]) is not None:
            yield found.start(), found.end(), found[1]


def says_withdrawn(text: str) -> bool:
    """Return whether the beginning of a title with its notes says that the version must not be used."""
    return _WITHDRAWN.search(text[:BEGINNING]) is not None


def _is_name(text: str) -> bool:
    return _NAME.fullmatch(text) is not None and text not in (".", "..")


def _repository(kind: ForgeKind, path: str) -> str:
    if kind is ForgeKind.GITLAB:
        return f"projects/{quote(path, safe='')}"
    owner, name = path.split("/")[:2]
    return f"repos/{owner}/{name}"


def _release(plain: object) -> Release | None:
    """Return one release; None for a draft and for one that is not understood."""
    if not isinstance(plain, dict) or plain.get("draft") is True:
        return None
    tag = plain.get("tag_name")
    if not isinstance(tag, str) or not 0 < len(tag) <= 200:  # noqa: PLR2004 - longer ones are no versions
        return None
    notes = plain.get("body", plain.get("description"))
    text = notes[:LONGEST] if isinstance(notes, str) else ""
    return Release(
        tag=tag,
        notes=text,
        is_withdrawn=says_withdrawn(f"{plain.get('name')}\n{text}"),
        published_at=_time(plain.get("published_at", plain.get("released_at"))),
        is_preview=plain.get("prerelease") is True or plain.get("upcoming_release") is True,
    )


def _time(plain: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(plain) if isinstance(plain, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None
