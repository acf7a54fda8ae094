"""Puts the private parts back into an answer, also where a placeholder comes in two pieces."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from .messages import Delta
from .privacy import unmask
from .request_texts import rewritten_call

LONGEST_PLACEHOLDER: Final = 52


class Restoring:
    """One answer being read."""

    def __init__(self, originals: Mapping[str, str]) -> None:
        """``originals`` are the private parts by their placeholder; none: nothing is held back."""
        self._originals = originals
        self._held = ""

    def read(self, delta: Delta) -> Iterator[Delta]:
        """Yield what can be given out now."""
        if not self._originals:
            yield delta
            return
        text = self._held + delta.text
        self._held = _open_end(text) if delta.finish is None else ""
        whole = text[: len(text) - len(self._held)]
        ready = replace(
            delta,
            text=unmask(whole, self._originals),
            calls=tuple(
                rewritten_call(one, lambda part: unmask(part, self._originals)) for one in delta.calls
            ),
        )
        if ready != Delta():
            yield ready

    def end(self) -> Iterator[Delta]:
        """Yield what is still held back."""
        if self._held:
            yield Delta(text=unmask(self._held, self._originals))
            self._held = ""


def _open_end(text: str) -> str:
    """Return the end of ``text`` that may be the beginning of a placeholder."""
    begins = text.rfind("[")
    if begins == -1 or "]" in text[begins:] or len(text) - begins > LONGEST_PLACEHOLDER:
        return ""
    return text[begins:]
