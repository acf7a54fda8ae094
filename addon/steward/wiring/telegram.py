"""Builds the Telegram front end. Imported only for a bot, because Telegram's library takes long to load."""

from collections.abc import Mapping
from dataclasses import dataclass

from homelab_steward.contract.state import FrontEnd, Person, Speaker

from ..agent.agent import Agent
from ..api.queries import Queries
from ..clock import Clock
from ..conversation.conversation import Conversation
from ..inventory.people import People
from ..reports.weekly import WeeklyReports
from ..store.store import Store
from ..telegram.bot import TelegramBot
from ..telegram.front_end import Ports
from ..telegram.ports import StewardCommands
from ..telegram.press_handler import DecisionPort
from ..telegram.settings import TelegramSettings
from ..trends.courses import Trends


@dataclass(frozen=True, slots=True, kw_only=True)
class TelegramParts:
    """The parts that the bot uses."""

    store: Store
    agent: Agent
    people: People
    queries: Queries
    conversation: Conversation
    reports: WeeklyReports
    trends: Trends
    clock: Clock


def build_bot(settings: TelegramSettings, parts: TelegramParts) -> TelegramBot:
    """Return the bot, which is not started."""
    agent, store, clock = parts.agent, parts.store, parts.clock

    async def person(user_id: int) -> Person | None:
        return parts.people.by_speaker(Speaker(front_end=FrontEnd.TELEGRAM, user_id=str(user_id)))

    async def audit_refusal(event: str, body: Mapping[str, str]) -> None:
        await store.refused(clock.now(), event, body["telegram_user_id"], body)

    return TelegramBot(
        settings,
        store.database,
        store.changes,
        clock,
        Ports(
            decisions=DecisionPort(
                decide=agent.gate.decide,
                person=person,
                audit=audit_refusal,
                comment=agent.comments.add,
                false_alarm=agent.false_alarms.mark,
                match=agent.devices.decide,
            ),
            steward=StewardCommands(
                ask=parts.conversation.ask,
                mode=parts.queries.mode,
                set_pause=agent.mode.set_pause,
                add_maintenance=agent.maintenance.add,
                remove_maintenance=agent.maintenance.remove,
                list_maintenance=agent.maintenance.list,
                weekly=parts.reports.weekly,
            ),
            read=parts.queries,
            trends=parts.trends,
        ),
    )
