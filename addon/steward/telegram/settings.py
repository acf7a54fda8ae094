"""Settings of the Telegram front end: bot, chat and rate limits."""

from dataclasses import dataclass, field
from datetime import UTC, timedelta, tzinfo
from enum import StrEnum
from typing import Final

from homelab_steward.contract.catalogue import Catalogue

from ..sdk.categories import BUILT_IN, INFRASTRUCTURE

CHOSEN: Final = "telegram_chat_id"
"""The key under which the store keeps the group that people chose."""

OFFICIAL_API: Final = "https://api.telegram.org"
SHORTEST_KEY: Final = 32
BUILT_IN_CATEGORIES: Final = Catalogue(digest="", services=(), categories=BUILT_IN)


class Mode(StrEnum):
    """How updates are received."""

    POLLING = "polling"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Rate limits. The defaults stay below Telegram's limits for bots.

    All calls: ``per_second`` on average, ``burst`` at once. New messages: ``per_minute`` in
    a group, of which ``reserved`` are for urgent messages. New cards: ``cards_per_minute``
    in one topic; the others wait and are counted in a summary message. New topics of incidents:
    ``topics_per_minute``; the others use the standing topics.
    """

    per_second: float = 1.0
    burst: int = 5
    per_minute: int = 20
    reserved: int = 3
    cards_per_minute: int = 20
    topics_per_minute: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class TelegramSettings:
    """One bot in one chat. ``chat_id`` of a group is negative; None: people choose the group.

    ``signing_key`` (32 bytes or more) signs the buttons; a new key invalidates old buttons.
    Telegram posts to ``webhook_url`` (a full HTTPS URL) and sends ``webhook_secret``
    (letters, digits, ``_`` and ``-``) in a header. ``zone`` is the time zone of all times.
    Each category of ``catalogue`` gets a topic of its own, and an incident that is critical or
    lasts for ``own_topic_after``; None: no incident does. Updates are in the topic of the category
    ``updates_topic``; None: in that of what they update.
    """

    token: str = field(repr=False)
    chat_id: int | None
    signing_key: bytes = field(repr=False)
    mode: Mode = Mode.POLLING
    webhook_url: str = ""
    webhook_secret: str = field(default="", repr=False)
    api_base: str = OFFICIAL_API
    zone: tzinfo = UTC
    limits: Limits = Limits()
    catalogue: Catalogue = BUILT_IN_CATEGORIES
    own_topic_after: timedelta | None = timedelta(minutes=30)
    updates_topic: str | None = INFRASTRUCTURE.key

    def __post_init__(self) -> None:
        """Raise ValueError for invalid settings; its text contains no secret."""
        if not self.token:
            raise ValueError("token: missing")
        if len(self.signing_key) < SHORTEST_KEY:
            raise ValueError(f"signing_key: shorter than {SHORTEST_KEY} bytes")
        if self.mode is Mode.WEBHOOK and not (self.webhook_url and self.webhook_secret):
            raise ValueError("webhook_url and webhook_secret: both are needed for a webhook")
