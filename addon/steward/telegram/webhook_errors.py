"""Why a webhook request of Telegram is not accepted; without Telegram's library, for the API."""

from ..errors import StewardError


class WebhookRefused(StewardError):
    """The secret is wrong, or no webhook is in use: answer 403."""


class WebhookMalformed(StewardError):
    """The body is not an update: answer 400."""
