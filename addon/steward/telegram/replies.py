"""Answers to messages of people."""

from typing import Final

from .chat import Said
from .drafts import Draft, Kind, Priority
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
        draft = Draft(
            key=f"said:{said.chat_id}:{said.message_id}",
            kind=Kind.REPLY,
            topic=self._topics.topic_of(said.thread_id),
            priority=Priority.REPLY,
            text=(head + text).html,
            reply_to=reply_to,
        )
        await self._outbox.put_once([draft])
