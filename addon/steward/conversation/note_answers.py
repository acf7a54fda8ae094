"""Answers how and why something was set up, and what was done in this month, from the notebook."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from homelab_steward.contract.plain_text import one_line, quoted
from homelab_steward.contract.state import Person, Role, TargetRef

from ..notebook.lookup import Passage
from ..notebook.milestone import Month
from ..texts import Texts, local

PASSAGES: Final = 2
LONGEST: Final = 300
TITLE: Final = 120

type About = Callable[[str, int], Awaitable[Sequence[Passage]]]
"""Returns the best passages of the notebook about a name, at most a number of them."""


async def no_month(_: datetime) -> Month:
    """Return a month in which nothing happened."""
    return Month()


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """What answers are made of. ``about`` is None where no notebook is written."""

    about: About | None = None
    month: Callable[[datetime], Awaitable[Month]] = no_month


class NoteAnswers:
    """Answers with quotations of the notebook."""

    def __init__(self, notes: Notes) -> None:
        """All access is read-only."""
        self._notes = notes

    async def how_set_up(self, target: TargetRef | None, listener: Person | None, texts: Texts) -> str:
        """Return what the notebook says about a target. ``listener`` is None when it is not known.

        Guests get nothing of it: an owner writes there for those who look after the homelab.
        """
        if listener is None or listener.role is Role.GUEST:
            return texts("Only people who look after the homelab can read the notebook.")
        if self._notes.about is None:
            return texts("No notebook is written, so it is not known how and why something was set up.")
        if target is None:
            return texts("Name the thing whose notes you want.")
        name = one_line(target.name)
        found = await self._notes.about(target.name, PASSAGES)
        if not found:
            return texts(t"The notebook does not say how and why {name} was set up.")
        lines = [_quotation(one, texts) for one in found]
        if not any(one.is_own for one in found):
            lines.insert(
                0, texts(t"Nobody wrote down how and why {name} was set up. The steward wrote down this:")
            )
        return " ".join(lines)

    async def this_month(self, now: datetime, texts: Texts, shown: int) -> str:
        """Return what was done in the month of ``now``."""
        found = await self._notes.month(now)
        if found.is_empty:
            return texts("Nothing was done in this month.")
        figures = texts.listed(_figures(found, texts))
        lines = [texts(t"In this month: {figures}.")]
        titles = [quoted(one, TITLE, texts.language) for one in _newest(found)][:shown]
        if titles:
            names = texts.listed(titles)
            lines.append(texts(t"The newest: {names}."))
        return " ".join(lines)


def _quotation(one: Passage, texts: Texts) -> str:
    page, section = one_line(one.page), quoted(one.section, TITLE, texts.language)
    said = quoted(one.text, LONGEST, texts.language)
    if one.written_at is None:
        return texts(t"{page}, section {section}: {said}.")
    when = texts.date_and_time(local(one.written_at))
    return texts(t"{page}, section {section}, written {when}: {said}.")


def _figures(found: Month, texts: Texts) -> Iterator[str]:
    if found.problems:
        yield texts.plural("{count} problem solved", "{count} problems solved", len(found.problems))
    if found.done:
        yield texts.plural("{count} update installed", "{count} updates installed", len(found.done))
    if found.back:
        yield texts.plural("{count} update taken back", "{count} updates taken back", len(found.back))
    if found.wishes:
        yield texts.plural("{count} change on request", "{count} changes on request", len(found.wishes))


def _newest(found: Month) -> Iterator[str]:
    """Yield what was done last, by kind: changes on request, updates, and problems."""
    yield from (one.run.label for one in reversed(found.wishes) if one.run is not None)
    yield from (one.title for one in reversed(found.done))
    yield from (one.title for one in reversed(found.problems))
