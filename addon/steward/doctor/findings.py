"""What a check of one area returns."""

from collections.abc import Sequence
from dataclasses import dataclass

from homelab_steward.contract.doctor import Area, AreaChecked, Finding, FindingSeverity

_ORDER = tuple(FindingSeverity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One area that was checked; ``text`` says shortly what was looked at."""

    area: Area
    text: str
    findings: Sequence[Finding] = ()
    not_checked: Sequence[str] = ()

    def row(self) -> AreaChecked:
        """Return the area as clients receive it."""
        return AreaChecked(area=self.area, text=self.text, not_checked=tuple(self.not_checked))


def worst_first(found: Sequence[Checked]) -> tuple[Finding, ...]:
    """Return the findings of all areas: by area, the worst first."""
    return tuple(
        finding
        for one in found
        for finding in sorted(one.findings, key=lambda each: _ORDER.index(each.severity))
    )
