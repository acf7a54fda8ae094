"""What the probes share: alerts, decisions of people, and what must not have come of an attempt."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from homelab_steward.contract.commands import Confirmation, Decide
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import (
    AlertStatus,
    ApprovalRequest,
    ApprovalStatus,
    Incident,
    Severity,
    Verb,
)
from homelab_steward.contract.state import FrontEnd, Speaker

from ..sdk.description import IncomingAlert
from .cast import Member
from .results import NotHeld, require
from .scratch import Scratch
from .service import MEMORY

MONITOR: Final = "drill-monitor"
"""The monitor of the alerts; it is no configured instance."""

FULL: Final = "The memory is nearly full"
NO_LABELS: Final[Mapping[str, str]] = MappingProxyType({})

REFUSED: Final = "approval.refused"


def alert_of(
    scratch: Scratch,
    about: str = MEMORY,
    *,
    box: str = "alpha",
    status: AlertStatus = AlertStatus.FIRING,
    summary: str = FULL,
    labels: Mapping[str, str] = NO_LABELS,
) -> IncomingAlert:
    """Return an alert about a box."""
    return IncomingAlert(
        name=f"Drill{about}",
        status=status,
        severity=Severity.WARNING,
        starts_at=scratch.clock.now(),
        labels={"name": box, **labels},
        summary=summary,
        fingerprint=f"{about}-{box}",
    )


async def ask(
    scratch: Scratch, about: str = MEMORY, number: int = 1, *, box: str = "alpha", summary: str = FULL
) -> ApprovalRequest:
    """Report a problem, and return the request that waits for people."""
    await scratch.agent.correlator.take(MONITOR, [alert_of(scratch, about, box=box, summary=summary)])
    return await scratch.asked(number)


def telegram(member: Member) -> Speaker:
    """Return a person who presses a button in Telegram."""
    return Speaker(front_end=FrontEnd.TELEGRAM, user_id=str(member.telegram_user_id))


def panel(member: Member) -> Speaker:
    """Return a person who is signed in to the panel."""
    return Speaker(front_end=FrontEnd.PANEL, user_id=member.ha_user_id)


def approval(
    request: ApprovalRequest,
    speaker: Speaker,
    *,
    confirmation: Confirmation = Confirmation.SIGNED_IN,
    pin: str | None = None,
) -> Decide:
    """Return the approval of the first option."""
    return Decide(
        approval_id=request.id,
        verb=Verb.APPROVE,
        speaker=speaker,
        option=1,
        plan_hash=request.proposal.options[0].plan_hash,
        confirmation=confirmation,
        pin=pin,
    )


def every_decision(request: ApprovalRequest, speaker: Speaker) -> Iterable[Decide]:
    """Yield every kind of decision about a request."""
    yield approval(request, speaker)
    for verb in (Verb.REJECT, Verb.IGNORE):
        yield Decide(approval_id=request.id, verb=verb, speaker=speaker)
    until = request.expires_at - timedelta(minutes=1)
    yield Decide(approval_id=request.id, verb=Verb.SNOOZE, speaker=speaker, until=until)


async def approve(scratch: Scratch, request: ApprovalRequest) -> ApprovalRequest:
    """Approve the first option with as many owners as the installed rules need."""
    decided = request
    for owner in scratch.cast.owners:
        try:
            decided = await scratch.agent.gate.decide(approval(request, panel(owner)))
        except ContractError as err:
            message = f"the approval of an owner was refused: {err.message}"
            raise NotHeld(message) from err
        if decided.status is not ApprovalStatus.PENDING:
            break
    require(decided.status is ApprovalStatus.APPROVED, "the approvals of three owners were not enough")
    return decided


async def must_refuse(scratch: Scratch, command: Decide, who: str, *codes: ErrorCode) -> None:
    """Raise NotHeld unless the gate refuses a decision with one of these codes and audits that."""
    before = len(await scratch.audited(REFUSED))
    try:
        await scratch.agent.gate.decide(command)
    except ContractError as err:
        require(err.code in codes, f"the decision of {who} was refused for another reason: {err.message}")
    else:
        message = f"the decision “{command.verb}” of {who} was taken"
        raise NotHeld(message)
    require(len(await scratch.audited(REFUSED)) > before, f"the refusal of {who} is not in the audit log")


async def must_wait(scratch: Scratch, request: ApprovalRequest) -> None:
    """Raise NotHeld unless a request still waits and nothing was changed."""
    now = await scratch.request(request.id)
    require(now.status is ApprovalStatus.PENDING, f"the request does not wait any more: it is {now.status}")
    nothing_done(scratch)


def nothing_done(scratch: Scratch) -> None:
    """Raise NotHeld when the world was changed."""
    effects = scratch.world.effects
    require(not effects, f"it was carried out: {', '.join(effects)}")


async def run(scratch: Scratch, about: str = MEMORY) -> Incident:
    """Report a problem, approve the first option, and return the incident when the run is over."""
    await approve(scratch, await ask(scratch, about))
    return await scratch.ended()
