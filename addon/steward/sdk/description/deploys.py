"""Items of a service that deploy from Git repositories."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from homelab_steward.contract.base import Value

from ...texts import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredIn:
    """The place in a Git repository that an item deploys from.

    ``path`` is a folder or a file of the repository, "" for all of it. ``branch`` is "" for the
    repository's default branch.
    """

    repository: str
    path: str = ""
    branch: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """How one item deploys from Git.

    ``within`` is in seconds: a new commit is deployed in this time. ``by_hand``: only the action of Deploys
    deploys it. ``stopped`` is why the item deploys nothing now. ``objects`` are the labels of the deployed
    objects.
    """

    sources: Sequence[DeclaredIn]
    within: float
    by_hand: bool = False
    stopped: Text | None = None
    objects: Sequence[Mapping[str, str]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Deploys[S, Item]:
    """How the items of a kind deploy from Git repositories.

    ``read`` gets the state and an item, and may raise NotKnown. ``revision`` is the key of the sensor with
    the deployed commits, ``failed`` that with the commits that could not be deployed; ``healthy`` is the key
    of a sensor with its value while the deployed objects are healthy. ``action`` deploys the newest commit.
    """

    read: Callable[[S, Item], Deployed]
    revision: str
    failed: str
    healthy: tuple[str, Value]
    action: str
