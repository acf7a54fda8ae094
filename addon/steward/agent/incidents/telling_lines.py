"""Finds the lines of a text that say what is wrong. Pure."""

import re
from collections.abc import Sequence
from typing import Final

LONGEST: Final = 400
"""Characters of a line that are looked at."""

_WRONG: Final = re.compile(
    r"\b(?:error|err|fatal|critical|crit|panic(?:ked)?|severe|traceback|\w*exception)\b"
    r"|\b(?:failures?|fail(?:ed|s|ing)?|denied|refused|rejected|unable to|cannot|could not|not found)\b"
    r"|\b(?:unreachable|timed? ?out|broken pipe|expired|quota|paused|block(?:s|ed)|manifest unknown)\b"
    r"|\b(?:corrupt(?:ed)?|malformed|no space left|out of memory|oom(?:-kill(?:ed)?)?)\b"
    r"|\b(?:read-only file system|degraded|faulted|offline|unavail|removed|unhealthy)\b"
    r"|\b(?:crashloopbackoff|imagepullbackoff|errimagepull|createcontainer\w*error|evicted|unschedulable)\b",
    re.IGNORECASE,
)
_FINE: Final = re.compile(
    r"\b(?:no|0|without|zero) (?:\w+ )?(?:errors?|exceptions?|failed|failures?|problems?)\b"
    r"|\b(?:errors?|failed|failures?)[:=] ?(?:0|no|none)\b"
    r"|\bout of memory: no\b",
    re.IGNORECASE,
)


def telling_lines(lines: Sequence[str], most: int) -> list[str]:
    """Return at most ``most`` lines: those that say what is wrong, the newest of them, else the first ones.

    They keep their order. The newest line of a log is its last one.
    """
    telling = [one for one in lines if _says_what_is_wrong(one[:LONGEST])]
    return telling[-most:] if telling else list(lines[:most])


def _says_what_is_wrong(line: str) -> bool:
    return _WRONG.search(_FINE.sub("", line)) is not None
