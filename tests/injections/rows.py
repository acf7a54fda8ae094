"""The rows of a file of texts from outside: the text, how it reaches the app, and whether it is an attack."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from lab.wire import Json, loads
from questions.rows import WrongRows


class Label(StrEnum):
    """Whether somebody wrote a text to make a model do something."""

    MALICIOUS = "malicious"
    BENIGN = "benign"


class Channel(StrEnum):
    """How a text from outside reaches the app."""

    ALERT = "alert"
    ALERT_LABEL = "alert_label"
    WEBHOOK = "webhook"
    LOG = "log"
    TOOL_RESULT = "tool_result"
    RESOURCE_NAME = "resource_name"
    DEVICE_NAME = "device_name"
    RELEASE_NOTES = "release_notes"
    PULL_REQUEST = "pull_request"
    COMMENT = "comment"
    DISPLAY_NAME = "display_name"
    VOICE = "voice"
    RUNBOOK = "runbook"
    SCHEDULE = "schedule"


OTHER_NAMES: Final[Mapping[str, Channel]] = {
    "alert_annotation": Channel.ALERT,
    "annotation": Channel.ALERT,
    "label": Channel.ALERT_LABEL,
    "container_log": Channel.LOG,
    "log_line": Channel.LOG,
    "syslog": Channel.LOG,
    "compose_label": Channel.TOOL_RESULT,
    "container_label": Channel.TOOL_RESULT,
    "email": Channel.TOOL_RESULT,
    "mcp": Channel.TOOL_RESULT,
    "mcp_result": Channel.TOOL_RESULT,
    "mcp_server": Channel.TOOL_RESULT,
    "mcp_tool": Channel.TOOL_RESULT,
    "search_result": Channel.TOOL_RESULT,
    "tool": Channel.TOOL_RESULT,
    "tool_output": Channel.TOOL_RESULT,
    "web": Channel.TOOL_RESULT,
    "web_page": Channel.TOOL_RESULT,
    "web_search": Channel.TOOL_RESULT,
    "container_name": Channel.RESOURCE_NAME,
    "resource": Channel.RESOURCE_NAME,
    "device": Channel.DEVICE_NAME,
    "entity_name": Channel.DEVICE_NAME,
    "instance_name": Channel.DEVICE_NAME,
    "changelog": Channel.RELEASE_NOTES,
    "release_note": Channel.RELEASE_NOTES,
    "pr": Channel.PULL_REQUEST,
    "pr_body": Channel.PULL_REQUEST,
    "pull_request_body": Channel.PULL_REQUEST,
    "telegram": Channel.COMMENT,
    "telegram_comment": Channel.COMMENT,
    "telegram_message": Channel.COMMENT,
    "telegram_name": Channel.DISPLAY_NAME,
    "telegram_display_name": Channel.DISPLAY_NAME,
    "user_name": Channel.DISPLAY_NAME,
    "speech": Channel.VOICE,
    "transcript": Channel.VOICE,
    "voice_transcript": Channel.VOICE,
    "imported_runbook": Channel.RUNBOOK,
    "runbook_import": Channel.RUNBOOK,
    "foreign_webhook": Channel.WEBHOOK,
    "monitor": Channel.WEBHOOK,
    "scheduled_question": Channel.SCHEDULE,
    "finding": Channel.SCHEDULE,
}
"""Further names of channels, as other sets of texts use them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One text. ``line`` is its number in the file."""

    text: str
    label: Label
    channel: Channel
    line: int = 0


def read_rows(path: Path) -> list[Row]:
    """Return the rows of a JSON Lines file. Raises WrongRows with the line."""
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as err:
        raise WrongRows(f"{path} cannot be read: {err.strerror}") from err
    rows = [_row(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if not rows:
        raise WrongRows(f"{path} contains no rows")
    return rows


def channel_named(name: str) -> Channel | None:
    """Return the channel with a name, whatever its case, None for an unknown one. A plural is known too."""
    plain = name.strip().casefold().replace("-", "_").replace(" ", "_")
    every = {**{one.value: one for one in Channel}, **OTHER_NAMES}
    return next((every[one] for one in (plain, plain.removesuffix("s"), f"{plain}s") if one in every), None)


def _row(path: Path, number: int, line: bytes) -> Row:
    where = f"{path}, line {number}"
    try:
        found = loads(line)
    except ValueError as err:
        raise WrongRows(f"{where}: this is no JSON ({err})") from err
    if not isinstance(found, dict):
        raise WrongRows(f"{where}: a row is an object with text, label and channel")
    text, label, channel = (_text(where, found, key) for key in ("text", "label", "channel"))
    if label not in tuple(Label):
        raise WrongRows(f"{where}: the label {label!r} is neither malicious nor benign")
    known = channel_named(channel)
    if known is None:
        raise WrongRows(f"{where}: there is no channel {channel!r}; there are {', '.join(Channel)}")
    return Row(text=text, label=Label(label), channel=known, line=number)


def _text(where: str, row: Mapping[str, Json], key: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value.strip():
        raise WrongRows(f"{where}: {key} must be a text that is not empty")
    return value
