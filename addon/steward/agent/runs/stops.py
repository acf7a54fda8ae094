"""Reads whether a person stopped a target while a run was being verified."""

import asyncio
from collections.abc import Sequence
from typing import Final

import structlog

from homelab_steward.contract.state import TargetRef
from homelab_steward.contract.step_parts import PlannedStep

from ...errors import ServiceError
from ...inventory.ports import Inventory
from ...sdk.description import Call
from ...sdk.readings import NotKnown
from ...texts import translate

log = structlog.get_logger(__name__)

READ_TIMEOUT: Final = 5.0
RUNNING: Final = "running"
"""The sensor that says whether a target runs, in every service."""


class Stops:
    """Reads from services why a target ended."""

    def __init__(self, inventory: Inventory) -> None:
        """Readings are those of the last poll."""
        self._inventory = inventory

    async def why(self, target: TargetRef, steps: Sequence[PlannedStep]) -> str | None:
        """Return how a person stopped a target, None when it runs or nobody is known to have stopped it.

        The result is None too for a run with a step that may have stopped the target itself.
        """
        if self._inventory.readings(target).get(RUNNING) is not False or any(map(self._interrupts, steps)):
            return None
        service = self._inventory.service(target.instance_id)
        outages = (one.outage for one in service.checks if one.scope == target.kind) if service else ()
        reads = next((one.why for one in outages if one is not None and one.why is not None), None)
        if reads is None:
            return None
        try:
            async with asyncio.timeout(READ_TIMEOUT):
                stop = await reads(self._inventory.client(target.instance_id), Call(target=target))
        except (NotKnown, ServiceError, TimeoutError) as err:
            log.info("reason of a stop not known", target=target.id, reason=str(err))
            return None
        return self._inventory.clean(translate(stop.text)) if stop.is_meant else None

    def _interrupts(self, step: PlannedStep) -> bool:
        service = self._inventory.service(step.target.instance_id)
        if service is None:
            return True
        return any(one.interrupts for one in service.actions if f"{service.key}.{one.key}" == step.action)
