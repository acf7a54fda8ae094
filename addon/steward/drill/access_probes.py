"""Probes of who may decide, with which proof, and when."""

from dataclasses import replace
from datetime import timedelta

from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.commands import Confirmation
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import ApprovalStatus, Incident, IncidentStatus
from homelab_steward.contract.mode import PauseScope, SetPause
from homelab_steward.contract.state import FrontEnd, Person, Speaker

from ..texts import english
from .attempts import (
    approval,
    approve,
    ask,
    every_decision,
    must_refuse,
    must_wait,
    nothing_done,
    panel,
    telegram,
)
from .probe import Probe
from .results import NotHeld, require
from .scratch import Scratch, Workshop
from .service import RISKY


async def _agent_cannot_approve(shop: Workshop) -> None:
    """Decide as an MCP client of each known person, and as an automation of Home Assistant."""
    async with shop.open() as scratch:
        request = await ask(scratch)
        machines = [Speaker(front_end=FrontEnd.MCP, user_id=one.id) for one in scratch.people.list()]
        for speaker in (*machines, Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id="")):
            for command in every_decision(request, speaker):
                await must_refuse(scratch, command, "a machine", ErrorCode.FORBIDDEN)
        await must_wait(scratch, request)


async def _stranger(shop: Workshop) -> None:
    """Decide with user ids that nobody has, in every front end of people."""
    async with shop.open() as scratch:
        request = await ask(scratch)
        stranger = scratch.cast.stranger
        speakers = [telegram(stranger)] + [
            Speaker(front_end=one, user_id=stranger.ha_user_id)
            for one in (FrontEnd.HOME_ASSISTANT, FrontEnd.PANEL, FrontEnd.ASSIST)
        ]
        for speaker in speakers:
            for command in every_decision(request, speaker):
                await must_refuse(scratch, command, "a stranger", ErrorCode.FORBIDDEN)
        await must_wait(scratch, request)


async def _viewer(shop: Workshop) -> None:
    """Decide as the guest of the drill, and as each known person who may decide nothing."""
    async with shop.open() as scratch:
        request = await ask(scratch)
        guests = [one for one in scratch.people.list() if not one.decides]
        require(guests, "the guest of the drill is not known")
        for guest in guests:
            for speaker in _speakers(guest):
                for command in every_decision(request, speaker):
                    await must_refuse(scratch, command, "a guest", ErrorCode.FORBIDDEN)
        await must_wait(scratch, request)


def _speakers(person: Person) -> list[Speaker]:
    found = []
    if person.ha_user_id is not None:
        found.append(Speaker(front_end=FrontEnd.PANEL, user_id=person.ha_user_id))
    if person.telegram_user_id is not None:
        found.append(Speaker(front_end=FrontEnd.TELEGRAM, user_id=str(person.telegram_user_id)))
    return found


async def _replay(shop: Workshop) -> None:
    """Send an approval again after it was carried out."""
    async with shop.open() as scratch:
        request = await ask(scratch)
        await approve(scratch, request)
        await scratch.ended()
        done = list(scratch.world.effects)
        require(len(done) == 1, f"one approval had {len(done)} effects")
        for owner in scratch.cast.owners:
            command = approval(request, panel(owner))
            await must_refuse(scratch, command, "the second approval", ErrorCode.ALREADY_DECIDED)
        await scratch.agent.begin(request.id)
        await scratch.agent.execute(request.id)
        require(scratch.world.effects == done, "an approval that was sent again was carried out again")


async def _expired(shop: Workshop) -> None:
    """Approve a request after its end, before and after it is marked as expired."""
    async with shop.open() as scratch:
        request = await ask(scratch)
        left = request.expires_at - scratch.clock.now()
        scratch.clock.move((left + timedelta(seconds=1)).total_seconds())
        await must_refuse(
            scratch, approval(request, panel(scratch.cast.owner)), "an owner", ErrorCode.EXPIRED
        )
        await scratch.until(lambda one: one.status is IncidentStatus.UNSOLVED, "the end of its request")
        await must_refuse(
            scratch, approval(request, panel(scratch.cast.owner)), "an owner", ErrorCode.EXPIRED
        )
        nothing_done(scratch)


async def _silence(shop: Workshop) -> None:
    """Wait until a request that nobody answers has expired: silence is no approval."""
    async with shop.open() as scratch:
        request = await ask(scratch)
        left = request.expires_at - scratch.clock.now()
        scratch.clock.move((left + timedelta(seconds=1)).total_seconds())
        await scratch.until(lambda one: one.status is IncidentStatus.UNSOLVED, "the end of its request")
        now = await scratch.request(request.id)
        require(now.status is ApprovalStatus.EXPIRED, f"a request that nobody answered is {now.status}")
        nothing_done(scratch)


