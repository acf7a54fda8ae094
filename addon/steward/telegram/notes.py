"""Sends texts that a person or an automation of Home Assistant writes into the standing topics."""

import uuid
from collections.abc import Mapping
from typing import Final

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.state import FrontEndPlace

from .drafts import Draft, Kind, Priority
from .markup import LIMIT, Rich, bold, fitted, joined, plain, prose
from .outbox import Outbox
from .topic_names import Topic

MOST_UNSENT: Final = 50
"""Messages of a topic that may wait; more notes are refused."""

LONGEST_TITLE: Final = 200
LONGEST_LINE: Final = 1000


class Notes:
    """Adds texts to the outbox, which sends them in order with everything else."""

    def __init__(self, outbox: Outbox, titles: Mapping[Topic, str]) -> None:
        """``titles`` are the names of the standing topics."""
        self._outbox = outbox
        self._titles = titles

    async def send(self, topic: Topic, title: str, text: str) -> None:
        """Send a text. Raises ContractError NOT_FOUND, INVALID_ARGUMENT when it is empty, or TOO_MANY."""
        if topic not in self._titles:
            raise ContractError(ErrorCode.NOT_FOUND, "There is no such topic.")
        lines = _lines(title, text)
        if not lines:
            raise ContractError(ErrorCode.INVALID_ARGUMENT, "The text is empty.", {"key": "text"})
        if await self._outbox.unsent(topic) >= MOST_UNSENT:
            raise ContractError(ErrorCode.TOO_MANY, "Too many messages of this topic are waiting.")
        await self._outbox.put(
            Draft(
                key=f"note:{uuid.uuid4().hex}",
                kind=Kind.REPLY,
                topic=topic,
                priority=Priority.LINE,
                text=joined(fitted(lines, LIMIT, "…")).html,
            )
        )


def places_of(titles: Mapping[Topic, str]) -> tuple[FrontEndPlace, ...]:
    """Return the topics with these names."""
    return tuple(FrontEndPlace(key=key, name=plain(name, LONGEST_TITLE)) for key, name in titles.items())


def _lines(title: str, text: str) -> list[Rich]:
    """Return the title in bold and the lines of a text, none of which becomes a link or a mention."""
    found = [prose(line, LONGEST_LINE) for line in text.splitlines()]
    if title.strip():
        found.insert(0, bold(prose(title, LONGEST_TITLE)))
    return found if any(line.parts for line in found) else []
