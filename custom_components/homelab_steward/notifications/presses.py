"""Handles presses of notification buttons: checks who pressed, and decides or answers."""

import hashlib
from dataclasses import dataclass, replace
from typing import Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import Event, HomeAssistant, callback

from ..const import CONF_PHONES, DOMAIN, LOGGER, TITLE
from ..contract.commands import AddComment, Confirmation, Decide
from ..contract.errors import ContractError, ErrorCode
from ..contract.false_alarms import MarkFalseAlarm
from ..contract.incidents import ApprovalRequest, ApprovalStatus, Incident, Verb
from ..contract.plain_text import one_line
from ..contract.protocol import Command
from ..contract.state import FrontEnd, Speaker
from ..coordinator import StewardCoordinator
from ..phrases import Phrases
from ..runtime import StewardConfigEntry, StewardRuntime
from . import payload
from .ledger import Record
from .phones import Phone, PhoneUnreachableError, find_phone, send
from .refusal_reports import RefusalReports
from .views import decided, title_of

EVENT_PRESS: Final = "mobile_app_notification_action"

LONGEST_COMMENT: Final = 1000
_REFUSED_KEPT: Final = 500
_ACCEPTED_KEPT: Final = 500
_BY_CODE: Final = {
    ErrorCode.ALREADY_DECIDED: "press_decided",
    ErrorCode.EXPIRED: "press_expired",
    ErrorCode.FORBIDDEN: "press_forbidden",
    ErrorCode.PAUSED: "press_paused",
    ErrorCode.PLAN_CHANGED: "press_plan_changed",
    ErrorCode.TIMEOUT: "press_timeout",
    ErrorCode.UNLOCK_NEEDED: "press_unlock_needed",
    ErrorCode.NOT_CONNECTED: "press_away",
}
_AUDITED_BY_APP: Final = frozenset(
    {
        ErrorCode.ALREADY_DECIDED,
        ErrorCode.EXPIRED,
        ErrorCode.FORBIDDEN,
        ErrorCode.INVALID_ARGUMENT,
        ErrorCode.NOT_FOUND,
        ErrorCode.PAUSED,
        ErrorCode.PLAN_CHANGED,
        ErrorCode.UNLOCK_NEEDED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """One received press. Any user of a companion app can forge one."""

    what: str
    approval_id: str
    nonce: str
    user_id: str | None
    text: str = ""


def read_press(event: Event) -> Press | None:
    """Return the press in an event, None for one of another integration."""
    action = event.data.get("action")
    if not isinstance(action, str) or not action.startswith(f"{payload.PREFIX}|"):
        return None
    _, what, rest = [*action.split("|", 2), ""][:3]
    approval_id, _, nonce = rest.rpartition("|")
    text = str(event.data.get("reply_text") or "").strip()[:LONGEST_COMMENT]
    return Press(what=what, approval_id=approval_id, nonce=nonce, user_id=event.context.user_id, text=text)


class Presses:
    """Handles every press, also while the app does not answer: each gets an answer."""

    def __init__(self, hass: HomeAssistant, reports: RefusalReports) -> None:
        """Start without presses. ``reports`` gets those that are refused here."""
        self._hass = hass
        self._reports = reports
        self._refused: set[tuple[str, str | None, str, str]] = set()
        self._accepted: dict[Press, None] = {}
        self._deciding: set[Press] = set()

    @callback
    def start(self) -> None:
        """Listen for presses as long as Home Assistant runs."""
        self._hass.bus.async_listen(EVENT_PRESS, self._pressed)

    @callback
    def _pressed(self, event: Event) -> None:
        press = read_press(event)
        # Companion apps may deliver one press twice. It counts once, and is answered once.
        if press is None or press in self._accepted or press.what in payload.MATCHES:
            return
        entry = self._entry_of(press)
        if entry is None:
            return
        if entry.state is not ConfigEntryState.LOADED:
            self._hass.async_create_task(self._async_refuse(entry, press, "press_away"))
            return
        notifications = entry.runtime_data.notifications
        record = notifications.ledger.accepting(press.approval_id, press.nonce)
        reason = self._refusal_reason(entry, press, record)
        if record is None or reason is not None:
            self._hass.async_create_task(self._async_refuse(entry, press, reason or "press_stale", record))
            return
        # Invalidate the secret first: another press of the same notification is refused.
        notifications.ledger.put(replace(record, nonce=None))
        notifications.held.add((record.approval_id, record.device_id))
        self._accept(press)
        self._hass.async_create_task(self._async_execute(entry, press, record))

    def _accept(self, press: Press) -> None:
        self._accepted[press] = None
        while len(self._accepted) > _ACCEPTED_KEPT:
            del self._accepted[next(iter(self._accepted))]
        if press.what not in (payload.DETAILS, payload.COMMENT):
            self._deciding.add(press)

    def _entry_of(self, press: Press) -> StewardConfigEntry | None:
        """Return the entry of the press, another one if none knows its request."""
        entries = self._hass.config_entries.async_entries(DOMAIN, include_disabled=False)
        loaded = [one for one in entries if one.state is ConfigEntryState.LOADED]
        for entry in loaded:
            if press.approval_id in entry.runtime_data.coordinator.steward_state.approvals:
                return entry
        return next(iter([*loaded, *entries]), None)

    def _refusal_reason(self, entry: StewardConfigEntry, press: Press, record: Record | None) -> str | None:
        """Return why a press is refused, None when it is valid."""
        approval = entry.runtime_data.coordinator.steward_state.approvals.get(press.approval_id)
        if approval is None:
            return "press_stale"
        is_cancel = press.what == payload.CANCEL
        if approval.status is not (ApprovalStatus.SCHEDULED if is_cancel else ApprovalStatus.PENDING):
            return "press_decided"
        if record is None:
            is_deciding = any(one.approval_id == press.approval_id for one in self._deciding)
            return "press_being_decided" if is_deciding else "press_stale"
        try:
            phone = find_phone(self._hass, record.device_id)
        except PhoneUnreachableError:
            return "press_foreign"
        if press.user_id is None or press.user_id != phone.owner:
            return "press_foreign"
        known = {payload.COMMENT, payload.DETAILS, payload.FALSE_ALARM, *_WITHOUT_OPTION, *record.plans}
        return None if press.what in known else "press_stale"

    async def _async_execute(self, entry: StewardConfigEntry, press: Press, record: Record) -> None:
        """Execute a valid press; the card gets new buttons unless the request was decided."""
        runtime = entry.runtime_data
        try:
            await runtime.notifications.async_save()
            user = await self._hass.auth.async_get_user(press.user_id or "")
            if user is None or not user.is_active:
                await self._async_refuse(entry, press, "press_forbidden", record)
            elif press.what == payload.DETAILS:
                await self._async_show_details(runtime, record)
            elif press.what == payload.COMMENT:
                await self._async_comment(entry, runtime.coordinator, press, record)
            elif press.what == payload.FALSE_ALARM:
                await self._async_false_alarm(entry, runtime.coordinator, press, record)
            else:
                await self._async_decide(entry, runtime.coordinator, press, record)
        finally:
            self._deciding.discard(press)
            runtime.notifications.held.discard((record.approval_id, record.device_id))
            runtime.notifications.refresh()

    async def _async_show_details(self, runtime: StewardRuntime, record: Record) -> None:
        try:
            phone = find_phone(self._hass, record.device_id)
            await runtime.notifications.async_send_details(phone, record.approval_id)
        except PhoneUnreachableError as err:
            LOGGER.warning("The details did not reach a phone: %s", err)

    async def _async_comment(
        self, entry: StewardConfigEntry, coordinator: StewardCoordinator, press: Press, record: Record
    ) -> None:
        """Add the text that was written on the phone to the incident; an empty one is none."""
        approval = _approval(entry, press.approval_id)
        if approval is None or not press.text:
            return
        speaker = Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id=press.user_id or "")
        # A press that is delivered again after a restart is the same comment. The nonce is a secret.
        key = hashlib.sha256(press.nonce.encode()).hexdigest()[:32]
        request = AddComment(incident_id=approval.incident_id, speaker=speaker, text=press.text, key=key)
        try:
            await coordinator.async_call(Command.COMMENT, request, Incident)
        except ContractError as err:
            reason = _BY_CODE.get(err.code, "press_failed")
            await self._async_refuse(entry, press, reason, record, message=err.message, code=err.code)

    async def _async_false_alarm(
        self, entry: StewardConfigEntry, coordinator: StewardCoordinator, press: Press, record: Record
    ) -> None:
        """Say that the incident was a false alarm; the app decides who may, and withdraws the request."""
        approval = _approval(entry, press.approval_id)
        # Of a request that is gone the app says that there is no such incident.
        incident_id = approval.incident_id if approval is not None else ""
        speaker = Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id=press.user_id or "")
        request = MarkFalseAlarm(incident_id=incident_id, speaker=speaker)
        try:
            await coordinator.async_call(Command.MARK_FALSE_ALARM, request, Incident)
        except ContractError as err:
            reason = _BY_CODE.get(err.code, "press_failed")
            await self._async_refuse(entry, press, reason, record, message=err.message, code=err.code)

    async def _async_decide(
        self, entry: StewardConfigEntry, coordinator: StewardCoordinator, press: Press, record: Record
    ) -> None:
        try:
            answer = await coordinator.async_call(
                Command.DECIDE, _decide(press, record, _approval(entry, press.approval_id)), ApprovalRequest
            )
        except ContractError as err:
            key = _BY_CODE.get(err.code, "press_failed")
            await self._async_refuse(entry, press, key, record, message=err.message, code=err.code)
        else:
            coordinator.store(answer)

    async def _async_refuse(
        self,
        entry: StewardConfigEntry,
        press: Press,
        key: str,
        record: Record | None = None,
        *,
        message: str = "",
        code: ErrorCode | None = None,
    ) -> None:
        """Log once why a press had no effect, and answer on the phone of its record.

        Without a record, all phones of the user who pressed are answered. With the ``code`` of a
        refusal by the app, the app has audited it; other refusals are reported to it.
        """
        if code not in _AUDITED_BY_APP:
            self._reports.add(
                entry,
                approval_id=press.approval_id,
                user_id=press.user_id,
                press=press.what,
                reason=key.removeprefix("press_"),
            )
        notified = (press.approval_id, press.user_id, key, press.nonce if record else "")
        if notified in self._refused:
            return
        if len(self._refused) >= _REFUSED_KEPT:
            self._refused.clear()
        self._refused.add(notified)
        LOGGER.warning("A press on a phone had no effect: %s", key)
        for phone in self._phones_of(entry, press.user_id, record):
            try:
                await self._async_answer(entry, phone, press, key, message)
            except PhoneUnreachableError as err:
                LOGGER.warning("The answer to a press did not reach %s: %s", phone.name, err)

    def _phones_of(
        self, entry: StewardConfigEntry, user_id: str | None, record: Record | None
    ) -> list[Phone]:
        """Return the selected phones of the user who pressed; only the one of the record, if it is theirs."""
        phones: list[Phone] = []
        for device_id in entry.options.get(CONF_PHONES, ()):
            try:
                phone = find_phone(self._hass, device_id)
            except PhoneUnreachableError:
                continue
            if phone.owner == user_id:
                phones.append(phone)
        pressed = [one for one in phones if record and one.device_id == record.device_id]
        return pressed or phones

    async def _async_answer(
        self, entry: StewardConfigEntry, phone: Phone, press: Press, key: str, message: str
    ) -> None:
        phrases = await Phrases.async_load(self._hass, _language(entry, phone))
        approval = _approval(entry, press.approval_id)
        decision = decided(approval, phrases) if approval else ""
        form = payload.Form(
            approval_id=press.approval_id or DOMAIN,
            nonce="",
            is_apple=phone.is_apple,
            is_loud=True,
            phrases=phrases,
        )
        title = title_of(approval, phrases) if approval else TITLE
        text = phrases(key, message=one_line(message), decision=decision).strip()
        await send(self._hass, phone, payload.answer(title, text, form))


