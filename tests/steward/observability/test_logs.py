"""Secrets are masked in the log, whatever the source of an entry."""

import asyncio
import gc
import io
import json
import logging
import sys
import threading
import warnings
from collections.abc import Iterator

import pytest
import structlog

from rig.spans import recorded
from steward import tracing
from steward.observability.logs import Logs
from steward.observability.redaction import Redactor

CANARY = "canary-5d1c-secret"


class Log:
    def __init__(self, *, as_json: bool, level: str = "debug") -> None:
        self.stream = io.StringIO()
        redactor = Redactor()
        redactor.register(CANARY)
        self.logs = Logs(redactor, self.stream, level=level, as_json=as_json)

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def lines(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.text.splitlines()]


@pytest.fixture(params=[True, False], ids=["json", "console"])
def log(request: pytest.FixtureRequest) -> Iterator[Log]:
    log = Log(as_json=request.param)
    log.logs.open()
    yield log
    log.logs.close()


@pytest.fixture
def json_log() -> Iterator[Log]:
    log = Log(as_json=True)
    log.logs.open()
    yield log
    log.logs.close()


def fail() -> None:
    password = CANARY
    raise ValueError(f"wrong {password}")


def test_app_entries_are_masked(log: Log) -> None:
    logger = structlog.get_logger("steward.test")
    logger.info("sent canary-5d1c-secret", instance="radarr", nested={"a": [CANARY]})
    logger.bind(token="abc-other").warning("bound", seen=CANARY)
    with structlog.contextvars.bound_contextvars(who=CANARY):
        logger.error("context")
    assert log.text.count("\n") == 3
    assert "radarr" in log.text
    assert "abc-other" not in log.text
    assert CANARY not in log.text


def test_tracebacks_are_masked(log: Log) -> None:
    logger = structlog.get_logger("steward.test")
    try:
        try:
            fail()
        except ValueError as err:
            raise RuntimeError(CANARY) from err
    except RuntimeError:
        logger.exception("it broke")
        logging.getLogger("some.library").exception("also broke: %s", CANARY)
    assert log.text.count("ValueError") >= 2
    assert CANARY not in log.text


def test_library_entries_are_masked(log: Log) -> None:
    logging.getLogger("library").warning("with %s and %r", CANARY, {"x": CANARY}, extra={"y": CANARY})
    assert "with *** and" in log.text
    assert CANARY not in log.text


def test_warnings_and_uncaught_errors_are_masked(log: Log) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(f"old {CANARY}", stacklevel=1)
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    try:
        fail()
    except ValueError:
        sys.excepthook(*sys.exc_info())

    class Broken:
        def __del__(self) -> None:
            fail()

    Broken()
    gc.collect()
    assert "uncaught error in thread" in log.text
    assert "unraisable error" in log.text
    assert log.text.count("wrong ***") == 3
    assert CANARY not in log.text


async def test_error_of_an_unawaited_task_is_masked(log: Log) -> None:
    async def work() -> None:
        fail()

    task = asyncio.create_task(work())
    await asyncio.wait([task])
    del task
    gc.collect()
    assert "never retrieved" in log.text
    assert CANARY not in log.text


def test_line_that_cannot_be_written_is_reported_without_arguments(
    log: Log, capsys: pytest.CaptureFixture[str]
) -> None:
    logger = logging.getLogger("steward.test.broken")
    logger.propagate = False  # pytest's own handler would raise
    logger.handlers = [log.logs._handler]
    logger.warning("%d", CANARY)
    assert "could not be written" in log.text
    assert CANARY not in log.text + capsys.readouterr().err


def test_json_lines_have_level_logger_and_time(json_log: Log) -> None:
    structlog.get_logger("steward.test").info("hello", number=3)
    logging.getLogger("library").error("failed %s", "twice")
    ours, theirs = json_log.lines
    assert (ours["event"], ours["level"], ours["logger"], ours["number"]) == (
        "hello",
        "info",
        "steward.test",
        3,
    )
    assert (theirs["event"], theirs["level"], theirs["logger"]) == ("failed twice", "error", "library")
    assert str(ours["at"]).endswith("Z")


def test_only_warnings_of_verbose_libraries_are_logged(json_log: Log) -> None:
    noisy = logging.getLogger("dbos")
    noisy.addHandler(logging.StreamHandler(json_log.stream))
    json_log.logs.close()
    json_log.logs.open()
    for name in ("httpx", "telegram.ext", "urllib3.connectionpool", "dbos"):
        logging.getLogger(name).info("a request to an address")
        logging.getLogger(name).warning("a warning")
    assert [line["event"] for line in json_log.lines] == ["a warning"] * 4


def test_entries_below_the_level_are_not_logged() -> None:
    log = Log(as_json=True, level="warning")
    log.logs.open()
    try:
        structlog.get_logger("steward.test").info("not this")
        structlog.get_logger("steward.test").warning("this")
    finally:
        log.logs.close()
    assert [line["event"] for line in log.lines] == ["this"]


def test_close_restores_logging() -> None:
    before = (logging.getLogger().handlers[:], sys.excepthook)
    log = Log(as_json=True)
    log.logs.open()
    log.logs.close()
    log.logs.close()
    assert (logging.getLogger().handlers[:], sys.excepthook) == before


def test_the_tail_has_the_last_lines_without_secrets(log: Log) -> None:
    logger = structlog.get_logger("steward.test")
    for number in range(250):
        logger.info("line", number=number, token=f"x{CANARY}")
    tail = log.logs.tail()
    assert len(tail) == 200
    assert " info line number=249 " in tail[-1]
    assert CANARY not in "".join(tail)
    logger.warning("long\n" * 500)
    logging.getLogger("library").warning("from a library")
    assert len(log.logs.tail()[-2]) == 500
    assert "\n" not in log.logs.tail()[-2]
    assert "from a library" in log.logs.tail()[-1]


def test_a_text_from_outside_is_one_line_without_hidden_characters(log: Log) -> None:
    evil = "fine\n2026-11-20 [info] update approved \x1b[2J\x1b[31m\u202elive\u200b\r"
    logger = structlog.get_logger("steward.test")
    logger.warning(evil, title=evil, more={"labels": [evil]}, long="x" * 100_000)
    try:
        raise ValueError(evil)
    except ValueError:
        logger.exception("failed")
    first, *others = log.text.splitlines()
    assert "update approved" in first
    assert len(first) < 12_000
    assert not [one for one in others if "update approved" in one and one.startswith("2026-11-20")]
    assert not {"\x1b", "\u202e", "\u200b", "\r"} & set(log.text)
    assert "\\u001b" not in log.text


def test_a_line_has_the_ids_of_its_trace(json_log: Log) -> None:
    with recorded() as spans, tracing.span("poll"):
        structlog.get_logger("steward.test").info("polled")
        logging.getLogger("dbos").warning("slow")
    structlog.get_logger("steward.test").info("later")
    first, second, third = json_log.lines
    (span,) = spans
    for line in (first, second):
        assert (line["trace_id"], line["span_id"]) == (span.context.trace_id, span.context.span_id)
    assert "trace_id" not in third
