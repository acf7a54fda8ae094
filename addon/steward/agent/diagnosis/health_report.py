"""A report on the health of services from their last polls. It only reads the inventory."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from homelab_steward.contract.plain_text import one_line
from homelab_steward.contract.reports import ReportSection
from homelab_steward.contract.runbook_runs import RunbookReport
from homelab_steward.contract.state import Instance, TargetRef

from ...inventory.ports import Inventory
from ...runbooks.model import Readings
from ...sdk.dated_readings import CERTIFICATE_DAYS, LAST_BACKUP, number_of, time_of
from ...sdk.description import Measure, Role
from ...texts import Texts, english

MOST_LINES: Final = 20
"""Lines of one section. The others are counted."""

LONGEST_LINE: Final = 300

OWN_NOT_COUNTED: Final = english("What services say about themselves is not counted.")
"""Their lines have no severity: a warning may be below "No problem was found"."""


@dataclass(frozen=True, slots=True)
class Polled:
    """An instance after a poll, and why it cannot be read, None when it was."""

    instance: Instance
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class _Thing:
    """A target with its instance."""

    target: TargetRef
    instance: Instance

    def line(self, text: str, *, names: bool = False) -> str:
        """Return a text with the target's and instance's names; ``names``: even if the text has the first."""
        is_named = not names and self.target.name.casefold() in text.casefold()
        line = text if is_named else f"{self.target.name}: {text}"
        return line if self.target.name == self.instance.name else f"{line} ({self.instance.name})"


@dataclass(frozen=True, slots=True)
class OwnHealth:
    """What services report about their own health, and which reports could not be read."""

    lines: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


def health_report(
    title: str, polled: Sequence[Polled], inventory: Inventory, own: OwnHealth, now: datetime, texts: Texts
) -> RunbookReport:
    """Return problems, gaps, what is meant to be off, backups, certificates, and storage.

    Earlier readings of an instance that cannot be read now are left out.
    """
    read = [one.instance for one in polled if one.failure is None]
    silent = [one for one in polled if one.failure is not None and one.instance.expected_off is None]
    things = [one for instance in read for one in _things(instance, inventory)]
    problems = [*_silent(silent, texts), *_problems(things, inventory)]
    unknown = [*_unknown(read, things, inventory), *own.unread]
    sections = (
        (texts("Problems"), problems),
        (texts("Not known"), unknown),
        (texts("Meant to be off"), _off([one.instance for one in polled], things, inventory)),
        (texts("Own health checks of services"), own.lines),
        (texts("Last backups"), _backups(things, inventory, now, texts)),
        (texts("Certificates"), _certificates(things, inventory, texts)),
        (texts("Storage"), _storage(things, inventory, texts)),
    )
    is_complete = not unknown and not silent
    found = headline(len(problems), len(read), is_complete=is_complete, texts=texts)
    return RunbookReport(
        title=title,
        headline=" ".join(filter(None, (found, texts(OWN_NOT_COUNTED) if own.lines else ""))),
        sections=tuple(section(name, lines, texts) for name, lines in sections if lines),
        problems=len(problems),
        is_complete=is_complete,
    )


def headline(problems: int, services: int, *, is_complete: bool, texts: Texts) -> str:
    """Return the result of a report in one to three sentences, with whether readings are missing."""
    count = texts.plural("{count} service was read.", "{count} services were read.", services)
    if problems:
        found = texts.plural("{count} problem was found.", "{count} problems were found.", problems)
    else:
        found = texts("No problem was found.")
    gaps = "" if is_complete else texts("Not everything could be read, so a problem may be missing.")
    return " ".join(filter(None, (found, count, gaps)))


def section(title: str, lines: Sequence[str], texts: Texts) -> ReportSection:
    """Return a section with at most ``MOST_LINES`` lines, and the number of the others."""
    shown = [_cut(one_line(one)) for one in lines[:MOST_LINES]]
    more = len(lines) - MOST_LINES
    if more > 0:
        shown.append(texts.plural("{count} more", "{count} more", more))
    return ReportSection(title=title, lines=tuple(shown))


def _cut(line: str) -> str:
    return line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE - 1]}…"


def _things(instance: Instance, inventory: Inventory) -> Iterator[_Thing]:
    """Yield an instance, and each resource of its last snapshot."""
    itself = inventory.target(instance.id)
    snapshot = inventory.snapshot(instance.id)
    inside = (
        inventory.target(instance.id, one.kind, one.id) for one in (snapshot.resources if snapshot else ())
    )
    yield from (_Thing(one, instance) for one in (itself, *inside) if one is not None)


def _silent(silent: Iterable[Polled], texts: Texts) -> list[str]:
    """Return a line for each instance that cannot be read, and is not meant to be off."""
    return [
        texts("{name} cannot be read: {reason}", name=one.instance.name, reason=one.failure) for one in silent
    ]


def _problems(things: Iterable[_Thing], inventory: Inventory) -> list[str]:
    lines = (one.line(text) for one in things for text in inventory.seen(one.target).problems)
    return list(dict.fromkeys(lines))


def _unknown(read: Iterable[Instance], things: Iterable[_Thing], inventory: Inventory) -> list[str]:
    """Return the gaps of the snapshots, and the checks with an unknown result."""
    lines: list[str] = []
    for one in read:
        snapshot = inventory.snapshot(one.id)
        gaps = snapshot.coverage.gaps if snapshot else ()
        lines += [f"{one.name}: {gap.part}: {gap.reason}" for gap in gaps]
    lines += [one.line(text) for one in things for text in inventory.seen(one.target).unknown]
    return list(dict.fromkeys(lines))


def _off(instances: Iterable[Instance], things: Iterable[_Thing], inventory: Inventory) -> list[str]:
    """Return what is off and is meant to be off, with the reason."""
    lines = [f"{one.name}: {one.expected_off}" for one in instances if one.expected_off]
    for one in things:
        reason = inventory.why_off(one.target) if inventory.is_off(one.target) else None
        lines += [one.line(reason, names=True)] if reason else []
    return list(dict.fromkeys(lines))


def _backups(things: Iterable[_Thing], inventory: Inventory, now: datetime, texts: Texts) -> list[str]:
    """Return when things were backed up last, the oldest first."""
    found = _read(things, inventory, LAST_BACKUP, time_of)
    return [one.line(texts.ago(now - at), names=True) for one, at in sorted(found, key=lambda each: each[1])]


def _certificates(things: Iterable[_Thing], inventory: Inventory, texts: Texts) -> list[str]:
    """Return in how many days certificates end, the next one first."""
    found = sorted(_read(things, inventory, CERTIFICATE_DAYS, number_of), key=lambda each: each[1])
    return [
        one.line(texts.plural("{count} day left", "{count} days left", days), names=True)
        for one, days in found
    ]


def _storage(things: Iterable[_Thing], inventory: Inventory, texts: Texts) -> list[str]:
    """Return how full storage is, the fullest first."""
    found: list[tuple[float, str]] = []
    for one in things:
        service = inventory.service(one.target.instance_id)
        kind = service.kind(one.target.kind) if service else None
        readings: Readings = inventory.readings(one.target)
        for sensor in kind.sensors if kind is not None and kind.role is Role.STORAGE else ():
            share = number_of(readings.get(sensor.key)) if sensor.measures is Measure.SHARE else None
            if share is not None:
                text = f"{texts.name(sensor.name)} {texts.number(share)} %"
                found.append((share, one.line(text, names=True)))
    return list(dict.fromkeys(line for _, line in sorted(found, key=lambda each: -each[0])))


def _read[Read](
    things: Iterable[_Thing], inventory: Inventory, key: str, parse: Callable[[object], Read | None]
) -> list[tuple[_Thing, Read]]:
    """Return each target with a known reading of this key, and the reading."""
    found = ((one, parse(inventory.readings(one.target).get(key))) for one in things)
    return [(one, read) for one, read in found if read is not None]
