"""One question to the app and the pieces of its answer."""

from dataclasses import dataclass, field
from enum import StrEnum

from .base import Message, Value
from .state import Speaker


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatQuestion(Message):
    """A question. ``language`` is a BCP 47 tag; ``spoken`` asks for short sentences.

    ``incident_id`` is the incident that the conversation is about, None when it is about none.
    ``is_shared``: it was spoken where anybody can speak, so nobody decides with it.
    """

    conversation_id: str
    text: str
    speaker: Speaker
    language: str = "en"
    spoken: bool = False
    incident_id: str | None = None
    is_shared: bool = False


class ChatPieceKind(StrEnum):
    """The content of a piece of an answer."""

    TEXT = "text"
    TOOL_CALL = "tool_call"
    TOOL_RESULT = "tool_result"
    END = "end"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatPiece(Message):
    """One piece of a streamed answer, in order."""

    conversation_id: str
    kind: ChatPieceKind
    text: str = ""
    call_id: str | None = None
    tool: str | None = None
    arguments: dict[str, Value] = field(default_factory=dict)
    ok: bool = True
    expects_reply: bool = False
