"""Finds what deploys the files of a pull request: by repository, branch and path. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from ..sdk.description import DeclaredIn, PullRequestOffer

_SCP: Final = re.compile(r"(?:[^@/\s]+@)?([^:/\s]+):(?!//)(.+)")
_URL: Final = re.compile(r"[a-z+]+://(?:[^@/\s]*@)?([^:/\s]+)(?::\d+)?/(.+)", re.IGNORECASE)


def repository_key(url: str) -> str:
    """Return what is the same for all addresses of a repository: host, owner and name.

    ``https://git.example.org:3000/rack/apps.git`` and ``git@git.example.org:rack/apps`` are the same.
    Returns "" for what is no address.
    """
    found = _URL.fullmatch(url.strip()) or _SCP.fullmatch(url.strip())
    if found is None:
        return ""
    path = found[2].strip("/").removesuffix(".git")
    return f"{found[1]}/{path}".casefold()


def path_key(path: str) -> str:
    """Return a path of a repository without its beginning and end marks, "" for all of it."""
    return "/".join(part for part in path.split("/") if part not in ("", "."))


def deployers[Key](offer: PullRequestOffer, declared: Mapping[Key, Sequence[DeclaredIn]]) -> tuple[Key, ...]:
    """Return what deploys one of the files; of each file only what declares it most closely.

    A folder of applications does not deploy what is in the folder of one of them. Without known files
    nothing is found.
    """
    keys = {key for url in offer.repositories if (key := repository_key(url))}
    paths = [
        (path_key(one.path), key)
        for key, sources in declared.items()
        for one in sources
        if repository_key(one.repository) in keys and _is_branch(one.branch, offer)
    ]
    found = [key for name in offer.files or () for key in _closest(name, paths)]
    return tuple(dict.fromkeys(found))


def _is_branch(branch: str, offer: PullRequestOffer) -> bool:
    return offer.is_default_base if branch == "" else branch == offer.base


def _closest[Key](name: str, paths: Iterable[tuple[str, Key]]) -> list[Key]:
    """Return what has the longest path that a file is in."""
    fitting = [(path, key) for path, key in paths if path in ("", name) or name.startswith(f"{path}/")]
    longest = max((len(path) for path, _ in fitting), default=0)
    return [key for path, key in fitting if len(path) == longest]
