"""Prowlarr: the indexers of the other programs, and which of them fail."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from homelab_steward.contract.catalogue import Platform
from homelab_steward.contract.incidents import Severity

from ...sdk.coverage import Gaps
from ...sdk.description import Answer, Call, Check, ResourceKind, Sensor, Tool
from ...sdk.format import listing
from ...sdk.parse import Item, Time, parse_items
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
    """An indexer with its failure, None when it works."""

    indexer: Indexer
    failure: Failure | None

    @property
    def is_failing(self) -> bool:
        """Whether Prowlarr does not ask it at the moment."""
        return self.failure is not None and self.failure.disabled_till is not None

    @property
    def text(self) -> str:
        """What is wrong with it in one sentence."""
        till = self.failure.disabled_till if self.failure else None
        return f"Indexer {self.indexer.name} fails and is disabled until {till:%Y-%m-%d %H:%M} UTC"


class ProwlarrState(ProgramState):
    """The program, its indexers and their failures."""

    indexers = many("indexer", Indexer)
    failures = many("indexerstatus", Failure)

    @property
    def watched(self) -> Iterator[Watched]:
        """The indexers that are enabled."""
        return watched(self.indexers, self.failures)


def watched(indexers: tuple[Indexer, ...], failures: tuple[Failure, ...]) -> Iterator[Watched]:
    """Return each enabled indexer with its failure."""
    by_id: Mapping[int, Failure] = {one.indexer_id: one for one in failures}
    return (Watched(one, by_id.get(one.id)) for one in indexers if one.enable)


async def _read_indexers(client: ServarrClient, _: Call) -> Answer:
    indexers = parse_items(Indexer, await client.get("indexer"), Gaps(), "indexers")
    failures = parse_items(Failure, await client.get("indexerstatus"), Gaps(), "failures")
    lines = [
        one.text if one.is_failing else f"{one.indexer.name}: works" for one in watched(indexers, failures)
    ]
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
        Sensor(
            key="indexers_failing",
            name="Indexers failing",
            value=lambda state: sum(one.is_failing for one in state.watched),
            state_class="measurement",
            icon="mdi:database-alert",
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
            sensors=(
                Sensor(
                    key="failing",
                    name="Failing",
                    value=lambda one: one.is_failing,
                    platform=Platform.BINARY_SENSOR,
                    device_class="problem",
                ),
            ),
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
