"""Undoes steps of a run, last first: those that took effect, or the copies of data."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from homelab_steward.contract.incidents import StepState
from homelab_steward.contract.step_parts import PlannedStep

from ...texts import english, translate
from ..plans.references import Work, works
from .effects import Effects
from .journal import Journal
from .waits import Waits

LEFT_AS_IT_IS: Final = english("left as it is, because a later step is not undone")
TOOK_EFFECT: Final = (StepState.EFFECT_KNOWN, StepState.VERIFIED)

type Select = Callable[[Sequence[Work]], list[Work]]
"""Returns the steps of a run to undo, in order."""


@dataclass(frozen=True, slots=True)
class Undone:
    """The steps that are undone, last first. ``failure`` says which are not and why."""

    steps: tuple[str, ...]
    failure: str | None = None

    @property
    def text(self) -> str:
        """Which steps are undone and which are not, as a text for people."""
        undone = f"Undone: {', '.join(self.steps)}." if self.steps else ""
        return translate(t"{undone} Not undone: {self.failure}.").strip() if self.failure else undone


class Undoing:
    """Undoes selected steps of a run."""

    def __init__(self, journal: Journal, effects: Effects, waits: Waits) -> None:
        """``journal`` has the states of the steps."""
        self._journal = journal
        self._effects = effects
        self._waits = waits

    async def undo(self, run_id: str, steps: Sequence[PlannedStep], selected: Select) -> Undone | float:
        """Undo the selected steps, last first. The steps that a step needs are kept when its undo fails.

        While no read shows an undo that was sent, return the seconds after which to call again.
        """
        of_run = works(run_id, steps, await self._journal.entries(run_id))
        undone = [name_of(work) for work in reversed(of_run) if work.entry.state is StepState.UNDONE]
        left = selected(of_run)
        failures: list[str] = []
        while left:
            work = left.pop()
            if not work.step.reversible:
                failures.append(about(work, translate(t"it cannot be undone")))
                continue
            sent = await self._effects.undo(work)
            if sent.wait is not None:
                return sent.wait
            if sent.failure is not None:
                failures.append(about(work, sent.failure))
                stuck = [one for one in left if _is_needed(one, work)]
                failures += [about(one, translate(LEFT_AS_IT_IS)) for one in reversed(stuck)]
                left = [one for one in left if one not in stuck]
                continue
            undone.append(name_of(work))
        again = await self._waits.after_undo(works(run_id, steps, await self._journal.entries(run_id)))
        if isinstance(again, float):
            return again
        failures += [again] if again else []
        return Undone(tuple(undone), "; ".join(failures) or None)


def name_of(work: Work) -> str:
    """Return the title of a step with the name of its target, as a text for people."""
    return f"{work.step.title} ({work.step.target.name})"


def about(work: Work, text: str) -> str:
    """Return a text about a step, with its name."""
    return f"{name_of(work)}: {text}"


def done(works: Sequence[Work]) -> list[Work]:
    """Return the steps that changed something and were read back, in order."""
    return [one for one in works if one.entry.state is StepState.VERIFIED and one.step.has_effect]


def took_effect(works: Sequence[Work]) -> list[Work]:
    """Return the steps that changed something, in order; copies of data stay."""
    return [
        one
        for one in works
        if one.entry.state in TOOK_EFFECT and one.step.has_effect and not one.step.preserves
    ]


def copies(works: Sequence[Work]) -> list[Work]:
    """Return the steps that may have left a copy of data, in order."""
    return [
        one
        for one in works
        if one.step.preserves and one.entry.was_started and one.entry.state is not StepState.UNDONE
    ]


def _is_needed(work: Work, later: Work) -> bool:
    """Return whether ``later`` needs the step ``work``, which was done before it."""
    return later.step.after is None or work.entry.position in later.step.after
