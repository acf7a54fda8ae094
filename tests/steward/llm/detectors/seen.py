"""What a finder sees in a text, in words."""

from collections.abc import Callable, Iterable

from steward.llm.detectors.detector import Span

type Find = Callable[[str], Iterable[Span]]


def seen(find: Find, text: str) -> list[str]:
    """Return the parts of ``text`` that ``find`` sees, in order, each once."""
    return [text[start:end] for start, end in sorted({(one.start, one.end) for one in find(text)})]


def labels(find: Find, text: str) -> set[str]:
    """Return how they are called."""
    return {one.label for one in find(text)}
