"""The forum group: topics, messages and buttons, and the actions of people in tests."""

import itertools
import secrets
from collections.abc import Callable
from dataclasses import replace

from lab.changes import Changes
from lab.telegram.markup import Formatted
from lab.telegram.records import Answer, File, Keyboard, Message, Press, Topic, User
from lab.telegram.rows import bot_rights, creation_row, message_row, press_row, user_row
from lab.telegram.updates import Updates
from lab.wire import JsonObject

GROUP_ID = -1002200000042
GENERAL = "General"
_DEFAULT_COLOR = 7322096


class Forum:
    """A forum group with an owner, a family member and a stranger, and one bot.

    Tests can read everything the bot did. `press`, `send_text` and similar methods are actions
    of people. `changes` notifies of every change.
    """

    def __init__(self, updates: Updates, wall: Callable[[], float], bot: User) -> None:
        self.changes = Changes()
        self.bot = bot
        self.title = "Homelab"
        self.chat_id = GROUP_ID
        self.former_chat_ids: set[int] = set()
        self.can_manage_topics = True
        self.can_send_messages = True
        self.can_delete_messages = True
        self.is_member = True
        self.is_forum = True
        self.is_general_closed = False
        self.users: dict[str, User] = {
            "owner": User(id=1001, first_name="Alex", username="alex_lab", status="creator"),
            "family": User(id=1002, first_name="Sam", username="sam_lab"),
            "stranger": User(id=1099, first_name="Mallory", username="mallory", status="left"),
        }
        self.started_private: set[int] = set()
        self.other_groups: set[int] = set()
        self.answers: list[Answer] = []
        self.presses: list[Press] = []
        self.reactions: dict[int, list[str]] = {}
        self.menus: dict[str, list[JsonObject]] = {}
        self._updates = updates
        self._wall = wall
        self._message_ids = itertools.count(2)
        self._topics: dict[int, Topic] = {}
        self._messages: dict[int, Message] = {}

    # -- state -------------------------------------------------------------------------------

    @property
    def topics(self) -> list[Topic]:
        """The topics of the bot, oldest first, without General."""
        return list(self._topics.values())

    @property
    def messages(self) -> list[Message]:
        """The current messages, oldest first."""
        return list(self._messages.values())

    def topic(self, name: str) -> Topic:
        """Return a topic by its name. Raises LookupError."""
        for topic in self._topics.values():
            if topic.name == name:
                return topic
        raise LookupError(f"there is no topic {name!r}")

    def find_topic(self, thread_id: int) -> Topic | None:
        """Return a topic by its id."""
        return self._topics.get(thread_id)

    def in_topic(self, name: str) -> list[Message]:
        """Return the messages of a topic, or of General."""
        thread_id = None if name == GENERAL else self.topic(name).thread_id
        return [m for m in self.messages if m.thread_id == thread_id and m.chat_id == self.chat_id]

    def message(self, message_id: int) -> Message:
        """Return a message by its id. Raises LookupError."""
        return self._messages[message_id]

    def find_message(self, chat_id: int, message_id: int) -> Message | None:
        """Return a message of a chat."""
        message = self._messages.get(message_id)
        return message if message is not None and message.chat_id == chat_id else None

    def user_by_id(self, user_id: int) -> User | None:
        """Return a person or the bot."""
        return next((u for u in (*self.users.values(), self.bot) if u.id == user_id), None)

    def chat(self, chat_id: int) -> JsonObject | None:
        """Return a Chat row, None for an unknown chat."""
        if chat_id == self.chat_id or chat_id in self.former_chat_ids:
            return {"id": chat_id, "title": self.title, "type": "supergroup", "is_forum": self.is_forum}
        if chat_id in self.other_groups:
            return {"id": chat_id, "title": "Another group", "type": "group"}
        user = self.user_by_id(chat_id)
        if user is None or user.is_bot:
            return None
        return {"id": user.id, "type": "private", "first_name": user.first_name, "username": user.username}

    def answer_to(self, press: Press) -> Answer | None:
        """Return the answer to a press, None before it is answered."""
        return next((a for a in self.answers if a.query_id == press.query_id), None)

    async def wait_for[T](self, condition: Callable[[], T], timeout: float = 60.0) -> T:
        """Return the first true value of `condition()`. Raises TimeoutError."""
        return await self.changes.wait_for(condition, timeout)

    async def wait_for_answer(self, press: Press, timeout: float = 60.0) -> Answer:
        """Wait until the bot answers a press, and return the answer. Raises TimeoutError."""
        answer = await self.wait_for(lambda: self.answer_to(press), timeout)
        if answer is None:
            raise LookupError("no answer")
        return answer

    # -- actions of people -------------------------------------------------------------------

    def press(self, message_id: int, button: str, user: str | User = "owner") -> Press:
        """Press a button, by its data, its text or the start of its text.

        Raises LookupError if the message or the button does not exist.
        """
        found = self.message(message_id).button(button)
        if found.data is None:
            raise LookupError(f"the button {found.text!r} opens a page and sends no callback")
        return self.forge_press(message_id, found.data, user)

    def forge_press(self, message_id: int, data: str, user: str | User = "owner") -> Press:
        """Send any callback data, as a modified client can."""
        press = Press(
            query_id=str(secrets.randbelow(9 * 10**17) + 10**17),
            user=self._who(user),
            message_id=message_id,
            data=data,
            at=self._wall(),
        )
        self.presses.append(press)
        message = self.message(message_id)
        self._updates.add("callback_query", press_row(press, message, self._chat_of(message)))
        self.changes.notify()
        return press

    def send_text(
        self,
        user: str | User,
        text: str,
        topic: str | None = None,
        reply_to: Message | None = None,
        chat_id: int | None = None,
    ) -> Message:
        """Send a message to a topic, General, another group, or where `reply_to` is. Raises LookupError."""
        thread_id = None if topic in (None, GENERAL) else self.topic(topic).thread_id
        if reply_to is not None:
            thread_id = reply_to.thread_id
        return self._say(self._who(user), chat_id or self.chat_id, thread_id, text, reply_to)

    def rights(self) -> JsonObject:
        """Return the rights of the bot in the group."""
        return bot_rights(
            can_manage_topics=self.can_manage_topics, can_delete_messages=self.can_delete_messages
        )

    def send_private(self, user: str | User, text: str) -> Message:
        """Send a private message to the bot, which can then send private messages too."""
        who = self._who(user)
        self.started_private.add(who.id)
        return self._say(who, who.id, None, text)

    def close_topic(self, name: str, *, is_closed: bool = True) -> None:
        """Close a topic or General (hiding General closes it too), or open it again."""
        if name == GENERAL:
            self.is_general_closed = is_closed
        else:
            self.put_topic(replace(self.topic(name), is_closed=is_closed))

    def migrate(self, chat_id: int) -> None:
        """Give the group another id, as when it becomes a supergroup: ids and topics are new."""
        former = self.chat(self.chat_id) or {}
        self.former_chat_ids.add(self.chat_id)
        self.chat_id = chat_id
        self._updates.add(
            "message",
            {
                "message_id": self.next_message_id(),
                "from": user_row(self.users["owner"]),
                "chat": former,
                "date": int(self._wall()),
                "migrate_to_chat_id": chat_id,
            },
        )
        self._topics.clear()
        self.changes.notify()

    def set_rights(self, **rights: bool) -> None:
        """Change the rights or the membership of the bot; the bot gets an update."""
        before = _membership("administrator" if self.is_member else "kicked", self.bot, self.rights())
        for name, value in rights.items():
            setattr(self, name, value)
        self._change_membership(self.chat_id, "owner", before, is_member=self.is_member)

    def add_bot(self, user: str | User = "owner", chat_id: int | None = None) -> None:
        """Add the bot to the group, or to another one with this id; the bot gets an update."""
        if chat_id is None:
            self.is_member = True
        else:
            self.other_groups.add(chat_id)
        before: JsonObject = {"status": "left", "user": user_row(self.bot)}
        self._change_membership(chat_id or self.chat_id, user, before, is_member=True)

    def _change_membership(
        self, chat_id: int, user: str | User, before: JsonObject, *, is_member: bool
    ) -> None:
        status = "administrator" if is_member else "kicked"
        row: JsonObject = {
            "chat": self.chat(chat_id) or {},
            "from": user_row(self._who(user)),
            "date": int(self._wall()),
            "old_chat_member": before,
            "new_chat_member": _membership(status, self.bot, self.rights()),
        }
        self._updates.add("my_chat_member", row)
        self.changes.notify()

    # -- actions of the bot ------------------------------------------------------------------

    def next_message_id(self) -> int:
        """Return a new id. Ids increase and are never reused."""
        return next(self._message_ids)

    def post(
        self,
        formatted: Formatted,
        *,
        chat_id: int,
        thread_id: int | None,
        keyboard: Keyboard,
        is_silent: bool,
        reply_to: int | None,
        file: File | None = None,
    ) -> Message:
        """Add a message of the bot."""
        message = Message(
            message_id=self.next_message_id(),
            chat_id=chat_id,
            thread_id=thread_id,
            sender=self.bot,
            text=formatted.text,
            entities=formatted.entities,
            keyboard=keyboard,
            date=int(self._wall()),
            is_silent=is_silent,
            reply_to=reply_to,
            file=file,
        )
        return self.put(message)

    def put(self, message: Message) -> Message:
        """Store a new or changed message."""
        self._messages[message.message_id] = message
        self.changes.notify()
        return message

    def edit(self, message: Message, formatted: Formatted, keyboard: Keyboard) -> Message:
        """Change a message's text and buttons."""
        changed = replace(
            message,
            text=formatted.text,
            entities=formatted.entities,
            keyboard=keyboard,
            edit_date=int(self._wall()),
            edits=message.edits + 1,
        )
        return self.put(changed)

    def react(self, message_id: int, emoji: list[str]) -> None:
        """Set the reactions of the bot to a message."""
        self.reactions[message_id] = emoji
        self.changes.notify()

    def delete(self, message_id: int) -> None:
        """Delete a message."""
        self._messages.pop(message_id, None)
        self.changes.notify()

    def make_topic(self, name: str, icon_color: int | None, icon_custom_emoji_id: str | None) -> Topic:
        """Create a topic."""
        topic = Topic(
            thread_id=self.next_message_id(),
            name=name,
            icon_color=_DEFAULT_COLOR if icon_color is None else icon_color,
            icon_custom_emoji_id=icon_custom_emoji_id,
        )
        return self.put_topic(topic)

    def put_topic(self, topic: Topic) -> Topic:
        """Store a new or changed topic."""
        self._topics[topic.thread_id] = topic
        self.changes.notify()
        return topic

    def drop_topic(self, name: str) -> None:
        """Delete a topic with all its messages, as an administrator does."""
        topic = self.topic(name)
        del self._topics[topic.thread_id]
        self._messages = {n: m for n, m in self._messages.items() if m.thread_id != topic.thread_id}
        self.changes.notify()

    def answer(self, press: Press, text: str, *, is_alert: bool) -> None:
        """Answer a press."""
        self.answers.append(
            Answer(
                query_id=press.query_id,
                user=press.user,
                data=press.data,
                text=text,
                is_alert=is_alert,
                at=self._wall(),
            )
        )
        self.changes.notify()

    # -- internals ---------------------------------------------------------------------------

    def _who(self, user: str | User) -> User:
        return self.users[user] if isinstance(user, str) else user

    def _chat_of(self, message: Message) -> JsonObject:
        return self.chat(message.chat_id) or {}

    def deliver_again(self, message: Message) -> None:
        """Deliver the update of a message once more."""
        self._updates.add("message", self._said(message))

    def _say(
        self,
        user: User,
        chat_id: int,
        thread_id: int | None,
        text: str,
        reply_to: Message | None = None,
    ) -> Message:
        message = Message(
            message_id=self.next_message_id(),
            chat_id=chat_id,
            thread_id=thread_id,
            sender=user,
            text=text,
            date=int(self._wall()),
            reply_to=None if reply_to is None else reply_to.message_id,
        )
        self.put(message)
        self._updates.add("message", self._said(message))
        return message

    def _said(self, message: Message) -> JsonObject:
        """Return the row of a message of a person, with the message that it replies to."""
        row = _said_row(message, self._chat_of(message))
        replied = self._messages.get(message.reply_to or 0)
        topic = self._topics.get(message.thread_id or 0)
        if replied is not None:
            row["reply_to_message"] = message_row(replied, self._chat_of(replied))
        elif topic is not None:
            row["reply_to_message"] = creation_row(topic, self.bot, self._chat_of(message), message.date)
        return row


def _membership(status: str, bot: User, rights: JsonObject) -> JsonObject:
    row: JsonObject = {"status": status, "user": user_row(bot)}
    if status == "kicked":
        return {**row, "until_date": 0}
    return {**row, **rights}


def _said_row(message: Message, chat: JsonObject) -> JsonObject:
    row = message_row(message, chat)
    if message.text.startswith("/"):
        command = message.text.split(maxsplit=1)[0]
        row["entities"] = [{"type": "bot_command", "offset": 0, "length": len(command)}]
    return row
