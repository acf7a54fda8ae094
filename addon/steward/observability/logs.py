"""One log for everything in the process, ours and the libraries', without secrets."""

import logging
import sys
import threading
from types import TracebackType
from typing import Any, Final, TextIO, override

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from .redaction import Redactor

QUIET: Final = (
    "aiosqlite",
    "alembic",
    "asyncio",
    "dbos",
    "hpack",
    "httpcore",
    "httpx",
    "proxmoxer",
    "requests",
    "telegram",
    "urllib3",
    "uvicorn",
    "websockets",
)
"""Libraries that tell every request, addresses and all: warnings only."""


class Logs:
    """Where the process writes its log, from :meth:`open` to :meth:`close`."""

    def __init__(self, redactor: Redactor, stream: TextIO, *, level: str, as_json: bool) -> None:
        """``level`` is a name of the standard library's (``info``)."""
        self._redactor = redactor
        self._handler = _Handler(stream)
        self._level = level.upper()
        self._as_json = as_json
        self._hooks = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        self._before: tuple[list[logging.Handler], int] | None = None

    def open(self) -> None:
        """Take over all logging of the process."""
        self._handler.setFormatter(self._formatter())
        root = logging.getLogger()
        self._before = (root.handlers[:], root.level)
        root.handlers = [self._handler]
        root.setLevel(self._level)
        for name in QUIET:
            _quieten(logging.getLogger(name), root.level)
        logging.captureWarnings(capture=True)
        structlog.configure(
            processors=[
                structlog.stdlib.filter_by_level,
                *_shared(),
                structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
            ],
            wrapper_class=structlog.stdlib.BoundLogger,
            logger_factory=structlog.stdlib.LoggerFactory(),
            cache_logger_on_first_use=False,
        )
        sys.excepthook = _log_uncaught
        threading.excepthook = _log_thread
        sys.unraisablehook = _log_unraisable

    def close(self) -> None:
        """Give logging back as it was."""
        if self._before is None:
            return
        self._handler.flush()
        root = logging.getLogger()
        root.handlers, root.level = self._before
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._hooks
        logging.captureWarnings(capture=False)
        structlog.reset_defaults()
        self._before = None

    def _formatter(self) -> logging.Formatter:
        render: Processor = (
            structlog.processors.JSONRenderer(sort_keys=False, ensure_ascii=False)
            if self._as_json
            else structlog.dev.ConsoleRenderer(
                colors=self._handler.stream.isatty(),
                exception_formatter=structlog.dev.plain_traceback,
            )
        )
        return structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_shared(),
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                self._clean,
                render,
            ],
        )

    def _clean(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        """Mask secrets last, when everything is text: nothing after it adds any."""
        cleaned: dict[str, Any] = self._redactor.clean_value(event)
        return cleaned


class _Handler(logging.StreamHandler[TextIO]):
    @override
    def handleError(self, record: logging.LogRecord) -> None:
        """Say that a line was lost; the standard library would print its arguments."""
        problem = sys.exc_info()[0]
        name = problem.__name__ if problem else "unknown"
        self.stream.write(f"a log line of {record.name} could not be written: {name}\n")


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.processors.StackInfoRenderer(),
    ]


def _quieten(logger: logging.Logger, level: int) -> None:
    """Have a library's log go our way; one that brings its own handler would go round us."""
    logger.setLevel(max(logging.WARNING, level))
    logger.handlers = [logging.NullHandler()]
    logger.propagate = True


def _log_uncaught(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger("steward").critical("uncaught error", exc_info=(kind, error, traceback))


def _log_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None and args.exc_type is not SystemExit:
        name = args.thread.name if args.thread else "?"
        logging.getLogger("steward").error(
            "uncaught error in thread %s",
            name,
            exc_info=(args.exc_type, args.exc_value, args.exc_traceback),
        )


def _log_unraisable(args: sys.UnraisableHookArgs) -> None:
    if args.exc_value is not None:
        logging.getLogger("steward").error(
            "error that could not be raised",
            exc_info=(args.exc_type, args.exc_value, args.exc_traceback),
        )
