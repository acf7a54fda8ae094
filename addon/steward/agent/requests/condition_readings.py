"""Evaluates the conditions of a scheduled request, by the last readings or by readings made now."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from homelab_steward.contract.incidents import CheckResult
from homelab_steward.contract.later import Later, LaterCondition
from homelab_steward.contract.state import InstanceStatus

from ...errors import ServiceError, describe_error
from ...inventory.ports import ANSWERS, HOME, Inventory
from ...sdk.readings import NOT_REPORTED, Reading, Unknown
from ...texts import english, translate
from ..diagnosis.diagnoser import READ_TIMEOUT
from .later import unmet

NOT_KNOWN: Final = english("Home Assistant does not say")


def is_of_home(condition: LaterCondition) -> bool:
    """Return whether a condition is on a fact about the home, which is read from Home Assistant."""
    return condition.target.kind == HOME


def _fact(condition: LaterCondition, facts: Mapping[str, bool | None]) -> Reading:
    fact = facts.get(condition.reading)
    return Unknown(translate(NOT_KNOWN)) if fact is None else fact


class ConditionReadings:
    """Finds the first condition that is not known to hold."""

    def __init__(self, inventory: Inventory) -> None:
        """Only ``unmet_now`` polls instances."""
        self._inventory = inventory

    def unmet(self, later: Later) -> CheckResult | None:
        """Return the first condition that does not hold by the last readings, None when all hold.

        Facts about the home are only read by ``unmet_now``.
        """
        known = replace(later, conditions=tuple(one for one in later.conditions if not is_of_home(one)))
        return unmet(known, [self._last(one) for one in known.conditions].__getitem__)

    async def unmet_now(self, later: Later) -> CheckResult | None:
        """Return the first condition that does not hold by readings that are made now."""
        polled = {one.target.instance_id for one in later.conditions if not is_of_home(one)}
        failures = await self._poll(polled)
        facts = await self._inventory.home_facts() if any(map(is_of_home, later.conditions)) else {}
        made = [
            _fact(one, facts) if is_of_home(one) else self._made(one, failures) for one in later.conditions
        ]
        return unmet(later, made.__getitem__)

    def _last(self, condition: LaterCondition) -> Reading:
        if condition.reading == ANSWERS:
            instance = self._inventory.instance(condition.target.instance_id)
            if instance is None or instance.status is InstanceStatus.PENDING:
                return Unknown(translate(NOT_REPORTED))
            return instance.status is InstanceStatus.OK
        return self._inventory.readings(condition.target).get(
            condition.reading, Unknown(translate(NOT_REPORTED))
        )

    def _made(self, condition: LaterCondition, failures: dict[str, str]) -> Reading:
        """Return a reading after the poll of its instance, which may have failed."""
        failure = failures.get(condition.target.instance_id)
        if condition.reading == ANSWERS:
            return failure is None
        return self._last(condition) if failure is None else Unknown(failure)

    async def _poll(self, instances: Iterable[str]) -> dict[str, str]:
        """Poll the instances; return the reason for each that did not answer, by id."""
        each = sorted(instances)
        answers = await asyncio.gather(*map(self._failure, each))
        return {one: failure for one, failure in zip(each, answers, strict=True) if failure is not None}

    async def _failure(self, instance_id: str) -> str | None:
        try:
            async with asyncio.timeout(READ_TIMEOUT):
                await self._inventory.poll_now(instance_id)
        except (ServiceError, TimeoutError) as err:
            return self._inventory.clean(describe_error(err))
        return None
