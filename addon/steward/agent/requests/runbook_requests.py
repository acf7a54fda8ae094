"""Handles requests for a runbook: its recipes become the options of a request, or one plan for a stack.

A runbook that changes nothing is read at once.
"""

import hashlib
from collections.abc import Mapping

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.proposals import OptionKind
from homelab_steward.contract.runbook_runs import RunbookAnswer, RunRunbook
from homelab_steward.contract.state import Speaker, TargetRef

from ...errors import PreconditionFailed
from ...inventory.ports import Inventory
from ...runbooks.matching import fits_target
from ...runbooks.model import Each, Runbook
from ...store.target_keys import target_key
from ...texts import spoken, translate
from ..decisions.gate import People
from ..diagnosis.diagnoser import subject_of
from ..plans.plan import PERSON_REQUEST
from ..plans.resolver import Resolver
from .plan_requests import PlanRequests, RequestPlan
from .proposer import Proposer
from .request_plan import PlanStep
from .request_writer import AUDITED, Asker, RequestWriter, Wanted, asker_of
from .runbook_reports import RunbookReports


class RunbookRequests:
    """Turns requests for runbooks into pending requests or reports. Nothing here changes a service."""

    def __init__(
        self,
        inventory: Inventory,
        proposer: Proposer,
        library: Mapping[str, Runbook],
        people: People,
        writer: RequestWriter,
        resolver: Resolver,
        plans: PlanRequests,
        reports: RunbookReports,
    ) -> None:
        """``library`` has the runbooks by id. ``proposer`` makes the options, ``writer`` stores them.

        ``resolver`` and ``plans`` make the plan of a runbook for each member of a stack, ``reports`` makes
        the reports of runbooks that only read.
        """
        self._inventory = inventory
        self._proposer = proposer
        self._library = library
        self._people = people
        self._writer = writer
        self._resolver = resolver
        self._plans = plans
        self._reports = reports

    async def run(self, request: RunRunbook) -> RunbookAnswer:
        """Return the request for a runbook on a target, or the equal one that is pending already.

        For a runbook that changes nothing the answer has a report instead. Raises ContractError:
        FORBIDDEN, NOT_FOUND, UNAVAILABLE (the text says why nothing can be offered), TOO_MANY. FORBIDDEN
        and TOO_MANY are audited.
        """
        try:
            asker = asker_of(self._people, request.speaker, is_automation=request.is_automation)
            runbook = self._runbook(request.runbook_id)
            target = self._target(runbook, request)
            if target is None or runbook.only_reads:
                return RunbookAnswer(report=await self._reports.read(runbook, target))
            written = await self._writer.write(asker, await self._asked(asker, runbook, target, request))
            return RunbookAnswer(request=written.request, was_waiting=written.was_waiting)
        except ContractError as err:
            if err.code in AUDITED:
                what = {"instance": request.instance_id, "runbook": request.runbook_id}
                await self._writer.audit_refusal(request.speaker, what, err.code)
            raise

    async def _asked(self, asker: Asker, runbook: Runbook, target: TargetRef, request: RunRunbook) -> Wanted:
        if runbook.each is None:
            return await self._wanted(asker, runbook, target)
        return await self._plans.wanted(self._of_stack(request.speaker, runbook, target), asker.name)

    def _runbook(self, runbook_id: str) -> Runbook:
        runbook = self._library.get(runbook_id)
        if runbook is None:
            raise ContractError(ErrorCode.NOT_FOUND, translate(t"There is no such runbook."))
        return runbook

    def _target(self, runbook: Runbook, request: RunRunbook) -> TargetRef | None:
        """Return the target of a request, None for all instances. Raises ContractError."""
        if not request.instance_id and runbook.each is Each.INSTANCE:
            return None
        if not request.instance_id:
            title = spoken(lambda texts: texts.name(runbook.title))
            raise ContractError(ErrorCode.INVALID_ARGUMENT, translate(t"{title} needs a target."))
        target = self._inventory.target(request.instance_id, request.kind, request.target_id)
        if target is None:
            raise ContractError(ErrorCode.NOT_FOUND, translate(t"There is no such target in this instance."))
        self._check_fits(runbook, target)
        return target

    def _check_fits(self, runbook: Runbook, target: TargetRef) -> None:
        """Raise ContractError UNAVAILABLE when a runbook is for other targets."""
        if not fits_target(runbook.match, subject_of(self._inventory, target)):
            title = spoken(lambda texts: texts.name(runbook.title))
            raise ContractError(ErrorCode.UNAVAILABLE, translate(t"{title} is not for {target.name}."))

    def _of_stack(self, speaker: Speaker, runbook: Runbook, target: TargetRef) -> RequestPlan:
        """Return the action of a runbook for each member of a stack. Raises ContractError UNAVAILABLE."""
        title = spoken(lambda texts: texts.name(runbook.title))
        # Each of these runbooks has one acting recipe with one step.
        step = next(one.steps[0] for one in runbook.recipes if one.kind is OptionKind.ACT)
        stack = self._inventory.stack(target)
        if stack is None:
            raise ContractError(ErrorCode.UNAVAILABLE, translate(t"{target.name} belongs to no stack."))
        steps: list[PlanStep] = []
        left_out: list[str] = []
        for one in stack.members:
            try:
                name, action = self._resolver.action_of(step, one)
            except PreconditionFailed as err:
                left_out.append(f"{str(err).removesuffix('.')}.")
                continue
            key = name.partition(".")[2]
            steps.append(PlanStep(target=one, action=key, capability=action.capability, runbook=title))
        return RequestPlan(speaker=speaker, steps=tuple(steps), left_out=tuple(left_out))

    async def _wanted(self, asker: Asker, runbook: Runbook, target: TargetRef) -> Wanted:
        """Return the request to store. Raises ContractError UNAVAILABLE."""
        title = spoken(lambda texts: texts.name(runbook.title))
        options, left_out = await self._proposer.options(runbook, target)
        if not options:
            reasons = " ".join(left_out)
            text = translate(t"No step of {title} applies to {target.name}. {reasons}")
            raise ContractError(ErrorCode.UNAVAILABLE, text)
        plans = hashlib.sha256("".join(one.plan_hash for one in options).encode()).hexdigest()[:32]
        return Wanted(
            key=f"{PERSON_REQUEST}{plans}:{target_key(target)}",
            title=spoken(lambda texts: texts(t"{title}: {target.name}, requested by {asker.name}")),
            target=target,
            options=options,
            categories=(self._inventory.around(target).category,),
            left_out=left_out,
        )
