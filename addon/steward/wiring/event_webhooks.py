"""Starts the webhooks of the settings."""

from contextlib import AsyncExitStack

import aiohttp

from ..clock import Clock
from ..event_webhooks.sender import EventSender
from ..event_webhooks.stage import EventWebhooks
from ..observability.redaction import Redactor
from ..settings.model import Settings
from ..store import app_metadata
from ..store.store import Store


async def start_event_webhooks(
    settings: Settings,
    store: Store,
    session: aiohttp.ClientSession,
    clock: Clock,
    redactor: Redactor,
    opened: AsyncExitStack,
) -> EventWebhooks:
    """Start all webhooks; ``opened`` stops them. Raises StoreUnavailable."""
    async with store.change() as unit:
        app_id = await app_metadata.own_id(unit.connection)
    senders = [
        EventSender(one, app_id, store, session, clock, redactor.clean_value)
        for one in settings.event_webhooks
    ]
    stage = EventWebhooks(senders, store.changes)
    opened.push_async_callback(stage.close)
    stage.start()
    return stage
