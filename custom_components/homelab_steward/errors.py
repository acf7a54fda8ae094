"""Converts errors of the app into translated errors of Home Assistant."""

from typing import Final

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from .const import DOMAIN
from .contract.errors import ContractError, ErrorCode

_CALLER_ERRORS: Final = frozenset(
    {
        ErrorCode.FORBIDDEN,
        ErrorCode.NOT_FOUND,
        ErrorCode.ALREADY_DECIDED,
        ErrorCode.EXPIRED,
        ErrorCode.PLAN_CHANGED,
        ErrorCode.INVALID_SETTING,
        ErrorCode.INVALID_ARGUMENT,
        ErrorCode.PAUSED,
        ErrorCode.NOT_EARNED,
        ErrorCode.TOO_MANY,
    }
)


def translated(err: ContractError) -> HomeAssistantError:
    """Return the error to raise for an error of the app, translated by its code.

    An error that the caller can correct is a ServiceValidationError, which is shown without a
    stack trace.
    """
    kind = ServiceValidationError if err.code in _CALLER_ERRORS else HomeAssistantError
    return kind(
        err.message,
        translation_domain=DOMAIN,
        translation_key=err.code.value,
        translation_placeholders={"message": err.message, **err.placeholders},
    )


def failed(key: str, **placeholders: str) -> HomeAssistantError:
    """Return the error for what does not work and no caller can correct, by its translation key."""
    return HomeAssistantError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders
    )


def refused(key: str, **placeholders: str) -> ServiceValidationError:
    """Return the error for what the integration itself refuses, by its translation key."""
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders
    )
