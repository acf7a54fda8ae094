"""Makes searchable documents of Markdown that declares no symptoms: its structure says what matters."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from .index import Document

MOST_LEAD: Final = 16
MOST_SYMPTOMS: Final = 40

_HEADING: Final = re.compile(r"^(#{1,6})\s+(.+?)\s*#*$")
_LABEL: Final = re.compile(r"^\s*(?:[-*]\s+)?\**([^\W\d_]{4,16}(?: [^\W\d_]{2,16})?)\**:\**\s*(.*)$")
"""A line such as "Symptoms:" or "**Steps:** restart it", which people write in the place of a heading."""
_FENCE: Final = re.compile(r"^\s*(```|~~~)")
_ABOUT: Final = re.compile(
    r"\b(meaning|impact|overview|summary|description|symptoms?|problem|what|cause|alert|context"
    r"|bedeutung|auswirkung\w*|symptome|beschreibung|ursache)\b",
    re.IGNORECASE,
)
_SYMPTOMS: Final = re.compile(
    r"\b(symptoms?|signs?|error messages?|symptome|anzeichen|fehlermeldung(?:en)?|symptomes|symptômes"
    r"|s[ií]ntomas|symptomen)\b",
    re.IGNORECASE,
)
_WORK: Final = re.compile(
    r"^(steps?|fix|solution|resolution|mitigation|remedy|actions?|verify|verification|check|checks|diagnosis"
    r"|schritte|lösung|abhilfe|behebung|prüfen|prüfung|diagnose|étapes|solution|vérifier|pasos|solución"
    r"|verificar|stappen|oplossing|controle)$",
    re.IGNORECASE,
)
_SENTENCE_END: Final = re.compile(r"(?:^|\n)\s*[*-]\s+|(?<=[.!?:])\s+(?:[*-]\s+)?|\n{2,}")
_COMMAND: Final = re.compile(
    r"\s*(?:[$#]\s|(?:kubectl|oc|docker|sudo|systemctl|curl|cat|ls|cd|apt|zpool|restic)\b)"
)
_ERROR: Final = re.compile(
    r"\b(?:error|fatal|fail|failed|failure|denied|refused|timed? ?out|cannot|unable|warn(?:ing)?|killed"
    r"|no such|not found)\b",
    re.IGNORECASE,
)


def markdown_document(
    document_id: str, title: str, text: str, symptoms: Sequence[str] = (), names: Sequence[str] = ()
) -> Document:
    """Return the document of a Markdown text.

    The sections that say what the problem is become its lead, lines of code blocks that report an
    error become symptoms. ``names`` are those of its alerts.
    """
    lead: list[str] = []
    other: list[str] = []
    found: list[str] = list(symptoms)
    first_heading = ""
    for heading, is_code, paragraph in _blocks(text):
        first_heading = first_heading or heading
        if is_code:
            found += [
                line for line in paragraph.splitlines() if _ERROR.search(line) and not _COMMAND.match(line)
            ]
            other.append(paragraph)
        elif _SYMPTOMS.search(heading):
            found += _sentences(paragraph)
        elif not heading or heading == first_heading or _ABOUT.search(heading):
            lead += _sentences(paragraph)
        else:
            other += [heading, paragraph]
    first, *others = dict.fromkeys(one for one in (title, *names, first_heading, document_id) if one)
    return Document(
        id=document_id,
        title=first,
        names=tuple(others),
        symptoms=tuple(found[:MOST_SYMPTOMS]),
        lead=tuple(lead[:MOST_LEAD]),
        body="\n".join([*lead[MOST_LEAD:], *other]),
    )


def _sentences(paragraph: str) -> list[str]:
    return [one.strip() for one in _SENTENCE_END.split(paragraph) if one and one.strip()]


def _blocks(text: str) -> Iterator[tuple[str, bool, str]]:
    """Yield the heading, whether it is code, and the text of each block."""
    heading, lines, is_code = "", list[str](), False
    for line in text.splitlines():
        is_fence = bool(_FENCE.match(line))
        found = None if is_code or is_fence else _heading(line)
        if is_fence or found:
            if lines:
                yield heading, is_code, "\n".join(lines)
            is_code = is_code != is_fence
            heading, lines = (found[0], [found[1]] if found[1] else []) if found else (heading, [])
        else:
            lines.append(line)
    if lines:
        yield heading, is_code, "\n".join(lines)


def _heading(line: str) -> tuple[str, str] | None:
    """Return the heading that a line is or begins with, and the text behind it."""
    if found := _HEADING.match(line):
        return found[2], ""
    found = _LABEL.match(line)
    if found and any(one.search(found[1]) for one in (_SYMPTOMS, _ABOUT, _WORK)):
        return found[1], found[2]
    return None
