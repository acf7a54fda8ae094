"""Prowlarr: the indexers of the other programs, and which of them fail."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Final

from ...errors import ServiceRefused
from ...sdk.answers import Item, NotKnown, Time, many
from ...sdk.description import Call, Gaps, ResourceKind, Risk
from ...sdk.display import Text, list_tool, problem, problems, stated, warning
from ...sdk.kits import Switch, Turn
from ...sdk.targets import target
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


@dataclass(frozen=True, slots=True)
class Watched:
    """An indexer with its failure, None when it works; ``missing`` is why that is not known."""

    indexer: Indexer
    failure: Failure | None
    missing: str | None

    def problem(self) -> Text | None:
        """Return that Prowlarr does not ask it at the moment. Raises NotKnown."""
        if self.failure is None and self.missing is not None:
            raise NotKnown(self.missing)
        till = self.failure.disabled_till if self.failure else None
        return t"Fails and is disabled until {till:%Y-%m-%d %H:%M} UTC" if till else None


class ProwlarrState(ProgramState):
    """The program, its indexers and their failures."""

    indexers = many("indexer", Indexer, optional=True)
    failures = many("indexerstatus", Failure, optional=True)

    def watched(self) -> Iterator[Watched]:
        """Return the indexers that are enabled. Raises NotKnown when they could not be read."""
        failures = {one.indexer_id: one for one in self.read_or(ProwlarrState.failures, ())}
        missing = self.gaps.of("failures")
        return (Watched(one, failures.get(one.id), missing) for one in self.indexers if one.enable)


@list_tool(
    "indexers",
    "Indexers",
    "Which indexers work, and which fail until when.",
    empty=t"No indexer is enabled",
    capability="status",
)
async def _indexers(client: ServarrClient, gaps: Gaps, _: Call) -> list[str]:
    found = (await ProwlarrState.poll(client, gaps)).watched()
    return stated(found, lambda one: one.indexer.name, Watched.problem, lambda _: "works")


async def _failing(client: ServarrClient) -> list[tuple[Indexer, bool]]:
    """Return the enabled indexers, and whether each fails: Prowlarr lists no failure of one that works.

    Raises ServiceMalformed while one of them cannot be read.
    """
    failing = {one.indexer_id for one in await ProwlarrState.failures.whole(client)}
    return [(one, one.id in failing) for one in await ProwlarrState.indexers.whole(client) if one.enable]


async def _works(client: ServarrClient, call: Call) -> bool:
    return not target(await _failing(client), call, lambda one: one[0].id, "is not enabled any more")[1]


async def _all_work(client: ServarrClient, _: Call) -> bool:
    return not any(is_failing for _, is_failing in await _failing(client))


async def _test(client: ServarrClient, call: Call) -> None:
    await client.send("POST", "indexer/test", await client.get(f"indexer/{call.target.id}"))


async def _test_all(client: ServarrClient, _: Call) -> None:
    """Test all indexers. The answer is a refusal as soon as one fails: the others were tested too."""
    with suppress(ServiceRefused):
        await client.send("POST", "indexer/testall")


NOTE: Final = "One that passes the test is used again at once"
TESTED: Final = partial(Switch[ServarrClient], words=(t"failing", t"working"), label=t"Indexer")
_FAILING: Final = problems(
    "indexers_failing", "Indexers failing", ProwlarrState.watched, Watched.problem, "mdi:database-alert"
)
SERVICE: Final = servarr(
    key="prowlarr",
    icon="mdi:magnify-expand",
    port=9696,
    api="v1",
    state=ProwlarrState,
    understood=("1", "2"),
).extended(
    sensors=(_FAILING,),
    resources=(
        ResourceKind[ProwlarrState, Watched](
            key="indexer",
            items=ProwlarrState.watched,
            id=lambda one: str(one.indexer.id),
            title=lambda one: one.indexer.name,
            labels=lambda one: {"indexer": one.indexer.name},
            sensors=(problem("failing", "Failing", Watched.problem),),
        ),
    ),
    checks=(warning("indexer_failing", "Indexer failing", Watched.problem, scope="indexer"),),
    tools=(_indexers,),
    actions=(
        TESTED(is_on=_works, on=Turn(to=True, run=_test, note=NOTE)).turn_on(
            key="test_indexer",
            description="Tests an indexer that is disabled after failures, and uses it again if it works.",
            risk=Risk.LOW,
            scope="indexer",
            blast_radius="The indexer gets one request",
        ),
        TESTED(is_on=_all_work, on=Turn(to=True, run=_test_all, note=NOTE)).turn_on(
            key="test_indexers",
            name="Test all indexers",
            description="Tests all indexers, and uses those again that work.",
            risk=Risk.LOW,
            blast_radius="Every indexer gets one request",
        ),
    ),
)
