"""Parameters of Bot API calls in JSON, form or multipart bodies, and their errors."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lab.telegram.html import parse_html
from lab.telegram.markdown import parse_markdown, parse_markdown_v2
from lab.telegram.markup import Entity, Formatted, MarkupError
from lab.telegram.records import Button, Keyboard
from lab.wire import Json, JsonObject, loads

_MAX_TEXT = 4096
_MAX_CAPTION = 1024
_MAX_DATA_BYTES = 64
_MAX_BUTTONS = 100


class BotApiError(Exception):
    """A response with `ok: false`."""

    def __init__(
        self,
        status: int,
        description: str,
        retry_after: int | None = None,
        migrate_to_chat_id: int | None = None,
    ) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.retry_after = retry_after
        self.migrate_to_chat_id = migrate_to_chat_id

    def row(self) -> JsonObject:
        """Return the response in the Bot API's format."""
        row: JsonObject = {"ok": False, "error_code": self.status, "description": self.description}
        if self.retry_after is not None:
            row["parameters"] = {"retry_after": self.retry_after}
        if self.migrate_to_chat_id is not None:
            row["parameters"] = {"migrate_to_chat_id": self.migrate_to_chat_id}
        return row


def bad_request(text: str) -> BotApiError:
    """400."""
    return BotApiError(400, f"Bad Request: {text}")


def too_many_requests(seconds: int) -> BotApiError:
    """Return 429 with the time until a retry."""
    return BotApiError(429, f"Too Many Requests: retry after {seconds}", seconds)


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of a call; `files` are name and content of uploads."""

    values: Mapping[str, Json]
    files: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        """Return whether a parameter was given."""
        return self.values.get(name) not in (None, "")

    def text(self, name: str, default: str = "") -> str:
        """Return a text."""
        value = self.values.get(name)
        return default if value is None else str(value)

    def integer(self, name: str, default: int | None = None) -> int | None:
        """Return an integer. Raises BotApiError."""
        if not self.has(name):
            return default
        try:
            return int(str(self.values[name]))
        except ValueError as err:
            raise bad_request(f'invalid integer value "{self.values[name]}" specified for {name}') from err

    def flag(self, name: str) -> bool:
        """Return a boolean, in any of its spellings."""
        return str(self.values.get(name, "")).lower() in ("true", "1", "yes")

    def json(self, name: str) -> Json:
        """Return a value, which forms contain as JSON text. Raises BotApiError."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return loads(value) if value else None
        except ValueError as err:
            raise bad_request(f"can't parse {name.replace('_', ' ')} JSON object") from err

    def caption(self) -> Formatted:
        """Return `caption` with its formatting. Raises BotApiError."""
        formatted = self._with_format("caption", "caption_entities")
        if len(formatted.text) > _MAX_CAPTION:
            raise bad_request("message caption is too long")
        return formatted

    def file(self, name: str) -> tuple[str, bytes]:
        """Return name and content of an upload, in a part of its own or attached. Raises BotApiError."""
        part = self.text(name).removeprefix("attach://") or name
        if part not in self.files:
            raise bad_request(f"there is no {name} in the request")
        file_name, content = self.files[part]
        if not content:
            raise bad_request("file must be non-empty")
        return file_name, content

    def _with_format(self, name: str, entities: str) -> Formatted:
        try:
            return _format(self.text(name), self.text("parse_mode"), self.json(entities))
        except MarkupError as err:
            raise bad_request(str(err)) from err

    def formatted(self) -> Formatted:
        """Return `text` with its `parse_mode` or `entities` applied. Raises BotApiError."""
        formatted = self._with_format("text", "entities")
        if not formatted.text.strip():
            raise bad_request("message text is empty")
        if len(formatted.text) > _MAX_TEXT:
            raise bad_request("message is too long")
        return formatted

    def keyboard(self) -> Keyboard:
        """Return `reply_markup` as an inline keyboard, empty if none was given. Raises BotApiError."""
        markup = self.json("reply_markup")
        if markup is None:
            return ()
        if not isinstance(markup, dict):
            raise bad_request("object expected as reply markup")
        rows = markup.get("inline_keyboard")
        if rows is None:
            return ()
        if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
            raise bad_request(
                'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays'
            )
        keyboard = tuple(tuple(_button(item) for item in row) for row in rows if isinstance(row, list))
        if sum(len(row) for row in keyboard) > _MAX_BUTTONS:
            raise bad_request("reply markup is too long")
        return tuple(row for row in keyboard if row)


def _format(text: str, mode: str, entities: Json) -> Formatted:
    match mode.lower():
        case "html":
            return parse_html(text)
        case "markdownv2":
            return parse_markdown_v2(text)
        case "markdown":
            return parse_markdown(text)
        case "":
            return Formatted(text.rstrip(), tuple(_entity(item) for item in _list(entities)))
        case _:
            raise bad_request("unsupported parse_mode")


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _entity(item: Json) -> Entity:
    if not isinstance(item, dict):
        raise bad_request("expected an Object")
    url, language = item.get("url"), item.get("language")
    return Entity(
        kind=str(item.get("type", "")),
        offset=_whole(item.get("offset")),
        length=_whole(item.get("length")),
        url=None if url is None else str(url),
        language=None if language is None else str(language),
    )


def _whole(value: Json) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise bad_request("can't parse MessageEntity: offset and length must be of type Number")
    return value


def _button(item: Json) -> Button:
    if not isinstance(item, dict):
        raise bad_request("can't parse inline keyboard button: expected an Object")
    text, data, url = item.get("text"), item.get("callback_data"), item.get("url")
    if not isinstance(text, str) or not text.strip():
        raise bad_request("can't parse inline keyboard button: Can't find field \"text\"")
    if data is None and url is None:
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    if data is not None and url is not None:
        raise bad_request(
            "can't parse inline keyboard button: exactly one of the optional fields must be used"
        )
    if data is not None and not 1 <= len(str(data).encode()) <= _MAX_DATA_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    if url is not None and not str(url).startswith(("http://", "https://", "tg://")):
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    return Button(text=text, data=None if data is None else str(data), url=None if url is None else str(url))
