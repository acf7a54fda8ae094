"""Why an update is safe, needs care, breaks something, or cannot be judged: a sentence for each. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from homelab_steward.contract.changes import ChangeLevel, Distance, WayBack
from homelab_steward.contract.plain_text import one_line, quoted

from ..store.storable_text import storable
from ..texts import Text, household, translate, translate_plural
from .data_stores import data_problem
from .facts import Facts, ReadNotes, days, is_rebuild, published
from .found import Found
from .versions import is_older

YOUNG_DAYS: Final = 3
"""Days in which a bad version is usually withdrawn or repaired."""

MOST_NAMED: Final = 5
LONGEST_LINE: Final = 300
LONGEST_NAME: Final = 100

_SEVERITIES: Final[Mapping[str, Text]] = {
    "critical": t"critical",
    "high": t"high",
    "moderate": t"moderate",
    "low": t"low",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence, and how careful it makes."""

    level: ChangeLevel
    text: str


def reasons(found: Found, facts: Facts, read: ReadNotes) -> Iterator[Reason]:
    """Yield all reasons."""
    if facts.withdrawn:
        yield Reason(ChangeLevel.BREAKING, facts.withdrawn)
    yield from _breaking(found, read)
    yield from _unknown(found, facts, read)
    yield from _of_notes(read)
    yield from _of_versions(found, facts, read)
    yield from _of_offer(found)
    yield from _good(found, facts, read)


def matches(read: ReadNotes) -> Iterator[str]:
    """Yield what of the notes concerns the target: settings that it has, and problems that it had."""
    for one in read.touched:
        name, line = name_shown(one.name), quoted_line(one.line)
        yield translate(t"It uses {name}: {line}")
    if read.is_untouched:
        yield translate(t"None of the environment variables that the notes name is set here")
    for match in read.fixes:
        numbers = ", ".join(f"#{one.number}" for one in match.problems[:MOST_NAMED])
        yield translate_plural(
            "{line} fits {count} problem of the last 60 days: {numbers}",
            "{line} fits {count} problems of the last 60 days: {numbers}",
            len(match.problems),
            line=quoted_line(match.line),
            numbers=numbers,
        )


def security(facts: Facts, read: ReadNotes) -> Iterator[str]:
    """Yield the advisories, with how severe each is when the notes say it."""
    for advisory, severity in read.signs.advisories:
        yield f"{advisory} ({translate(_SEVERITIES[severity])})" if severity else advisory
    yield from (one for one in facts.fixed if one not in dict(read.signs.advisories))


def shown_line(text: str) -> str:
    """Return a line from outside as plain text."""
    return storable(one_line(text), LONGEST_LINE)


def name_shown(text: str) -> str:
    """Return a name from outside as plain text."""
    return storable(one_line(text), LONGEST_NAME)


def quoted_line(text: str) -> str:
    """Return a line from outside in quotation marks."""
    return quoted(storable(text, LONGEST_LINE), LONGEST_LINE, household().language)


def _of_offer(found: Found) -> Iterator[Reason]:
    if found.twin:
        twin = name_shown(found.twin)
        text = translate(t"{twin} may be the same app: apply only one of them")
        yield Reason(ChangeLevel.CAREFUL, text)


def _breaking(found: Found, read: ReadNotes) -> Iterator[Reason]:
    level = ChangeLevel.BREAKING
    for one in read.touched:
        if one.line in read.judgement.reasons:
            name, line = name_shown(one.name), quoted_line(one.line)
            yield Reason(level, translate(t"It uses {name}, and the notes say: {line}"))
    problems = (data_problem(one) for one in found.packages)
    yield from (Reason(level, translate(one)) for one in problems if one is not None)
    replaced = [one for one in read.pull.updates if one.new_name] if read.pull is not None else []
    for update in replaced:
        old, new = name_shown(update.name), name_shown(update.new_name)
        yield Reason(level, translate(t"{old} is replaced by {new}: user, folders, and settings may differ"))
    if read.judgement.breaks:
        text = translate_plural(
            "The release notes name a breaking change",
            "The release notes name {count} breaking changes",
            len(read.judgement.reasons),
        )
        yield Reason(level, text)


def _unknown(found: Found, facts: Facts, read: ReadNotes) -> Iterator[Reason]:
    level = ChangeLevel.UNKNOWN
    if is_rebuild(found):
        return
    if read.judgement.breaks is None:
        yield Reason(level, facts.missing or translate(t"The release notes are not all known"))
    elif facts.missing and not facts.is_complete and read.judgement.breaks:
        yield Reason(level, facts.missing)


def _of_notes(read: ReadNotes) -> Iterator[Reason]:
    level, seen = ChangeLevel.CAREFUL, read.signs
    for line in map(quoted_line, seen.one_way[:1]):
        yield Reason(level, translate(t"There is no way back without a backup: {line}"))
    for line in map(quoted_line, seen.migrations[:1]):
        yield Reason(level, translate(t"Data is converted: {line}"))
    for one in read.touched:
        if one.line in seen.deprecated and one.line not in read.judgement.reasons:
            name = name_shown(one.name)
            yield Reason(level, translate(t"It uses {name}, which will be removed later"))
    if read.pull is not None and read.pull.merges_itself:
        yield Reason(level, translate(t"The pull request merges itself when its checks pass"))


def _of_versions(found: Found, facts: Facts, read: ReadNotes) -> Iterator[Reason]:
    level = ChangeLevel.CAREFUL
    distances = [one.distance for one in found.packages]
    for one in found.packages:
        if is_older(one.old, one.new):
            old, new = name_shown(one.old or ""), name_shown(one.new)
            yield Reason(level, translate(t"{new} is older than {old}, which runs: data may not fit it"))
    if Distance.UNKNOWN in distances or not distances:
        yield Reason(level, translate(t"The versions do not say how much changes between them"))
    if Distance.MAJOR in distances and not read.judgement.breaks:
        yield Reason(level, translate(t"It is a new major version"))
    if (count := max(len(found.packages), len(found.couples) + 1)) > 1:
        yield Reason(level, translate(t"{count} versions change together and have to fit each other"))
    age = days(facts.now, published(found, facts))
    if age is not None and age < YOUNG_DAYS:
        yield Reason(level, _age(age))
    if found.way_back is WayBack.NONE:
        yield Reason(level, translate(t"It cannot be taken back"))


def _age(count: int) -> str:
    if not count:
        return translate(t"It is less than a day old")
    return translate_plural("It is {count} day old", "It is {count} days old", count)


def _good(found: Found, facts: Facts, read: ReadNotes) -> Iterator[Reason]:
    level = ChangeLevel.SAFE
    if ids := list(dict.fromkeys(security(facts, read))):
        named = household().listed(ids[:MOST_NAMED])
        yield Reason(level, translate(t"It fixes vulnerabilities: {named}"))
    for one in read.fixes[:1]:
        text = translate_plural(
            "It may fix a problem of the last 60 days: {line}",
            "It may fix {count} problems of the last 60 days: {line}",
            len(one.problems),
            line=quoted_line(one.line),
        )
        yield Reason(level, text)
    for line in map(quoted_line, read.signs.deprecated[:1]):
        yield Reason(level, translate(t"Something will be removed later: {line}"))
    if is_rebuild(found):
        yield Reason(level, translate(t"It is the same version, built again"))
    elif read.judgement.breaks is False:
        yield Reason(level, translate(t"The release notes name no breaking change"))
