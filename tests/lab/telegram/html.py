"""Telegram's HTML: few tags, strictly nested."""

import re
from dataclasses import dataclass

from lab.telegram.markup import Formatted, MarkupError, Writer

_KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "tg-emoji": "custom_emoji",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_NAMED = {"&lt;": "<", "&gt;": ">", "&amp;": "&", "&quot;": '"'}
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)((?:\s+[^<>]*?)?)\s*/?>")
_ATTRIBUTE = re.compile(r"""([a-zA-Z-]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s>]+))?""")


@dataclass(frozen=True, slots=True)
class _Open:
    tag: str
    kind: str
    offset: int
    url: str | None
    language: str | None


def parse_html(text: str) -> Formatted:
    """Return the text and its entities. Raises MarkupError."""
    writer, opened, position = Writer(), list[_Open](), 0
    while position < len(text):
        if text[position] == "<":
            position = _read_tag(text, position, writer, opened)
        elif text[position] == "&":
            position = _read_entity(text, position, writer)
        else:
            writer.write(text[position])
            position += 1
    if opened:
        raise MarkupError(f'Can\'t find end tag corresponding to start tag "{opened[-1].tag}"')
    return writer.result()


def _read_tag(text: str, position: int, writer: Writer, opened: list[_Open]) -> int:
    at = len(text[:position].encode())
    match = _TAG.match(text, position)
    if match is None:
        name, bracket, _ = text[position + 1 :].partition(">")
        if not bracket or name[:1].isalpha():
            raise MarkupError(f"Unclosed start tag at byte offset {at}")
        raise MarkupError(f'Unsupported start tag "{name}" at byte offset {at}')
    name = match[2].lower()
    if match[1]:
        _close(name, at, writer, opened)
    else:
        opened.append(_opened(name, _attributes(match[3]), at, writer.position, opened))
    return match.end()


def _opened(name: str, attributes: dict[str, str], at: int, offset: int, opened: list[_Open]) -> _Open:
    kind = _KINDS.get(name)
    if kind is None or (name == "span" and attributes.get("class") != "tg-spoiler"):
        raise MarkupError(f'Unsupported start tag "{name}" at byte offset {at}')
    if name == "blockquote" and "expandable" in attributes:
        kind = "expandable_blockquote"
    language = attributes.get("class", "").removeprefix("language-") or None
    is_in_pre = name == "code" and bool(opened) and opened[-1].tag == "pre"
    return _Open(name, kind, offset, attributes.get("href"), language if is_in_pre else None)


def _close(name: str, at: int, writer: Writer, opened: list[_Open]) -> None:
    if not opened:
        raise MarkupError(f'Unexpected end tag at byte offset {at}, "</{name}>"')
    last = opened.pop()
    if last.tag != name:
        raise MarkupError(
            f'Unmatched end tag at byte offset {at}, expected "</{last.tag}>", found "</{name}>"'
        )
    if last.kind == "text_link" and not last.url:
        return
    if last.tag == "code" and last.language and opened and opened[-1].tag == "pre":
        writer.close("pre", last.offset, language=last.language)
    elif last.tag != "pre" or not _is_closed_already(writer, last):
        writer.close(last.kind, last.offset, url=last.url)


def _is_closed_already(writer: Writer, last: _Open) -> bool:
    result = writer.result()
    return any(e.kind == "pre" and e.offset == last.offset for e in result.entities)


def _attributes(text: str) -> dict[str, str]:
    return {match[1].lower(): (match[2] or "").strip("\"'") for match in _ATTRIBUTE.finditer(text)}


def _read_entity(text: str, position: int, writer: Writer) -> int:
    for name, character in _NAMED.items():
        if text.startswith(name, position):
            writer.write(character)
            return position + len(name)
    match = re.compile(r"&#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}));").match(text, position)
    if match is None:
        writer.write("&")
        return position + 1
    writer.write(chr(int(match[1], 16) if match[1] else int(match[2])))
    return match.end()
