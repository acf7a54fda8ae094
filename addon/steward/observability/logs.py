"""One log for the app and its libraries, without secrets."""

import logging
import sys
import threading
from collections import deque
from collections.abc import Mapping
from textwrap import indent
from types import TracebackType
from typing import Any, Final, TextIO, override

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from homelab_steward.contract.plain_text import visible, visible_lines

from ..tracing import exemplar
from .redaction import Redactor

WARNINGS_ONLY: Final = (
    "aiosqlite",
    "alembic",
    "asyncio",
    "dbos",
    "hpack",
    "httpcore",
    "httpx",
    "telegram",
    "urllib3",
    "uvicorn",
    "websockets",
)
"""Libraries that log each request with its URL; only their warnings are logged."""


LONGEST_VALUE: Final = 10_000
"""Characters of one text in a record."""

_OF_LINES: Final = frozenset({"exception", "stack"})

TAIL_LINES: Final = 200
TAIL_CHARACTERS: Final = 500


class Logs:
    """Configures logging of the process, from :meth:`open` to :meth:`close`."""

    def __init__(self, redactor: Redactor, stream: TextIO, *, level: str, as_json: bool) -> None:
        """``level`` is the name of a level of the standard library (``info``)."""
        self._redactor = redactor
        self._handler = _Handler(stream)
        self._level = level.upper()
        self._as_json = as_json
        self._hooks = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        self._previous: tuple[list[logging.Handler], int] | None = None
        self._tail: deque[str] = deque(maxlen=TAIL_LINES)

    def tail(self) -> tuple[str, ...]:
        """Return the last lines without secrets, each shortened, oldest first."""
        return tuple(self._tail)

    def open(self) -> None:
        """Send all logging of the process to the stream."""
        self._handler.setFormatter(self._formatter())
        root = logging.getLogger()
        self._previous = (root.handlers[:], root.level)
        root.handlers = [self._handler]
        root.setLevel(self._level)
        for name in WARNINGS_ONLY:
            _limit_to_warnings(logging.getLogger(name), root.level)
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
        """Restore the previous logging configuration."""
        if self._previous is None:
            return
        self._handler.flush()
        root = logging.getLogger()
        root.handlers, root.level = self._previous
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._hooks
        logging.captureWarnings(capture=False)
        structlog.reset_defaults()
        self._previous = None

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
                self._remember,
                render,
            ],
        )

    def _clean(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        """Mask secrets as the last step before rendering; a text from outside cannot begin a line."""
        cleaned: dict[str, Any] = self._redactor.clean_value(event)
        return {key: _shown(one, key) for key, one in cleaned.items()}

    def _remember(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        self._tail.append(_short_line(event))
        return event


class _Handler(logging.StreamHandler[TextIO]):
    @override
    def handleError(self, record: logging.LogRecord) -> None:
        """Report a lost line without its arguments, which the standard library would print."""
        problem = sys.exc_info()[0]
        name = problem.__name__ if problem else "unknown"
        self.stream.write(f"log line of {record.name} could not be written: {name}\n")


def _short_line(event: EventDict) -> str:
    """Return an event on one line: time, level, text, then the other fields."""
    first = [str(event.get(key, "")) for key in ("at", "level", "event")]
    more = [f"{key}={value}" for key, value in event.items() if key not in {"at", "level", "event", "logger"}]
    return " ".join(" ".join([*first, *more]).split())[:TAIL_CHARACTERS]


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        _add_trace,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.processors.StackInfoRenderer(),
    ]


def _add_trace(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Add the ids of the span that runs now, by which a log store finds its trace."""
    event.update(exemplar() or {})
    return event


def _shown(value: Any, key: str) -> Any:
    # The text of an error may have lines: indented, none of them is taken for a record.
    is_of_lines = key in _OF_LINES and isinstance(value, str)
    return indent(visible_lines(value), "  ") if is_of_lines else _on_one_line(value)


def _on_one_line(value: Any) -> Any:
    """Return a value of a record whose texts have one line of bounded length, and nothing hidden."""
    if isinstance(value, str):
        text = visible(value[:LONGEST_VALUE])
        return text if len(value) <= LONGEST_VALUE else f"{text}…"
    if isinstance(value, Mapping):
        return {key: _on_one_line(one) for key, one in value.items()}
    return [_on_one_line(one) for one in value] if isinstance(value, list | tuple) else value


def _limit_to_warnings(logger: logging.Logger, level: int) -> None:
    """Log warnings of a library only, and remove its own handlers, which bypass redaction."""
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
            "unraisable error",
            exc_info=(args.exc_type, args.exc_value, args.exc_traceback),
        )
