"""What a service says about proposing a new file in a Git repository."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFile:
    """A file that a pull request adds: its ``path`` in a ``repository`` such as "anna/homelab".

    The ``branch`` is made for it; with the same branch and content nothing is proposed twice.
    """

    repository: str
    path: str
    content: str
    branch: str
    title: str
    body: str
