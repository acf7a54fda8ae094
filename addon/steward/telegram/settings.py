"""What the Telegram face must be told: the bot, the chat and how fast it may talk."""

from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from enum import StrEnum
from typing import Final

OFFICIAL_API: Final = "https://api.telegram.org"
SHORTEST_KEY: Final = 32


class Mode(StrEnum):
    """How button presses come in."""

    POLLING = "polling"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much we send. The figures stay below what Telegram allows a bot.

    Any request to the chat: ``per_second`` on average, ``burst`` at once. New messages:
    ``per_minute`` in a group, of which ``kept_back`` serve only what is urgent. New cards:
    ``cards_per_minute`` in one topic; what is more waits behind one summary message.
    """

    per_second: float = 1.0
    burst: int = 5
    per_minute: int = 20
    kept_back: int = 3
    cards_per_minute: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class TelegramSettings:
    """One bot in one chat. ``chat_id`` of a group is negative.

    ``signing_key`` (32 bytes or more) signs the buttons: keep it, or old buttons die.
    ``webhook_url`` is the full HTTPS address Telegram posts to; ``webhook_secret`` comes
    back in its header (letters, digits, ``_`` and ``-``). ``zone`` is the household's.
    """

    token: str = field(repr=False)
    chat_id: int
    signing_key: bytes = field(repr=False)
    mode: Mode = Mode.POLLING
    webhook_url: str = ""
    webhook_secret: str = field(default="", repr=False)
    api_base: str = OFFICIAL_API
    zone: tzinfo = UTC
    limits: Limits = Limits()

    def __post_init__(self) -> None:
        """Raise ValueError for settings that can never work, without naming a secret."""
        if not self.token:
            raise ValueError("token: missing")
        if len(self.signing_key) < SHORTEST_KEY:
            raise ValueError(f"signing_key: shorter than {SHORTEST_KEY} bytes")
        if self.mode is Mode.WEBHOOK and not (self.webhook_url and self.webhook_secret):
            raise ValueError("webhook_url and webhook_secret: both are needed for a webhook")
