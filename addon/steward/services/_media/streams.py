"""What runs on a media server now. Only ``Watched`` has names of people and titles."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final

from ...sdk.answers import State, known
from ...sdk.display import Text, brief, span
from ...sdk.fields import number_field
from ...sdk.state import Endpoint

MOST_TRANSCODES: Final = 4
LIMIT: Final = number_field(
    "most_transcodes",
    "Most transcodes",
    "More than this at the same time are a problem.",
    least=1,
    most=100,
    default=MOST_TRANSCODES,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """One stream. ``watcher`` is an id that is only counted, ``handle`` is what stops it.

    ``played`` is how much of it was played (seconds), ``bandwidth`` in kbit/s. ``is_next`` marks
    the one to stop first when there are too many transcodes.
    """

    id: str
    handle: str | None
    player: str
    is_transcoded: bool | None
    is_paused: bool | None
    watcher: str | None
    played: float | None
    bandwidth: float | None = None
    is_next: bool | None = None

    def __str__(self) -> str:
        ways = {True: "transcoded", False: "not transcoded", None: "it is not known whether it is transcoded"}
        return f"{self.player}, {ways[self.is_transcoded]}"

    @property
    def line(self) -> str:
        """Everything about it in one line."""
        state = {True: "paused", False: "playing", None: "state not known"}[self.is_paused]
        speed = "" if self.bandwidth is None else f", {self.bandwidth / 1000:.1f} Mbit/s"
        played = "" if self.played is None else f", {span(self.played)} played"
        return f"{self}, {state}{speed}{played}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One stream with its person and its title; a part of a series has both titles."""

    who: str | None
    titles: tuple[str | None, ...]
    player: str | None

    def __str__(self) -> str:
        title = brief(", ".join(filter(None, self.titles)), 120)
        who = brief(self.who, 60) if self.who else "Somebody whose name is not reported"
        player = brief(self.player or "a player", 60)
        return f"{who} watches {title or 'something without a title'} on {player}"


class MediaState(State):
    """What one poll reads; ``most_transcodes`` is the limit that was set.

    ``sessions`` are items with a ``stream``, which is None while nothing is played. ``parts`` are the
    endpoints of which the streams are made.
    """

    sessions: ClassVar[Endpoint[tuple[Any, ...]]]

    parts: ClassVar[tuple[str, ...]] = ("sessions",)
    most_transcodes: float = MOST_TRANSCODES

    def complete(self, client: Any) -> None:
        """Take the limit that was set."""
        self.most_transcodes = client.access.number(LIMIT.key, default=self.most_transcodes)

    def streams(self) -> tuple[Stream, ...]:
        """Return the streams. Raises NotKnown."""
        return tuple(one.stream for one in self.sessions if one.stream is not None)

    def transcodes(self) -> int:
        """Return how many streams are transcoded. Raises NotKnown."""
        return sum(known(one.is_transcoded) for one in self.streams())

    def viewers(self) -> int:
        """Return how many people watch. Raises NotKnown."""
        return len({known(one.watcher) for one in self.streams()})

    def bandwidth(self) -> float:
        """Return what all streams take together, in kbit/s. Raises NotKnown."""
        return sum(known(one.bandwidth) for one in self.streams())

    def too_many_transcodes(self) -> Text | None:
        """Return that more streams are transcoded than was set. Raises NotKnown."""
        certain = sum(one.is_transcoded is True for one in self.streams())
        if certain > self.most_transcodes or self.transcodes() > self.most_transcodes:
            return t"{certain} streams are transcoded, and {self.most_transcodes:g} were set as the most"
        return None

    def marked(self) -> Iterator[Stream]:
        """Yield the streams; the transcode to stop first is marked if that is known.

        That is a paused one, else the one that has played the shortest time. Raises NotKnown.
        """
        found = self.streams()
        transcoded = [one for one in found if one.is_transcoded is not False]
        is_known = all(None not in (one.is_transcoded, one.is_paused, one.played) for one in transcoded)
        first = min(transcoded, key=_order, default=None) if is_known else None
        for one in found:
            yield replace(one, is_next=None if first is None and transcoded else one is first)


def _order(one: Stream) -> tuple[bool, float, str]:
    return not one.is_paused, one.played or 0.0, one.id
