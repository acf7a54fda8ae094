"""Faults between clients and simulators."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from lab.changes import Changes


class FaultKind(StrEnum):
    """The kind of a fault."""

    SLOW = "slow"  # a correct response, but late
    STATUS = "status"  # an error status with the service's own error text
    HTML = "html"  # 200 with a web page, as from a captive portal or a proxy
    GARBAGE = "garbage"  # 200 with incomplete JSON
    REFUSED = "refused"  # connection refused; applies to the whole service
    RESET = "reset"  # the connection is reset before the request is handled
    AUTH_LOST = "auth_lost"  # the credentials are refused
    ANSWER_LOST = "answer_lost"  # the request is handled, then the connection is reset
    HANG = "hang"  # the connection stays open without a response


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault of one service.

    `path_prefix` and `method` limit it to some requests ("" and None: all requests);
    `times` is the number of requests it applies to (None: until cleared).
    """

    service: str
    kind: FaultKind
    path_prefix: str = ""
    method: str | None = None
    times: int | None = None
    seconds: float = 1.0
    status: int = 500
    retry_after: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmedFault:
    """An active fault: its number, and how many requests it affected."""

    number: int
    fault: Fault
    hits: int = 0


class Faults:
    """The active faults of all services."""

    def __init__(self) -> None:
        self.changes = Changes()
        self.clearings = 0  # increases when faults are cleared
        self._armed: dict[int, ArmedFault] = {}
        self._numbers: Iterator[int] = itertools.count(1)

    def arm(self, fault: Fault) -> int:
        """Activate a fault, and return its number.

        Raises ValueError for a refused connection with a path, method or count,
        because there is no request yet.
        """
        if fault.kind is FaultKind.REFUSED and (fault.path_prefix or fault.method or fault.times):
            raise ValueError("a refused connection applies to the whole service until it is cleared")
        number = next(self._numbers)
        self._armed[number] = ArmedFault(number=number, fault=fault)
        self.changes.notify()
        return number

    def disarm(self, number: int) -> None:
        """Clear one fault. An unknown number is ignored."""
        self._armed.pop(number, None)
        self.clearings += 1
        self.changes.notify()

    def clear(self, service: str | None = None) -> None:
        """Clear all faults of a service, or of all services."""
        self._armed = {
            number: armed
            for number, armed in self._armed.items()
            if service is not None and armed.fault.service != service
        }
        self.clearings += 1
        self.changes.notify()

    def armed(self, service: str | None = None) -> tuple[ArmedFault, ...]:
        """Return the active faults, oldest first."""
        return tuple(armed for armed in self._armed.values() if service in (None, armed.fault.service))

    def is_refusing(self, service: str) -> bool:
        """Return whether the service must refuse connections."""
        return any(armed.fault.kind is FaultKind.REFUSED for armed in self.armed(service))

    def take(self, service: str, method: str, path: str) -> Fault | None:
        """Return the fault of this request and count it, None if there is none."""
        for armed in self.armed(service):
            if _matches(armed.fault, method, path):
                self._count(armed)
                return armed.fault
        return None

    def _count(self, armed: ArmedFault) -> None:
        hits = armed.hits + 1
        if armed.fault.times is not None and hits >= armed.fault.times:
            del self._armed[armed.number]
        else:
            self._armed[armed.number] = ArmedFault(number=armed.number, fault=armed.fault, hits=hits)
        self.changes.notify()


def _matches(fault: Fault, method: str, path: str) -> bool:
    return path.startswith(fault.path_prefix) and fault.method in (None, method)
