"""Who says what about something, and since when, as lines for people. Pure."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Final

from homelab_steward.contract.devices import Word

from ...quorum.reliability import UNKNOWN, Reliabilities, Reliability, share_of
from ...quorum.witnesses import Testimony, Witness
from ...texts import household, local, translate, translate_plural
from .incident_voices import OWN

_NOTHING: Final[Reliabilities] = {}
_SHOWN: Final = (Word.DOWN, Word.UP)


def voice_lines(
    said: Iterable[Testimony],
    now: datetime,
    name: Callable[[str], str | None],
    reliable: Reliabilities = _NOTHING,
) -> tuple[str, ...]:
    """Return a line for each witness that says up or down, those that say down first.

    Of those that say the same the most reliable are first. ``name`` returns the name of an instance by its
    id. What is not fresh is left out; a witness that says both is shown as down.
    """
    fresh = [one for one in said if one.is_fresh(now)]
    found: dict[str, str] = {}
    for word in _SHOWN:
        for one in _ordered(fresh, word, reliable):
            record = reliable.get((one.witness.id, one.aspect), UNKNOWN)
            line = _line(one, witness_name(one.witness, name))
            found.setdefault(one.witness.id, _with_record(line, record))
    return tuple(found.values())


def witness_name(witness: Witness, name: Callable[[str], str | None]) -> str:
    """Return what people call a witness: the monitor, with the probe if it has several."""
    if witness.id.startswith(f"{OWN}/"):
        return "Homelab Steward"
    instance = name(witness.instance) or witness.instance
    probe = witness.id.partition("@")[2]
    return f"{instance} ({probe})" if probe else instance


def _ordered(said: Iterable[Testimony], word: Word, reliable: Reliabilities) -> Iterator[Testimony]:
    """Yield the testimonies with a word: the most reliable first, then those that say it for longest."""

    def order(one: Testimony) -> tuple[float, bool, datetime, str]:
        share = share_of(reliable, one.witness.id, one.aspect)
        return -share, one.since is None, one.since or one.checked_at, one.witness.id

    yield from sorted((one for one in said if one.word is word), key=order)


def _with_record(line: str, record: Reliability) -> str:
    """Return a line with how often its witness was right, if that is known."""
    if not record.total:
        return line
    return translate_plural(
        "{line} (right in {right} of {count} case)",
        "{line} (right in {right} of {count} cases)",
        record.total,
        line=line,
        right=record.right,
    )


def _line(one: Testimony, name: str) -> str:
    if one.since is None:
        return translate(t"{name} says down") if one.word is Word.DOWN else translate(t"{name} says up")
    when = household().date_and_time(local(one.since))
    if one.word is Word.DOWN:
        return translate(t"{name} says down since {when}")
    return translate(t"{name} says up since {when}")
