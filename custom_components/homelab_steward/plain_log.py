"""Log messages with texts from outside: on one line, nothing hidden, and not too long."""

import logging
from typing import Final

from .contract.plain_text import one_line

LONGEST: Final = 1_000
"""Characters of a message; a traceback below it is not cut."""


def plain_logger(name: str) -> logging.Logger:
    """Return a logger whose messages cannot imitate other lines of the log."""
    logger = logging.getLogger(name)
    logger.addFilter(_make_plain)
    return logger


def _make_plain(record: logging.LogRecord) -> bool:
    text = one_line(record.getMessage()[: 4 * LONGEST])
    record.msg, record.args = (text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"), ()
    return True
