"""Which process becomes the leader, and how long it cannot know what the one before it still does. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLease:
    """The stored lease of the leader; all ages are by the clock of the database, in seconds.

    ``left`` is the time until it expires, not positive when it has. ``unclean_age`` is the time since the
    last take-over from a leader that may have been running, None when there was none.
    """

    owner: str
    epoch: int
    is_released: bool
    left: float
    unclean_age: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The epoch of a new leader, and ``unclean_age`` as in :class:`StoredLease`, 0 for this take-over."""

    epoch: int
    unclean_age: float | None


def claim_of(stored: StoredLease | None, owner: str, *, is_alone: bool) -> Claim | None:
    """Return the claim of ``owner``, None while another process is the leader.

    ``is_alone``: a lock of the system proves that no other process uses the store. The same holds for a
    leader with the same id, because the id belongs to a locked folder.
    """
    if stored is None:
        return Claim(epoch=1, unclean_age=None)
    if stored.is_released or is_alone or stored.owner == owner:
        return Claim(epoch=stored.epoch + 1, unclean_age=stored.unclean_age)
    if stored.left > 0:
        return None
    return Claim(epoch=stored.epoch + 1, unclean_age=0.0)
