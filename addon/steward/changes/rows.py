"""Rows of updates: made from what a source found, and what their results say. Pure."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Final

from homelab_steward.contract.changes import (
    Assessment,
    Change,
    ChangeSource,
    ChangeStatus,
    PackageChange,
)
from homelab_steward.contract.incidents import Run
from homelab_steward.contract.plain_text import one_line

from ..settings.changes import ChangeGroup, Changes
from ..store.storable_text import storable
from ..texts import household, local, translate
from .found import Found
from .policy import FAILED, GROUP_LABEL, asking_time, furthest, held_until, versions_of

LONGEST_TITLE: Final = 255
LONGEST_REVISION: Final = 255
LONGEST_RESULT: Final = 1_000
LONGEST_LINK: Final = 2_000
MOST_PACKAGES: Final = 50
MOST_WATCHED: Final = 40
REPLACED: Final = frozenset({ChangeStatus.HELD, ChangeStatus.READY, ChangeStatus.GONE})


def change_id(source: str, found: Found) -> str:
    """Return the id of the row of one revision of an update."""
    parts = (source, found.id, found.revision)
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]


def offer_id(source: str, found: Found) -> str:
    """Return what is the same for all revisions of an update."""
    return f"{source}:{found.id}"


def made(
    source: str,
    found: Found,
    assessment: Assessment,
    category: str,
    settings: Changes,
    group: ChangeGroup | None,
    now: datetime,
) -> Change:
    """Return the row of an update that was just found: held, or ready if its time has come."""
    row = Change(
        id=change_id(source, found),
        source=found.source,
        target=found.target,
        title="",
        packages=(),
        revision=storable(found.revision, LONGEST_REVISION),
        status=ChangeStatus.HELD,
        found_at=now,
        updated_at=now,
        category=category,
        offer=offer_id(source, found),
    )
    row = refreshed(row, found, assessment, group, now)
    until = None if found.requested else held_until(row, found.published_at, settings, group)
    return replace(row, until=until, status=ChangeStatus.READY if until is None else ChangeStatus.HELD)


def refreshed(
    row: Change, found: Found, assessment: Assessment, group: ChangeGroup | None, now: datetime
) -> Change:
    """Return a row with what its source and the assessment say now; the same row when nothing is new.

    What is held is not held any more when it is now known to mend a security problem.
    """
    is_urgent = bool(assessment.security) and not (row.assessment and row.assessment.security)
    after = replace(
        row,
        target=found.target,
        title=_line(found.label or found.title) or _line(found.target.name) or found.target.id,
        packages=tuple(map(_package, found.packages[:MOST_PACKAGES])),
        group=group.id if group else label_group(found),
        distance=furthest(one.distance for one in found.packages),
        assessment=assessment,
        way_back=found.way_back,
        way_back_text=one_line(storable(found.way_back_text, LONGEST_RESULT)),
        watched=found.watched[:MOST_WATCHED],
        url=_link(found.url),
        until=None if is_urgent and row.status is ChangeStatus.HELD else row.until,
    )
    return row if after == row else replace(after, updated_at=now)


def _package(one: PackageChange) -> PackageChange:
    """Return a package with texts of one line; they come from outside."""
    old = None if one.old is None else _line(one.old)
    return replace(one, name=_line(one.name), old=old, new=_line(one.new))


def _line(text: str) -> str:
    return one_line(storable(text, LONGEST_TITLE))


def _link(url: str | None) -> str | None:
    """Return an address that may be opened in a browser, None for any other text."""
    is_web = url is not None and url.startswith(("https://", "http://")) and len(url) <= LONGEST_LINK
    return one_line(url) if url is not None and is_web else None


def label_group(found: Found) -> str:
    """Return the group that the labels of an update give, "" for none."""
    value = found.labels.get(GROUP_LABEL, "")
    return f"{GROUP_LABEL}:{value}"[:LONGEST_TITLE] if value else ""


def version_of(row: Change) -> str:
    """Return the version that an update leads to, as people know it."""
    return row.packages[0].new if len(row.packages) == 1 else row.revision


def is_same_version(row: Change, other: Change) -> bool:
    """Return whether two updates lead the same target to the same version."""
    if row.target.key == other.target.key and row.revision == other.revision:
        return True
    return versions_of(row) == versions_of(other) and _is_same_place(row, other)


def _is_same_place(row: Change, other: Change) -> bool:
    """Return whether two updates change the same: a target, what is watched, else the same repository.

    A bot opens another pull request for a version whose first one was taken back.
    """
    if row.target.key == other.target.key:
        return True
    mine, theirs = ({ref.key for ref in one.watched} for one in (row, other))
    if mine and theirs:
        return not mine.isdisjoint(theirs)
    return _repository(row) is not None and _repository(row) == _repository(other)


def _repository(row: Change) -> tuple[str, str] | None:
    """Return the repository of a pull request, None for any other update."""
    name = row.target.name.rpartition("#")[0]
    return (row.target.instance_id, name) if row.source is ChangeSource.PULL_REQUEST and name else None


def with_earlier_decision(row: Change, known: Iterable[Change]) -> Change:
    """Return a new row with the earlier decision about this version: it failed, was rejected, or deferred."""
    for other in known:
        if other.id == row.id:
            continue
        if _is_deferred(other, row):
            return replace(row, status=ChangeStatus.DEFERRED, until=other.until, reason=other.reason)
        if not is_same_version(row, other):
            continue
        if other.status in FAILED:
            return blocked(row, other)
        if other.status is ChangeStatus.REJECTED:
            return replace(row, status=ChangeStatus.REJECTED, until=None, result=other.result)
    return row


def _is_deferred(other: Change, row: Change) -> bool:
    """Return whether the deferral of an update holds for another one of the same version or tag."""
    if other.status is not ChangeStatus.DEFERRED or other.until is None or other.until <= row.found_at:
        return False
    is_same_tag = other.offer == row.offer and _named(other) == _named(row)
    return is_same_tag or is_same_version(row, other)


def _named(row: Change) -> set[tuple[str, str]]:
    return {(one.name, one.new) for one in row.packages}


def held_as_pushed(
    row: Change, known: Iterable[Change], settings: Changes, group: ChangeGroup | None
) -> Change:
    """Return a new revision of a pull request, held since its version was pushed.

    A pull request may be older than the version that is in it by now. ``known`` are the updates of the
    same target, the newest first.
    """
    is_urgent = row.assessment is not None and bool(row.assessment.security)
    if row.source is not ChangeSource.PULL_REQUEST or is_urgent:
        return row
    earlier = [one for one in known if one.offer == row.offer and one.id != row.id]
    if not earlier:
        return row
    same = next((one for one in earlier if versions_of(one) == versions_of(row)), None)
    if same is None or same.status is ChangeStatus.GONE:
        since = row if same is None else replace(row, found_at=same.found_at)
        until = held_until(since, None, settings, group)
    else:
        until = same.until
    if until is not None and until <= row.found_at:
        until = None
    return replace(row, until=until, status=ChangeStatus.READY if until is None else ChangeStatus.HELD)


def held_at_most_twice(
    row: Change, known: Iterable[Change], settings: Changes, group: ChangeGroup | None
) -> Change:
    """Return a new revision, held at most twice as long as the first of those nobody was asked about.

    What is built or released more often than it is held for would never be asked about. ``known`` are the
    updates of the same target, the newest first.
    """
    earlier = (one for one in known if one.offer == row.offer and one.id != row.id)
    never = takewhile(lambda one: one.approval_id is None and one.status in REPLACED, earlier)
    first = min((one.found_at for one in never), default=row.found_at)
    latest = first + timedelta(days=2 * settings.days(row.distance, group))
    latest = asking_time(latest, settings.ask_at)
    if row.until is None or latest >= row.until:
        return row
    until = latest if latest > row.found_at else None
    return replace(row, until=until, status=ChangeStatus.READY if until is None else ChangeStatus.HELD)


def given_up(row: Change, now: datetime) -> Change:
    """Return a row whose version was withdrawn before anybody was asked about it."""
    text = row.assessment.withdrawn if row.assessment is not None else ""
    if row.status is ChangeStatus.GONE and row.result == text:
        return row
    return replace(row, status=ChangeStatus.GONE, until=None, updated_at=now, reason="", result=text)


def came_back(
    row: Change, found: Found, settings: Changes, group: ChangeGroup | None, now: datetime
) -> Change:
    """Return a row that is offered again: it is held or deferred for as long as it was before."""
    if row.until is not None and row.until > now:
        return replace(row, status=ChangeStatus.DEFERRED, updated_at=now, reason="", result="")
    until = held_until(row, found.published_at, settings, group)
    if until is not None and until <= now:
        until = None
    status = ChangeStatus.READY if until is None else ChangeStatus.HELD
    return replace(row, status=status, until=until, updated_at=now, reason="", result="")


def blocked(row: Change, failed: Change) -> Change:
    """Return a row that is not offered by itself, because this version failed here before."""
    if failed.status is ChangeStatus.BLOCKED:
        text = failed.result
    else:
        day = household().long_day(local(failed.updated_at))
        version, how = version_of(failed), failed.result
        text = translate(t"{version} failed here on {day}: {how}")
    return replace(row, status=ChangeStatus.BLOCKED, until=None, reason="", result=text)


def result_text(run: Run) -> str:
    """Return how a run ended, with the figures of its checks."""
    verdict = run.verdict
    lines = [verdict.summary] if verdict and verdict.summary else []
    if run.error and run.error not in lines:
        # The error of an update that was taken back begins with the summary.
        lines = [one for one in lines if not run.error.startswith(one)] + [run.error]
    said = "\n".join(lines)
    checks = verdict.checks if verdict else ()
    lines += [f"{one.name}: {one.text}" for one in checks if one.text and one.text not in said]
    return storable("\n".join(lines) or translate("Applied."), LONGEST_RESULT)
