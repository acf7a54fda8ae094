"""Approvals by the steward itself, stored by the same compare-and-swap as decisions of people."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

import structlog

from homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus, Decision, Verb
from homelab_steward.contract.proposals import Option, OptionKind
from homelab_steward.contract.state import FrontEnd
from homelab_steward.contract.step_parts import PlannedStep

from ...clock import Clock
from ...store import approvals
from ...store.store import Store, Unit
from ...texts import translate
from .authorization import already
from .gate import STEWARD, over, paused_now, record

log = structlog.get_logger(__name__)

ALONE: Final = 1
"""The number of the only option that is carried out without a person."""

type Objection = Callable[[Unit, ApprovalRequest], Awaitable[str | None]]
"""Returns why the steward may not carry out a request without a person now, None when it may."""


def may_be_alone(option: Option | None) -> bool:
    """Return whether an option can ever be carried out without a person. Pure.

    It cannot when it changes nothing, when two people have to approve it, or when a fact about the home that
    it depends on is not known.
    """
    if option is None or option.kind is not OptionKind.ACT or option.needs_two or option.unknown_facts:
        return False
    return any(one.wait is None for one in option.steps)


class Alone:
    """Approves requests in the name of the steward, and starts their execution."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        begin: Callable[[str], Awaitable[None]],
        fenced: Callable[[PlannedStep], str | None],
        incomplete: Callable[[Option], str | None],
    ) -> None:
        """``begin`` starts the execution of an approved request, once per id.

        ``fenced`` returns which fence forbids a step, None when none does. ``incomplete`` returns why
        the targets of an option are not those that were shown any more, None when they are.
        """
        self._fenced = fenced
        self._incomplete = incomplete
        self._store = store
        self._clock = clock
        self._begin = begin

    async def act(self, request_id: str, objection: Objection) -> str | None:
        """Approve an announced request that nobody stopped; return why not, None when it is approved.

        The result is None too when somebody decided before. ``objection`` is called in the same transaction.
        """
        async with self._store.change(durable=True) as unit:
            request = await approvals.request(unit.connection, request_id)
            if request is None or request.status is not ApprovalStatus.PENDING or request.acts_at is None:
                return None
            answer = await objection(unit, request) or await self.approve(unit, request)
        if isinstance(answer, str):
            return answer
        await self.begin(request_id)
        return None

    async def approve(self, unit: Unit, request: ApprovalRequest) -> ApprovalRequest | str:
        """Approve the first option in the transaction ``unit``; return the decided request, or why not.

        The caller knows that no person is needed, and calls :meth:`begin` after the commit.
        """
        option = request.proposal.option(ALONE)
        if option is None or not may_be_alone(option):
            return translate("Only a person may approve this.")
        fences = (self._fenced(one) for one in option.steps)
        reason = next((one for one in fences if one is not None), None) or self._incomplete(option)
        if reason is not None:
            return translate(t"Not approved: {reason}.")
        decision = self.decision(option)
        refusal = await over(unit, request) or await paused_now(unit, option, decision)
        if refusal is not None:
            return refusal.message
        status = ApprovalStatus.APPROVED
        if not await approvals.decide(unit.connection, request.id, status, decision, option.plan_hash):
            return already(await approvals.request(unit.connection, request.id) or request).message
        decided = replace(request, status=status, decision=decision)
        await record(unit, decided, decision, option)
        return decided

    async def begin(self, request_id: str) -> None:
        """Start the execution of an approved request; if that fails, the run starter starts it later."""
        try:
            await self._begin(request_id)
        except Exception:
            log.exception("approved run not started yet", approval=request_id)

    def decision(self, option: Option) -> Decision:
        """Return a decision of the steward, made now, to carry out an option."""
        return Decision(
            verb=Verb.APPROVE,
            person_id="",
            person_name=STEWARD,
            via=FrontEnd.STEWARD,
            at=self._clock.now(),
            option=option.number,
            label=option.label,
        )
