"""The Bot API's methods for forum topics."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from lab.telegram.forum import Forum
from lab.telegram.parameters import Parameters, bad_request
from lab.telegram.records import Topic
from lab.telegram.rows import topic_row
from lab.wire import Json, JsonObject

_COLORS = (7322096, 16766590, 13338331, 9367192, 16749490, 16478047)
ICONS = {
    "5434144690511290129": "📰",
    "5312536423851630001": "💡",
    "5350554349074391003": "💻",
    "5309832892262654231": "🤖",
    "5379748062124056162": "❗️",
    "5357315181649076022": "📁",
    "5368653135101310687": "🎬",
    "5237699328843200968": "✅",
    "5312486108309757006": "🏠",
    "5350305691942788490": "📈",
}
_MAX_NAME = 128


class TopicMethods:
    """Methods by name. `check_group` checks the chat and the rights."""

    def __init__(self, forum: Forum, check_group: Callable[[Parameters], None]) -> None:
        self._forum = forum
        self._check_group = check_group
        self.by_name: dict[str, Callable[[Parameters], Awaitable[Json]]] = {
            "createForumTopic": self._create,
            "editForumTopic": self._edit,
            "closeForumTopic": self._close,
            "reopenForumTopic": self._reopen,
            "getForumTopicIconStickers": self._icons,
        }

    async def _create(self, given: Parameters) -> Json:
        self._check_group(given)
        name = _name(given.text("name"))
        color, icon = given.integer("icon_color"), given.text("icon_custom_emoji_id") or None
        if color is not None and color not in _COLORS:
            raise bad_request("invalid topic icon color specified")
        self._check_icon(icon)
        return topic_row(self._forum.make_topic(name, color, icon))

    async def _edit(self, given: Parameters) -> Json:
        topic = self._topic(given)
        name = _name(given.text("name")) if given.has("name") else topic.name
        icon = given.text("icon_custom_emoji_id") if "icon_custom_emoji_id" in given.values else None
        self._check_icon(icon or None)
        kept_icon = topic.icon_custom_emoji_id if icon is None else icon or None
        return self._changed(topic, replace(topic, name=name, icon_custom_emoji_id=kept_icon))

    async def _close(self, given: Parameters) -> Json:
        topic = self._topic(given)
        return self._changed(topic, replace(topic, is_closed=True))

    async def _reopen(self, given: Parameters) -> Json:
        topic = self._topic(given)
        return self._changed(topic, replace(topic, is_closed=False))

    async def _icons(self, _: Parameters) -> Json:
        return [_sticker(number, emoji) for number, emoji in ICONS.items()]

    def _topic(self, given: Parameters) -> Topic:
        self._check_group(given)
        topic = self._forum.find_topic(given.integer("message_thread_id", 0) or 0)
        if topic is None:
            raise bad_request("TOPIC_ID_INVALID")
        return topic

    def _changed(self, before: Topic, after: Topic) -> Json:
        if before == after:
            raise bad_request("TOPIC_NOT_MODIFIED")
        self._forum.put_topic(after)
        return True

    def _check_icon(self, icon: str | None) -> None:
        if icon is not None and icon not in ICONS:
            raise bad_request("invalid custom emoji identifier specified")


def _name(text: str) -> str:
    """Return a topic name: Telegram silently truncates long names and refuses empty ones."""
    name = " ".join(text.split())[:_MAX_NAME]
    if not name:
        raise bad_request("title must be non-empty")
    return name


def _sticker(number: str, emoji: str) -> JsonObject:
    return {
        "file_id": f"lab-{number}",
        "file_unique_id": f"u{number}",
        "type": "custom_emoji",
        "width": 100,
        "height": 100,
        "is_animated": True,
        "is_video": False,
        "emoji": emoji,
        "set_name": "Topics",
        "custom_emoji_id": number,
        "needs_repainting": False,
    }
