"""Answers to messages of people."""

from typing import Final

from .drafts import Draft, Kind, Priority
from .incoming import Said
from .markup import Rich, literal, prose
from .outbox import Outbox
from .topics import TopicThreads

NAME: Final = 80


class Replies:
    """Answers each message at most once, in its topic."""

    def __init__(self, outbox: Outbox, topics: TopicThreads) -> None:
        self._outbox = outbox
        self._topics = topics

    async def send(self, said: Said, text: Rich, *, name: str = "", reply_to: str = "") -> None:
        """Answer a message with a text for ``name``, as a reply to the message with the key ``reply_to``."""
        head = prose(name, NAME) + literal(": ") if name else literal("")
        place = await self._topics.place_of(said.thread_id)
        draft = Draft(
            key=f"said:{said.chat_id}:{said.message_id}",
            kind=Kind.REPLY,
            topic=place.standing,
            priority=Priority.REPLY,
            text=(head + text).html,
            incident_id=place.incident_id,
            reply_to=reply_to,
            own_topic=bool(place.incident_id),
        )
        await self._outbox.put_once([draft])
