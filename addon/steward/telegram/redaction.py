"""Removes the bot token from the logs of libraries that log URLs."""

import logging
from typing import Final

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
    """Drops records below WARNING that contain the token, and redacts it in the others."""

    def __init__(self, token: str) -> None:
        super().__init__()
        self._secret = token.rpartition(":")[2]

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the record is to be logged."""
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
