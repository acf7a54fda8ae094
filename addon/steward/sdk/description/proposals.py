"""Proposals of new files in Git repositories, as pull requests."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFile:
    """A file that a pull request adds: its ``path`` in a ``repository`` such as "anna/homelab".

    The ``branch`` is created for it; the same branch and content are proposed only once.
    """

    repository: str
    path: str
    content: str
    branch: str
    title: str
    body: str