_WITHOUT_OPTION: Final = {
    payload.IGNORE: Verb.IGNORE,
    payload.REJECT: Verb.REJECT,
    payload.CANCEL: Verb.CANCEL,
}


def _decide(press: Press, record: Record, approval: ApprovalRequest | None) -> Decide:
    """Return the decision, bound to the plan that was on the phone.

    The phone sends the press of an option that needs it only after it was unlocked.
    """
    is_choice = press.what not in _WITHOUT_OPTION
    option = approval.proposal.option(int(press.what)) if approval and is_choice else None
    is_unlocked = option is not None and option.needs_unlock
    return Decide(
        approval_id=record.approval_id,
        verb=_WITHOUT_OPTION.get(press.what, Verb.APPROVE),
        speaker=Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id=press.user_id or ""),
        option=int(press.what) if is_choice else None,
        plan_hash=record.plans[press.what] if is_choice else None,
        confirmation=Confirmation.UNLOCKED if is_unlocked else Confirmation.NONE,
    )


def _approval(entry: StewardConfigEntry, approval_id: str) -> ApprovalRequest | None:
    if entry.state is not ConfigEntryState.LOADED:
        return None
    return entry.runtime_data.coordinator.steward_state.approvals.get(approval_id)


def _language(entry: StewardConfigEntry, phone: Phone) -> str | None:
    """Return the language of the phone's owner, None for that of Home Assistant."""
    if entry.state is not ConfigEntryState.LOADED:
        return None
    person = entry.runtime_data.coordinator.steward_state.person_of_user(phone.owner)
    return person.language if person else None
