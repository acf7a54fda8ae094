"""What a service says about items that deploy what a Git repository declares."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from homelab_steward.contract.base import Value

from ...texts import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredIn:
    """Where it is declared what an item deploys.

    ``path`` is a folder or a file of the repository, "" for all of it. ``branch`` is "" for the
    repository's default branch.
    """

    repository: str
    path: str = ""
    branch: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """How one item deploys what is declared.

    ``within`` is the seconds within which it deploys a new commit. ``by_hand``: only the action of Deploys
    does that. ``stopped`` is why it deploys nothing at all now. ``objects`` are labels of what it deploys.
    """

    sources: Sequence[DeclaredIn]
    within: float
    by_hand: bool = False
    stopped: Text | None = None
    objects: Sequence[Mapping[str, str]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Deploys[S, Item]:
    """How the items of a kind deploy what Git repositories declare.

    ``read`` gets the state and an item, and raises NotKnown. ``revision`` and ``failed`` are sensors with the
    commits that are deployed, and that could not be; ``healthy`` is a sensor with its value when what is
    deployed runs well. ``action`` deploys the newest commit.
    """

    read: Callable[[S, Item], Deployed]
    revision: str
    failed: str
    healthy: tuple[str, Value]
    action: str
