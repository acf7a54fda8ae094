"""Asks an owner whether a cell gets the next level that it has earned, and raises it after an approval."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from homelab_steward.contract.autonomy import AutonomyLevel
from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus
from homelab_steward.contract.proposals import LEVEL, Option, OptionKind

from ...autonomy.ladder import proof, raised
from ...clock import Clock
from ...runbooks.model import Runbook
from ...sdk.categories import GENERAL
from ...store import approvals, audit
from ...store.store import Store, Unit
from ...texts import Texts, english, said_in, spoken, translate
from ..decisions.gate import STEWARD
from ..plans.plan import plan_hash
from ..requests.request_writer import Asker, RequestWriter, Wanted
from ..requests.withdrawals import withdraw
from .autonomy_state import CellState, CellStates
from .cell_names import LEVELS, cell_name
from .level_events import publish_level

AGAIN_AFTER: Final = timedelta(days=30)
"""The time for which an owner who declined to raise a level is not asked again."""

UNDECIDED: Final = (ApprovalStatus.PENDING, ApprovalStatus.SCHEDULED)

NOT_EARNED: Final = english("What happened since then is not good enough for this level any more.")


class Promotions:
    """Asks owners about higher levels; at most one request per cell is pending."""

    def __init__(
        self,
        store: Store,
        states: CellStates,
        library: Mapping[str, Runbook],
        clock: Clock,
        writer: RequestWriter,
    ) -> None:
        """``states`` reads the states of cells, ``writer`` stores requests."""
        self._store = store
        self._states = states
        self._library = library
        self._clock = clock
        self._writer = writer

    async def look(self) -> None:
        """Process the answers of owners, and ask about levels that are earned now."""
        async with self._store.read(quick=True) as connection:
            found = await self._states.all(connection)
        for state in found:
            if state.proposal_id:
                await self._take_answer(state)
            elif self._is_to_ask(state):
                await self.ask(state)

    async def ask(self, state: CellState) -> ApprovalRequest:
        """Ask an owner about the next level, which is earned; return the pending request."""
        level = state.missing.level or state.standing.level
        wanted = Wanted(
            key=f"{LEVEL}{state.digest}:{level.value}",
            title=spoken(lambda texts: self._title(state, level, texts)),
            target=None,
            options=(self._option(state, level),),
            categories=(GENERAL.key,),
            text=spoken(lambda texts: self._text(state, texts)),
        )

        async def note(unit: Unit, request: ApprovalRequest) -> None:
            current = await self._states.one(unit.connection, state.cell)
            await self._states.save(unit, replace(current, proposal_id=request.id, proposed=level))

        return (await self._writer.write(Asker("", STEWARD, None), wanted, note)).request

    def _is_to_ask(self, state: CellState) -> bool:
        declined = state.declined_at
        is_declined = declined is not None and abs(self._clock.now() - declined) < AGAIN_AFTER
        return state.missing.is_earned and not is_declined

    async def _take_answer(self, state: CellState) -> None:
        """Raise the level after an approval, record a refusal, or withdraw a request that is not earned."""
        now = self._clock.now()
        async with self._store.change(durable=True) as unit:
            current = await self._states.one(unit.connection, state.cell)
            if current.proposal_id != state.proposal_id:
                return
            request = await approvals.request(unit.connection, current.proposal_id)
            missing = current.missing
            may_be = missing.may_be_given and missing.level is current.proposed
            after = replace(current, proposal_id="", proposed=None)
            if request is not None and request.status in UNDECIDED:
                if may_be:
                    return
                await withdraw(unit, request, translate(NOT_EARNED), now)
            elif request is not None and request.status is ApprovalStatus.APPROVED and may_be:
                after = replace(after, standing=raised(current.standing, missing, now))
                await self._note_raised(unit, current, after, request)
            else:
                after = replace(after, declined_at=now)
            await self._states.save(unit, after)
            await publish_level(unit, self._states, self._library, state.cell.runbook_id)

    async def _note_raised(
        self, unit: Unit, before: CellState, after: CellState, request: ApprovalRequest
    ) -> None:
        decision = request.decision
        body = {
            "cell": before.cell.key,
            "from": before.standing.level.value,
            "to": after.standing.level.value,
            "approval": request.id,
            "person": decision.person_id if decision else "",
            "evidence": round(before.evidence.value, 2),
        }
        await audit.append(unit.connection, self._clock.now(), "autonomy.raised", body)

    def _title(self, state: CellState, level: AutonomyLevel, texts: Texts) -> str:
        name, to = cell_name(state.cell, self._library, texts), texts(LEVELS[level])
        return texts(t"{name}: {to} from now on?")

    def _text(self, state: CellState, texts: Texts) -> str:
        evidence = state.evidence
        good, bad, unknown = evidence.good, evidence.bad, evidence.unknown
        value = texts.number(evidence.value)
        lines = [
            self._title(state, state.missing.level or state.standing.level, texts),
            texts(t"Good runs: {good}. Bad: {bad}. Not known: {unknown}. Evidence: {value}."),
            said_in(proof(evidence), texts),
            texts(t"If you reject it, you are asked again in 30 days at the earliest."),
        ]
        return "\n".join(lines)

    def _option(self, state: CellState, level: AutonomyLevel) -> Option:
        runbook = f"{LEVEL}{state.digest}"
        return Option(
            number=1,
            kind=OptionKind.EACH,
            label=spoken(lambda texts: texts(t"Allow it")),
            changes=spoken(lambda texts: _change(state.standing.level, level, texts)),
            plan_hash=plan_hash(runbook, state.cell.version, level.value, ()),
            runbook_id=runbook,
            runbook_version=state.cell.version,
            recipe=level.value,
            risk=Risk.HIGH,
        )


def _change(level: AutonomyLevel, to: AutonomyLevel, texts: Texts) -> str:
    """Return the change of the level as a text, such as "Level: announced → automatic"."""
    before, after = texts(LEVELS[level]), texts(LEVELS[to])
    return texts(t"Level: {before} → {after}")
