"""Texts from outside, made fit to be stored: valid Unicode without NUL, within a bound."""

from typing import Final

REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"


def storable(text: str, longest: int) -> str:
    """Return at most ``longest`` characters; what no database or JSON can hold is replaced.

    That is NUL, and halves of surrogate pairs (some JSON parsers let them through).
    """
    cut = text[:longest].replace("\0", REPLACEMENT)
    return cut.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
