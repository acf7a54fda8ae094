"""Builds what answers people: queries of the records, and the conversation."""

from collections.abc import Callable
from dataclasses import dataclass

from homelab_steward.contract.state import FrontEndStatus

from ..api.queries import Queries
from ..conversation.conversation import Conversation
from ..conversation.given_names import Aliases, Places
from .base import Base
from .conversation import (
    ConversationParts,
    after_start,
    build_conversation,
    load_names,
    read_sentences,
    runbook_ports,
)
from .core import Core
from .live_doctor import LiveDoctor, LiveParts, start_doctor
from .notebook import build_notes
from .observing import start_metrics


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """What answers people."""

    doctor: LiveDoctor
    queries: Queries
    places: Places
    aliases: Aliases
    conversation: Conversation


async def start_answering(
    base: Base, core: Core, front_ends: Callable[[], tuple[FrontEndStatus, ...]]
) -> Answering:
    """Return what answers people; closing ``base.opened`` ends it.

    ``front_ends`` returns the status of the front ends that the app serves itself.
    """
    doctor = _doctor(base, core)
    queries = Queries(
        base.store,
        core.inventory,
        base.people,
        lambda: base.offers,
        front_ends,
        base.usage().read,
        base.foreign.registry.report,
        lambda: doctor.report,
    )
    start_metrics(base.metrics, base.store.changes, base.clock, queries.initial, base.opened)
    places, aliases = await load_names(base.store)
    conversation = _conversation(base, core, queries, aliases)
    read = after_start(core.agent.first_read, base.clock)
    base.opened.push_async_callback(conversation.vocabulary.start(base.store.changes, read).close)
    return Answering(
        doctor=doctor, queries=queries, places=places, aliases=aliases, conversation=conversation
    )


def _doctor(base: Base, core: Core) -> LiveDoctor:
    return start_doctor(
        LiveParts(
            settings=base.settings,
            store=base.store,
            session=base.session,
            clock=base.clock,
            inventory=core.inventory,
            home=base.home,
            list_models=core.models.gateway.offered,
            wrong_services=base.wrong_services,
        ),
        core.agent.first_read,
        base.opened,
    )


def _conversation(base: Base, core: Core, queries: Queries, aliases: Aliases) -> Conversation:
    agent = core.agent
    return build_conversation(
        ConversationParts(
            rows=queries,
            request_port=agent.requests,
            request_plan=agent.plan_requests.request,
            runbooks=runbook_ports(agent),
            search=agent.search.find,
            decide=agent.gate.decide,
            mark_false_alarm=agent.false_alarms.mark,
            person=base.people.by_speaker,
            inventory=core.inventory,
            catalogue=base.offers,
            models=core.models.talking(),
            sentences=read_sentences(base.settings),
            clock=base.clock,
            zone=base.zone,
            levels=agent.levels.levels,
            devices=agent.devices.view,
            notes=build_notes(base.settings, base.store, base.redactor.clean),
            given=aliases.given,
            versions=lambda: core.versions.changes,
            foreign_tools=base.foreign.registry.report,
        )
    )
