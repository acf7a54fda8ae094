"""What a service shows, watches and answers, each in one line: sensors, checks, lists and their texts."""

from ..texts import Text, english, translate
from .checks import critical, notice, warning
from .format import GIB, MIB, brief, percent, size, span, usage
from .http import plain
from .lists import Lines, list_tool, stated, worst_first
from .sensors import (
    celsius,
    choice,
    count,
    data_rate,
    diagnostic,
    duration,
    flag,
    gibibytes,
    load,
    measured,
    mebibytes,
    percentage,
    problem,
    problems,
    share,
    since,
    time,
)

__all__ = [
    "GIB",
    "MIB",
    "Lines",
    "Text",
    "brief",
    "celsius",
    "choice",
    "count",
    "critical",
    "data_rate",
    "diagnostic",
    "duration",
    "english",
    "flag",
    "gibibytes",
    "list_tool",
    "load",
    "measured",
    "mebibytes",
    "notice",
    "percent",
    "percentage",
    "plain",
    "problem",
    "problems",
    "share",
    "since",
    "size",
    "span",
    "stated",
    "time",
    "translate",
    "usage",
    "warning",
    "worst_first",
]
