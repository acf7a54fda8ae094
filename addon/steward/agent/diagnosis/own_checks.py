"""The results of a service's checks on a target, in the form of condition results."""

from collections.abc import Collection, Iterator

from homelab_steward.contract.incidents import CheckResult
from homelab_steward.contract.state import TargetRef

from ...inventory.ports import Inventory
from ...sdk.readings import NOT_REPORTED
from ...texts import household, translate


def own_checks(inventory: Inventory, keys: Collection[str], target: TargetRef) -> tuple[CheckResult, ...]:
    """Return the results of the checks with these keys; none for a target that is not in the last poll."""
    return tuple(_results(inventory, keys, target))


def _results(inventory: Inventory, keys: Collection[str], target: TargetRef) -> Iterator[CheckResult]:
    service, seen = inventory.service(target.instance_id), inventory.seen(target)
    for check in service.checks if service is not None and seen.is_listed else ():
        if check.key in keys and check.key in seen.checks:
            is_clear = seen.checks[check.key]
            texts = seen.problems if is_clear is False else seen.unknown
            text = "; ".join(texts) or translate(NOT_REPORTED)
            yield CheckResult(name=household().name(check.name), ok=is_clear, text=text)
