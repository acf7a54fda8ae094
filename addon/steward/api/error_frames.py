"""The error frames that front ends get: without secrets, and audited when a speaker is refused."""

from typing import Final

import structlog

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.protocol import Frame, FrameKind, Refusal
from homelab_steward.contract.state import Speaker

from ..error_mapping import to_contract_error
from ..errors import StewardError
from ..observability.redaction import Redactor
from ..store.storable_text import storable
from .frames import encode
from .refusal_audit import AuditRefusal

log = structlog.get_logger(__name__)

LONGEST_ID: Final = 64


class SpeakerRefused(ContractError):
    """A client speaks for a front end that it is not."""

    def __init__(self, speaker: Speaker) -> None:
        super().__init__(ErrorCode.FORBIDDEN, f"Commands for {speaker.front_end} are not accepted here")
        self.speaker = speaker


class ErrorFrames:
    """Makes the error frames of all front ends."""

    def __init__(self, redactor: Redactor, audit_refusal: AuditRefusal) -> None:
        """``redactor`` removes secrets from error texts; ``audit_refusal`` audits refused speakers."""
        self._redactor = redactor
        self._audit_refusal = audit_refusal

    async def of_command(self, err: Exception, frame: Frame) -> bytes:
        """Return the error frame for an exception; unexpected ones are logged."""
        if isinstance(err, SpeakerRefused):
            await self._audit_speaker(err.speaker, frame)
        if isinstance(err, ContractError):
            return self.of(err, frame.id)
        if isinstance(err, StewardError):
            return self.of(to_contract_error(err), frame.id)
        if isinstance(err, TimeoutError):
            return self.of(ContractError(ErrorCode.TIMEOUT, "The command took too long"), frame.id)
        log.error("command failed", command=frame.command, exc_info=err)
        text = "Internal error. See the log of the app"
        return self.of(ContractError(ErrorCode.INTERNAL, text), frame.id)

    async def _audit_speaker(self, speaker: Speaker, frame: Frame) -> None:
        user = storable(speaker.user_id, LONGEST_ID)
        body = {"command": frame.command, "via": speaker.front_end, "user": user}
        try:
            await self._audit_refusal("command.refused", f"{speaker.front_end} {user}", body)
        except Exception:
            log.exception("refusal not audited", **body)

    def of(self, error: ContractError, number: int | None) -> bytes:
        """Return the error frame for a ContractError."""
        clean = self._redactor.clean
        body = Refusal(
            code=error.code,
            message=clean(error.message),
            placeholders={key: clean(value) for key, value in error.placeholders.items()},
        )
        return encode(FrameKind.ERROR, body, number)
