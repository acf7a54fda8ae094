"""The Telegram simulator, spoken to with the real client library."""

from typing import Any

import pytest
from aiohttp import ClientSession, FormData
from telegram import Bot, BotCommand, ForumTopic, InlineKeyboardButton, InlineKeyboardMarkup, InputFile
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter

from lab.clock import ManualClock
from lab.faults import Fault, FaultKind, Faults
from lab.telegram import GENERAL, TelegramSimulator
from lab.world import World

KEYBOARD = InlineKeyboardMarkup(
    [
        [InlineKeyboardButton("1 Increase memory", callback_data="ok:1")],
        [
            InlineKeyboardButton("Ignore", callback_data="no:1"),
            InlineKeyboardButton("Read", url="https://e.org"),
        ],
    ]
)


@pytest.fixture
async def topic(bot: Bot, telegram: TelegramSimulator) -> ForumTopic:
    return await bot.create_forum_topic(telegram.chat_id, "Media", icon_color=7322096)


async def _send(bot: Bot, telegram: TelegramSimulator, text: str = "hello", **more: Any) -> int:
    return (await bot.send_message(telegram.chat_id, text, **more)).message_id


async def test_a_card_is_sent_pressed_answered_and_edited(
    bot: Bot, telegram: TelegramSimulator, topic: ForumTopic
) -> None:
    sent = await bot.send_message(
        telegram.chat_id,
        "<b>Memory</b> of radarr",
        parse_mode="HTML",
        message_thread_id=topic.message_thread_id,
        reply_markup=KEYBOARD,
    )
    assert (sent.text, sent.is_topic_message) == ("Memory of radarr", True)
    (message,) = telegram.forum.in_topic("Media")
    assert [button.text for button in message.buttons] == ["1 Increase memory", "Ignore", "Read"]
    press = telegram.forum.press(message.message_id, "1", "family")
    (update,) = await bot.get_updates(timeout=1)
    query = update.callback_query
    assert query is not None
    assert (query.data, query.from_user.first_name) == ("ok:1", "Sam")
    assert query.message is not None
    assert query.message.message_id == message.message_id
    assert await query.answer("Done")
    assert (await telegram.forum.wait_for_answer(press)).text == "Done"
    await query.edit_message_text("Increase memory, decided by Sam via Telegram")
    after = telegram.forum.message(message.message_id)
    assert (after.text, after.buttons, after.edits) == ("Increase memory, decided by Sam via Telegram", (), 1)
    assert await bot.get_updates(offset=update.update_id + 1) == ()


async def test_a_wrong_token_is_refused(telegram: TelegramSimulator) -> None:
    stranger = Bot("123456:wrong", base_url=telegram.base_url)
    with pytest.raises(InvalidToken, match="rejected by the server"):
        await stranger.initialize()
    await stranger.shutdown()


async def test_topics_live(bot: Bot, telegram: TelegramSimulator, topic: ForumTopic) -> None:
    chat, thread = telegram.chat_id, topic.message_thread_id
    assert telegram.forum.topic("Media").thread_id == thread
    stickers = await bot.get_forum_topic_icon_stickers()
    icon = stickers[0].custom_emoji_id
    await bot.edit_forum_topic(chat, thread, name="Films", icon_custom_emoji_id=icon)
    assert telegram.forum.topic("Films").icon_custom_emoji_id == icon
    await bot.close_forum_topic(chat, thread)
    assert telegram.forum.topic("Films").is_closed
    assert await _send(bot, telegram, message_thread_id=thread)
    with pytest.raises(BadRequest, match="Topic_not_modified"):
        await bot.close_forum_topic(chat, thread)
    await bot.reopen_forum_topic(chat, thread)
    with pytest.raises(BadRequest, match="Title must be non-empty"):
        await bot.create_forum_topic(chat, " ")
    with pytest.raises(BadRequest, match="Topic_id_invalid"):
        await bot.close_forum_topic(chat, 4711)
    assert (await bot.create_forum_topic(chat, "x" * 200)).name == "x" * 128
    telegram.forum.drop_topic("Films")
    with pytest.raises(BadRequest, match="Message thread not found"):
        await _send(bot, telegram, message_thread_id=thread)


async def test_topics_need_a_right(bot: Bot, telegram: TelegramSimulator, topic: ForumTopic) -> None:
    await bot.close_forum_topic(telegram.chat_id, topic.message_thread_id)
    telegram.forum.can_manage_topics = False
    member = await bot.get_chat_member(telegram.chat_id, telegram.forum.bot.id)
    assert (member.status, member.can_manage_topics) == ("administrator", False)  # type: ignore[attr-defined]
    with pytest.raises(BadRequest, match="Not enough rights to create a topic"):
        await bot.create_forum_topic(telegram.chat_id, "Another")
    with pytest.raises(BadRequest, match="Topic_closed"):
        await _send(bot, telegram, message_thread_id=topic.message_thread_id)


