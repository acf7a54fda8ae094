"""Formats readings as texts for people."""

from collections.abc import Sequence
from typing import Final

from ..texts import household, translate

MIB: Final = 1024**2
GIB: Final = 1024**3
TIB: Final = 1024**4

_UNITS: Final = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def in_words(key: str) -> str:
    """Return a key as a name for people ("start_package" is "Start package")."""
    return key.replace("_", " ").capitalize()


def percent(part: float, whole: float) -> float | None:
    """Return the share in percent with one decimal, None when ``whole`` is not above 0."""
    return round(100 * part / whole, 1) if whole > 0 else None


def span(seconds: float) -> str:
    """Return a length of time in its two largest units ("12 d 3 h")."""
    left = max(0, int(seconds))
    words: list[str] = []
    for length, unit in _UNITS:
        count, left = divmod(left, length)
        if words:
            return " ".join([*words, f"{count} {unit}"] if count else words)
        if count:
            words.append(f"{count} {unit}")
    return words[0] if words else "0 s"


def size(count: float) -> str:
    """Return a number of bytes as a text in MiB, from 10 GiB on in GiB, from 10 TiB on in TiB."""
    if count >= 10 * TIB:
        return f"{count / TIB:.1f} TiB"
    return f"{count / GIB:.1f} GiB" if count >= 10 * GIB else f"{count / MIB:.0f} MiB"


def usage(used: float | None, limit: float | None) -> str:
    """Return bytes as "used of limit (share %)", "not reported" when one of them is None."""
    if used is None or limit is None:
        return translate("not reported")
    share = percent(used, limit)
    text = translate("{used} of {limit}", used=size(used), limit=size(limit))
    return text + ("" if share is None else f" ({household().number(share)} %)")


def brief(text: str, limit: int = 300) -> str:
    """Return a text from outside on one line, cut between two words to at most ``limit`` characters.

    The ellipsis marks where a secret may be cut, so that the rest of the secret can be masked.
    """
    line = " ".join(text.split())
    return line if len(line) <= limit else line[:limit].rpartition(" ")[0] + "…"


def first_of(texts: Sequence[str], most: int = 3, between: str = ", ") -> str:
    """Return the first texts in one line and the number of the others, "" without texts."""
    more = f" and {len(texts) - most} more" if len(texts) > most else ""
    return between.join(texts[:most]) + more


def listing(lines: Sequence[str], empty: str, limit: int = 20, total: int | None = None) -> str:
    """Return at most ``limit`` lines and the number of the others, ``empty`` without lines.

    ``total`` is the number of all lines, when ``lines`` are only some of them.
    """
    whole = max(len(lines), total or 0)
    shown = lines[:limit]
    more = [f"… and {whole - len(shown)} more, {whole} in all"] if whole > len(shown) else []
    return "\n".join([*shown, *more]) or empty
