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


@dataclass(frozen=True, slots=True)
class About:
    """What the findings of a check are about; ``part`` is in their ids, where an area has several parts."""

    area: Area
    subject: str
    part: str = ""

    def finding(
        self,
        key: str,
        severity: FindingSeverity,
        problem: str,
        why: str,
        remedy: str,
        *,
        needs_repair: bool | None = None,
    ) -> Finding:
        """Return a finding; without ``needs_repair`` everything but a note needs a repair."""
        is_more_than_note = severity is not FindingSeverity.NOTE
        return Finding(
            id=".".join(one for one in (self.area, self.part, key) if one),
            area=self.area,
            severity=severity,
            subject=self.subject,
            problem=problem,
            why=why,
            remedy=remedy,
            needs_repair=is_more_than_note if needs_repair is None else needs_repair,
        )


def worst_first(found: Sequence[Checked]) -> tuple[Finding, ...]:
    """Return the findings of all areas: by area, the worst first."""
    return tuple(
        finding
        for one in found
        for finding in sorted(one.findings, key=lambda each: _ORDER.index(each.severity))
    )
