"""Stage: drafts runbooks from repeated repairs, and asks an owner whether to use them."""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final, Protocol

import structlog

from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus
from homelab_steward.contract.proposals import DRAFT, Option, OptionKind
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.state import TargetRef

from ...clock import Clock
from ...errors import EffectUnknown, PreconditionFailed, ServiceUnreachable, StewardError
from ...inventory.ports import Inventory
from ...runbooks.drafting import source_of
from ...runbooks.matching import fits_target
from ...runbooks.model import Runbook, Step
from ...sdk.categories import GENERAL
from ...store import approvals, audit, incidents, runbook_drafts
from ...store.changes import Lost, Watch
from ...store.runbook_drafts import DraftState, StoredDraft
from ...store.store import Store, Unit
from ...texts import Texts, spoken
from ..decisions.gate import STEWARD
from ..diagnosis.diagnoser import subject_of
from ..plans.plan import plan_hash
from ..plans.resolver import Resolver
from ..requests.plan_requests import plan_step
from ..requests.request_writer import Asker, RequestWriter, Wanted
from .repair_patterns import Pattern, draft_of, patterns_of, repairs_of

log = structlog.get_logger(__name__)

SPAN: Final = timedelta(days=180)
"""The age up to which repairs are counted."""

AGAIN_AFTER: Final = timedelta(days=7)
"""The time after which an owner who did not answer is asked again."""

EVERY: Final = 3600.0
"""Seconds between two searches for new repairs."""

USE: Final = 1
PROPOSE: Final = 2
"""The numbers of the options."""

UNDECIDED: Final = (ApprovalStatus.PENDING, ApprovalStatus.SCHEDULED)


class DraftFolder(Protocol):
    """The folders of drafts and of runbooks in use."""

    @property
    def are_possible(self) -> bool:
        """Whether runbooks can be saved."""

    def checked(self, source: str) -> Runbook:
        """Return the runbook in a text. Raises InvalidArgument."""

    async def save(self, source: str) -> Runbook:
        """Use a runbook from now on. Raises InvalidArgument and NotSaved."""

    async def save_draft(self, runbook_id: str, source: str) -> None:
        """Write the file of a draft. Raises NotSaved."""

    async def remove_draft(self, runbook_id: str) -> None:
        """Remove the file of a draft, if there is one. Raises NotSaved."""


class DraftRepository(Protocol):
    """A Git repository in which drafts can be proposed."""

    @property
    def name(self) -> str:
        """The name of the repository with its owner, such as "owner/name"."""

    @property
    def is_there(self) -> bool:
        """Whether drafts can be proposed now."""

    async def propose(self, runbook_id: str, title: str, source: str) -> str:
        """Open a pull request with a runbook, once, and return its number as text. Raises StewardError."""


