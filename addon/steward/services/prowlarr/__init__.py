"""Prowlarr: the indexers of the other programs, and which of them fail."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from homelab_steward.contract.incidents import Severity

from ...sdk.coverage import Gaps
from ...sdk.description import Answer, Call, Check, ResourceKind, Tool
from ...sdk.format import listing
from ...sdk.parse import Item, Time, parse_items
from ...sdk.readings import NotKnown
from ...sdk.sensors import count, flag
from ...sdk.state import many
from .._servarr.client import ServarrClient
from .._servarr.models import ProgramState
from .._servarr.service import servarr


class Indexer(Item):
    """One indexer as it is configured."""

    id: int
    name: str
    enable: bool = True


class Failure(Item):
    """An indexer that failed lately, and until when Prowlarr does not ask it."""

    indexer_id: int
    disabled_till: Time | None = None
    most_recent_failure: Time | None = None


@dataclass(frozen=True, slots=True)
class Watched:
    """An indexer with its failure, None when it works; ``missing`` is why that is not known."""

    indexer: Indexer
    failure: Failure | None
    missing: str | None = None

    @property
    def is_failing(self) -> bool:
        """Whether Prowlarr does not ask it at the moment. Raises NotKnown."""
        if self.failure is None and self.missing is not None:
            raise NotKnown(self.missing)
        return self.failure is not None and self.failure.disabled_till is not None

    @property
    def text(self) -> str:
        """What is wrong with it in one sentence."""
        till = self.failure.disabled_till if self.failure else None
        return f"Indexer {self.indexer.name} fails and is disabled until {till:%Y-%m-%d %H:%M} UTC"

    @property
    def line(self) -> str:
        """How it is in one line."""
        try:
            return self.text if self.is_failing else f"{self.indexer.name}: works"
        except NotKnown as err:
            return f"{self.indexer.name}: not known ({err})"


class ProwlarrState(ProgramState):
    """The program, its indexers and their failures."""

    indexers = many("indexer", Indexer, optional=True)
    failures = many("indexerstatus", Failure, optional=True)

    @property
    def watched(self) -> Iterator[Watched]:
        """The indexers that are enabled. Raises NotKnown when they could not be read."""
        try:
            failures, missing = self.failures, self.gaps.of("failures")
        except NotKnown as err:
            failures, missing = (), str(err)
        return watched(self.indexers, failures, missing)


def watched(
    indexers: tuple[Indexer, ...], failures: tuple[Failure, ...], missing: str | None
) -> Iterator[Watched]:
    """Return each enabled indexer with its failure; ``missing`` is what failures lack."""
    by_id: Mapping[int, Failure] = {one.indexer_id: one for one in failures}
    return (Watched(one, by_id.get(one.id), missing) for one in indexers if one.enable)


async def _read_indexers(client: ServarrClient, _: Call) -> Answer:
    gaps = Gaps()
    indexers = parse_items(Indexer, await client.get("indexer"), gaps, "indexers")
    failures = parse_items(Failure, await client.get("indexerstatus"), gaps, "failures")
    found = watched(indexers, failures, gaps.of("failures"))
    lines = [one.line for one in found]
    return Answer(title="Indexers", text=listing(lines, "No indexer is enabled"))


SERVICE: Final = servarr(
    key="prowlarr",
    name="Prowlarr",
    icon="mdi:magnify-expand",
    port=9696,
    api="v1",
    state=ProwlarrState,
).extended(
    sensors=(
        count(
            "indexers_failing",
            "Indexers failing",
            lambda state: sum(one.is_failing for one in state.watched),
            "mdi:database-alert",
        ),
    ),
    resources=(
        ResourceKind[ProwlarrState, Watched](
            key="indexer",
            name="Indexer",
            items=lambda state: state.watched,
            id=lambda one: str(one.indexer.id),
            title=lambda one: one.indexer.name,
            labels=lambda one: {"indexer": one.indexer.name},
            part="indexers",
            sensors=(flag("failing", "Failing", lambda one: one.is_failing, "problem"),),
        ),
    ),
    checks=(
        Check[Watched](
            key="indexer_failing",
            name="Indexer failing",
            severity=Severity.WARNING,
            problem=lambda one: one.text if one.is_failing else None,
            scope="indexer",
        ),
    ),
    tools=(
        Tool(
            key="indexers",
            name="Indexers",
            description="Which indexers work, and which fail until when.",
            read=_read_indexers,
        ),
    ),
)
