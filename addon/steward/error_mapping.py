"""Maps the app's errors to the contract's: a code and a sentence for a person."""

from homelab_steward.contract.errors import ContractError, ErrorCode

from .errors import (
    InvalidArgument,
    InvalidSetting,
    ServiceError,
    ServiceMalformed,
    ServiceUnauthorized,
    ServiceUnreachable,
    StewardError,
)


def to_contract_error(error: StewardError) -> ContractError:
    """Return the error that a client gets for ``error``."""
    text = str(error)
    match error:
        case InvalidSetting(key=key, reason=reason):
            return ContractError(ErrorCode.INVALID_SETTING, text, {"key": key, "reason": reason})
        case InvalidArgument(key=key, reason=reason):
            return ContractError(ErrorCode.INVALID_ARGUMENT, text, {"key": key, "reason": reason})
        case ServiceUnauthorized():
            return ContractError(ErrorCode.INVALID_AUTH, text, {"reason": text})
        case ServiceUnreachable() | ServiceMalformed():
            return ContractError(ErrorCode.CANNOT_CONNECT, text, {"reason": text})
        case ServiceError():
            return ContractError(ErrorCode.UNAVAILABLE, text, {"reason": text})
        case _:
            return ContractError(ErrorCode.UNAVAILABLE, text)
