"""What the app refuses, in Home Assistant's own errors and the reader's language."""

from typing import Final

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from .const import DOMAIN
from .contract.errors import ContractError, ErrorCode

_THE_ASKERS_FAULT: Final = frozenset(
    {
        ErrorCode.FORBIDDEN,
        ErrorCode.NOT_FOUND,
        ErrorCode.ALREADY_DECIDED,
        ErrorCode.EXPIRED,
        ErrorCode.PLAN_CHANGED,
        ErrorCode.INVALID_SETTING,
        ErrorCode.INVALID_ARGUMENT,
    }
)


def translated(err: ContractError) -> HomeAssistantError:
    """Return the error to raise for a refusal: translated by its code.

    What the asker can mend is a ServiceValidationError, which is shown without a
    stack trace.
    """
    kind = ServiceValidationError if err.code in _THE_ASKERS_FAULT else HomeAssistantError
    return kind(
        err.message,
        translation_domain=DOMAIN,
        translation_key=err.code.value,
        translation_placeholders={"message": err.message, **err.placeholders},
    )


def refused(key: str, **placeholders: str) -> ServiceValidationError:
    """Return the error for something this side refuses, by its translation key."""
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders
    )
