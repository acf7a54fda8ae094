"""Settings of traces: the collector, what it is sent with, and how much is sent."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final
from urllib.parse import urlsplit

from probatio import Invalid

_HEADER: Final = re.compile(r"([A-Za-z0-9!#$%&'*+.^_`|~-]+):[ \t]*([\x20-\x7e]+)\Z")
_NO_URL: Final = "must be a URL such as http://tempo.example.org:4318/v1/traces"


def collector(value: object) -> str:
    """Return the URL of a collector."""
    text = value.strip() if isinstance(value, str) else ""
    try:
        parts = urlsplit(text)
        is_url = bool(parts.hostname) and parts.scheme in {"http", "https"} and parts.port != 0
    except ValueError as err:
        raise Invalid(_NO_URL) from err
    if not is_url:
        raise Invalid(_NO_URL)
    if parts.username is not None or parts.fragment:
        raise Invalid("must have no user name, password or fragment: use headers_file")
    return text


def header_lines(value: object) -> str:
    """Return headers, one on each line."""
    text = value.strip() if isinstance(value, str) else ""
    if any(line.strip() and not _HEADER.match(line.strip()) for line in text.splitlines()):
        raise Invalid("must have a header on each line, such as Authorization: Basic …")
    return text


def share(value: object) -> float:
    """Return a number from 0 to 1."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise Invalid("must be a number from 0 to 1")
    return float(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """Where traces are sent by OTLP over HTTP; without ``endpoint``, the whole URL, nothing is traced.

    ``headers`` has a header on each line, such as one with a key. ``sample_rate`` is the share of the
    traces that are sent.
    """

    endpoint: Annotated[str, collector] | None = None
    headers: Annotated[str, header_lines] = field(default="", repr=False)
    sample_rate: Annotated[float, share] = 1.0

    @property
    def header_values(self) -> Mapping[str, str]:
        """The headers by name."""
        matches = (_HEADER.match(line.strip()) for line in self.headers.splitlines())
        return {one[1]: one[2] for one in matches if one is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Observability:
    """How others watch the app."""

    traces: Traces = field(default_factory=Traces)
