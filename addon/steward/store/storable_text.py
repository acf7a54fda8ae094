"""Makes texts from outside storable: valid Unicode without NUL, within a bound."""

from typing import Final

REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"


def storable(text: str, longest: int) -> str:
    """Return at most ``longest`` characters, with NUL and unpaired surrogates replaced.

    Databases and JSON cannot hold those; some JSON parsers accept unpaired surrogates.
    """
    cut = text[:longest].replace("\0", REPLACEMENT)
    return cut.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
