"""Settings of the Git repository in which drafted runbooks can be proposed."""

import re
from dataclasses import dataclass
from typing import Annotated, Final

from probatio import Invalid

from .checks import key

_REPOSITORY: Final = re.compile(r"[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}")
_FOLDER: Final = re.compile(
    r"(?:[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63})(?:/[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}){0,7}"
)


def repository_name(value: object) -> str:
    """Return the name of a repository with its owner."""
    if not isinstance(value, str) or not _REPOSITORY.fullmatch(value):
        raise Invalid("must be a repository with its owner, such as anna/homelab")
    return value


def folder_name(value: object) -> str:
    """Return a folder in a repository, "" for its top."""
    if not isinstance(value, str) or (value and not _FOLDER.fullmatch(value)):
        raise Invalid("must be a folder in the repository, such as steward/runbooks")
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class RunbooksRepository:
    """A repository of an instance of GitHub or Gitea, and the folder with your runbooks in it."""

    instance: Annotated[str, key]
    repository: Annotated[str, repository_name]
    folder: Annotated[str, folder_name] = "runbooks"
