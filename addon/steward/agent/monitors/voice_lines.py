"""Who says what about something, and since when, as lines for people. Pure."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Final

from homelab_steward.contract.devices import Word

from ...quorum.witnesses import Testimony, Witness
from ...texts import household, local, translate
from .incident_voices import OWN

_SHOWN: Final = (Word.DOWN, Word.UP)


def voice_lines(
    said: Iterable[Testimony], now: datetime, name: Callable[[str], str | None]
) -> tuple[str, ...]:
    """Return a line for each witness that says up or down, those that say down first.

    ``name`` returns the name of an instance by its id. What is not fresh is left out; a witness that says
    both is shown as down.
    """
    fresh = [one for one in said if one.is_fresh(now)]
    found: dict[str, str] = {}
    for word in _SHOWN:
        for one in _earliest(fresh, word):
            found.setdefault(one.witness.id, _line(one, witness_name(one.witness, name)))
    return tuple(found.values())


def witness_name(witness: Witness, name: Callable[[str], str | None]) -> str:
    """Return what people call a witness: the monitor, with the probe if it has several."""
    if witness.id.startswith(f"{OWN}/"):
        return "Homelab Steward"
    instance = name(witness.instance) or witness.instance
    probe = witness.id.partition("@")[2]
    return f"{instance} ({probe})" if probe else instance


def _earliest(said: Iterable[Testimony], word: Word) -> Iterator[Testimony]:
    """Yield the testimonies with a word, those that have said it for longest first."""
    own = [one for one in said if one.word is word]
    yield from sorted(own, key=lambda one: (one.since is None, one.since or one.checked_at, one.witness.id))


def _line(one: Testimony, name: str) -> str:
    if one.since is None:
        return translate(t"{name} says down") if one.word is Word.DOWN else translate(t"{name} says up")
    when = household().date_and_time(local(one.since))
    if one.word is Word.DOWN:
        return translate(t"{name} says down since {when}")
    return translate(t"{name} says up since {when}")
