"""Metrics in the text format of Prometheus."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Final

_SAMPLE: Final = re.compile(r"^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)", re.MULTILINE)
_LABEL: Final = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


def samples(text: str) -> Iterator[tuple[str, Mapping[str, str], str]]:
    """Yield name, labels and value of each sample as they are written."""
    for name, labels, value in _SAMPLE.findall(text):
        yield name, dict(_LABEL.findall(labels)), value


def totals(text: str) -> dict[str, float]:
    """Return the sum of the samples of each metric, by name. Values that are no numbers are left out."""
    found: dict[str, float] = {}
    for name, _, value in samples(text):
        with suppress(ValueError):
            found[name] = found.get(name, 0.0) + float(value)
    return found
