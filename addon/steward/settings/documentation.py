"""Settings of the notebook: its folder, and the Git repository that it is pushed to."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit

from probatio import Invalid

from .checks import path, whole

BRANCH: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,99}\Z")
_SCP: Final = re.compile(r"[A-Za-z0-9._-]+@[A-Za-z0-9.-]+:[^\s:-][^\s]*\Z")


def git_remote(value: object) -> str:
    """Return the address of a Git repository: HTTPS, SSH, or an absolute path. It has no password."""
    text = value.strip() if isinstance(value, str) else ""
    if text.startswith("/") or _SCP.match(text):
        return text
    try:
        parts = urlsplit(text)
        has_password = parts.password is not None or (parts.scheme == "https" and parts.username is not None)
    except ValueError:
        raise Invalid("must be the address of a Git repository") from None
    if parts.scheme not in ("https", "ssh") or not parts.hostname or parts.hostname.startswith("-"):
        raise Invalid("must begin with https://, ssh:// or git@, or be an absolute path")
    if has_password:
        raise Invalid("must have no user and password: use token or ssh_key")
    return text


def git_branch(value: object) -> str:
    """Return the name of a branch."""
    if (
        not isinstance(value, str)
        or not BRANCH.match(value)
        or ".." in value
        or value.endswith((".lock", "/"))
    ):
        raise Invalid("must be the name of a branch, such as main")
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Documentation:
    """Where the notebook is written, and how often.

    Without ``folder`` it is in the folder ``notebook`` of the data folder. With ``git`` or ``remote`` the
    folder is a Git repository, to which the app commits; ``remote`` is what it pushes ``branch`` to, with
    ``token`` (HTTPS, as the password of ``username``) or the file ``ssh_key``. Without ``known_hosts`` the
    key of the server is kept at the first connection.
    """

    enabled: bool = False
    folder: Annotated[Path, path] | None = None
    git: bool = False
    remote: Annotated[str, git_remote] | None = None
    branch: Annotated[str, git_branch] = "main"
    username: str = "git"
    token: str = field(default="", repr=False)
    ssh_key: Annotated[Path, path] | None = None
    known_hosts: Annotated[Path, path] | None = None
    every_minutes: Annotated[int, whole(5, 10080)] = 60

    @property
    def uses_git(self) -> bool:
        """Whether the folder is a Git repository."""
        return self.git or self.remote is not None
