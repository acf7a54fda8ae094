"""Opens what all other parts need: the store, the people, the services, and the runbooks."""

from collections.abc import Mapping, MutableMapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import aiohttp
import structlog

from homelab_steward.contract.catalogue import Catalogue

from ..api.home_connections import HomeConnections
from ..clock import Clock
from ..inventory.people import People
from ..llm.usage import ModelUsage
from ..observability.metrics import Metrics
from ..observability.redaction import Redactor
from ..runbooks.model import Runbook
from ..sdk import http
from ..sdk.description import AnyService
from ..sdk.validation import WrongService
from ..services.finder import catalogue
from ..settings.model import Settings
from ..store import app_metadata
from ..store.changes import Changes
from ..store.database import Database
from ..store.migrate import migrate
from ..store.store import Store
from ..texts import set_zone
from .foreign_tools import ForeignTools, build_foreign_tools
from .home import home_connections
from .observing import start_traces
from .services_and_runbooks import read_runbooks, read_services

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """What all other parts need.

    ``generation`` is that of the database, ``library`` has the runbooks by id. ``wrong_services`` has the
    reason for each folder of a service that cannot be used. ``opened`` closes all parts in reverse order.
    """

    settings: Settings
    clock: Clock
    redactor: Redactor
    metrics: Metrics
    opened: AsyncExitStack
    store: Store
    generation: str
    home: HomeConnections
    session: aiohttp.ClientSession
    people: People
    wrong_services: Mapping[str, str]
    foreign: ForeignTools
    offers: Catalogue
    library: MutableMapping[str, Runbook]

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the settings."""
        return ZoneInfo(self.settings.time_zone)

    def usage(self) -> ModelUsage:
        """Return what counts how language models are used."""
        return ModelUsage(self.settings.models, self.store.database, self.store.changes, self.clock)


async def open_base(
    settings: Settings,
    database: Database,
    clock: Clock,
    redactor: Redactor,
    metrics: Metrics,
    opened: AsyncExitStack,
) -> Base:
    """Return what all other parts need; the servers of foreign tools are connected in the background."""
    services, wrong = _services(settings)
    store, generation = await _open_store(database, clock)
    set_zone(ZoneInfo(settings.time_zone))
    home = await home_connections(store, redactor.clean, settings.language)
    session = await opened.enter_async_context(http.session())
    start_traces(settings.observability.traces, store.changes, session, clock, redactor, metrics, opened)
    people = People(store, settings.people)
    await people.start()
    foreign = build_foreign_tools(settings, services, store, people, clock, redactor.clean)
    opened.push_async_callback(foreign.registry.close)
    await foreign.registry.start()
    return Base(
        settings=settings,
        clock=clock,
        redactor=redactor,
        metrics=metrics,
        opened=opened,
        store=store,
        generation=generation,
        home=home,
        session=session,
        people=people,
        offers=catalogue(foreign.services),
        library=read_runbooks(settings, foreign.services, wrong),
        foreign=foreign,
        wrong_services=wrong,
    )


def _services(settings: Settings) -> tuple[Mapping[str, AnyService], Mapping[str, str]]:
    """Return the services, and the reason for each folder of a service that cannot be used."""
    wrong: dict[str, str] = {}

    def skip(error: WrongService) -> None:
        """Start without this service; its instances show the reason."""
        log.error("service cannot be used", reason=str(error))
        wrong[error.folder.name] = str(error)

    return read_services(settings, skip), wrong


async def _open_store(database: Database, clock: Clock) -> tuple[Store, str]:
    """Return the store with its schema of this version, and the generation of the database."""
    await migrate(database)
    store = Store(database, Changes(clock))
    async with store.change(durable=True) as unit:
        return store, await app_metadata.generation(unit.connection)
