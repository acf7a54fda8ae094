"""Stage: finds updates, holds them, asks about them, and follows them until they are over."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.changes import Change, ChangeStatus
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus, IncidentStatus
from homelab_steward.contract.later import Later
from homelab_steward.contract.maintenance import Occurrence
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.state import Authority, Person, TargetRef

from ..agent.change_plans import ChangePlans, revisions
from ..agent.request_writer import Also, Asker, RequestWriter
from ..clock import Clock
from ..errors import StewardError
from ..store import approvals, change_records, incidents
from ..store.changes import Watch
from ..store.store import Store, Unit
from ..texts import english, local, translate
from .answering import Answering, either, relevant
from .cards import Bundle, wanted
from .finding import WAITING, Finder
from .following import THE_STEWARD, Follower, save
from .found import Found
from .policy import (
    Act,
    Facts,
    Step,
    cards,
    coupled,
    earlier_text,
    may_share_a_card,
    next_step,
    preview,
    rank,
    source_rank,
)
from .row_index import RowIndex

log = structlog.get_logger(__name__)

FIND_EVERY: Final = 60.0
"""Seconds between two reads of the sources, which decide themselves what they read then."""

LONGEST_SLEEP: Final = 300.0
RETRY: Final = 5.0

PLANNED_AGAIN: Final = timedelta(minutes=10)
"""After this time the plan of an update is tried again that could not be made."""

MOST_ROWS: Final = 1_000
"""Updates that are over and are considered, as the earlier ones of a wave."""

MOST_REQUESTS: Final = 10
"""Requests about updates that wait for an answer at the same time."""

ASKED_LATER: Final = english("Other updates are asked about first.")

UNDECIDED: Final = (IncidentStatus.WAITING, IncidentStatus.SCHEDULED, IncidentStatus.ACTING)


class Changed(StewardError):
    """An update is another one by now: it is looked at again."""


class Windows(Protocol):
    """The maintenance windows."""

    def next_of(self, target: TargetRef) -> Occurrence | None:
        """Return the time span of the maintenance of a target that begins first."""


class Pipeline:
    """Takes updates from found to applied. It asks; the gate decides, and the executor applies."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        finder: Finder,
        plans: ChangePlans,
        writer: RequestWriter,
        people: Callable[[], Iterable[Person]],
        windows: Windows,
        begin: Callable[[str], Awaitable[None]],
    ) -> None:
        """``begin`` starts the execution of an approved request, once per id."""
        self._store = store
        self._clock = clock
        self._finder = finder
        self._plans = plans
        self._writer = writer
        self._people = people
        self._windows = windows
        self._begin = begin
        self._follower = Follower(store, clock, writer, finder.watched)
        self._turn = asyncio.Lock()
        self._refused: dict[str, tuple[datetime, str]] = {}

    async def run(self) -> None:
        """Work until cancelled, first on what the store holds."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._find(), name="updates: find")
            group.create_task(self._work(), name="updates: work")

    async def look(self) -> tuple[Change, ...]:
        """Follow what is asked about, and ask about what is ready; return what waits for a time."""
        async with self._turn:
            for request_id in await self._follower.look():
                await self._try_to_begin(request_id)
            return await self._ask_about_ready()

    async def ask_now(self, change_id: str, asker: Asker) -> Change:
        """Ask about an update before its time, because a person wants it; return its row.

        Raises ContractError: NOT_FOUND, UNAVAILABLE (the text says why it cannot be asked about).
        """
        async with self._turn:
            async with self._store.read() as connection:
                rows = RowIndex(await change_records.shown(connection, MOST_ROWS))
                held = await self._holders(connection)
            row = next((one for one in rows.rows if one.id == change_id), None)
            if row is None:
                raise ContractError(ErrorCode.NOT_FOUND, translate(t"There is no such update."))
            if row.status is ChangeStatus.ASKED:
                return row
            waiting = [one for one in rows.rows if one.status in WAITING and one.id in self._finder.found]
            together = next((one for one in self._coupled(waiting) if row in one), [row])
            reason = self._why_not(row) or self._holder(together, rows, held)
            if reason:
                raise ContractError(ErrorCode.UNAVAILABLE, reason)
            try:
                bundle = await self._planned(together, rows)
                await self._write([bundle], asker)
            except StewardError as err:
                raise ContractError(ErrorCode.UNAVAILABLE, str(err)) from err
            async with self._store.read() as connection:
                return await change_records.change(connection, change_id) or row

    def _why_not(self, row: Change) -> str:
        """Return why an update cannot be asked about at all, "" when it can."""
        found = self._finder.found.get(row.id)
        if row.status not in WAITING or found is None:
            return translate(t"{row.title} is not offered now.")
        return found.left_out if not found.steps else ""

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

    async def _work(self) -> None:
        kinds = (RowKind.CHANGE, RowKind.APPROVAL, RowKind.INCIDENT, RowKind.MAINTENANCE)
        with self._store.changes.watch(*kinds) as watch:
            while True:
                try:
                    held = await self.look()
                    await self._until_due(watch, held)
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

    async def _ask_about_ready(self) -> tuple[Change, ...]:
        """Ask about everything whose time has come; return what is held until a time."""
        async with self._store.read() as connection:
            rows = RowIndex(await change_records.shown(connection, MOST_ROWS))
            held = await self._holders(connection)
            pending = {one.id for one in await approvals.requests_in(connection, ApprovalStatus.PENDING)}
        room = MOST_REQUESTS - len(pending & {one.approval_id for one in rows.rows})
        waiting = [one for one in rows.rows if one.status in WAITING and one.id in self._finder.found]
        self._refused = {key: one for key, one in self._refused.items() if key in self._finder.found}
        ready: list[Bundle] = []
        for together in sorted(self._coupled(waiting), key=lambda one: rank(one[0])):
            step = self._next(together, rows, held)
            if step.act is Act.ASK and not self._fits(together, ready, room):
                step = Step(Act.WAIT, translate(ASKED_LATER))
            if step.act is Act.ASK:
                step = await self._plan_into(ready, together, rows)
            if step.act is Act.ASK:
                held |= dict.fromkeys(self._touched(together), together[0].title)
            else:
                await self._note(together, step)
        for number, card in enumerate(self._cards(ready)):
            if number < room:
                await self._ask(card)
                continue
            for bundle in card:
                await self._note(bundle.changes, Step(Act.WAIT, translate(ASKED_LATER)))
        return tuple(one for one in rows.rows if one.status in WAITING)

    def _fits(self, together: Sequence[Change], ready: Sequence[Bundle], room: int) -> bool:
        """Return whether one more can be asked about; a plan is only made then, as it asks the services."""
        count = len(self._cards(ready))
        if count != room or not count:
            return count < room
        shares = all(may_share_a_card(one, Risk.LOW) for one in together)
        return shares and sum(map(_may_share, ready)) % self._finder.settings.card_most != 0

    async def _ask(self, card: Sequence[Bundle]) -> None:
        try:
            await self._write(card, THE_STEWARD)
        except Changed:
            log.info("update changed while it was asked about", change=card[0].id)

    def _coupled(self, waiting: Sequence[Change]) -> list[list[Change]]:
        return coupled(waiting, {one.id: self._finder.found[one.id].couples for one in waiting})

    def _next(self, together: Sequence[Change], rows: RowIndex, held: dict[str, str]) -> Step:
        """Return what is done with updates of one run: what holds one of them holds all."""
        now = self._clock.now()
        holder, step = self._holder(together, rows, held), Step(Act.ASK)
        for one in together:
            found = self._finder.found[one.id]
            facts = Facts(
                now=now,
                left_out="" if found.steps else found.left_out or translate("The steward cannot apply it."),
                holder=holder,
                earlier=earlier_text(one, rows.waves(one, self._finder.group(found))),
                is_quiet=self._is_quiet(one.category, now),
            )
            step = next_step(one, facts)
            if step.act is not Act.ASK:
                return step
        return step

    async def _plan_into(self, ready: list[Bundle], together: Sequence[Change], rows: RowIndex) -> Step:
        """Add updates of one run with their plan; return what is done with them."""
        at, reason = self._refused.get(together[0].id, (None, ""))
        if at is not None and timedelta(0) <= self._clock.now() - at < PLANNED_AGAIN:
            return Step(Act.WAIT, reason)
        try:
            ready.append(await self._planned(together, rows))
        except Exception as err:  # noqa: BLE001 - one that cannot be planned keeps no other from being asked
            reason = self._plans.reason(err)
            self._refused[together[0].id] = (self._clock.now(), reason)
            return Step(Act.WAIT, reason)
        self._refused.pop(together[0].id, None)
        return Step(Act.ASK)

    async def _planned(self, together: Sequence[Change], rows: RowIndex) -> Bundle:
        """Return updates of one run with their plan. Raises StewardError."""
        found = [self._finder.found[one.id] for one in together]
        steps = [step for one in found for step in one.steps]
        plan = await self._plans.make(together[0].id, revisions(together), steps)
        order = preview(rows.waves(together[0], self._finder.group(found[0])))
        return Bundle(
            changes=tuple(together),
            plan=plan,
            later=self._later(found),
            order=order,
            watched=self._finder.watched,
        )

    def _later(self, found: Sequence[Found]) -> Later | None:
        """Return the maintenance that updates wait for after their approval, None for none.

        Raises Changed when there is none that they could wait for.
        """
        for one in found:
            group = self._finder.group(one)
            if group is not None and group.only_in_maintenance:
                span = self._windows.next_of(one.target)
                if span is None:
                    raise Changed(t"There is no maintenance window for {one.target.name}.")
                return Later(at=span.starts_at, until=span.ends_at)
        return None

    def _touched(self, together: Sequence[Change]) -> set[str]:
        """Return the keys of the targets that updates change."""
        found = [self._finder.found[one.id] for one in together]
        steps = {str(step.target.key) for one in found for step in one.steps}
        return steps | {str(one.target.key) for one in together}

    def _holder(self, together: Sequence[Change], rows: RowIndex, held: dict[str, str]) -> str:
        """Return what holds a target of these updates, or comes before them there; "" for nothing."""
        titles = [held[key] for key in sorted(self._touched(together)) if key in held]
        if titles:
            title = titles[0]
            return translate(t"First: {title}.")
        for one in together:
            others = [
                other
                for other in rows.of_target(one.target)
                if other not in together and self._is_offered(other)
            ]
            first = min(others, key=rank, default=one)
            if source_rank(first) < source_rank(one):
                return translate(t"First: {first.title}.")
        return ""

    def _is_offered(self, row: Change) -> bool:
        """Return whether an update waits for its turn and can be applied."""
        found = self._finder.found.get(row.id)
        return row.status in WAITING and found is not None and bool(found.steps)

    async def _holders(self, connection: AsyncConnection) -> dict[str, str]:
        """Return by target what waits for an answer or is being carried out on it."""
        undecided = await incidents.incidents_in(connection, UNDECIDED)
        return {
            str(step.target.key): one.title
            for one in undecided
            for option in (one.proposal.options if one.proposal else ())
            for step in option.steps
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
        """Store the request about updates, and that they are asked about, in one transaction."""
        await self._writer.write(asker, wanted(card), self._asked(card))

    def _asked(self, card: Sequence[Bundle]) -> Also:
        async def also(unit: Unit, request: ApprovalRequest) -> None:
            for bundle in card:
                for one in bundle.changes:
                    row = await change_records.change(unit.connection, one.id)
                    if row is None or row.status not in WAITING:
                        raise Changed(t"{one.title} is not offered now.")
                    asked = replace(
                        row,
                        status=ChangeStatus.ASKED,
                        approval_id=request.id,
                        incident_id=request.incident_id,
                        applied_with=None if one.id == bundle.id else bundle.id,
                        until=None,
                        reason="",
                        updated_at=self._clock.now(),
                    )
                    await save(unit, asked)

        return also

    async def _note(self, together: Sequence[Change], step: Step) -> None:
        """Write why updates wait, if that is new."""
        now = self._clock.now()
        for one in together:
            is_held = step.act is Act.HOLD and one.until is not None and one.until > now
            status = one.status if is_held else ChangeStatus.READY
            until = one.until if is_held else None
            after = replace(one, status=status, until=until, reason=step.reason)
            if after == one:
                continue
            async with self._store.change() as unit:
                if await change_records.change(unit.connection, one.id) == one:
                    await save(unit, replace(after, updated_at=now))


def _may_share(bundle: Bundle) -> bool:
    risk = bundle.option().risk
    return all(may_share_a_card(one, risk) for one in bundle.changes)
