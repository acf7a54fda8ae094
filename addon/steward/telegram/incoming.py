"""What Telegram sends: presses, messages, and changes of groups, read from the updates of the Bot API."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from telegram import Update
from telegram.constants import ChatMemberStatus, ChatType

UPDATE_KINDS: Final = ("callback_query", "message", "my_chat_member")
_OUT: Final = (ChatMemberStatus.LEFT, ChatMemberStatus.BANNED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """A button press. ``chat_id`` and ``message_id`` are None when Telegram does not name the message."""

    callback_id: str
    user_id: int
    chat_id: int | None
    message_id: int | None
    data: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A text message of a person. It may contain a PIN, so the text is never logged.

    ``reply_to`` is the id of the message that it replies to. In a topic, Telegram fills it with
    the id of the topic when the message is no reply.
    """

    message_id: int
    user_id: int
    chat_id: int
    thread_id: int | None
    text: str = field(repr=False)
    reply_to: int | None = None


@dataclass(frozen=True, slots=True)
class Joined:
    """A change of the bot in a group. ``is_in``: somebody added it, and ``user_id`` is who did."""

    chat_id: int
    user_id: int
    is_in: bool


@dataclass(frozen=True, slots=True)
class Move:
    """A group became a supergroup with another id."""

    chat_id: int
    new_chat_id: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Result of one poll. The next poll confirms it with ``next_offset``, None when it is empty.

    ``has_new_rights``: the bot was added, removed, or got other rights in a chat.
    """

    presses: tuple[Press, ...]
    said: tuple[Said, ...]
    next_offset: int | None
    has_new_rights: bool = False
    joined: tuple[Joined, ...] = ()
    moves: tuple[Move, ...] = ()


def batch_of(updates: Sequence[Update], next_offset: int | None) -> Batch:
    """Return the content of some updates."""
    return Batch(
        presses=tuple(one for one in map(_press, updates) if one is not None),
        said=tuple(one for one in map(_said, updates) if one is not None),
        next_offset=next_offset,
        has_new_rights=any(one.my_chat_member is not None for one in updates),
        joined=tuple(one for one in map(_joined, updates) if one is not None),
        moves=tuple(one for one in map(_move, updates) if one is not None),
    )


def _press(update: Update) -> Press | None:
    query = update.callback_query
    if query is None:
        return None
    message = query.message
    return Press(
        callback_id=query.id,
        user_id=query.from_user.id,
        chat_id=None if message is None else message.chat.id,
        message_id=None if message is None else message.message_id,
        data=query.data or "",
    )


def _joined(update: Update) -> Joined | None:
    change = update.my_chat_member
    if change is None or change.chat.type not in (ChatType.GROUP, ChatType.SUPERGROUP):
        return None
    was_out = change.old_chat_member.status in _OUT
    is_in = was_out and change.new_chat_member.status not in _OUT
    return Joined(change.chat.id, change.from_user.id, is_in)


def _move(update: Update) -> Move | None:
    message = update.message
    if message is None or message.migrate_to_chat_id is None:
        return None
    return Move(message.chat.id, message.migrate_to_chat_id)


def _said(update: Update) -> Said | None:
    message = update.message
    if message is None or message.text is None or message.from_user is None or message.from_user.is_bot:
        return None
    reply = message.reply_to_message
    return Said(
        message_id=message.message_id,
        user_id=message.from_user.id,
        chat_id=message.chat.id,
        thread_id=message.message_thread_id,
        text=message.text,
        reply_to=None if reply is None else reply.message_id,
    )
