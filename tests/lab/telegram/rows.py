"""Records as the Bot API's JSON (https://core.telegram.org/bots/api#available-types)."""

from lab.telegram.records import Button, Keyboard, Message, Press, Topic, User
from lab.wire import Json, JsonObject

CHAT_INSTANCE = "4200000000000000042"


def user_row(user: User) -> JsonObject:
    """Return a User."""
    return {
        "id": user.id,
        "is_bot": user.is_bot,
        "first_name": user.first_name,
        "username": user.username,
        **({} if user.is_bot else {"language_code": "en"}),
    }


def topic_row(topic: Topic) -> JsonObject:
    """Return a ForumTopic."""
    row: JsonObject = {
        "message_thread_id": topic.thread_id,
        "name": topic.name,
        "icon_color": topic.icon_color,
    }
    if topic.icon_custom_emoji_id is not None:
        row["icon_custom_emoji_id"] = topic.icon_custom_emoji_id
    return row


def message_row(message: Message, chat: JsonObject) -> JsonObject:
    """Return a Message."""
    row: JsonObject = {
        "message_id": message.message_id,
        "from": user_row(message.sender),
        "chat": chat,
        "date": message.date,
        **_content(message),
    }
    if message.thread_id is not None:
        row["message_thread_id"] = message.thread_id
        row["is_topic_message"] = True
    if message.edit_date is not None:
        row["edit_date"] = message.edit_date
    if message.entities:
        name = "entities" if message.file is None else "caption_entities"
        row[name] = [entity.row() for entity in message.entities]
    if message.keyboard:
        row["reply_markup"] = {"inline_keyboard": keyboard_rows(message.keyboard)}
    return row


def _content(message: Message) -> JsonObject:
    """Return the text of a message, or its file with the caption."""
    if message.file is None:
        return {"text": message.text}
    number = f"lab-{message.message_id}"
    size = len(message.file.content)
    row: JsonObject = {"file_id": number, "file_unique_id": number, "file_size": size}
    if message.file.kind == "photo":
        return {"caption": message.text, "photo": [{**row, "width": 1200, "height": 600}]}
    return {"caption": message.text, "document": {**row, "file_name": message.file.name}}


def creation_row(topic: Topic, bot: User, chat: JsonObject, date: int) -> JsonObject:
    """Return the Message that created a topic, to which a message in it replies if to no other."""
    return {
        "message_id": topic.thread_id,
        "from": user_row(bot),
        "chat": chat,
        "date": date,
        "message_thread_id": topic.thread_id,
        "is_topic_message": True,
        "forum_topic_created": {"name": topic.name, "icon_color": topic.icon_color},
    }


def press_row(press: Press, message: Message, chat: JsonObject) -> JsonObject:
    """Return a CallbackQuery."""
    return {
        "id": press.query_id,
        "from": user_row(press.user),
        "message": message_row(message, chat),
        "chat_instance": CHAT_INSTANCE,
        "data": press.data,
    }


def keyboard_rows(keyboard: Keyboard) -> list[Json]:
    """Return the rows of an InlineKeyboardMarkup."""
    rows: list[Json] = []
    for row in keyboard:
        buttons: list[Json] = [_button_row(button) for button in row]
        rows.append(buttons)
    return rows


def _button_row(button: Button) -> JsonObject:
    if button.url is not None:
        return {"text": button.text, "url": button.url}
    return {"text": button.text, "callback_data": button.data}


def bot_rights(*, can_manage_topics: bool, can_delete_messages: bool) -> JsonObject:
    """Return the rights of the bot as an administrator of the group."""
    names = "manage_chat delete_messages manage_video_chats restrict_members promote_members change_info"
    denied = ("restrict_members", "promote_members")
    rights: JsonObject = {f"can_{name}": name not in denied for name in names.split()}
    stories: JsonObject = {f"can_{verb}_stories": False for verb in ("post", "edit", "delete")}
    return {
        "can_be_edited": False,
        "is_anonymous": False,
        **rights,
        **stories,
        "can_invite_users": True,
        "can_pin_messages": True,
        "can_manage_topics": can_manage_topics,
        "can_delete_messages": can_delete_messages,
    }
