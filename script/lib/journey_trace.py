"""Records which files of the app a journey visits, from the calls that are really made."""

import asyncio
import sys
from collections import Counter
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, Final, Self

ROOT: Final = Path(__file__).resolve().parents[2]
FOLDERS: Final[Mapping[str, Path]] = {
    "addon/steward": ROOT / "addon" / "steward",
    "mcp_bridge": ROOT / "mcp_bridge",
}
"""The folders whose files are traced, by the beginning of their names."""

LIBRARIES: Final[Mapping[str, str]] = {
    "addon/steward/language/": "addon/steward/language/",
    "addon/steward/llm/": "addon/steward/llm/",
    "addon/steward/sdk/": "addon/steward/services/",
    "addon/steward/search/": "addon/steward/search/",
    "addon/steward/services/": "addon/steward/services/",
    "addon/steward/store/": "addon/steward/store/",
}
"""Folders that count as one file each, with everything that they call."""

BASICS: Final = (
    "addon/steward/api/acceptor.py",
    "addon/steward/api/connection_slots.py",
    "addon/steward/api/http_protocol.py",
    "addon/steward/api/refusal_audit.py",
    "addon/steward/api/request_metrics.py",
    "addon/steward/api/server.py",
    "addon/steward/clock.py",
    "addon/steward/coalesce.py",
    "addon/steward/error_mapping.py",
    "addon/steward/errors.py",
    "addon/steward/observability/",
    "addon/steward/tasks.py",
    "addon/steward/texts/",
    "addon/steward/agent/runs/run_spans.py",
    "addon/steward/tracing.py",
)
"""Files that do not count: connections, time, errors, tasks, translation, log and metrics.

Calls pass through them.
"""

STARTERS: Final = ("addon/steward/agent/agent.py:Agent._once_read",)
"""Functions that only start a stage when its time has come: the stage has the name of what they call."""

_MONITORING: Final = sys.monitoring
_TOOL: Final = _MONITORING.PROFILER_ID
_START: Final = _MONITORING.events.PY_START


@dataclass(frozen=True, slots=True)
class Entry:
    """A call from one file into another; ``caller`` is None when a stage begins."""

    stage: str
    caller: str | None
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """The entries of a journey, each once, in order; ``all_files`` has those of libraries too."""

    entries: tuple[Entry, ...]
    all_files: frozenset[str]

    @property
    def files(self) -> tuple[str, ...]:
        """The files and libraries in order; that of a stage stands before what it calls first."""
        found = (file for entry in self.entries for file in (entry.caller, entry.file) if file is not None)
        return tuple(dict.fromkeys(found))

    @property
    def visits(self) -> Counter[str]:
        """How often each file is visited; libraries are visited from everywhere and do not count."""
        return Counter(entry.file for entry in self.entries if not is_library(entry.file))

    @property
    def returns(self) -> Counter[str]:
        """How many other files each file calls: so often a reader returns to it."""
        return Counter(entry.caller for entry in self.entries if entry.caller is not None)


