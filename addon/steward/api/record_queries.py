"""What people read of the stored records: runbooks, models, the ledger, and the audit log."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.protocol import Nothing
from homelab_steward.contract.records import (
    AuditPage,
    AuditQuery,
    AuditRecord,
    AuditVerification,
    CheckRecord,
    DeploymentRecord,
    LedgerPage,
    LedgerQuery,
    ModelRecords,
    ModelsQuery,
    Names,
    NamesQuery,
    RecipeRecord,
    Route,
    RunbookId,
    RunbookRecord,
    RunbookRecords,
    RunbookSource,
    SaveRunbook,
)
from homelab_steward.contract.state import Person, Role, Speaker

from ..clock import Clock
from ..llm.complexity import Work
from ..llm.ledger import daily_use, ledger_page
from ..llm.limits import Quota
from ..llm.model_abilities import ModelCheck
from ..llm.model_check import ModelChecks
from ..llm.quota import local_day, read_quotas
from ..llm.settings import Deployment, Routing
from ..llm.usage import limit_uses
from ..runbooks.model import Recipe, Runbook
from ..runbooks.own_runbooks import OwnRunbooks
from ..runbooks.shown_names import ShownNames
from ..store import audit
from ..store.schema import EPOCH
from ..store.storable_text import storable
from ..store.store import Store
from ..texts import texts_of, translate

MOST_LISTED: Final = 500
LONGEST_TEXT: Final = 200
LONGEST_ID: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelChoice:
    """How one of the models is chosen: the routing table, and the ``currency`` of the costs."""

    routing: Routing = field(default_factory=Routing)
    currency: str = ""


class RecordQueries:
    """Read-only queries for people who look after the steward."""

    def __init__(
        self,
        store: Store,
        library: Mapping[str, Runbook],
        own: OwnRunbooks,
        shown: ShownNames,
        person: Callable[[Speaker], Person | None],
        deployments: Sequence[Deployment],
        clock: Clock,
        choice: ModelChoice | None = None,
    ) -> None:
        """``library`` has the runbooks by id, ``own`` their files, ``shown`` the names of what they use.

        ``person`` returns who speaks; ``choice`` says how one of the models is chosen.
        """
        self._store = store
        self._library = library
        self._own = own
        self._shown = shown
        self._person = person
        self._deployments = tuple(deployments)
        self._choice = choice or ModelChoice()
        self._checks = ModelChecks(store.database, clock)
        self._clock = clock

    async def runbooks(self, _query: Nothing) -> RunbookRecords:
        """Return all runbooks by title."""
        found = sorted(self._library.values(), key=lambda one: (one.title.casefold(), one.id))
        return RunbookRecords(runbooks=tuple(map(self._record, found)), can_save=self._own.are_possible)

    async def names(self, query: NamesQuery) -> Names:
        """Return the names of what services and runbooks declare; an unknown language has none."""
        return Names(names=dict(texts_of(query.language).names))

    async def runbook(self, query: RunbookId) -> RunbookSource:
        """Return the file of a runbook. Raises ContractError NOT_FOUND."""
        return await self._own.source(query.id)

    async def save_runbook(self, request: SaveRunbook) -> RunbookRecord:
        """Save or check a runbook of an owner; what is saved and refused is audited.

        Raises ContractError FORBIDDEN, and StewardError with the mistake in the runbook.
        """
        speaker, person = request.speaker, self._person(request.speaker)
        via = {"via": speaker.front_end, "user": storable(speaker.user_id, LONGEST_ID)}
        if person is None or person.role is not Role.OWNER:
            who = f"{speaker.front_end} {via['user']}"
            await self._store.refused(self._clock.now(), "runbook.refused", who, via)
            raise ContractError(ErrorCode.FORBIDDEN, translate(t"Only an owner may change runbooks."))
        if request.only_check:
            return self._record(self._own.checked(request.source))
        runbook = await self._own.save(request.source)
        digest = hashlib.sha256(request.source.encode()).hexdigest()
        body = {"runbook": runbook.id, "version": runbook.version, "sha256": digest, "person": person.id}
        async with self._store.change(durable=True) as unit:
            await audit.append(unit.connection, self._clock.now(), "runbook.saved", {**body, **via})
        return self._record(runbook)

    def _record(self, runbook: Runbook) -> RunbookRecord:
        return RunbookRecord(
            id=runbook.id,
            version=runbook.version,
            title=runbook.title,
            text=runbook.text,
            language=runbook.language,
            symptoms=runbook.symptoms,
            recipes=tuple(map(self._recipe, runbook.recipes)),
            alerts=runbook.match.alerts,
            checks=tuple(dict.fromkeys(map(self._shown.check, runbook.match.checks))),
        )

    def _recipe(self, recipe: Recipe) -> RecipeRecord:
        return RecipeRecord(
            id=recipe.id,
            label=recipe.label,
            kind=recipe.kind,
            steps=tuple(map(self._shown.step, recipe.steps)),
            verify=tuple(one.name for one in recipe.verify),
        )

    async def models(self, query: ModelsQuery) -> ModelRecords:
        """Return the deployments in the order of the settings, and their use by day."""
        async with self._store.read() as connection:
            use = await daily_use(connection, self._clock, query.days)
            quotas = await read_quotas(connection, self._deployments, local_day(self._clock))
        checks = await self._checks.of(self._deployments)
        return ModelRecords(
            deployments=tuple(
                _deployment(one, quotas[one.id], checks.get(one.id)) for one in self._deployments
            ),
            currency=self._choice.currency,
            use=use,
            routing=_routes(self._choice.routing),
        )

    async def ledger(self, query: LedgerQuery) -> LedgerPage:
        """Return a page of the requests to models outside."""
        async with self._store.read() as connection:
            entries, total = await ledger_page(connection, _bounded(query.limit), query.before)
        return LedgerPage(entries=entries, total=total)

    async def audit(self, query: AuditQuery) -> AuditPage:
        """Return a page of the audit log."""
        limit = _bounded(query.limit)
        async with self._store.read() as connection:
            found = await audit.page(
                connection, limit + 1, query.before, query.event[:LONGEST_TEXT], query.text[:LONGEST_TEXT]
            )
        entries = tuple(
            AuditRecord(
                position=one.position,
                at=EPOCH + timedelta(microseconds=one.at),
                event=one.event,
                body=one.body,
                previous=one.previous,
                digest=one.digest,
            )
            for one in found[:limit]
        )
        return AuditPage(entries=entries, has_more=len(found) > limit)

    async def verify_audit(self, _query: Nothing) -> AuditVerification:
        """Verify the whole audit log."""
        async with self._store.read() as connection:
            report = await audit.verify(connection)
        return AuditVerification(
            entries=report.entries, head=report.head, broken_at=report.broken_at, reason=report.reason
        )


def _bounded(limit: int) -> int:
    return max(1, min(limit, MOST_LISTED))


def _deployment(one: Deployment, quota: Quota, check: ModelCheck | None) -> DeploymentRecord:
    return DeploymentRecord(
        id=one.id,
        tier=str(one.tier),
        model=one.model,
        embedding_model=one.embedding_model,
        server=_server(one.url),
        takes_masked=one.takes_masked,
        size=str(one.size),
        good_at=tuple(map(str, one.good_at)),
        used=quota.today.requests,
        tokens=quota.today.tokens,
        cost=quota.today.cost,
        limits=limit_uses(quota),
        reserve_percent=one.reserve_percent,
        check=None if check is None else _check(check),
    )


def _routes(routing: Routing) -> tuple[Route, ...]:
    usual = Routing()
    return tuple(
        Route(
            work=str(work),
            steps=tuple(map(str, routing.steps(work))),
            is_changed=routing.steps(work) != usual.steps(work),
        )
        for work in Work
    )


def _check(one: ModelCheck) -> CheckRecord:
    return CheckRecord(
        tools=str(one.tools),
        languages=one.languages,
        weak=tuple(language for language in one.tested if one.is_weak_in(language)),
        speed=one.speed,
    )


def _server(url: str) -> str:
    """Return the host of a URL, without credentials; empty without one."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
