"""Builds the conversation."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Final

from homelab_steward.contract.catalogue import Catalogue
from homelab_steward.contract.foreign_tools import ForeignToolsReport
from homelab_steward.contract.state import Person, Speaker

from ..agent.agent import Agent
from ..clock import Clock
from ..conversation.autonomy_answers import Levels, no_levels
from ..conversation.conversation import Conversation
from ..conversation.decisions import Decided, Decisions
from ..conversation.false_alarm_answers import FalseAlarmAnswers, MarkedFalse
from ..conversation.given_names import Aliases, GivenNames, Places, nothing_given
from ..conversation.help_search import Search
from ..conversation.known_answers import KnownAnswers, RequestPorts
from ..conversation.model_answers import Models
from ..conversation.monitor_answers import Devices, no_devices
from ..conversation.note_answers import Notes
from ..conversation.plan_answers import RequestPlanPort
from ..conversation.readings import Readings
from ..conversation.records import Records, Rows
from ..conversation.runbook_answers import RunbookPorts
from ..conversation.toolbox import Toolbox
from ..conversation.turn import RequestPort
from ..errors import InvalidSetting
from ..inventory.ports import Inventory
from ..inventory.version_log import VersionChange
from ..language.sentences import FOLDER, Sentences
from ..settings.model import Settings
from ..store.store import Store

QUIET: Final = 5.0
"""Seconds that are left for the first work of the app before the sentences are prepared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationParts:
    """The parts that a conversation needs.

    ``decide`` is the gate, ``mark_false_alarm`` marks an incident for the person who speaks, ``person``
    returns who speaks, ``sentences`` say what is recognised. Times that people name are in ``zone``.
    ``given`` returns the names that people gave, ``versions`` what changed.
    """

    rows: Rows
    request_port: RequestPort
    request_plan: RequestPlanPort
    runbooks: RunbookPorts
    search: Search
    decide: Decided
    mark_false_alarm: MarkedFalse
    person: Callable[[Speaker], Person | None]
    inventory: Inventory
    catalogue: Catalogue
    models: Models | None
    sentences: Sentences
    clock: Clock
    zone: tzinfo
    given: Callable[[], GivenNames] = nothing_given
    versions: Callable[[], Sequence[VersionChange]] = tuple
    levels: Levels = no_levels
    devices: Devices = no_devices
    notes: Notes = field(default_factory=Notes)
    foreign_tools: Callable[[], ForeignToolsReport] = ForeignToolsReport


def read_sentences(settings: Settings) -> Sentences:
    """Return the sentences with those of the user.

    Raises InvalidSetting for a folder that does not exist, and for an alias of two things.
    """
    folder = settings.sentences_dir
    if folder is not None and not folder.is_dir():
        raise InvalidSetting("sentences_dir", f"{folder} is not a folder")
    aliases: dict[str, str] = {}
    for one in settings.aliases:
        if aliases.setdefault(one.said.casefold(), one.name).casefold() != one.name.casefold():
            raise InvalidSetting("aliases", f"“{one.said}” stands for two things")
    return Sentences(folder or settings.data_dir / FOLDER, aliases)


def after_start(first_read: Callable[[], Awaitable[None]], clock: Clock) -> Callable[[], Awaitable[None]]:
    """Return what waits until the instances were read, and front ends got what was read."""

    async def wait() -> None:
        await first_read()
        await clock.sleep(QUIET)

    return wait


async def load_names(store: Store) -> tuple[Places, Aliases]:
    """Return the places of Home Assistant, and the names that people gave, as they were stored."""
    places = Places(store)
    await places.load()
    aliases = Aliases(store, places)
    await aliases.load()
    return places, aliases


def build_conversation(parts: ConversationParts) -> Conversation:
    """Return the conversation."""
    records = Records(
        parts.rows,
        parts.inventory,
        parts.clock,
        parts.versions,
        parts.levels,
        parts.devices,
        parts.notes,
    )
    readings = Readings(parts.inventory, parts.given)
    toolbox = Toolbox(
        parts.request_port,
        parts.inventory,
        parts.catalogue,
        records.overview,
        parts.search,
        parts.person,
        parts.foreign_tools,
    )
    false_alarms = FalseAlarmAnswers(parts.mark_false_alarm, records, parts.clock)
    answers = KnownAnswers(
        records,
        RequestPorts(parts.request_port, parts.request_plan, parts.runbooks),
        readings,
        Decisions(parts.decide, false_alarms, parts.clock, parts.zone),
        parts.person,
        parts.models,
        parts.clock,
    )
    return Conversation(
        answers,
        records,
        toolbox,
        readings,
        parts.sentences,
        parts.clock,
        parts.models,
    )


def runbook_ports(agent: Agent) -> RunbookPorts:
    """Return what requests runbooks."""
    targets = agent.runbook_targets
    return RunbookPorts(agent.runbook_requests.run, targets.list, targets.titles)