class RunbookDrafts:
    """Drafts runbooks; at most one request per kind of repair is pending."""

    def __init__(
        self,
        store: Store,
        inventory: Inventory,
        resolver: Resolver,
        library: Mapping[str, Runbook],
        clock: Clock,
        writer: RequestWriter,
        folder: DraftFolder,
        repository: DraftRepository | None = None,
    ) -> None:
        """``library`` has the runbooks in use, ``writer`` stores requests.

        A draft can also be proposed in a ``repository``.
        """
        self._store = store
        self._inventory = inventory
        self._resolver = resolver
        self._library = library
        self._clock = clock
        self._writer = writer
        self._folder = folder
        self._repository = repository

    async def run(self) -> None:
        """Check until cancelled: every hour, and as soon as an owner answered."""
        with self._store.changes.watch(RowKind.APPROVAL) as watch:
            while True:
                try:
                    await self.look()
                except Exception:
                    log.exception("runbooks not drafted")
                await self._until_needed(watch)

    async def look(self) -> None:
        """Process the answers of owners, and draft runbooks for repairs that were done often enough."""
        if not self._folder.are_possible:
            return
        async with self._store.read() as connection:
            waiting = await runbook_drafts.asked(connection)
            found = await incidents.resolved_since(connection, self._clock.now() - SPAN)
        for row in waiting:
            await self._take_answer(row)
        repairs = repairs_of(found, self._resolver.targets, self._clock.now())
        for pattern in patterns_of(repairs, self._service_of):
            if not self._is_covered(pattern):
                await self._draft(pattern)

    async def _until_needed(self, watch: Watch) -> None:
        timer = asyncio.create_task(self._clock.sleep(EVERY), eager_start=True)
        change = asyncio.create_task(_answered(watch))
        try:
            await asyncio.wait((timer, change), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (timer, change):
                task.cancel()
            await asyncio.gather(timer, change, return_exceptions=True)

    def _service_of(self, target: TargetRef) -> str:
        service = self._inventory.service(target.instance_id)
        return service.key if service else ""

    def _is_covered(self, pattern: Pattern) -> bool:
        """Return whether a runbook for this alert has the same steps already."""
        last = pattern.repairs[-1]
        subject = subject_of(self._inventory, last.problem.target)
        checks = {alert.labels.get("check") for alert in last.problem.alerts}
        return any(
            (pattern.alert in one.match.alerts or checks & {*one.match.checks})
            and fits_target(one.match, subject)
            and any(self._does_same(recipe.steps, pattern) for recipe in one.recipes)
            for one in self._library.values()
        )

    def _does_same(self, steps: tuple[Step, ...], pattern: Pattern) -> bool:
        done = [plan_step(step, self._inventory) for step, _ in pattern.repairs[-1].steps]
        names = [{action, one.capability} for (action, _), one in zip(pattern.steps, done, strict=True)]
        acting = [one for one in steps if one.wait_for is None]
        return len(acting) == len(names) and all(
            step.name in name for step, name in zip(acting, names, strict=True)
        )

    async def _draft(self, pattern: Pattern) -> None:
        """Write the file of a draft and ask an owner, unless that was done for this kind of repair."""
        async with self._store.read(quick=True) as connection:
            row = await runbook_drafts.draft(connection, pattern.id)
            ids = [one.approval_id for repair in pattern.repairs for one in repair.runs]
            decided = await approvals.requests(connection, ids)
        if row is not None and not self._is_due(row):
            return
        people = {one.id: one.decision.person_name for one in decided if one.decision}
        source = self._inventory.clean(source_of(draft_of(pattern, people)))
        try:
            runbook = self._folder.checked(source)
            await self._folder.save_draft(runbook.id, source)
        except StewardError as err:
            # Such as an argument that each repair had with another value.
            log.info("runbook not drafted", alert=pattern.alert, reason=str(err))
            return
        await self._ask(pattern, runbook, source)

    def _is_due(self, row: StoredDraft) -> bool:
        is_left = row.state is DraftState.LEFT
        return is_left and self._clock.now() - row.changed_at >= AGAIN_AFTER

    async def _ask(self, pattern: Pattern, runbook: Runbook, source: str) -> None:
        count = len(pattern.repairs)
        options = [_option(pattern, runbook, source, USE)]
        name = ""
        if self._repository is not None and self._repository.is_there:
            name = self._repository.name
            options.append(_option(pattern, runbook, source, PROPOSE, name))
        wanted = Wanted(
            key=f"{DRAFT}{pattern.id}",
            title=spoken(lambda texts: texts(t"Use a new runbook: {runbook.title}?")),
            target=None,
            options=tuple(options),
            categories=(GENERAL.key,),
            text=spoken(lambda texts: _text(count, source, name, texts)),
        )

        async def note(unit: Unit, request: ApprovalRequest) -> None:
            row = StoredDraft(
                id=pattern.id,
                runbook_id=runbook.id,
                source=source,
                state=DraftState.ASKED,
                count=count,
                approval_id=request.id,
                changed_at=self._clock.now(),
            )
            await runbook_drafts.save(unit.connection, row)
            body = {"draft": row.id, "runbook": row.runbook_id, "repairs": count, "approval": request.id}
            await audit.append(unit.connection, row.changed_at, "runbook.drafted", body)

        await self._writer.write(Asker("", STEWARD, None), wanted, note)

    async def _take_answer(self, row: StoredDraft) -> None:
        """Use or propose a draft after an approval, remove its file after a refusal."""
        async with self._store.read(quick=True) as connection:
            request = await approvals.request(connection, row.approval_id)
        if request is not None and request.status in UNDECIDED:
            return
        status = request.status if request else ApprovalStatus.EXPIRED
        chosen = request.decision.option if request and request.decision else None
        state, pull = DraftState.LEFT, ""
        try:
            if status is ApprovalStatus.APPROVED and chosen == PROPOSE:
                pull = await self._propose(row)
                state = DraftState.PROPOSED
            elif status is ApprovalStatus.APPROVED:
                # The text that the owner saw is used, even if the file of the draft was changed since.
                await self._folder.save(row.source)
                state = DraftState.USED
            elif status in (ApprovalStatus.REJECTED, ApprovalStatus.IGNORED):
                state = DraftState.DECLINED
            await self._folder.remove_draft(row.runbook_id)
        except (ServiceUnreachable, EffectUnknown) as err:
            # The answer is processed at the next check: nothing is proposed twice.
            log.warning("drafted runbook not proposed", runbook=row.runbook_id, reason=str(err))
            return
        except StewardError as err:
            log.warning("drafted runbook not saved", runbook=row.runbook_id, reason=str(err))
        now = self._clock.now()
        person = request.decision.person_id if request and request.decision else ""
        body = {"draft": row.id, "runbook": row.runbook_id, "state": state, "person": person}
        async with self._store.change(durable=True) as unit:
            await runbook_drafts.save(unit.connection, replace(row, state=state, changed_at=now))
            await audit.append(unit.connection, now, "runbook.draft_decided", {**body, "pull_request": pull})

    async def _propose(self, row: StoredDraft) -> str:
        """Open a pull request with the text that the owner saw; return its number. Raises StewardError."""
        if self._repository is None:
            raise PreconditionFailed(t"There is no repository for runbooks in the settings any more")
        title = self._folder.checked(row.source).title
        number = await self._repository.propose(row.runbook_id, title, row.source)
        log.info("drafted runbook proposed", runbook=row.runbook_id, pull_request=number)
        return number


def _option(pattern: Pattern, runbook: Runbook, source: str, number: int, repository: str = "") -> Option:
    """Return what an owner can approve: the use of a draft, or its proposal in a repository."""
    key = f"{DRAFT}{pattern.id}"
    digest = hashlib.sha256(f"{repository}\0{source}".encode()).hexdigest()
    if number == PROPOSE:
        label = spoken(lambda texts: texts(t"Open a pull request"))
        changes = spoken(
            lambda texts: texts(t"Pull request in {repository} with the runbook {runbook.title}")
        )
    else:
        label = spoken(lambda texts: texts(t"Use it"))
        changes = spoken(lambda texts: texts(t"Runbook that is used from now on: {runbook.title}"))
    return Option(
        number=number,
        kind=OptionKind.EACH,
        label=label,
        changes=changes,
        plan_hash=plan_hash(key, runbook.version, digest, ()),
        runbook_id=key,
        runbook_version=runbook.version,
        recipe=runbook.id,
        risk=Risk.HIGH,
    )


async def _answered(watch: Watch) -> None:
    """Return when a request about a draft is decided."""
    while True:
        event = await watch.next()
        if isinstance(event, Lost):
            return
        request = event.approval
        if request is not None and request.is_about_draft and request.status not in UNDECIDED:
            return


def _text(count: int, source: str, repository: str, texts: Texts) -> str:
    used = t"If you approve it, it is offered for such problems from now on. Each run needs an approval."
    lines = [
        texts(t"This runbook was written from {count} repairs that people approved."),
        texts(used),
        texts(t"If you reject it, you are not asked about these repairs again."),
    ]
    if repository:
        proposed = (
            t"With a pull request in {repository} it is used when you have merged it and it is in the folder."
        )
        lines.insert(2, texts(proposed))
    return "\n".join([*lines, "", *(f"+ {one}" for one in source.splitlines())])
