"""A post about one month that can be published: figures and updates, without names of this home. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import Final

from homelab_steward.contract.changes import Change, ChangeStatus
from homelab_steward.contract.incidents import Incident

from ..agent.incidents.incident_text import lasting
from ..texts import translate, translate_plural
from .masking import Shield
from .pages import Rows, ended_in, requested, solved

MOST: Final = 10
"""Lines of each part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """What happened in a month: solved problems, updates, and changes on request, oldest first."""

    problems: Sequence[Incident] = ()
    done: Sequence[Change] = ()
    back: Sequence[Change] = ()
    wishes: Sequence[Incident] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing happened."""
        return not (self.problems or self.done or self.back or self.wishes)


def month_of_rows(rows: Rows, month: str) -> Month:
    """Return what happened in a month (``2026-11``)."""
    updates = ended_in(rows, month)
    return Month(
        problems=solved(rows, month),
        done=[one for one in updates if one.status is ChangeStatus.DONE],
        back=[one for one in updates if one.status is ChangeStatus.WENT_BACK],
        wishes=requested(rows, month),
    )


def milestone(rows: Rows, month: str, safe: Shield) -> str:
    """Return the post about a month (``2026-11``) in Markdown.

    ``safe`` also masks the names of people, machines, and hosts of this home.
    """
    found = month_of_rows(rows, month)
    problems, done, back, wishes = found.problems, found.done, found.back, found.wishes
    lines = [f"# {translate(t'The homelab in {month}')}", ""]
    if found.is_empty and not ended_in(rows, month):
        return "\n".join([*lines, translate("Nothing happened."), ""])
    figures = [
        translate_plural("{count} problem solved", "{count} problems solved", len(problems)),
        translate_plural("{count} update installed", "{count} updates installed", len(done)),
        translate_plural("{count} update taken back", "{count} updates taken back", len(back)),
        translate_plural("{count} change on request", "{count} changes on request", len(wishes)),
    ]
    lines += [f"* {one}" for one in figures]
    spans = [
        (one.resolved_at - one.opened_at).total_seconds() for one in problems if one.resolved_at is not None
    ]
    if spans:
        usual = lasting(timedelta(seconds=median(spans)))
        lines.append(f"* {translate(t'Half of the problems were over after {usual}')}")
    lines += _part(translate("Problems"), [safe(one.title) for one in problems])
    named = [f"{safe(one.name)} {one.old or '?'} → {one.new}" for change in done for one in change.packages]
    lines += _part(translate("Updates"), named)
    lines += _part(translate("Changes on request"), [safe(one.run.label) for one in wishes if one.run])
    return "\n".join([*lines, ""])


def _part(title: str, found: list[str]) -> list[str]:
    """Return a part with the most frequent lines, each once."""
    counts = Counter(found)
    shown = [f"* {text}" + (f" ({count})" if count > 1 else "") for text, count in counts.most_common(MOST)]
    more = len(counts) - len(shown)
    if more > 0:
        shown.append(f"* {translate_plural('{count} more', '{count} more', more)}")
    return ["", f"## {title}", "", *shown] if shown else []
