"""Telegram's formatted texts in HTML, MarkdownV2 and Markdown.

Rules and error texts follow https://core.telegram.org/bots/api#formatting-options. Offsets and
lengths are in UTF-16 units.
"""

from dataclasses import dataclass, replace

from lab.wire import JsonObject


class MarkupError(ValueError):
    """The text cannot be parsed; the message is Telegram's, without its "Bad Request: "."""

    def __init__(self, text: str) -> None:
        super().__init__(f"can't parse entities: {text}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A formatted part of a text."""

    kind: str
    offset: int
    length: int
    url: str | None = None
    language: str | None = None

    def row(self) -> JsonObject:
        """Return the entity as in the Bot API."""
        row: JsonObject = {"type": self.kind, "offset": self.offset, "length": self.length}
        if self.url is not None:
            row["url"] = self.url
        if self.language is not None:
            row["language"] = self.language
        return row


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text without its markup, and its entities in order."""

    text: str
    entities: tuple[Entity, ...] = ()


def units(text: str) -> int:
    """The length in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


class Writer:
    """Collects plain text and its entities."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._entities: list[Entity] = []
        self.position = 0

    def write(self, text: str) -> None:
        """Add plain text."""
        self._parts.append(text)
        self.position += units(text)

    def close(self, kind: str, offset: int, url: str | None = None, language: str | None = None) -> None:
        """End an entity that started at `offset`. An empty one is dropped."""
        length = self.position - offset
        if length:
            self._entities.append(Entity(kind=kind, offset=offset, length=length, url=url, language=language))

    def result(self) -> Formatted:
        """Return the text and its entities, trimmed at the end as Telegram does."""
        text = "".join(self._parts)
        trimmed = text.rstrip()
        end = units(trimmed)
        entities = sorted(self._entities, key=lambda e: (e.offset, -e.length))
        kept = (replace(e, length=min(e.length, end - e.offset)) for e in entities if e.offset < end)
        return Formatted(trimmed, tuple(kept))
