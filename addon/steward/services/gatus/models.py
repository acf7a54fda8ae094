"""What Gatus answers, typed. Source: its API, version 1. It is only read."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from ...sdk.alarms import Status
from ...sdk.answers import Item, NotKnown, Time, many
from ...sdk.format import brief
from ...sdk.monitors.watched import MonitorState, Overview, Watched, watch

RESULTS: Final = 10
"""Results of each endpoint that are read."""

LATE: Final = 60.0
FIRST: Final = 600.0
"""Seconds after which a single result is too old."""

_ADDRESS: Final = re.compile(r"[a-z][a-z0-9+.-]*://(?:[^\s/@\"]*@)?([^\s/?#\"]+)[^\s\"]*", re.IGNORECASE)
"""An address: everything but its host may hold a secret."""


class Condition(Item):
    """A condition with the value that it had."""

    condition: str
    success: bool


class Result(Item):
    """One check of an endpoint. ``duration`` in nanoseconds."""

    success: bool
    timestamp: Time
    duration: float | None = None
    hostname: str = ""
    errors: tuple[str, ...] = ()
    condition_results: tuple[Condition, ...] = ()

    @property
    def text(self) -> str:
        """What is wrong, without addresses."""
        failed = (one.condition for one in self.condition_results if not one.success)
        return brief(_ADDRESS.sub(r"\1", ", ".join((*self.errors, *failed))), 200)


class Endpoint(Item):
    """An endpoint and its newest results, oldest first."""

    name: str
    key: str
    results: tuple[Result, ...]
    group: str = ""

    @property
    def title(self) -> str:
        """Its name, with its group."""
        return f"{self.group} {self.name}".strip()

    @property
    def labels(self) -> Mapping[str, str]:
        """How its alert names what it checks."""
        host = self.results[-1].hostname if self.results else ""
        return {"name": self.name, "group": self.group, "instance": host}

    @property
    def last_check(self) -> datetime | None:
        """When it was checked last."""
        return self.results[-1].timestamp if self.results else None

    @property
    def response_time(self) -> float:
        """Milliseconds of the newest check. Raises NotKnown."""
        last = self.results[-1] if self.results else None
        if last is None or not last.success or last.duration is None:
            raise NotKnown(t"It did not answer")
        return round(last.duration / 1e6, 1)

    def watched(self, now: datetime) -> Watched[Endpoint]:
        """Return it as the monitor sees it: down after two failures in a row."""
        status, text, failures = self._status(now), "", self._failures()
        if status is Status.UNKNOWN:
            text = (
                f"not checked since {self.results[-1].timestamp:%Y-%m-%d %H:%M} UTC" if self.results else ""
            )
        elif failures:
            text = failures[-1].text
        return watch(self, status, since=failures[0].timestamp if failures else None, text=text)

    def _failures(self) -> tuple[Result, ...]:
        """Return the failures since the last success."""
        good = [place for place, one in enumerate(self.results, 1) if one.success]
        return self.results[good[-1] if good else 0 :]

    def _status(self, now: datetime) -> Status:
        if not self.results:
            return Status.UNKNOWN
        last, before = self.results[-1], self.results[-2:-1]
        step = (last.timestamp - before[0].timestamp).total_seconds() if before else FIRST
        if (now - last.timestamp).total_seconds() > 3 * step + LATE:
            return Status.UNKNOWN
        failures = len(self._failures())
        return Status.UP if not failures else Status.DOWN if failures > 1 else Status.PENDING


class GatusState(MonitorState):
    """Everything that one poll reads."""

    endpoints = many("endpoints/statuses", Endpoint, page=1, pageSize=RESULTS)

    @property
    def overview(self) -> Overview[Endpoint]:
        """All endpoints. Raises NotKnown."""
        return Overview(tuple(one.watched(self.now) for one in self.endpoints), self.gaps.of("endpoints"))