async def test_general_is_reached_without_a_thread(bot: Bot, telegram: TelegramSimulator) -> None:
    with pytest.raises(BadRequest, match="Message thread not found"):
        await _send(bot, telegram, message_thread_id=1)
    number = await _send(bot, telegram)
    assert [m.message_id for m in telegram.forum.in_topic(GENERAL)] == [number]


async def test_chats(bot: Bot, telegram: TelegramSimulator) -> None:
    chat = await bot.get_chat(telegram.chat_id)
    assert (chat.title, chat.is_forum) == ("Homelab", True)
    owner = telegram.forum.users["owner"]
    assert (await bot.get_chat_member(telegram.chat_id, owner.id)).status == "creator"
    assert (await bot.get_chat_member(telegram.chat_id, telegram.forum.users["stranger"].id)).status == "left"
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(-100987, "anybody?")
    with pytest.raises(Forbidden, match="can't initiate conversation"):
        await bot.send_message(owner.id, "hello")
    telegram.forum.send_private("owner", "/start")
    assert (await bot.send_message(owner.id, "hello")).chat.type == "private"
    telegram.forum.is_member = False
    with pytest.raises(Forbidden, match="kicked from the supergroup"):
        await _send(bot, telegram)


@pytest.mark.parametrize(
    ("text", "more", "reason"),
    [
        ("x" * 4097, {}, "Message is too long"),
        ("   ", {}, "Message text is empty"),
        ("<b>", {"parse_mode": "HTML"}, "Can't parse entities"),
        ("a.b", {"parse_mode": "MarkdownV2"}, "Can't parse entities: character '.' is reserved"),
        ("a", {"reply_to_message_id": 4711}, "Message to be replied not found"),
        ("a", {"parse_mode": "HTML5"}, "Unsupported parse_mode"),
    ],
)
async def test_texts_that_are_refused(
    bot: Bot, telegram: TelegramSimulator, text: str, more: dict[str, Any], reason: str
) -> None:
    with pytest.raises(BadRequest) as caught:
        await _send(bot, telegram, text, **more)
    assert caught.value.message.lower().startswith(reason.lower())
    assert telegram.forum.messages == []


async def test_a_text_is_measured_without_its_markup(bot: Bot, telegram: TelegramSimulator) -> None:
    assert await _send(bot, telegram, "<b>" + "x" * 4096 + "</b>", parse_mode="HTML")


@pytest.mark.parametrize(
    ("button", "reason"),
    [
        ({"text": "a", "callback_data": "x" * 65}, "BUTTON_DATA_INVALID"),
        ({"text": "a", "callback_data": "ü" * 33}, "BUTTON_DATA_INVALID"),
        ({"text": "a", "callback_data": ""}, "BUTTON_DATA_INVALID"),
        ({"text": "a"}, "Text buttons are unallowed in the inline keyboard"),
        ({"callback_data": "x"}, 'Can\'t find field "text"'),
        ({"text": "a", "url": "ftp://x"}, "is invalid"),
    ],
)
async def test_buttons_that_are_refused(
    session: ClientSession, telegram: TelegramSimulator, button: dict[str, str], reason: str
) -> None:
    body = {"chat_id": telegram.chat_id, "text": "a", "reply_markup": {"inline_keyboard": [[button]]}}
    status, answer = await _call(session, telegram, "sendMessage", json=body)
    assert (status, answer["ok"], answer["error_code"]) == (400, False, 400)
    assert reason in answer["description"]


async def test_64_bytes_are_fine(bot: Bot, telegram: TelegramSimulator) -> None:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("a", callback_data="ü" * 32)]])
    assert await _send(bot, telegram, reply_markup=keyboard)


async def _call(
    session: ClientSession, telegram: TelegramSimulator, method: str, **body: Any
) -> tuple[int, dict[str, Any]]:
    async with session.post(f"{telegram.base_url}{telegram.token}/{method}", **body) as response:
        return response.status, await response.json()


async def test_json_form_and_multipart_bodies_are_read_alike(
    session: ClientSession, telegram: TelegramSimulator
) -> None:
    markup = '{"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]}'
    fields = {"chat_id": str(telegram.chat_id), "text": "hello", "reply_markup": markup}
    multipart = FormData(default_to_multipart=True)
    for name, value in fields.items():
        multipart.add_field(name, value)
    for body in ({"json": fields}, {"data": fields}, {"data": multipart}, {"params": fields}):
        status, answer = await _call(session, telegram, "sendMessage", **body)
        assert (status, answer["result"]["text"]) == (200, "hello")
    assert [len(message.buttons) for message in telegram.forum.messages] == [1, 1, 1, 1]


