"""Turns a polled state into the reports of its items about devices."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog

from homelab_steward.contract.devices import Aspect, Method, Word

from ..quorum.marks import Marks
from .description import ResourceKind, Service
from .description.testimonies import Repeats, Testifies
from .readings import NotKnown
from .snapshot import items
from .state import computed

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The report of one item at one poll.

    ``kind`` and ``id`` are those of the item, ``labels`` identify the target that it is about, ``repeats`` is
    the source that it repeats. ``word`` is None when it only shows that the device exists. ``since`` is
    when it began to report this word, None when that is not known.
    """

    kind: str
    id: str
    name: str
    device: str
    marks: Marks
    aspect: Aspect
    method: Method
    word: Word | None
    checked_at: datetime
    interval: float
    part: str = ""
    probe: str = ""
    labels: Mapping[str, str]
    repeats: Repeats | None = None
    since: datetime | None = None

    @property
    def key(self) -> tuple[str, str, Aspect, str]:
        """The key that identifies the report among those of an instance."""
        return self.kind, self.id, self.aspect, self.part


def testimonies[S](service: Service[Any, S], state: S, now: datetime, interval: float) -> tuple[Said, ...]:
    """Return the reports of the items of a state; ``interval`` is that of the poll, in seconds.

    An item without a word and without marks is left out.
    """
    return tuple(
        said
        for kind in (*service.resources, *service.watches)
        for how in kind.testifies
        for item in items(kind, state)
        if (said := _said(kind, how, item, state, now, interval)) is not None
    )


def carried(old: Iterable[Said], new: Iterable[Said], now: datetime) -> Iterator[Said]:
    """Yield the new reports with when each began: now if the item reported another word at the last poll."""
    before = {one.key: one for one in old}
    for one in new:
        last = before.get(one.key)
        since = last.since if last and last.word is one.word else now if last else None
        yield replace(one, since=since)


def _said(
    kind: ResourceKind[Any, Any], how: Testifies[Any], item: Any, state: Any, now: datetime, interval: float
) -> Said | None:
    try:
        key = kind.id(item)
        word, marks = _word(how, item, state), how.marks(item)
        if word is None and marks == Marks():
            return None
        checked_at = _checked_at(how, item)
        return Said(
            kind=kind.key,
            id=key,
            name=kind.name_of(item),
            device=(how.device(item) if how.device else "") or f"{kind.key}/{key}",
            marks=marks,
            aspect=how.aspect(item),
            method=how.method(item),
            word=word,
            checked_at=checked_at or now,
            interval=how.interval(item) or interval,
            part=how.part(item),
            probe=how.probe(item),
            repeats=how.repeats(item),
            labels=how.labels(item) if how.labels else {**kind.labels(item), **kind.about(item)},
        )
    except Exception as err:  # noqa: BLE001 - one item must not cost the others
        log.warning("testimony failed", kind=kind.key, error=repr(err))
        return None


def _word(how: Testifies[Any], item: Any, state: Any) -> Word | None:
    try:
        word, _ = computed(state, lambda: how.word(item))
    except NotKnown:
        return Word.UNKNOWN
    return word


def _checked_at(how: Testifies[Any], item: Any) -> datetime | None:
    try:
        return how.checked_at(item)
    except NotKnown:
        return None
