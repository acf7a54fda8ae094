"""Prowlarr: the indexers of the other programs, and which of them fail."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from ...errors import ServiceMalformed, ServiceRefused
from ...sdk.checks import warning
from ...sdk.description import Call, Gaps, ResourceKind, Risk, Versions
from ...sdk.kits.switch import Switch, Turn
from ...sdk.lists import list_tool, stated
from ...sdk.parse import Item, Time
from ...sdk.readings import NotKnown
from ...sdk.sensors import problem, problems
from ...sdk.state import many
from ...sdk.targets import target
from ...texts import Text
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
    empty="No indexer is enabled",
    capability="status",
)
async def _indexers(client: ServarrClient, gaps: Gaps, _: Call) -> list[str]:
    found = (await ProwlarrState.poll(client, gaps)).watched()
    return stated(found, lambda one: one.indexer.name, Watched.problem, lambda _: "works")


async def _whole(client: ServarrClient) -> list[Watched]:
    """Return the enabled indexers; Prowlarr lists no failure of one that works.

    Raises ServiceMalformed while one of them cannot be read.
    """
    gaps = Gaps()
    state = await ProwlarrState.poll(client, gaps)
    if reason := gaps.of("indexers") or gaps.of("failures"):
        raise ServiceMalformed(reason)
    return list(state.watched())


async def _works(client: ServarrClient, call: Call) -> bool:
    found = target(await _whole(client), call, lambda one: one.indexer.id, "is not enabled any more")
    return found.failure is None


async def _all_work(client: ServarrClient, _: Call) -> bool:
    return all(one.failure is None for one in await _whole(client))


async def _test(client: ServarrClient, call: Call) -> None:
    await client.send("POST", "indexer/test", await client.get(f"indexer/{call.target.id}"))


async def _test_all(client: ServarrClient, _: Call) -> None:
    """Test all indexers. The answer is a refusal as soon as one fails: the others were tested too."""
    with suppress(ServiceRefused):
        await client.send("POST", "indexer/testall")


def _switch(
    works: Callable[[ServarrClient, Call], Awaitable[bool]], turn: Turn[ServarrClient]
) -> Switch[ServarrClient]:
    return Switch(is_on=works, on=turn, off=turn, words=(t"failing", t"working"), label=t"Indexer")


_FAILING: Final = problems(
    "indexers_failing", "Indexers failing", ProwlarrState.watched, Watched.problem, "mdi:database-alert"
)
NOTE: Final = "One that passes the test is used again at once"
SERVICE: Final = servarr(
    key="prowlarr",
    name="Prowlarr",
    icon="mdi:magnify-expand",
    port=9696,
    api="v1",
    state=ProwlarrState,
    understood=Versions("1", "2"),
).extended(
    sensors=(_FAILING,),
    resources=(
        ResourceKind[ProwlarrState, Watched](
            key="indexer",
            name="Indexer",
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
        _switch(_works, Turn(to=True, run=_test, note=NOTE)).turn_on(
            reversible=False,
            key="test_indexer",
            name="Test indexer",
            description="Tests an indexer that is disabled after failures, and uses it again if it works.",
            risk=Risk.LOW,
            scope="indexer",
            blast_radius="The indexer gets one request",
        ),
        _switch(_all_work, Turn(to=True, run=_test_all, note=NOTE)).turn_on(
            reversible=False,
            key="test_indexers",
            name="Test all indexers",
            description="Tests all indexers, and uses those again that work.",
            risk=Risk.LOW,
            blast_radius="Every indexer gets one request",
        ),
    ),
)
