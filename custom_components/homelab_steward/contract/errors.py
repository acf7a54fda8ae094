"""Errors that cross the wire, identified by code."""

from enum import StrEnum


class ErrorCode(StrEnum):
    """The reasons to refuse a command; each is the key of its translation.

    The app never sends NOT_CONNECTED: the client raises it without an answer of the app.
    """

    MALFORMED = "malformed"
    UNKNOWN_COMMAND = "unknown_command"
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    ALREADY_DECIDED = "already_decided"
    EXPIRED = "expired"
    PLAN_CHANGED = "plan_changed"
    INVALID_SETTING = "invalid_setting"
    INVALID_ARGUMENT = "invalid_argument"
    ALREADY_CONFIGURED = "already_configured"
    CANNOT_CONNECT = "cannot_connect"
    INVALID_AUTH = "invalid_auth"
    CERTIFICATE_NOT_TRUSTED = "certificate_not_trusted"
    CONFIRMATION_NEEDED = "confirmation_needed"
    UNLOCK_NEEDED = "unlock_needed"
    PIN_NEEDED = "pin_needed"
    PAUSED = "paused"
    NOT_EARNED = "not_earned"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    INCOMPATIBLE = "incompatible"
    TIMEOUT = "timeout"
    UNAVAILABLE = "unavailable"
    NOT_CONNECTED = "not_connected"
    INTERNAL = "internal"


class ContractError(Exception):
    """A refusal, with its code and a message for people."""

    def __init__(self, code: ErrorCode, message: str, placeholders: dict[str, str] | None = None) -> None:
        """Store the code, the English text and the placeholders of its translation."""
        super().__init__(message)
        self.code = code
        self.message = message
        self.placeholders = placeholders or {}


class MalformedMessage(ContractError):
    """A message that is not JSON or does not fit its fields."""

    def __init__(self, model: str, reason: str) -> None:
        """Name the model and the field that does not fit, never the content."""
        super().__init__(
            ErrorCode.MALFORMED,
            f"{model}: {reason}",
            {"model": model, "reason": reason},
        )
