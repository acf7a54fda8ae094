"""Keeps the bot token and the texts of messages out of the logs of libraries."""

import logging
from typing import Final

_LOGS_CONTENT: Final = "telegram."
"""Loggers with this prefix log calls and answers below INFO, and so messages with PINs."""

_LOGGERS: Final = (
    "httpx",
    "httpcore.connection",
    "httpcore.http11",
    "httpcore.proxy",
    "telegram.Bot",
    "telegram.ext.ExtBot",
    "telegram.request.BaseRequest",
    "telegram.request.HTTPXRequest",
)


class TokenFilter(logging.Filter):
    """Drops records with messages, and those with the token below WARNING; redacts it in the others."""

    def __init__(self, token: str) -> None:
        super().__init__()
        self._secret = token.rpartition(":")[2]

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the record is to be logged."""
        if record.levelno < logging.INFO and record.name.startswith(_LOGS_CONTENT):
            return False
        message = record.getMessage()
        if self._secret not in message:
            return True
        record.msg, record.args = self.redacted(message), None
        return record.levelno >= logging.WARNING

    def redacted(self, text: str) -> str:
        """Return the text with the token redacted."""
        return text.replace(self._secret, "[redacted]")

    def attach(self) -> None:
        """Add the filter to the loggers of the libraries."""
        for name in _LOGGERS:
            logging.getLogger(name).addFilter(self)

    def detach(self) -> None:
        """Remove the filter from the loggers."""
        for name in _LOGGERS:
            logging.getLogger(name).removeFilter(self)
