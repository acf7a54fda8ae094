"""Stage: finds updates, holds them, asks about them, and follows them until they end."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.changes import Change, ChangeStatus
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus, IncidentStatus
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.state import Authority, Person

from ..agent.requests.request_writer import Also, Asker, RequestWriter
from ..clock import Clock
from ..errors import StewardError
from ..store import approvals, change_records, incidents
from ..store.changes import Watch
from ..store.store import Store, Unit
from ..texts import english, local, translate
from .answering import Answering, either, relevant
from .candidates import Candidates
from .cards import Bundle, wanted
from .finding import WAITING, Finder
from .following import THE_STEWARD, Follower, save
from .planner import Planner
from .policy import Act, Step, cards, may_share_a_card, rank
from .row_index import RowIndex

log = structlog.get_logger(__name__)

FIND_EVERY: Final = 60.0
"""Seconds between two reads of the sources, which decide themselves what they read then."""

LONGEST_SLEEP: Final = 300.0
RETRY: Final = 5.0

MOST_ROWS: Final = 1_000
"""Updates that are over and are considered, as the earlier ones of a wave."""

MOST_REQUESTS: Final = 10
"""Requests about updates that wait for an answer at the same time."""

PLANNED_MOST: Final = 5
"""Plans that are made for one question of a person: an assessment may write the row while one is made."""

ASKED_LATER: Final = english("Other updates are asked about first.")

UNDECIDED: Final = (IncidentStatus.WAITING, IncidentStatus.SCHEDULED, IncidentStatus.ACTING)

type Due = Callable[[], Awaitable[Sequence[Change]]]
"""Does what is due; returns the updates that wait, some until a time."""


class Changed(StewardError):
    """An update is another one by now: it is looked at again."""


class Pipeline:
    """Moves updates from found to applied: it asks, the gate decides, and the executor applies.

    Services are only asked outside of the lock, which protects what is written: updates are compared
    with what was planned before a request about them is stored.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        finder: Finder,
        planner: Planner,
        writer: RequestWriter,
        people: Callable[[], Iterable[Person]],
        begin: Callable[[str], Awaitable[None]],
    ) -> None:
        """``begin`` starts the execution of an approved request, once per id."""
        self._store = store
        self._clock = clock
        self._finder = finder
        self._planner = planner
        self._writer = writer
        self._people = people
        self._begin = begin
        self._follower = Follower(store, clock, writer, finder.watched)
        self._turn = asyncio.Lock()

    async def run(self) -> None:
        """Work until cancelled, first on what the store holds."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._find(), name="updates: find")
            group.create_task(self._repeat(self.follow), name="updates: follow")
            group.create_task(self._repeat(self.ask), name="updates: ask")

    async def follow(self) -> tuple[Change, ...]:
        """Move what is asked about or applied, and begin what was approved."""
        async with self._turn:
            begun = await self._follower.look()
        for request_id in begun:
            await self._try_to_begin(request_id)
        return ()

    async def ask(self) -> tuple[Change, ...]:
        """Ask about everything whose time has come; return what waits, some until a time."""
        while True:
            candidates = await self._read()
            chosen = await self._chosen(candidates)
            ready, has_failed = [], False
            for together, result in zip(
                chosen, await self._planner.attempts(chosen, candidates), strict=True
            ):
                if isinstance(result, Bundle):
                    ready.append(result)
                else:
                    has_failed = True
                    await self._note(together, result, candidates)
            await self._ask_about(ready)
            if not has_failed:
                return candidates.waiting
            # What waited for one that cannot be planned gets its turn.

    async def ask_now(self, change_id: str, asker: Asker) -> Change:
        """Ask about an update before its time, because a person wants it; return its row.

        Raises ContractError: NOT_FOUND, UNAVAILABLE (the text says why it cannot be asked about).
        """
        row: Change | None = None
        for _ in range(PLANNED_MOST):
            candidates = await self._read()
            before, row = row, _existing(candidates, change_id)
            if row.status is ChangeStatus.ASKED:
                return row
            together = candidates.with_coupled(row)
            _check(_deferred_since(before, row) or candidates.why_not(row) or candidates.holder(together))
            try:
                bundle = await self._planner.bundle(together, candidates)
                return await self._ask_if_unchanged(bundle, change_id, asker)
            except Changed:
                log.info("update changed while a person asked about it", change=change_id)
            except StewardError as err:
                raise ContractError(ErrorCode.UNAVAILABLE, str(err)) from err
        raise ContractError(ErrorCode.UNAVAILABLE, translate("This update is being judged. Try again."))

    async def _ask_if_unchanged(self, bundle: Bundle, change_id: str, asker: Asker) -> Change:
        """Write the request of a person, unless it exists by now. Raises Changed."""
        async with self._turn:
            candidates = await self._read()
            row = _existing(candidates, change_id)
            if row.status is ChangeStatus.ASKED:
                return row
            _check(candidates.why_not(row) or candidates.holder(bundle.changes))
            if not candidates.is_unchanged(bundle.changes, bundle.made_of):
                raise Changed(t"{row.title} was changed meanwhile.")
            await self._write([bundle], asker)
            async with self._store.read() as connection:
                return await change_records.change(connection, change_id) or row

    async def _find(self) -> None:
        with self._store.changes.watch(RowKind.INSTANCE, RowKind.SNAPSHOT, RowKind.CHANGE) as watch:
            answering = Answering(watch, self._finder.offered)
            while True:
                try:
                    await self._finder.look()
                except Exception:
                    # The updates are still in the store: nothing is lost.
                    log.exception("updates not looked for")
                await either(self._clock.sleep(FIND_EVERY), answering.next())

    async def _repeat(self, due: Due) -> None:
        kinds = (RowKind.CHANGE, RowKind.APPROVAL, RowKind.INCIDENT, RowKind.MAINTENANCE)
        with self._store.changes.watch(*kinds) as watch:
            while True:
                try:
                    await self._until_due(watch, await due())
                except Exception:
                    # The updates are still in the store: nothing is lost.
                    log.exception("updates not looked at")
                    await self._clock.sleep(RETRY)

    async def _until_due(self, watch: Watch, held: Sequence[Change]) -> None:
        """Return at the next time, or when a row changed that matters."""
        now = self._clock.now()
        times = [(one.until - now).total_seconds() for one in held if one.until is not None]
        seconds = min([LONGEST_SLEEP, *(max(0.0, one) for one in times)])
        await either(self._clock.sleep(seconds), relevant(watch))

    async def _try_to_begin(self, request_id: str) -> None:
        try:
            await self._begin(request_id)
        except Exception:
            # The approval is stored; the run starter starts it later.
            log.exception("approved update not begun yet", approval=request_id)

    async def _read(self) -> Candidates:
        async with self._store.read() as connection:
            rows = RowIndex(await change_records.shown(connection, MOST_ROWS))
            holders = await self._holders(connection)
            pending = {one.id for one in await approvals.requests_in(connection, ApprovalStatus.PENDING)}
        now = self._clock.now()
        return Candidates(
            now=now,
            rows=rows,
            found=self._finder.found,
            group=self._finder.group,
            is_quiet=lambda category: self._is_quiet(category, now),
            room=MOST_REQUESTS - len(pending & {one.approval_id for one in rows.rows}),
            holders=holders,
        )

    async def _chosen(self, candidates: Candidates) -> list[list[Change]]:
        """Return what is planned now: only what fits into the requests. Note why the others wait."""
        self._planner.forget()
        chosen: list[list[Change]] = []
        for together in sorted(candidates.bundles(), key=lambda one: rank(one[0])):
            step = candidates.next(together)
            if step.act is Act.ASK and (reason := self._planner.refusal(together)):
                step = Step(Act.WAIT, reason)
            if step.act is Act.ASK and not candidates.fits(chosen, together, self._finder.settings.card_most):
                step = Step(Act.WAIT, translate(ASKED_LATER))
            if step.act is Act.ASK:
                chosen.append(together)
                candidates.hold(together)
            else:
                await self._note(together, step, candidates)
        return chosen

    async def _ask_about(self, ready: Sequence[Bundle]) -> None:
        """Write the requests about what is still as it was planned; what is not is looked at again."""
        if not ready:
            return
        async with self._turn:
            candidates, same = await self._read(), list[Bundle]()
            for bundle in ready:
                is_unchanged = candidates.is_unchanged(bundle.changes, bundle.made_of)
                if is_unchanged and candidates.next(bundle.changes).act is Act.ASK:
                    candidates.hold(bundle.changes)
                    same.append(bundle)
            for number, card in enumerate(self._cards(same)):
                if number < candidates.room:
                    await self._write_if_unchanged(card)
                    continue
                for bundle in card:
                    await self._note(bundle.changes, Step(Act.WAIT, translate(ASKED_LATER)), candidates)

    async def _write_if_unchanged(self, card: Sequence[Bundle]) -> None:
        try:
            await self._write(card, THE_STEWARD)
        except Changed:
            log.info("update changed while it was asked about", change=card[0].id)

    async def _holders(self, connection: AsyncConnection) -> dict[str, str]:
        """Return by target what waits for an answer or is being carried out on it."""
        undecided = await incidents.incidents_in(connection, UNDECIDED)
        return {
            str(step.target.key): one.title
            for one in undecided
            for option in (one.proposal.options if one.proposal else ())
            for step in option.steps
            if not step.preserves
        }

    def _is_quiet(self, category: str, now: datetime) -> bool:
        """Return whether everybody who decides about a category is in their quiet time."""
        at = local(now).time()
        able = [one for one in self._people() if one.may_decide(category) is not Authority.NOTHING]
        return bool(able) and all(one.is_quiet(at) for one in able)

    def _cards(self, ready: Sequence[Bundle]) -> list[tuple[Bundle, ...]]:
        """Return what is asked about together: only what is applied at the same time."""
        found: list[tuple[Bundle, ...]] = []
        for later in dict.fromkeys(one.later for one in ready):
            same = [one for one in ready if one.later == later]
            found += cards([(one, _may_share(one)) for one in same], self._finder.settings.card_most)
        return found

    async def _write(self, card: Sequence[Bundle], asker: Asker) -> None:
        """Store the request about updates, and that they are asked about, in one transaction.

        Raises Changed when one of them is not as it was.
        """
        await self._writer.write(asker, wanted(card), self._asked(card))

    def _asked(self, card: Sequence[Bundle]) -> Also:
        async def also(unit: Unit, request: ApprovalRequest) -> None:
            for bundle in card:
                for one in bundle.changes:
                    row = await change_records.change(unit.connection, one.id)
                    if row != one or row.status not in WAITING:
                        raise Changed(t"{one.title} is not offered now.")
                    asked = replace(
                        row,
                        status=ChangeStatus.ASKED,
                        approval_id=request.id,
                        incident_id=request.incident_id,
                        applied_with=None if one.id == bundle.id else bundle.id,
                        until=None,
                        reason="",
                        wave=bundle.wave,
                        updated_at=self._clock.now(),
                    )
                    await save(unit, asked)

        return also

    async def _note(self, together: Sequence[Change], step: Step, candidates: Candidates) -> None:
        """Write why updates wait and in which wave they are, if that is new."""
        now = self._clock.now()
        for one in together:
            is_held = step.act is Act.HOLD and one.until is not None and one.until > now
            status = one.status if is_held else ChangeStatus.READY
            until = one.until if is_held else None
            wave = candidates.wave(one)
            after = replace(one, status=status, until=until, reason=step.reason, wave=wave)
            if after == one:
                continue
            async with self._store.change() as unit:
                if await change_records.change(unit.connection, one.id) == one:
                    await save(unit, replace(after, updated_at=now))


def _may_share(bundle: Bundle) -> bool:
    risk = bundle.option().risk
    return all(may_share_a_card(one, risk) for one in bundle.changes)


def _existing(candidates: Candidates, change_id: str) -> Change:
    row = candidates.row(change_id)
    if row is None:
        raise ContractError(ErrorCode.NOT_FOUND, translate(t"There is no such update."))
    return row


def _deferred_since(before: Change | None, row: Change) -> str:
    """Return that somebody deferred an update meanwhile, which is the later decision; else ""."""
    if before is None or row.status is not ChangeStatus.DEFERRED or row.until == before.until:
        return ""
    return translate(t"{row.title} was deferred meanwhile.")


def _check(reason: str) -> None:
    """Raise ContractError UNAVAILABLE with a reason, if there is one."""
    if reason:
        raise ContractError(ErrorCode.UNAVAILABLE, reason)
