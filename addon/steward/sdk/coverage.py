"""The parts that one poll could not read: collected during the poll, reported with the snapshot."""

from typing import Final

from homelab_steward.contract.state import MOST_GAPS, Coverage, CoverageStatus, Gap

from ..texts import Text, spoken
from .format import brief

LONGEST_REASON: Final = 200


class Gaps:
    """Collects the parts that are missing from one poll: endpoints, lists, items."""

    def __init__(self) -> None:
        """No part is missing at first."""
        self._gaps: dict[str, Gap] = {}

    def add(self, part: str, reason: Text) -> None:
        """Record that ``part`` is missing or incomplete. The first reason of a part is kept."""
        said = spoken(lambda texts: brief(texts(reason), LONGEST_REASON))
        self._gaps.setdefault(part, Gap(part=part, reason=said))

    def of(self, part: str) -> str | None:
        """Return why ``part`` is incomplete, None when it is complete."""
        gap = self._gaps.get(part)
        return gap.reason if gap else None

    @property
    def coverage(self) -> Coverage:
        """The coverage of a poll that succeeded: complete, or partial with the first gaps."""
        if not self._gaps:
            return Coverage(status=CoverageStatus.COMPLETE)
        return Coverage(status=CoverageStatus.PARTIAL, gaps=tuple(self._gaps.values())[:MOST_GAPS])
