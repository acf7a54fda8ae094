"""One switchboard for everything that can go wrong between a client and a simulator."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from lab.changes import Changes


class FaultKind(StrEnum):
    """What goes wrong."""

    SLOW = "slow"  # answered properly, but late
    STATUS = "status"  # an error status in the service's own words
    HTML = "html"  # 200 with a web page, as a captive portal or proxy gives
    GARBAGE = "garbage"  # 200 with JSON that breaks off
    REFUSED = "refused"  # nobody listens; holds for the whole service
    RESET = "reset"  # the connection is cut before anything is done
    AUTH_LOST = "auth_lost"  # the credentials are no longer valid
    ANSWER_LOST = "answer_lost"  # the request is carried out, then the connection is cut
    HANG = "hang"  # the connection stays open and nothing comes


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that goes wrong at one service.

    `path_prefix` and `method` narrow it down ("" and None: every request);
    `times` ends it after so many requests (None: until cleared).
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
    """A fault that is switched on: its number, and how often it was met."""

    number: int
    fault: Fault
    hits: int = 0


class Faults:
    """What is switched on, per service."""

    def __init__(self) -> None:
        self.changes = Changes()
        self.clearings = 0  # grows whenever somebody switched something off
        self._armed: dict[int, ArmedFault] = {}
        self._numbers: Iterator[int] = itertools.count(1)

    def arm(self, fault: Fault) -> int:
        """Switch a fault on; returns the number to clear it by.

        Raises `ValueError` for a refused connection that is narrowed down:
        who is not let in cannot say what he wants.
        """
        if fault.kind is FaultKind.REFUSED and (fault.path_prefix or fault.method or fault.times):
            raise ValueError("a refused connection holds for the whole service until it is cleared")
        number = next(self._numbers)
        self._armed[number] = ArmedFault(number=number, fault=fault)
        self.changes.notify()
        return number

    def disarm(self, number: int) -> None:
        """Switch one fault off; a number that is gone already is fine."""
        self._armed.pop(number, None)
        self.clearings += 1
        self.changes.notify()

    def clear(self, service: str | None = None) -> None:
        """Switch off every fault of a service, or of all."""
        self._armed = {
            number: armed
            for number, armed in self._armed.items()
            if service is not None and armed.fault.service != service
        }
        self.clearings += 1
        self.changes.notify()

    def armed(self, service: str | None = None) -> tuple[ArmedFault, ...]:
        """What is switched on, oldest first."""
        return tuple(armed for armed in self._armed.values() if service in (None, armed.fault.service))

    def is_refusing(self, service: str) -> bool:
        """Whether the service's port is to be closed."""
        return any(armed.fault.kind is FaultKind.REFUSED for armed in self.armed(service))

    def take(self, service: str, method: str, path: str) -> Fault | None:
        """The fault this request meets, counted; None when all is well."""
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
