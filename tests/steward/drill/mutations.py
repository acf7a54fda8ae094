"""One defect of the product for each probe of the drill. Each must turn its probe red."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.commands import Decide, RequestAction
from homelab_steward.contract.errors import ErrorCode
from homelab_steward.contract.incidents import (
    ApprovalRequest,
    ApprovalStatus,
    CheckResult,
    Outcome,
    StepState,
)
from homelab_steward.contract.state import Authority, FrontEnd, Person, TargetRef
from rig.drill_crash import run_sending_again
from steward.agent.decisions import authorization, gate
from steward.agent.decisions.authorization import Refusal
from steward.agent.decisions.gate import Gate
from steward.agent.diagnosis import diagnoser
from steward.agent.diagnosis.diagnoser import Diagnoser
from steward.agent.plans.plan import Plan
from steward.agent.plans.references import Work
from steward.agent.runs import effects, journal, verification, verifier
from steward.agent.runs.effects import Effects
from steward.agent.runs.executor import Executor
from steward.agent.runs.progress import DONE, Progress
from steward.agent.runs.undoing import Undone
from steward.autonomy import ladder
from steward.conversation import model_answers
from steward.conversation.turn import ToolAnswer, Turn
from steward.drill import crash_probes
from steward.drill.service import INSTANCE
from steward.inventory.inventory import LiveInventory
from steward.inventory.people import LOCAL_OWNER, People
from steward.llm.messages import ToolCall
from steward.runbooks.model import ALERTING, Condition
from steward.sdk.readings import Reading
from steward.store import approvals, audit, runs
from steward.telegram import markup
from steward.telegram.buttons import ButtonCodec

type Break = Callable[[pytest.MonkeyPatch], None]
type Authorize = Callable[[Person | None, ApprovalRequest, Decide, datetime], Refusal | None]


def returns(value: object) -> Callable[..., object]:
    return lambda *_, **__: value


def soon(value: object) -> Callable[..., object]:
    async def found(*_: object, **__: object) -> object:
        return value

    return found


def machines_are_people(patch: pytest.MonkeyPatch) -> None:
    authorize: Authorize = authorization.authorize

    def mistaken(
        person: Person | None, request: ApprovalRequest, command: Decide, now: datetime
    ) -> Refusal | None:
        speaker = replace(command.speaker, front_end=FrontEnd.PANEL)
        return authorize(person, request, replace(command, speaker=speaker), now)

    patch.setattr(gate, "authorize", mistaken)


def strangers_are_owners(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(People, "by_speaker", returns(LOCAL_OWNER))


def guests_decide(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Person, "may_decide", returns(Authority.HIGH))


def decided_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(gate, "authorize", _without(ErrorCode.ALREADY_DECIDED))
    patch.setattr(gate, "over", soon(None))
    _always_stored(patch)


def _always_stored(patch: pytest.MonkeyPatch) -> None:
    decide = approvals.decide

    async def stored(*arguments: Any) -> bool:
        await decide(*arguments)
        return True

    patch.setattr(approvals, "decide", stored)


def _without(code: ErrorCode) -> Authorize:
    authorize: Authorize = authorization.authorize

    def mistaken(
        person: Person | None, request: ApprovalRequest, command: Decide, now: datetime
    ) -> Refusal | None:
        refusal = authorize(person, request, command, now)
        return None if refusal is not None and refusal.code is code else refusal

    return mistaken


def never_expired(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(gate, "authorize", _without(ErrorCode.EXPIRED))
    _always_stored(patch)


def silence_decides(patch: pytest.MonkeyPatch) -> None:
    close = approvals.close

    async def rejected(
        connection: AsyncConnection, request_id: str, _: ApprovalStatus, now: datetime
    ) -> bool:
        return await close(connection, request_id, ApprovalStatus.REJECTED, now)

    patch.setattr(approvals, "close", rejected)


def one_approval_is_enough(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(gate, "needs_another", returns(value=False))


def no_second_proof(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(authorization, "_unconfirmed", returns(None))


def any_plan(patch: pytest.MonkeyPatch) -> None:
    async def same_plan(self: Executor, job: Any) -> Plan:
        return await self._plan_now(job)

    patch.setattr(Executor, "_same_plan", same_plan)


def no_pause(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(gate, "stopped", returns(None))
    patch.setattr(journal, "stopped", returns(None))


def no_fence_at_gate(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Gate, "_why_fenced", returns(None))


def no_fence_at_effect(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Effects, "_require_open", returns(None))


def lost_is_not_done(patch: pytest.MonkeyPatch) -> None:
    async def fail(self: Effects, work: Work) -> Progress:
        return await self._fail(work, "it did not happen")

    patch.setattr(Effects, "_find_out", fail)


def looked_for_once(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(effects, "next_look", returns(None))


def worse_stays(patch: pytest.MonkeyPatch) -> None:
    outcome = verification.outcome

    def mild(before: Mapping[str, bool | None], after: Sequence[CheckResult]) -> Outcome:
        found = outcome(before, after)
        return Outcome.NOT_FIXED if found is Outcome.WORSE else found

    patch.setattr(verifier, "outcome", mild)


def undo_never_fails(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Executor, "undo", soon(Undone(())))


def undo_not_read(patch: pytest.MonkeyPatch) -> None:
    async def undone(self: Effects, work: Work, _: datetime) -> Progress:
        await self._mark(work, StepState.UNDONE, "accepted")
        return DONE

    patch.setattr(Effects, "_undone", undone)


def no_limit(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(runs, "spent", soon(0))


def no_leases(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(runs, "take_lease", soon(value=True))


def unknown_is_bad(patch: pytest.MonkeyPatch) -> None:
    evaluate = verification.evaluate

    def certain(condition: Any, reading: Any) -> CheckResult:
        found = evaluate(condition, reading)
        return replace(found, ok=False) if found.ok is None else found

    patch.setattr(verification, "evaluate", certain)


def monitor_is_proof(patch: pytest.MonkeyPatch) -> None:
    evaluate_all = verification.evaluate_all

    def believing(conditions: Sequence[Condition], readings: Any) -> tuple[CheckResult, ...]:
        return evaluate_all([one for one in conditions if one.reading == ALERTING], readings)

    patch.setattr(diagnoser, "evaluate_all", believing)


def old_alerts_count(patch: pytest.MonkeyPatch) -> None:
    alerting = verification.alerting
    patch.setattr(diagnoser, "alerting", lambda alerts, _since: alerting(alerts))


def old_readings_count(patch: pytest.MonkeyPatch) -> None:
    readings, kept = LiveInventory.readings, dict[TargetRef, Mapping[str, Reading]]()

    def old(self: LiveInventory, target: TargetRef) -> Mapping[str, Reading]:
        return kept.setdefault(target, readings(self, target))

    patch.setattr(LiveInventory, "readings", old)
    patch.setattr(Diagnoser, "poll", soon(None))


def levels_stay(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ladder, "lowered", lambda standing, *_: standing)


def unsigned_buttons(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ButtonCodec, "_tag", returns(bytes(13)))


def markup_from_outside(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(markup, "escape", lambda text, **_: text)


def hidden_characters(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(markup, "one_line", lambda text: " ".join(text.split("\n")))


def model_requests(patch: pytest.MonkeyPatch) -> None:
    async def obeyed(self: Turn, call: ToolCall) -> ToolAnswer:
        asked = await self._request_port.request(
            RequestAction(instance_id=INSTANCE, action="restart", target_id="box/beta", speaker=self._speaker)
        )
        return ToolAnswer(title=call.name, text="requested", asked=asked)

    patch.setattr(model_answers, "why_not", returns(None))
    patch.setattr(Turn, "call", obeyed)


def any_chain(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(audit, "broken_link", returns(None))


def sent_again_after_crash(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(crash_probes, "ENTRY", run_sending_again)


MUTATIONS: Final[Mapping[str, Break]] = {
    "agent": machines_are_people,
    "stranger": strangers_are_owners,
    "viewer": guests_decide,
    "replay": decided_again,
    "expired": never_expired,
    "silence": silence_decides,
    "two-approvers": one_approval_is_enough,
    "second-proof": no_second_proof,
    "drifted-plan": any_plan,
    "kill-switch": no_pause,
    "fence-at-gate": no_fence_at_gate,
    "fence-at-executor": no_fence_at_effect,
    "answer-lost": lost_is_not_done,
    "late-effect": looked_for_once,
    "worse": worse_stays,
    "failed-undo": undo_never_fails,
    "undo-read-back": undo_not_read,
    "budget": no_limit,
    "two-runs": no_leases,
    "unknown": unknown_is_bad,
    "lying-monitor": monitor_is_proof,
    "blind-monitor": old_alerts_count,
    "stale-reading": old_readings_count,
    "relapse-demotes": levels_stay,
    "forged-callback": unsigned_buttons,
    "log-injection": markup_from_outside,
    "display-name": hidden_characters,
    "obedient-model": model_requests,
    "audit-tampering": any_chain,
    "kill-at-effect": sent_again_after_crash,
}
