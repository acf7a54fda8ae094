"""Reports on standard error what a bench does, so that a long run can be followed."""

import sys
import time
from typing import Final

_BEGAN: Final = time.monotonic()


def elapsed() -> float:
    """Return the seconds since the benches started."""
    return time.monotonic() - _BEGAN


def report(text: str) -> None:
    """Print one line with the elapsed seconds."""
    print(f"{elapsed():5.0f} s  {text}", file=sys.stderr, flush=True)