class Tracer:
    """Records entries while it is open; at most one can be open."""

    def __init__(
        self,
        ignored: Sequence[str] = (),
        folders: Mapping[str, Path] = FOLDERS,
        others: Sequence[str] = (),
        stages: Sequence[str] = ("",),
    ) -> None:
        """``ignored`` are the beginnings of the names of stages that do not count, ``stages`` of all others.

        ``others`` are those of functions that belong to another journey: they do not count, nor does
        what they call.
        """
        self._others = tuple(others)
        self._ignored = (*ignored, *others)
        self._stages = tuple(stages)
        self._folders = folders
        self._entries: dict[Entry, None] = {}
        self._files: set[str] = set()
        self._names: dict[str, str | None] = {}
        self._places: dict[int, tuple[CodeType, _Place | None]] = {}
        self._creators: dict[asyncio.Task[Any], Entry] = {}

    def __enter__(self) -> Self:
        """Start recording; an event loop must be running."""
        asyncio.get_running_loop().set_task_factory(self._create_task)
        _MONITORING.use_tool_id(_TOOL, "journeys")
        _MONITORING.register_callback(_TOOL, _START, self._on_start)
        _MONITORING.set_events(_TOOL, _START)
        # Functions that an earlier tracer disabled.
        _MONITORING.restart_events()
        return self

    def __exit__(self, *_error: object) -> None:
        """Stop recording."""
        _MONITORING.set_events(_TOOL, 0)
        _MONITORING.register_callback(_TOOL, _START, None)
        _MONITORING.free_tool_id(_TOOL)
        asyncio.get_running_loop().set_task_factory(None)

    @property
    def journey(self) -> Journey:
        """What was recorded."""
        return Journey(entries=tuple(self._entries), all_files=frozenset(self._files))

    def _create_task(
        self, loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, Any], **more: Any
    ) -> asyncio.Task[Any]:
        """Create a task, and remember the file and the stage that created it."""
        task: asyncio.Task[Any] = asyncio.Task(work, loop=loop, **more)
        stack = self._stack(sys._getframe(1))  # noqa: SLF001 - the only access to the caller
        if stack:
            file = next((one.step for one in stack if is_library(one.step)), stack[0].step)
            self._creators[task] = Entry(self._stage(stack), None, file)
        return task

    def _on_start(self, code: CodeType, _offset: int) -> object:
        place = self._place(code)
        if place is None:
            return _MONITORING.DISABLE
        frame = sys._getframe(1)  # noqa: SLF001 - the only access to the caller
        if place.file in self._files and self._is_inside(place.step, frame.f_back):
            return None
        stack = self._stack(frame)
        is_import = any(one.function == "<module>" for one in stack)
        if not stack or is_import:
            return None
        stage = self._stage(stack)
        if stage.startswith(self._ignored) or not stage.startswith(self._stages):
            return None
        self._files.add(place.file)
        if place.step:
            self._enter(place.step, stack[1:], stage)
        return None

    def _is_inside(self, step: str, frame: FrameType | None) -> bool:
        """Return whether a call enters no other file: quick, because most calls do not."""
        if not step:
            return True
        while frame is not None:
            place = self._place(frame.f_code)
            if place is not None and place.step:
                return is_library(place.step) or place.step == step
            frame = frame.f_back
        return False

    def _enter(self, step: str, callers: Sequence[_Place], stage: str) -> None:
        creator = self._creator()
        steps = [one.step for one in callers] or ([creator.file] if creator else [])
        # What begins in a library, like its threads, belongs to a call of it.
        if any(is_library(one) for one in steps or [step]) or steps[:1] == [step]:
            return
        self._entries.setdefault(Entry(stage, steps[0] if steps else None, step))

    def _creator(self) -> Entry | None:
        """Return what created the running task, None when the tracer did not see it."""
        try:
            task = asyncio.current_task()
        except RuntimeError:
            return None
        return self._creators.get(task) if task is not None else None

    def _stage(self, stack: Sequence[_Place]) -> str:
        names = [f"{one.file}:{one.function}" for one in reversed(stack)]
        of_another = next((one for one in names if one.startswith(self._others)), None)
        if of_another is not None:
            return of_another
        creator = self._creator()
        if creator:
            return creator.stage
        return next((one for one in names if one not in STARTERS), names[0])

    def _stack(self, frame: FrameType | None) -> list[_Place]:
        """Return the functions of counted files on the stack, innermost first."""
        found: list[_Place] = []
        while frame is not None:
            place = self._place(frame.f_code)
            if place is not None and place.step:
                found.append(place)
            frame = frame.f_back
        return found

    def _place(self, code: CodeType) -> _Place | None:
        """Return where a function is, None when it is not in our files."""
        # By identity: equal functions of two files are equal, and so are their hashes.
        known = self._places.get(id(code))
        if known is None:
            known = self._places[id(code)] = (code, self._new_place(code))
        return known[1]

    def _new_place(self, code: CodeType) -> _Place | None:
        if code.co_filename not in self._names:
            self._names[code.co_filename] = self._name(Path(code.co_filename))
        name = self._names[code.co_filename]
        return None if name is None else _Place(name, _step(name), code.co_qualname)

    def _name(self, path: Path) -> str | None:
        resolved = path.resolve() if path.is_absolute() else path
        for beginning, folder in self._folders.items():
            if resolved.is_relative_to(folder):
                return f"{beginning}/{resolved.relative_to(folder).as_posix()}"
        return None


@dataclass(frozen=True, slots=True)
class _Place:
    """A function. ``step`` is what its file counts as: itself, a library, or nothing ("")."""

    file: str
    step: str
    function: str


def is_library(step: str) -> bool:
    """Return whether a step is a library."""
    return step.endswith("/")


def _step(name: str) -> str:
    if name.startswith(BASICS):
        return ""
    return next((library for folder, library in LIBRARIES.items() if name.startswith(folder)), name)
