"""What can go wrong between us and Telegram, named for what we do about it."""

from typing import Final

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from ..errors import StewardError

_TOPIC_GONE: Final = ("message thread not found", "topic_deleted", "topic_id_invalid")
_TOPIC_UNUSABLE: Final = ("topic_closed",)
_MESSAGE_GONE: Final = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "message identifier is not specified",
)
_CHAT_REFUSES: Final = (
    "chat not found",
    "not enough rights to send",
    "have no rights to send",
    "chat_write_forbidden",
    "chat_restricted",
    "peer_id_invalid",
    "group chat was deactivated",
)


class TelegramFailure(StewardError):
    """Telegram did not do what it was asked; the text is for people and holds no secret."""


class Unreachable(TelegramFailure):
    """No proper answer came. What was sent may or may not have arrived."""


class TooFast(TelegramFailure):
    """Telegram wants a pause of ``seconds``; nothing was done."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"Telegram asks for a pause of {seconds:g} s")
        self.seconds = seconds


class TokenRefused(TelegramFailure):
    """The bot token is wrong or was revoked: a person must give a new one."""


class OtherConsumer(TelegramFailure):
    """Another program takes this bot's updates."""


class ChatRefused(TelegramFailure):
    """The bot may not write to the chat."""


class TopicGone(TelegramFailure):
    """Somebody deleted the topic."""


class TopicUnusable(TelegramFailure):
    """The topic cannot be made or written to."""


class MessageGone(TelegramFailure):
    """The message to edit is not there any more, or too old."""


class MessageUnchanged(TelegramFailure):
    """The message already says exactly this."""


class Refused(TelegramFailure):
    """Telegram will not take this very request, however often it is sent."""


def to_failure(err: TelegramError, message: str) -> TelegramFailure:
    """Return our error for the library's; ``message`` is its text, free of secrets."""
    match err:
        case RetryAfter():
            pause = err.retry_after
            return TooFast(float(pause) if isinstance(pause, int) else pause.total_seconds())
        case ChatMigrated():
            return ChatRefused(f"The group became a supergroup: its chat id is now {err.new_chat_id}")
        case BadRequest():
            return _bad_request(message)
        case NetworkError() | InvalidToken() | Conflict() | Forbidden():
            return _refused(err, message)
        case _:
            return Unreachable(f"Telegram's answer cannot be read ({message})")


def _refused(err: TelegramError, message: str) -> TelegramFailure:
    if isinstance(err, InvalidToken):
        return TokenRefused("Telegram refuses the bot token: ask @BotFather for the right one")
    if isinstance(err, Forbidden):
        return ChatRefused(f"Telegram does not let the bot into the chat ({message})")
    if isinstance(err, Conflict):
        return _conflict(message)
    if isinstance(err, TimedOut):
        return Unreachable("Telegram did not answer in time")
    return Unreachable(f"Telegram cannot be reached ({message})")


def _conflict(message: str) -> OtherConsumer:
    if "webhook" in message.lower():
        return OtherConsumer("Another program has set a webhook for this bot: give each program its own bot")
    return OtherConsumer("Another program reads this bot's updates: give each program its own bot")


def _bad_request(message: str) -> TelegramFailure:
    text = message.lower()
    if "message is not modified" in text:
        return MessageUnchanged(message)
    for words, kind in (
        (_TOPIC_GONE, TopicGone),
        (_TOPIC_UNUSABLE, TopicUnusable),
        (_MESSAGE_GONE, MessageGone),
        (_CHAT_REFUSES, ChatRefused),
    ):
        if any(word in text for word in words):
            return kind(f"Telegram says: {message}")
    return Refused(f"Telegram says: {message}")
