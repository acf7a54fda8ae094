"""Counts the calls that one callback makes on the thread of the event loop: work that needs no clock."""

import asyncio
import sys
import threading
from types import CodeType, TracebackType
from typing import Any, Final, Self

_MONITORING: Final = sys.monitoring
_TOOL: Final = _MONITORING.OPTIMIZER_ID
_START: Final = _MONITORING.events.PY_START


class LoopWork:
    """While it is open, counts the Python functions that are called between two turns of the loop.

    ``most`` is the largest number so far. 3,000 calls take about a millisecond.
    """

    def __init__(self) -> None:
        self.most = 0
        self._calls = 0
        self._thread = threading.get_ident()
        handle: Any = asyncio.Handle
        self._handle = handle
        self._run = handle._run

    def __enter__(self) -> Self:
        def counted(handle: Any) -> None:
            self._calls = 0
            self._run(handle)
            self.most = max(self.most, self._calls)

        self._handle._run = counted
        _MONITORING.use_tool_id(_TOOL, "loop work")
        _MONITORING.register_callback(_TOOL, _START, self._on_start)
        _MONITORING.set_events(_TOOL, _START)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, err: BaseException | None, trace: TracebackType | None
    ) -> None:
        _MONITORING.set_events(_TOOL, 0)
        _MONITORING.register_callback(_TOOL, _START, None)
        _MONITORING.free_tool_id(_TOOL)
        self._handle._run = self._run

    def _on_start(self, _code: CodeType, _offset: int) -> None:
        if threading.get_ident() == self._thread:
            self._calls += 1
