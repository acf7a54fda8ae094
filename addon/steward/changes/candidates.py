"""Which updates can be asked about now, by what was read at one time. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.changes import Change

from ..agent.plans.change_plans import changing
from ..settings.changes import ChangeGroup
from ..texts import translate
from .finding import WAITING
from .found import Found
from .policy import (
    Act,
    Facts,
    Step,
    cards,
    coupled,
    earlier_text,
    may_share_a_card,
    next_step,
    preview,
    rank,
    source_rank,
)
from .row_index import RowIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """Updates as they are at one time.

    ``found`` is what is offered, by the id of its row. ``holders`` are titles, by the target's key: what
    waits for an answer there or is carried out. ``room`` is how many more requests may wait. ``is_quiet``
    says whether everybody who decides about a category is in their quiet time.
    """

    now: datetime
    rows: RowIndex
    found: Mapping[str, Found]
    group: Callable[[Found], ChangeGroup | None]
    is_quiet: Callable[[str], bool]
    room: int
    holders: dict[str, str] = field(default_factory=dict)

    @property
    def waiting(self) -> tuple[Change, ...]:
        """The updates that are not asked about, also those that are not offered now."""
        return tuple(one for one in self.rows.rows if one.status in WAITING)

    def row(self, change_id: str) -> Change | None:
        """Return an update, None when there is none."""
        return next((one for one in self.rows.rows if one.id == change_id), None)

    def bundles(self) -> list[list[Change]]:
        """Return the updates that wait and are offered, each with those of its run."""
        waiting = [one for one in self.waiting if one.id in self.found]
        return coupled(waiting, {one.id: self.found[one.id].couples for one in waiting})

    def with_coupled(self, row: Change) -> list[Change]:
        """Return the updates that are applied in the same run as this one."""
        return next((one for one in self.bundles() if row in one), [row])

    def why_not(self, row: Change) -> str:
        """Return why an update cannot be asked about at all, "" when it can."""
        found = self.found.get(row.id)
        if row.status not in WAITING or found is None:
            return translate(t"{row.title} is not offered now.")
        return found.left_out if not found.steps else ""

    def next(self, together: Sequence[Change]) -> Step:
        """Return what is done with updates of one run: what holds one of them holds all."""
        holder, step = self.holder(together), Step(Act.ASK)
        for one in together:
            found = self.found[one.id]
            facts = Facts(
                now=self.now,
                left_out="" if found.steps else found.left_out or translate("The steward cannot apply it."),
                holder=holder,
                earlier=earlier_text(one, self.rows.waves(one, self.group(found))),
                is_quiet=self.is_quiet(one.category),
            )
            step = next_step(one, facts)
            if step.act is not Act.ASK:
                return step
        return step

    def fits(self, chosen: Sequence[Sequence[Change]], together: Sequence[Change], card_most: int) -> bool:
        """Return whether one more can be asked about beside what was chosen; the lowest risk is assumed."""
        each = (*chosen, together)
        shares = [all(may_share_a_card(one, Risk.LOW) for one in changes) for changes in each]
        return len(cards([*zip(each, shares, strict=True)], card_most)) <= self.room

    def wave(self, row: Change) -> int:
        """Return the place of the wave of an update in its group, from 1; 0 when there is only one wave."""
        found = self.found.get(row.id)
        waves = self.rows.waves(row, self.group(found) if found is not None else None)
        if len(waves) <= 1:
            return 0
        return next((place for place, wave in enumerate(waves, 1) if row in wave), 0)

    def order(self, row: Change) -> str:
        """Return the order of the waves of an update as a sentence, "" for a single one."""
        return preview(self.rows.waves(row, self.group(self.found[row.id])))

    def hold(self, together: Sequence[Change]) -> None:
        """Let nothing else change the targets of these updates."""
        self.holders.update(dict.fromkeys(self._touched(together), together[0].title))

    def holder(self, together: Sequence[Change]) -> str:
        """Return what holds a target of these updates, or comes before them there; "" for nothing."""
        touched = sorted(self._touched(together))
        title = next((self.holders[key] for key in touched if key in self.holders), "")
        if title:
            return translate(t"First: {title}.")
        for one in together:
            others = [
                other
                for other in self.rows.of_target(one.target)
                if other not in together and self._is_offered(other)
            ]
            first = min(others, key=rank, default=one)
            if source_rank(first) < source_rank(one):
                return translate(t"First: {first.title}.")
        return ""

    def is_unchanged(self, together: Sequence[Change], steps: Sequence[object]) -> bool:
        """Return whether updates are still as they were when these steps were planned."""
        if any(self.row(one.id) != one or one.id not in self.found for one in together):
            return False
        return [step for one in together for step in self.found[one.id].steps] == list(steps)

    def _touched(self, together: Sequence[Change]) -> set[str]:
        """Return the keys of the targets that updates change, also as other instances show them."""
        found = [self.found[one.id] for one in together]
        touched = {str(step.target.key) for one in found for step in changing(one.steps)}
        same = {str(ref.key) for one in found for ref in one.same}
        return touched | same | {str(one.target.key) for one in together}

    def _is_offered(self, row: Change) -> bool:
        """Return whether an update waits for its turn and can be applied."""
        found = self.found.get(row.id)
        return row.status in WAITING and found is not None and bool(found.steps)
