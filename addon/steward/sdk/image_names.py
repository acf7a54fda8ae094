"""Names of container images: the repository and its version, which is a tag, a digest, or both."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

VERSION: Final = re.compile(
    r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}(@sha256:[0-9a-f]{64})?|sha256:[0-9a-f]{64}",
)

DOCKER_HUB: Final = "docker.io"
_HUB_NAMES: Final = frozenset({DOCKER_HUB, "index.docker.io", "registry-1.docker.io"})
_HUB_HOST: Final = "registry-1.docker.io"
_HOST: Final = re.compile(r"[A-Za-z0-9.-]+(?::\d{1,5})?|\[[0-9a-f:]+\](?::\d{1,5})?", re.ASCII)
_REPOSITORY: Final = re.compile(r"[a-z0-9]+(?:[._/-]+[a-z0-9]+)*", re.ASCII)
_TAG: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}", re.ASCII)
_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)
_LONGEST: Final = 500


def version_of(image: str) -> str:
    """Return the tag, the digest, or both as ``tag@digest``; "latest" when the name has none."""
    name, _, digest = image.partition("@")
    tag = name.rpartition("/")[2].partition(":")[2]
    return "@".join(one for one in (tag, digest) if one) or "latest"


def with_version(image: str, version: str) -> str:
    """Return the image with another version."""
    folder, slash, last = image.partition("@")[0].rpartition("/")
    mark = "@" if version.startswith("sha256:") else ":"
    return f"{folder}{slash}{last.partition(':')[0]}{mark}{version}"


@dataclass(frozen=True, slots=True)
class Repository:
    """One repository of a registry, such as ``docker.io`` and ``library/nginx``."""

    registry: str
    path: str

    @property
    def host(self) -> str:
        """The host of the registry's API, with a port if it has one."""
        return _HUB_HOST if self.registry == DOCKER_HUB else self.registry

    @property
    def name(self) -> str:
        """The name without Docker Hub's host and without ``library/``."""
        if self.registry != DOCKER_HUB:
            return f"{self.registry}/{self.path}"
        return self.path.removeprefix("library/")


@dataclass(frozen=True, slots=True)
class ImageName:
    """A repository with a tag, a digest, or both; "" for a part that the reference does not have."""

    repository: Repository
    tag: str = ""
    digest: str = ""


def parse_image(reference: str) -> ImageName | None:
    """Return the parts of a reference, None when it is not valid, such as the bare id of an image.

    Without tag and digest the tag is "latest", as engines read it.
    """
    if len(reference) > _LONGEST or _DIGEST.fullmatch(reference):
        return None
    name, _, digest = reference.strip().partition("@")
    first, slash, rest = name.partition("/")
    has_host = bool(slash) and ("." in first or ":" in first or first == "localhost")
    registry, path = (first, rest) if has_host else (DOCKER_HUB, name)
    folder, slash, last = path.rpartition("/")
    last, colon, tag = last.partition(":")
    repository = _repository(registry, f"{folder}{slash}{last}")
    is_odd = (colon and not _TAG.fullmatch(tag)) or (digest and not _DIGEST.fullmatch(digest))
    if repository is None or is_odd:
        return None
    return ImageName(repository, tag or ("" if digest else "latest"), digest)


def _repository(registry: str, path: str) -> Repository | None:
    if not _HOST.fullmatch(registry) or not _REPOSITORY.fullmatch(path):
        return None
    if registry.lower() in _HUB_NAMES:
        return Repository(DOCKER_HUB, path if "/" in path else f"library/{path}")
    return Repository(registry.lower(), path)


def built_at(text: str) -> datetime | None:
    """Return when an image was built, None when that is not known: reproducible builds have 1970."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo is not None and at.year > 2000 else None  # noqa: PLR2004
