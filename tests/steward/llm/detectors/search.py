"""The parts of a text that a detector finds."""

from collections.abc import Callable, Iterable

from steward.llm.detectors.detector import Span

type Find = Callable[[str], Iterable[Span]]


def found_in(find: Find, text: str) -> list[str]:
    """Return the distinct parts of ``text`` that ``find`` finds, in order."""
    return [text[start:end] for start, end in sorted({(one.start, one.end) for one in find(text)})]


def labels(find: Find, text: str) -> set[str]:
    """Return the labels of the parts that ``find`` finds."""
    return {one.label for one in find(text)}
