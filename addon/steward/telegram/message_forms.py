"""The forms in which a message is sent, from complete to short. Pure.

Telegram may refuse the formatting, the length or a button. A request that waits for an answer
must be in the chat in any case, so each refusal leads to the next form.
"""

import re
from dataclasses import dataclass
from enum import IntEnum
from html import unescape
from typing import Final

from ..texts import english, translate
from .markup import LIMIT, shortened, units

type Buttons = tuple[tuple[tuple[str, str], ...], ...]
"""Rows of buttons, each (label, callback data). On a card the last row contains no option."""

_TAGS: Final = ("<b>", "</b>", "<code>", "</code>")
_QUOTES: Final = re.compile(r"<blockquote>(.*?)</blockquote>", re.DOTALL)
_SHORT_LINES: Final = 2
_SHORT_LINE: Final = 200
_INCOMPLETE: Final = english("Telegram did not accept the complete message. Open Home Assistant.")


class Form(IntEnum):
    """How much of a message is sent."""

    FULL = 0
    PLAIN = 1
    """Without formatting."""
    SHORT = 2
    """Only the first lines, and the row of buttons without options: the plan is not visible."""
    BARE = 3
    """Like SHORT, without any button."""


@dataclass(frozen=True, slots=True)
class Rendering:
    """A message as it is sent."""

    text: str
    buttons: Buttons = ()
    is_html: bool = True
    is_silent: bool = False


def rendering(html: str, buttons: Buttons, form: Form) -> Rendering:
    """Return the message in this form. A text without formatting that is too long becomes SHORT."""
    if form is Form.FULL:
        return Rendering(html, buttons)
    text = _without_surplus_quotes(without_formatting(html))
    if form is Form.PLAIN and units(text) <= LIMIT:
        return Rendering(text, buttons, is_html=False)
    lines = [shortened(line, _SHORT_LINE) for line in text.splitlines()[:_SHORT_LINES]]
    kept = () if form is Form.BARE else buttons[-1:]
    return Rendering("\n".join([*lines, translate(_INCOMPLETE)]), kept, is_html=False)


def _without_surplus_quotes(text: str) -> str:
    """Leave out quoted lines at the end of a text that their marks made too long."""
    lines = text.splitlines()
    while units("\n".join(lines)) > LIMIT and lines[-1].startswith("> "):
        lines.pop()
    return "\n".join(lines)


def next_form(form: Form) -> Form | None:
    """Return the form to try after a refusal, None after the last one."""
    return Form(form + 1) if form < Form.BARE else None


def without_formatting(html: str) -> str:
    """Return the text of a message of this app without its tags; quoted lines begin with ``>``."""
    html = _QUOTES.sub(lambda found: "\n".join(f"> {line}" for line in found[1].splitlines()), html)
    for tag in _TAGS:
        html = html.replace(tag, "")
    return unescape(html)