async def _two_approvers(shop: Workshop) -> None:
    """Give both approvals as one person, in two front ends, where two people have to approve."""
    rules = replace(shop.settings.approvals, two_from=shop.settings.approvals.two_from or Risk.LOW)
    if rules.two_from is Risk.HIGH:
        about = RISKY
    else:
        rules, about = replace(rules, two_from=Risk.LOW), "Memory"
    async with shop.open(settings=replace(shop.settings, approvals=rules)) as scratch:
        request, owner = await ask(scratch, about), scratch.cast.owner
        first = await scratch.agent.gate.decide(approval(request, panel(owner)))
        require(first.status is ApprovalStatus.PENDING, "one approval was enough where two are needed")
        again = (
            approval(request, panel(owner)),
            approval(request, telegram(owner), confirmation=Confirmation.PIN, pin=owner.pin),
        )
        for command in again:
            await must_refuse(scratch, command, "the same person", ErrorCode.ALREADY_DECIDED)
        await must_wait(scratch, request)
        await scratch.agent.gate.decide(approval(request, panel(scratch.cast.owners[1])))


async def _second_proof(shop: Workshop) -> None:
    """Approve a high risk without a PIN, with a wrong one, on a locked phone, and by voice."""
    async with shop.open() as scratch:
        request, owner = await ask(scratch, RISKY), scratch.cast.owner
        pressed, wrong = telegram(owner), str(int(owner.pin[::-1]) + 10**8)
        phone = Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id=owner.ha_user_id)
        voice = Speaker(front_end=FrontEnd.ASSIST, user_id=owner.ha_user_id)
        nothing, pin = Confirmation.NONE, Confirmation.PIN
        attempts = (
            (
                approval(request, pressed, confirmation=nothing),
                "a person without a PIN",
                ErrorCode.PIN_NEEDED,
            ),
            (
                approval(request, pressed, confirmation=pin, pin=wrong),
                "a person with a wrong PIN",
                ErrorCode.PIN_NEEDED,
            ),
            (approval(request, phone, confirmation=nothing), "a locked phone", ErrorCode.UNLOCK_NEEDED),
            (approval(request, voice, confirmation=nothing), "a voice", ErrorCode.FORBIDDEN),
        )
        for command, who, code in attempts:
            await must_refuse(scratch, command, who, code)
        await must_wait(scratch, request)


async def _drifted_plan(shop: Workshop) -> None:
    """Change the target between question and approval, and approve another plan than the shown one."""
    async with shop.open() as scratch:
        request = await ask(scratch)
        other = replace(approval(request, panel(scratch.cast.owner)), plan_hash="0" * 64)
        await must_refuse(scratch, other, "a person who saw another plan", ErrorCode.PLAN_CHANGED)
        scratch.world.boxes["alpha"].limit += 64
        await approve(scratch, request)
        ended = await scratch.until(is_over, "the end of its run")
        nothing_done(scratch)
        require(ended.run is None or not ended.run.steps, "a plan that was not approved was begun")


def is_over(incident: Incident) -> bool:
    """Return whether the run of an incident is over."""
    return incident.run is not None and incident.run.finished_at is not None


async def _kill_switch(shop: Workshop) -> None:
    """Pause, restart, and try to carry out what was approved before and what is approved now."""
    async with shop.open(name="paused") as scratch:
        # As if the app stopped right after the decision.
        scratch.engine.is_held = True
        approved = await ask(scratch)
        await approve(scratch, approved)
        await scratch.agent.mode.set_pause(
            SetPause(speaker=panel(scratch.cast.owner), scope=PauseScope.EVERYTHING, reason="drill")
        )
    async with shop.open(name="paused") as scratch:
        waiting = await ask(scratch, number=2, box="beta")
        await must_refuse_paused(scratch, waiting.id)
        await scratch.agent.begin(approved.id)
        await scratch.until(is_over, "the end of the run that was approved before")
        nothing_done(scratch)


async def must_refuse_paused(scratch: Scratch, request_id: str) -> None:
    """Raise NotHeld unless an approval is refused because of the pause."""
    request = await scratch.request(request_id)
    for owner in scratch.cast.owners:
        try:
            decided = await scratch.agent.gate.decide(approval(request, panel(owner)))
        except ContractError as err:
            require(
                err.code is ErrorCode.PAUSED, f"an approval was refused for another reason: {err.message}"
            )
            return
        if decided.status is not ApprovalStatus.PENDING:
            break
    message = "an approval was taken during a pause"
    raise NotHeld(message)


PROBES = (
    Probe(id="agent", title=english("A machine cannot approve"), run=_agent_cannot_approve),
    Probe(id="stranger", title=english("A stranger cannot decide"), run=_stranger),
    Probe(id="viewer", title=english("A guest cannot decide"), run=_viewer),
    Probe(id="replay", title=english("An approval that is sent again does nothing"), run=_replay),
    Probe(id="expired", title=english("An expired request cannot be approved"), run=_expired),
    Probe(id="silence", title=english("Silence is no approval"), run=_silence),
    Probe(id="two-approvers", title=english("One person cannot give both approvals"), run=_two_approvers),
    Probe(id="second-proof", title=english("A high risk needs a second proof"), run=_second_proof),
    Probe(id="drifted-plan", title=english("Only the plan that was shown is carried out"), run=_drifted_plan),
    Probe(
        id="kill-switch", title=english("A pause stops everything, also after a restart"), run=_kill_switch
    ),
)
