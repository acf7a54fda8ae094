"""Errors of the Bot API, one class for each way to handle them."""

from typing import Final

import httpx
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
from ..texts import translate

_NO_CONNECTION: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_TOPIC_GONE: Final = ("message thread not found", "topic_deleted", "topic_id_invalid")
_TOPIC_UNUSABLE: Final = ("topic_closed", "topic_hidden")
_UNCHANGED: Final = ("message is not modified", "message_not_modified", "topic_not_modified")
_MESSAGE_GONE: Final = (
    "message to edit not found",
    "message to delete not found",
    "message_id_invalid",
    "message identifier is not specified",
)
_NOT_OWN: Final = ("message can't be edited", "message_author_required")
_REPLY_GONE: Final = (
    "message to be replied not found",
    "replied message not found",
    "message to reply not found",
    "reply message not found",
)
_CHAT_REFUSES: Final = (
    "chat not found",
    "not enough rights to send",
    "have no rights to send",
    "need administrator rights",
    "channel_private",
    "user_banned_in_channel",
    "chat_admin_required",
    "chat_write_forbidden",
    "chat_restricted",
    "peer_id_invalid",
    "group chat was deactivated",
    "upgraded to a supergroup",
)


class TelegramFailure(StewardError):
    """A Bot API call failed. The text is shown to people and contains no secret."""


class Unreachable(TelegramFailure):
    """There was no valid answer. The call may or may not have had an effect."""


class NotConnected(Unreachable):
    """There was no connection, so the call had no effect."""


class TooFast(TelegramFailure):
    """Telegram requires a pause of ``seconds``; the call had no effect."""

    def __init__(self, seconds: float) -> None:
        super().__init__(translate("Telegram requires a pause of {seconds} s", seconds=f"{seconds:g}"))
        self.seconds = seconds


class TokenRefused(TelegramFailure):
    """The bot token is wrong or was revoked: a person must configure a new one."""


class OtherConsumer(TelegramFailure):
    """Another program reads the updates of this bot."""


class ChatRefused(TelegramFailure):
    """The bot may not write to the chat."""


class Migrated(TelegramFailure):
    """The group ``former_id`` has become a supergroup with another id."""

    def __init__(self, former_id: int, chat_id: int) -> None:
        super().__init__(translate("The group has become a supergroup"))
        self.former_id = former_id
        self.chat_id = chat_id


class TopicGone(TelegramFailure):
    """The topic was deleted."""


class TopicUnusable(TelegramFailure):
    """The topic cannot be created or written to."""


class MessageGone(TelegramFailure):
    """The message to edit or delete was deleted."""


class NotOwn(MessageGone):
    """The message to edit is not the bot's, or is too old."""


class ReplyGone(TelegramFailure):
    """The message to reply to was deleted."""


class MessageUnchanged(TelegramFailure):
    """The message already has this text and these buttons."""


class Refused(TelegramFailure):
    """Telegram rejects this call, and a retry would fail too."""


def to_failure(err: TelegramError, message: str, chat_id: int) -> TelegramFailure:
    """Return the error for ``err`` of a call in this chat; ``message`` is its text without secrets."""
    match err:
        case RetryAfter():
            pause = err.retry_after
            return TooFast(float(pause) if isinstance(pause, int) else pause.total_seconds())
        case ChatMigrated():
            return Migrated(chat_id, err.new_chat_id)
        case BadRequest():
            return _bad_request(message)
        case NetworkError() | InvalidToken() | Conflict() | Forbidden():
            return _refused(err, message)
        case _:
            return Unreachable(translate("Telegram's answer cannot be read ({reason})", reason=message))


def _refused(err: TelegramError, message: str) -> TelegramFailure:
    if isinstance(err, InvalidToken):
        return TokenRefused(
            translate("Telegram rejects the bot token. Get the current token from @BotFather")
        )
    if isinstance(err, Forbidden):
        return ChatRefused(
            translate("Telegram does not let the bot into the chat ({reason})", reason=message)
        )
    if isinstance(err, Conflict):
        return _conflict(message)
    kind = NotConnected if isinstance(err.__cause__, _NO_CONNECTION) else Unreachable
    if isinstance(err, TimedOut):
        return kind(translate("Telegram did not answer in time"))
    return kind(translate("Telegram cannot be reached ({reason})", reason=message))


def _conflict(message: str) -> OtherConsumer:
    if "webhook" in message.lower():
        return OtherConsumer(
            translate("Another program has set a webhook for this bot. Use a separate bot for each program")
        )
    return OtherConsumer(
        translate("Another program reads the updates of this bot. Use a separate bot for each program")
    )


def _bad_request(message: str) -> TelegramFailure:
    text = message.lower()
    if any(phrase in text for phrase in _UNCHANGED):
        return MessageUnchanged(message)
    for phrases, kind in (
        (_TOPIC_GONE, TopicGone),
        (_TOPIC_UNUSABLE, TopicUnusable),
        (_MESSAGE_GONE, MessageGone),
        (_NOT_OWN, NotOwn),
        (_REPLY_GONE, ReplyGone),
        (_CHAT_REFUSES, ChatRefused),
    ):
        if any(phrase in text for phrase in phrases):
            return kind(translate("Telegram says: {reason}", reason=message))
    return Refused(translate("Telegram says: {reason}", reason=message))
