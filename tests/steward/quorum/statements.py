"""Witnesses and testimonies for tests."""

from datetime import UTC, datetime, timedelta

from homelab_steward.contract.devices import Aspect, Word
from steward.quorum.witnesses import Testimony as Said
from steward.quorum.witnesses import Witness

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def witness(name: str, *, instance: str = "", vantage: str = "", derived_from: str = "") -> Witness:
    return Witness(id=name, instance=instance or name, vantage=vantage, derived_from=derived_from)


def says(
    who: Witness | str,
    word: Word,
    *,
    age: float = 0.5,
    subject: str = "nas",
    since: float | None = None,
) -> Said:
    """Return a testimony; ``age`` and ``since`` are minutes ago, the interval is a minute."""
    return Said(
        witness=witness(who) if isinstance(who, str) else who,
        subject=subject,
        aspect=Aspect.REACH,
        word=word,
        checked_at=NOW - age * MINUTE,
        interval=MINUTE,
        since=None if since is None else NOW - since * MINUTE,
    )
