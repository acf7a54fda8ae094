"""The records of a Telegram chat."""

from dataclasses import dataclass

from lab.telegram.markup import Entity


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person or the bot. `status` is the membership in the group: creator, member, left …"""

    id: int
    first_name: str
    username: str
    is_bot: bool = False
    status: str = "member"


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A forum topic; `thread_id` is the id of the message that created it."""

    thread_id: int
    name: str
    icon_color: int
    icon_custom_emoji_id: str | None = None
    is_closed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """An inline button: it sends `data` as callback, or opens `url`."""

    text: str
    data: str | None = None
    url: str | None = None


type Keyboard = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file of a message; `kind` is document or photo."""

    kind: str
    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """The current state of a message. `thread_id` is None in General and in a private chat.

    `text` is the caption of a message with a `file`.
    """

    message_id: int
    chat_id: int
    thread_id: int | None
    sender: User
    text: str
    entities: tuple[Entity, ...] = ()
    keyboard: Keyboard = ()
    date: int
    edit_date: int | None = None
    edits: int = 0
    is_pinned: bool = False
    is_silent: bool = False
    reply_to: int | None = None
    file: File | None = None

    @property
    def buttons(self) -> tuple[Button, ...]:
        """All buttons, row by row."""
        return tuple(button for row in self.keyboard for button in row)

    def button(self, text_or_data: str) -> Button:
        """Return the button with this data, text, or start of the text. Raises LookupError."""
        for matches in (_has_data, _has_text, _begins):
            found = [button for button in self.buttons if matches(button, text_or_data)]
            if found:
                return found[0]
        shown = ", ".join(repr(button.text) for button in self.buttons) or "none"
        raise LookupError(f"message {self.message_id} has no button {text_or_data!r}; it has {shown}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """A press of a button. The bot answers `query_id`."""

    query_id: str
    user: User
    message_id: int
    data: str
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer to a press."""

    query_id: str
    user: User
    data: str
    text: str
    is_alert: bool
    at: float


def _has_data(button: Button, wanted: str) -> bool:
    return button.data == wanted


def _has_text(button: Button, wanted: str) -> bool:
    return button.text == wanted


def _begins(button: Button, wanted: str) -> bool:
    return button.text.startswith(wanted)
