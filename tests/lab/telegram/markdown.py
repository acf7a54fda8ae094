"""Telegram's MarkdownV2 and old Markdown."""

from dataclasses import dataclass

from lab.telegram.markup import Formatted, MarkupError, Writer

_RESERVED = "_*[]()~`>#+-=|{}.!"
# Longer marks first: "__" is underline, "_" italic.
_MARKS = {"__": "underline", "||": "spoiler", "*": "bold", "_": "italic", "~": "strikethrough"}
_NAMES = {
    "bold": "Bold",
    "italic": "Italic",
    "underline": "Underline",
    "strikethrough": "Strikethrough",
    "spoiler": "Spoiler",
    "code": "Code",
    "pre": "Pre",
    "text_link": "TextUrl",
    "blockquote": "BlockQuote",
}


@dataclass(frozen=True, slots=True)
class _Open:
    kind: str
    mark: str
    offset: int
    at: int


def parse_markdown_v2(text: str) -> Formatted:
    """Return the text and its entities. Raises MarkupError."""
    return _Reader(text).read()


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._next = 0
        self._writer = Writer()
        self._opened: list[_Open] = []

    def read(self) -> Formatted:
        while self._next < len(self._text):
            self._step()
        self._close_quote()
        if self._opened:
            last = self._opened[-1]
            raise MarkupError(f"Can't find end of {_NAMES[last.kind]} entity at byte offset {last.at}")
        return self._writer.result()

    def _step(self) -> None:
        character = self._text[self._next]
        if self._is_escape():
            self._writer.write(self._text[self._next + 1])
            self._next += 2
        elif self._starts_quote():
            self._open("blockquote", ">")
        elif character == "\n":
            self._end_line()
        elif character in _RESERVED:
            self._mark(character)
        else:
            self._writer.write(character)
            self._next += 1

    def _is_escape(self) -> bool:
        follower = self._text[self._next + 1 : self._next + 2]
        return self._text[self._next] == "\\" and bool(follower) and 0 < ord(follower) <= 126

    def _starts_quote(self) -> bool:
        is_line_start = self._next == 0 or self._text[self._next - 1] == "\n"
        return is_line_start and self._text[self._next] == ">" and not self._opened

    def _end_line(self) -> None:
        is_quoted = any(entry.kind == "blockquote" for entry in self._opened)
        if is_quoted and self._text[self._next + 1 : self._next + 2] == ">":
            self._writer.write("\n")
            self._next += 2
            return
        self._close_quote()
        self._writer.write("\n")
        self._next += 1

    def _close_quote(self) -> None:
        if self._opened and self._opened[-1].kind == "blockquote":
            quote = self._opened.pop()
            self._writer.close(quote.kind, quote.offset)

    def _mark(self, character: str) -> None:
        if character == "`":
            self._code()
        elif character == "[":
            self._open("text_link", "[")
        elif character == "]" and self._opened and self._opened[-1].kind == "text_link":
            self._end_link()
        else:
            self._emphasis(character)

    def _emphasis(self, character: str) -> None:
        mark = next((mark for mark in _MARKS if self._text.startswith(mark, self._next)), None)
        if mark is None:
            raise MarkupError(
                f"Character '{character}' is reserved and must be escaped with the preceding '\\'"
            )
        if self._opened and self._opened[-1].mark == mark:
            last = self._opened.pop()
            self._writer.close(last.kind, last.offset)
            self._next += len(mark)
        else:
            self._open(_MARKS[mark], mark)

    def _open(self, kind: str, mark: str) -> None:
        self._opened.append(_Open(kind, mark, self._writer.position, self._bytes()))
        self._next += len(mark)

    def _code(self) -> None:
        at, fence = self._bytes(), "```" if self._text.startswith("```", self._next) else "`"
        kind = "pre" if fence == "```" else "code"
        start = self._next + len(fence)
        end = _find_unescaped(self._text, fence, start)
        if end < 0:
            raise MarkupError(f"Can't find end of {_NAMES[kind]} entity at byte offset {at}")
        body, language = self._text[start:end], None
        if kind == "pre":
            body, language = _split_language(body)
        offset = self._writer.position
        self._writer.write(body.replace("\\`", "`").replace("\\\\", "\\"))
        self._writer.close(kind, offset, language=language)
        self._next = end + len(fence)

    def _end_link(self) -> None:
        link = self._opened.pop()
        if self._text[self._next + 1 : self._next + 2] != "(":
            self._next += 1
            return
        end = _find_unescaped(self._text, ")", self._next + 2)
        if end < 0:
            raise MarkupError(f"Can't find end of a URL at byte offset {self._bytes()}")
        url = self._text[self._next + 2 : end].replace("\\)", ")").replace("\\\\", "\\")
        if url:
            self._writer.close("text_link", link.offset, url=url)
        self._next = end + 1

    def _bytes(self) -> int:
        return len(self._text[: self._next].encode())


def _find_unescaped(text: str, mark: str, start: int) -> int:
    position = start
    while position < len(text):
        if text[position] == "\\":
            position += 2
        elif text.startswith(mark, position):
            return position
        else:
            position += 1
    return -1


def _split_language(body: str) -> tuple[str, str | None]:
    first, newline, rest = body.partition("\n")
    if newline and first and not any(character.isspace() for character in first):
        return rest, first
    return body.removeprefix("\n"), None


def parse_markdown(text: str) -> Formatted:
    """Return the text and entities of old Markdown: no nesting. Raises MarkupError for an unclosed mark."""
    writer, position = Writer(), 0
    while position < len(text):
        character = text[position]
        if character == "\\" and text[position + 1 : position + 2] in ("_", "*", "`", "["):
            writer.write(text[position + 1])
            position += 2
        elif character in "_*`[":
            position = _old_entity(text, position, writer)
        else:
            writer.write(character)
            position += 1
    return writer.result()


def _old_entity(text: str, position: int, writer: Writer) -> int:
    at = len(text[:position].encode())
    mark = "```" if text.startswith("```", position) else text[position]
    closing = "]" if mark == "[" else mark
    end = text.find(closing, position + len(mark))
    if end < 0:
        raise MarkupError(f"Can't find end of the entity starting at byte offset {at}")
    offset = writer.position
    writer.write(text[position + len(mark) : end])
    after = end + len(closing)
    if mark != "[":
        writer.close({"_": "italic", "*": "bold", "`": "code", "```": "pre"}[mark], offset)
        return after
    if text[after : after + 1] != "(" or ")" not in text[after:]:
        return after
    url_end = text.index(")", after)
    writer.close("text_link", offset, url=text[after + 1 : url_end])
    return url_end + 1
