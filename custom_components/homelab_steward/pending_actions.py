"""Which actions wait for a person's approval, by action and target."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from homeassistant.core import CALLBACK_TYPE, callback

from .contract.incidents import ApprovalRequest, ApprovalStatus

type ActionKey = tuple[str, tuple[str, str, str]]
"""The name of an action (``service.action``), and instance, kind and id of its target."""


class PendingActions:
    """The actions of all pending approval requests."""

    def __init__(self) -> None:
        """Start without requests and listeners."""
        self._pending: frozenset[ActionKey] = frozenset()
        self._requested: dict[str, ActionKey] = {}
        self._approvals: Mapping[str, ApprovalRequest] = {}
        self._listeners: dict[ActionKey, set[CALLBACK_TYPE]] = defaultdict(set)

    def is_pending(self, key: ActionKey) -> bool:
        """Return whether a request for the action and target waits for a person."""
        return key in self._pending

    @callback
    def listen(self, key: ActionKey, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call ``listener`` when a request for the key begins or ends to wait; returns how to stop."""
        listeners = self._listeners[key]
        listeners.add(listener)
        return lambda: listeners.discard(listener)

    @callback
    def add_requested(self, approval_id: str, key: ActionKey) -> None:
        """Count a request as pending that the app confirmed but did not push yet."""
        if approval_id not in self._approvals:
            self._requested[approval_id] = key
            self._compare()

    @callback
    def forget_requested(self) -> None:
        """Count only requests that the app pushed: after a reconnect it has pushed all."""
        self._requested.clear()
        self._compare()

    @callback
    def update(self, approvals: Mapping[str, ApprovalRequest]) -> None:
        """Store the approval requests that the app knows."""
        self._approvals = approvals
        for approval_id in approvals.keys() & self._requested.keys():
            del self._requested[approval_id]
        self._compare()

    def _compare(self) -> None:
        pushed = _actions(self._approvals.values())
        before, self._pending = self._pending, pushed.union(self._requested.values())
        for key in before ^ self._pending:
            for listener in tuple(self._listeners.get(key, ())):
                listener()


def _actions(approvals: Iterable[ApprovalRequest]) -> frozenset[ActionKey]:
    return frozenset(
        (step.action, step.target.key)
        for approval in approvals
        if approval.status is ApprovalStatus.PENDING
        for option in approval.proposal.options
        for step in option.steps
    )
