"""A service without a network whose polls are counted, and which has a problem if the test says so."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from homelab_steward.contract.catalogue import Field, SettingKind
from homelab_steward.contract.incidents import Severity
from rig.clocks import HANGING
from steward.sdk import categories
from steward.sdk.access import Access
from steward.sdk.coverage import Gaps
from steward.sdk.description import Answer, AnyService, Call, Check, Sensor, Service, Tool

BROKEN: Final[set[str]] = set()
"""The names of the instances with a problem."""

POLLS: Final[Counter[str]] = Counter()
_polled: Final = asyncio.Event()


@dataclass(frozen=True)
class State:
    name: str

    @property
    def is_broken(self) -> bool:
        return self.name in BROKEN

    async def close(self) -> None:
        """There is nothing to close."""


async def polled(names: Iterable[str]) -> None:
    """Wait until each of the instances was polled once more than now."""
    before = {name: POLLS[name] for name in names}
    async with asyncio.timeout(HANGING):
        while any(POLLS[name] == count for name, count in before.items()):
            _polled.clear()
            await _polled.wait()


def _connect(access: Access) -> State:
    return State(str(access.settings["name"]))


async def _poll(state: State, _gaps: Gaps) -> State:
    POLLS[state.name] += 1
    _polled.set()
    return state


async def _status(state: State, _call: Call) -> Answer:
    return Answer(title=f"{state.name} is read", text="The queue is stuck." if state.is_broken else "Idle.")


SERVICE: Final[AnyService] = Service(
    key="counted",
    name="Counted",
    category=categories.INFRASTRUCTURE,
    settings=(Field(key="name", kind=SettingKind.TEXT, name="Name"),),
    connect=_connect,
    poll=_poll,
    version=lambda _: "1",
    sensors=(Sensor(key="broken", name="Broken", value=lambda state: state.is_broken),),
    checks=(
        Check(
            key="stuck",
            name="Queue",
            severity=Severity.WARNING,
            problem=lambda state: "the queue is stuck" if state.is_broken else None,
        ),
    ),
    tools=(Tool(key="status", name="Status", description="", read=_status, capability="health"),),
)
