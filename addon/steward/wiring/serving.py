"""Collects the parts that the server gives its clients access to."""

import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from homelab_steward.contract.drill import ReportDrill
from homelab_steward.contract.protocol import Nothing
from homelab_steward.contract.state import FrontEndStatus

from ..api.listener import Listener
from ..runbooks.shown_names import ShownNames
from ..store import app_metadata
from ..store.store import Store
from .announcing import supervisor_token
from .answering import Answering
from .base import Base
from .core import Core
from .event_webhooks import start_event_webhooks
from .planned import Planned
from .restore_drills import build_restore_drills
from .server_parts import ServerParts

if TYPE_CHECKING:
    from ..telegram.bot import TelegramBot


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessParts:
    """What the process of the app adds. ``log_tail`` returns the last lines of its log."""

    telegram: TelegramBot | None
    front_ends: Callable[[], tuple[FrontEndStatus, ...]]
    listener: Listener
    log_tail: Callable[[], tuple[str, ...]]
    report_drill: Callable[[ReportDrill], Awaitable[Nothing]]


async def server_parts(
    base: Base, core: Core, answering: Answering, planned: Planned, process: ProcessParts
) -> ServerParts:
    """Return the parts of the server, and begin to send events to webhooks."""
    settings, store, clock, agent = base.settings, base.store, base.clock, core.agent
    drills = build_restore_drills(settings, store, core.inventory, clock, agent.is_changing)
    return ServerParts(
        settings=settings,
        app_id=await _app_id(store),
        store=store,
        inventory=core.inventory,
        people=base.people,
        agent=agent,
        queries=answering.queries,
        library=base.library,
        own_runbooks=core.own_runbooks,
        shown_names=ShownNames.of(base.foreign.services.values()),
        conversation=answering.conversation,
        places=answering.places,
        aliases=answering.aliases,
        models=core.models,
        reports=planned.reports,
        trends=core.trends,
        schedules=planned.schedules,
        changes=planned.changes.commands,
        foreign_tools=base.foreign.registry,
        report_drill=process.report_drill,
        restore_drills=drills,
        doctor=answering.doctor,
        telegram=process.telegram,
        front_ends=process.front_ends,
        catalogue=lambda: base.offers,
        metrics=base.metrics,
        event_webhooks=await start_event_webhooks(
            settings, store, base.session, clock, base.redactor, base.opened
        ),
        redactor=base.redactor,
        home=base.home,
        clock=clock,
        listener=process.listener,
        log_tail=process.log_tail,
        host=socket.gethostname() if supervisor_token() else None,
    )


async def _app_id(store: Store) -> str:
    async with store.change() as unit:
        return await app_metadata.own_id(unit.connection)