async def test_unknown_methods_and_broken_bodies(session: ClientSession, telegram: TelegramSimulator) -> None:
    assert await _call(session, telegram, "sendFlubber") == (
        404,
        {"ok": False, "error_code": 404, "description": "Not Found"},
    )
    headers = {"Content-Type": "application/json"}
    status, _ = await _call(session, telegram, "sendMessage", data="{", headers=headers)
    assert status == 400
    status, answer = await _call(session, telegram, "sendMessage", json={"chat_id": "x", "text": "y"})
    assert (status, answer["description"]) == (400, "Bad Request: chat not found")
    body = {"chat_id": telegram.chat_id, "text": "y", "reply_markup": "{"}
    assert (await _call(session, telegram, "sendMessage", json=body))[0] == 400


async def test_editing(bot: Bot, telegram: TelegramSimulator) -> None:
    chat = telegram.chat_id
    number = await _send(bot, telegram, reply_markup=KEYBOARD)
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_text("hello", chat, number, reply_markup=KEYBOARD)
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_reply_markup(chat, number, reply_markup=KEYBOARD)
    await bot.edit_message_reply_markup(chat, number)
    assert telegram.forum.message(number).buttons == ()
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("x", chat, 4711)
    theirs = telegram.forum.send_text("owner", "mine")
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await bot.edit_message_text("x", chat, theirs.message_id)
    await bot.pin_chat_message(chat, number)
    assert telegram.forum.message(number).is_pinned
    await bot.delete_message(chat, number)
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await bot.delete_message(chat, number)
    with pytest.raises(BadRequest, match="Message to pin not found"):
        await bot.pin_chat_message(chat, number)


async def test_a_press_is_answered_once_and_in_time(
    faults: Faults, clock: ManualClock, still_world: World
) -> None:
    telegram = TelegramSimulator(still_world, faults)
    await telegram.start()
    gone = "Query is too old and response timeout expired or query id is invalid"
    async with Bot(telegram.token, base_url=telegram.base_url) as bot:
        number = await _send(bot, telegram, reply_markup=KEYBOARD)
        press = telegram.forum.press(number, "Ignore")
        with pytest.raises(BadRequest, match="Message_too_long"):
            await bot.answer_callback_query(press.query_id, "x" * 201)
        await bot.answer_callback_query(press.query_id, "no", show_alert=True)
        assert telegram.forum.answers[0].is_alert
        with pytest.raises(BadRequest, match=gone):
            await bot.answer_callback_query(press.query_id)
        late = telegram.forum.press(number, "Ignore")
        clock.advance(61)
        with pytest.raises(BadRequest, match=gone):
            await bot.answer_callback_query(late.query_id)
        with pytest.raises(BadRequest, match=gone):
            await bot.answer_callback_query("42")
    assert len(telegram.forum.answers) == 1
    await telegram.close()


async def test_people_press_what_is_there_and_may_forge(bot: Bot, telegram: TelegramSimulator) -> None:
    number = await _send(bot, telegram, reply_markup=KEYBOARD)
    with pytest.raises(LookupError, match="has no button 'Explode'"):
        telegram.forum.press(number, "Explode")
    with pytest.raises(LookupError, match="opens a page"):
        telegram.forum.press(number, "Read")
    telegram.forum.forge_press(number, "ok:999", "stranger")
    (update,) = await bot.get_updates()
    assert update.callback_query is not None
    assert (update.callback_query.data, update.callback_query.from_user.username) == ("ok:999", "mallory")


async def test_429_as_a_fault_and_as_a_natural_limit(
    bot: Bot, telegram: TelegramSimulator, faults: Faults, clock: ManualClock, still_world: World
) -> None:
    faults.arm(
        Fault(
            service="telegram",
            kind=FaultKind.STATUS,
            status=429,
            retry_after=7,
            path_prefix="/sendMessage",
            times=1,
        )
    )
    with pytest.raises(RetryAfter) as caught:
        await _send(bot, telegram)
    assert _seconds(caught.value) == 7
    assert await _send(bot, telegram)
    limited = TelegramSimulator(still_world, faults, messages_per_minute=2)
    await limited.start()
    async with Bot(limited.token, base_url=limited.base_url) as other:
        await _send(other, limited)
        clock.advance(10)
        await _send(other, limited)
        with pytest.raises(RetryAfter) as caught:
            await _send(other, limited)
        assert _seconds(caught.value) == 50
        clock.advance(50)
        await _send(other, limited)
    await limited.close()


