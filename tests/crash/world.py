"""The world of the app: the boxes of a service, the monitor, and the people with their phones."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

MEMORY, MORE_MEMORY, USED = 2048, 3072, 1945
CPU, MORE_CPU = 2, 4
NODE: Final = "node1"
"""What the boxes are on: it has no effect of its own but copies."""


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A change on its way to the service."""

    box: str
    what: str
    body: dict[str, object]


@dataclass
class Box:
    """One box. ``effects`` counts what was done to it."""

    breaks: bool = False
    """It does not run with any other memory than at first."""

    crashes: bool = False
    """With any other memory than at first it restarts again and again."""

    refuses: str = ""
    """The change that the service refuses."""

    refuses_back: bool = False
    """The service refuses the values that it has at first."""

    memory: int = MEMORY
    cpu: int = CPU
    version: int = 1
    """A change of the memory that names another version is refused."""

    started: int = 1
    running: bool = True
    restarts: int = 0
    jobs: list[int] = field(default_factory=list)
    copies: dict[str, dict[str, int]] = field(default_factory=dict)
    """By the name of a copy, the memory of each box; only the node has copies."""

    effects: Counter[str] = field(default_factory=Counter)

    def shown(self) -> dict[str, object]:
        """Return what the service shows."""
        if self.crashes and self.memory != MEMORY:
            self.restarts += 3
        return {
            "memory": self.memory,
            "cpu": self.cpu,
            "version": self.version,
            "started": self.started,
            "running": self.running,
            "restarts": self.restarts,
            "share": 100 * USED / self.memory,
            "jobs": self.jobs,
            "copies": sorted(self.copies),
        }

    def change(self, what: str, body: dict[str, object]) -> int:
        """Make a change; return the HTTP status."""
        if what == self.refuses or (self.refuses_back and body.get("value") in (MEMORY, CPU)):
            return 409
        if body.get("version", self.version) != self.version:
            return 412
        self.version += what in ("memory", "back")
        match what:
            case "restart":
                self.started += 1
            case "search":
                self.jobs.append(len(self.jobs) + 1)
            case "copy" | "drop" | "back":
                pass
            case _:
                setattr(self, what, body["value"])
        self.running = not (self.breaks and self.memory != MEMORY)
        self.effects[f"{what} {body['value']}" if "value" in body else what] += 1
        return 200


@dataclass
class World:
    """Everything outside of the app. It goes on when the app ends."""

    boxes: dict[str, Box] = field(default_factory=dict)
    lost_answers: int = 0
    """So many of the next changes are made, and their answers are lost."""

    lost_requests: int = 0
    """So many of the next changes never arrive."""

    under_way: list[Sent] = field(default_factory=list)
    """What the app sent and the service does not have yet."""

    taken: set[str] = field(default_factory=set)
    """What the app confirmed: alerts to the monitor, commands to people."""

    answers: dict[str, str] = field(default_factory=dict)
    """Which status people were shown after their press, by the request."""

    answered: set[str] = field(default_factory=set)
    """The incidents about which phones show that a request was approved, or people the result of a press."""

    pushed: dict[str, dict[str, str]] = field(default_factory=dict)
    """What phones show of each row, by its kind and id."""

    paused_after: int | None = None
    """How many changes were made when people were shown that the app is paused."""

    @property
    def effects(self) -> int:
        """How many changes were made in all."""
        return sum(one.effects.total() for one in self.boxes.values())

    def arrive(self, sent: Sent) -> int:
        """Carry out what arrives at the service; return the HTTP status."""
        box, name = self.boxes[sent.box], str(sent.body.get("name"))
        if sent.what == "copy" and name in box.copies:
            return 409
        status = box.change(sent.what, sent.body)
        if status == 200 and sent.what == "copy":
            box.copies[name] = {key: one.memory for key, one in self.boxes.items()}
        elif status == 200 and sent.what == "drop":
            box.copies.pop(name, None)
        elif status == 200 and sent.what == "back":
            for key, memory in box.copies[name].items():
                self.boxes[key].memory, self.boxes[key].running = memory, True
        return status
