"""The world of the drill: boxes with a memory limit, what was done to them, and their faults."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import orjson

from ..errors import EffectUnknown, ServiceRefused, ServiceUnreachable

LIMIT: Final = 2048
MORE: Final = 3072
USED: Final = 1945
"""Mebibytes: with LIMIT the memory is nearly full, with MORE it is not."""


@dataclass(slots=True)
class Box:
    """One box. ``limit`` and ``used`` are in MiB; ``started`` is raised by each restart."""

    limit: int = LIMIT
    used: int = USED
    running: bool = True
    started: int = 1

    @property
    def share(self) -> float:
        """The share of the memory that is used, in percent."""
        return 100 * self.used / self.limit


@dataclass(slots=True, kw_only=True)
class Faults:
    """What goes wrong with the next changes and reads.

    ``answer_lost``: a change is made, and its answer does not come. ``late_reads``: the answer of a change
    does not come, and the change is made when it was read so often. ``ignored``: a change is accepted and
    not made. ``breaks``: a change stops the box. ``undo_refused``, ``undo_ignored``: what sets the old limit
    again is refused, or accepted and not made. ``blind``: the share is not known after a change.
    ``away``: nothing can be read after a change. ``useless``: a change is made, and the share stays.
    ``hold``: the next change waits for this event.
    """

    answer_lost: bool = False
    late_reads: int = 0
    ignored: bool = False
    breaks: bool = False
    undo_refused: bool = False
    undo_ignored: bool = False
    blind: bool = False
    away: bool = False
    useless: bool = False
    hold: asyncio.Event | None = None


@dataclass(slots=True)
class World:
    """The boxes by name. ``effects`` are the changes that were made, in order.

    With ``file`` they are also in a file, which outlives the process. ``titles`` are the names that people
    see where they differ, ``log`` is what the log of a box says. ``at_effect`` is called when a change was
    made and not answered yet, ``at_action_read`` when an action reads a limit.
    """

    boxes: dict[str, Box] = field(default_factory=lambda: {"alpha": Box(), "beta": Box()})
    faults: Faults = field(default_factory=Faults)
    effects: list[str] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=dict)
    log: str = "The log is quiet."
    file: Path | None = None
    at_effect: Callable[[], None] = lambda: None
    at_action_read: Callable[[], None] = lambda: None
    holding: asyncio.Event = field(default_factory=asyncio.Event)
    _late: tuple[str, int] | None = None
    _changed: bool = False

    def load(self) -> None:
        """Read the state from the file, if there is one."""
        if self.file is not None and self.file.exists():
            stored = orjson.loads(self.file.read_bytes())
            self.boxes = {name: Box(**one) for name, one in stored["boxes"].items()}
            self.effects = stored["effects"]

    def read(self, name: str) -> Box:
        """Return a copy of a box as it is now. Raises ServiceUnreachable."""
        if self.faults.away and self._changed:
            message = "the drill service does not answer"
            raise ServiceUnreachable(message)
        if self._late is not None and self._late[0] == name:
            if self.faults.late_reads <= 0:
                self._make(name, self._late[1])
                self._late = None
            self.faults.late_reads -= 1
        return replace(self.boxes[name])

    def share(self, name: str) -> float | None:
        """Return the share of the memory of a box in percent, None when it is not known."""
        return None if self.faults.blind and self._changed else self.boxes[name].share

    async def set_limit(self, name: str, limit: int) -> None:
        """Change a limit as a remote service does. Raises ServiceRefused and EffectUnknown."""
        is_undo = limit == LIMIT
        if is_undo and self.faults.undo_refused:
            message = "the drill service refuses to go back"
            raise ServiceRefused(message)
        if (held := self.faults.hold) is not None:
            self.faults.hold = None
            self.holding.set()
            await held.wait()
        if self.faults.ignored or (is_undo and self.faults.undo_ignored):
            return
        message = "the answer was lost"
        if self.faults.late_reads and not is_undo:
            self._late = name, limit
            raise EffectUnknown(message)
        self._make(name, limit)
        self.at_effect()
        if self.faults.answer_lost:
            raise EffectUnknown(message)

    def restart(self, name: str) -> None:
        """Restart a box."""
        self.boxes[name].started += 1
        self._note(f"restart {name}")

    def _make(self, name: str, limit: int) -> None:
        box = self.boxes[name]
        if self.faults.useless:
            box.used = round(box.used * limit / box.limit)
        box.limit = limit
        box.running = limit == LIMIT or not self.faults.breaks
        self._note(f"limit {name} {limit}")

    def _note(self, effect: str) -> None:
        self._changed = True
        self.effects.append(effect)
        if self.file is not None:
            fresh = self.file.with_suffix(".new")
            fresh.write_bytes(orjson.dumps({"boxes": self.boxes, "effects": self.effects}))
            fresh.replace(self.file)
