"""Finds what a tool call names. Pure."""

from .contract.errors import ContractError, ErrorCode
from .contract.state import Instance
from .steward_state import StewardState


def resolve(
    state: StewardState, service: str, scope: str | None, target: str, instance: str
) -> tuple[str, str | None]:
    """Return the ids of the instance and of the resource of kind ``scope``, None without a scope.

    Names and ids must match as a whole, except for upper and lower case. Without a scope, the target
    may be the name of the instance. Raises ContractError NOT_FOUND, and INVALID_ARGUMENT when it is
    not clear which one is meant. The texts contain no names.
    """
    instances = [one for one in state.instances.values() if one.service == service]
    named = instance or ("" if scope else target)
    if named:
        instances = [one for one in instances if _is(named, one.id, one.name)]
    if scope is None:
        return _only([one.id for one in instances]), None
    if not target:
        raise ContractError(ErrorCode.INVALID_ARGUMENT, f"target is missing: it needs a {scope}.")
    found = [(one.id, key) for one in instances for key in _resources(state, one, scope, target)]
    by_id = [one for one in found if one[1] == target]
    return _only(by_id or found)


def _resources(state: StewardState, instance: Instance, scope: str, target: str) -> list[str]:
    snapshot = state.snapshots.get(instance.id)
    resources = snapshot.resources if snapshot else ()
    return [one.id for one in resources if one.kind == scope and _is(target, one.id, one.name)]


def _is(named: str, own_id: str, name: str) -> bool:
    return named.strip().casefold() in (own_id.casefold(), name.casefold())


def _only[One](found: list[One]) -> One:
    if not found:
        raise ContractError(ErrorCode.NOT_FOUND, "Nothing has this name. readings finds similar names.")
    if len(found) > 1:
        raise ContractError(
            ErrorCode.INVALID_ARGUMENT, "Several have this name: use the id, or name the instance."
        )
    return found[0]
