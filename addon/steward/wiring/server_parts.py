"""The parts that the server gives its clients access to."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from homelab_steward.contract.catalogue import Catalogue
from homelab_steward.contract.drill import ReportDrill
from homelab_steward.contract.protocol import Nothing
from homelab_steward.contract.state import FrontEndStatus

from ..agent.agent import Agent
from ..api.home_connections import HomeConnections
from ..api.listener import Listener
from ..api.queries import Queries
from ..changes.commands import ChangeCommands
from ..clock import Clock
from ..conversation.conversation import Conversation
from ..conversation.given_names import Aliases, Places
from ..event_webhooks.stage import EventWebhooks
from ..foreign_tools.registry import ToolRegistry
from ..inventory.inventory import LiveInventory
from ..inventory.people import People
from ..observability.metrics import Metrics
from ..observability.redaction import Redactor
from ..reports.weekly import WeeklyReports
from ..restore_drill.drills import RestoreDrills
from ..runbooks.model import Runbook
from ..runbooks.own_runbooks import OwnRunbooks
from ..runbooks.shown_names import ShownNames
from ..schedules.schedules import ScheduleBook
from ..settings.model import Settings
from ..store.store import Store
from ..trends.courses import Trends
from .live_doctor import LiveDoctor

if TYPE_CHECKING:
    from ..telegram.bot import TelegramBot
from .model_stack import ModelStack


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerParts:
    """The parts that the server gives its clients access to.

    ``host`` is the name of the app in Supervisor's network, None outside of Supervisor.
    """

    settings: Settings
    app_id: str
    store: Store
    inventory: LiveInventory
    people: People
    agent: Agent
    queries: Queries
    library: Mapping[str, Runbook]
    own_runbooks: OwnRunbooks
    shown_names: ShownNames
    reports: WeeklyReports
    trends: Trends
    schedules: ScheduleBook
    changes: ChangeCommands
    report_drill: Callable[[ReportDrill], Awaitable[Nothing]]
    restore_drills: RestoreDrills
    foreign_tools: ToolRegistry
    doctor: LiveDoctor
    conversation: Conversation
    places: Places
    aliases: Aliases
    models: ModelStack
    telegram: TelegramBot | None
    front_ends: Callable[[], tuple[FrontEndStatus, ...]]
    catalogue: Callable[[], Catalogue]
    metrics: Metrics
    event_webhooks: EventWebhooks
    redactor: Redactor
    home: HomeConnections
    clock: Clock
    listener: Listener
    log_tail: Callable[[], tuple[str, ...]]
    host: str | None