def _seconds(err: RetryAfter) -> float:
    after = err.retry_after
    return after if isinstance(after, int) else after.total_seconds()


async def test_other_faults(bot: Bot, telegram: TelegramSimulator, faults: Faults) -> None:
    faults.arm(Fault(service="telegram", kind=FaultKind.STATUS, status=502, times=1))
    with pytest.raises(NetworkError, match="Bad Gateway"):
        await _send(bot, telegram)
    faults.arm(Fault(service="telegram", kind=FaultKind.AUTH_LOST, times=1))
    with pytest.raises(InvalidToken):
        await _send(bot, telegram)
    faults.arm(Fault(service="telegram", kind=FaultKind.ANSWER_LOST, path_prefix="/sendMessage", times=1))
    with pytest.raises(NetworkError):
        await _send(bot, telegram)
    assert len(telegram.forum.messages) == 1
    assert not any(telegram.token in seen.path for seen in telegram.requests)


async def test_commands_and_actions(bot: Bot, telegram: TelegramSimulator) -> None:
    await bot.set_my_commands([BotCommand("status", "How is the homelab?")])
    assert telegram.forum.menus[""] == [{"command": "status", "description": "How is the homelab?"}]
    with pytest.raises(BadRequest, match="Bot_command_invalid"):
        await bot.set_my_commands([BotCommand("Status", "no")])
    await bot.send_chat_action(telegram.chat_id, "typing")
    with pytest.raises(BadRequest, match="Wrong parameter action"):
        await bot.send_chat_action(telegram.chat_id, "dancing")


PNG = b"\x89PNG\r\n\x1a\n" + b"picture"


async def test_files_and_pictures_have_captions(
    bot: Bot, telegram: TelegramSimulator, topic: ForumTopic
) -> None:
    thread = topic.message_thread_id
    sent = await bot.send_document(
        telegram.chat_id,
        InputFile(b"line 1", filename="log.txt"),
        "<b>Log</b>",
        parse_mode="HTML",
        message_thread_id=thread,
    )
    assert sent.document is not None
    assert (sent.document.file_name, sent.document.file_size, sent.caption) == ("log.txt", 6, "Log")
    message = telegram.forum.message(sent.message_id)
    assert message.file is not None
    assert (message.file.kind, message.file.content, message.thread_id) == ("document", b"line 1", thread)
    picture = await bot.send_photo(telegram.chat_id, PNG, "Course", reply_to_message_id=sent.message_id)
    assert picture.photo
    assert telegram.forum.message(picture.message_id).reply_to == sent.message_id
    with pytest.raises(BadRequest, match="no text in the message"):
        await bot.edit_message_text("x", telegram.chat_id, sent.message_id)


@pytest.mark.parametrize(
    ("content", "caption", "match"),
    [
        (b"no picture", "", "Image_process_failed"),
        (PNG, "x" * 1_025, "caption is too long"),
        (b"", "", "non-empty"),
    ],
)
async def test_wrong_pictures_are_refused(
    bot: Bot, telegram: TelegramSimulator, content: bytes, caption: str, match: str
) -> None:
    with pytest.raises(BadRequest, match=match):
        await bot.send_photo(telegram.chat_id, content, caption)
    assert telegram.forum.messages == []


async def test_menus_are_kept_by_language(bot: Bot, telegram: TelegramSimulator) -> None:
    await bot.set_my_commands([BotCommand("status", "Status")], language_code="de")
    assert telegram.forum.menus == {"de": [{"command": "status", "description": "Status"}]}


async def test_membership_changes_and_migration_are_updates(bot: Bot, telegram: TelegramSimulator) -> None:
    telegram.forum.set_rights(can_manage_topics=False)
    telegram.forum.set_rights(is_member=False)
    telegram.forum.add_bot("stranger", -4_200)
    telegram.forum.migrate(telegram.chat_id - 1)
    rights, kicked, added, moved = await bot.get_updates(timeout=1)
    changes = [one.my_chat_member for one in (rights, kicked, added)]
    assert [(one.old_chat_member.status, one.new_chat_member.status) for one in changes if one] == [
        ("administrator", "administrator"),
        ("administrator", "kicked"),
        ("left", "administrator"),
    ]
    assert changes[2] is not None
    assert (changes[2].chat.id, changes[2].from_user.first_name) == (-4_200, "Mallory")
    assert moved.message is not None
    assert moved.message.migrate_to_chat_id == telegram.forum.chat_id
    assert (await bot.send_message(-4_200, "hello")).text == "hello"
