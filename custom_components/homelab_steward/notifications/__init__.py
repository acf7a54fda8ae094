"""Sends approval requests to the selected phones and keeps their notifications up to date."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from homeassistant.const import EVENT_SERVICE_REGISTERED
from homeassistant.core import CALLBACK_TYPE, Event, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.start import async_at_started
from homeassistant.util import dt as dt_util

from .. import issues
from ..const import CONF_PHONES, CONF_SOUND, LOGGER
from ..contract.incidents import ApprovalRequest, ApprovalStatus, Severity
from ..contract.protocol import RowKind
from ..contract.state import Person
from ..coordinator import Change, StewardCoordinator
from ..phrases import Phrases
from . import payload
from .confirmations import Confirmations
from .extras import Extra, extras_of
from .ledger import IN_TRANSIT, Ledger, Record, new_nonce
from .phones import MOBILE_APP, Phone, PhoneUnreachableError, find_phone, phone_name, send
from .sounds import SOUND_ALL, may_sound
from .trend_pictures import TrendPictures
from .views import View, details_of, view_of

FIRST_RETRY: Final = 60.0
LONGEST_RETRY: Final = 900.0

_SHOWN: Final = (
    RowKind.APPROVAL,
    RowKind.INCIDENT,
    RowKind.PERSON,
    RowKind.MAINTENANCE,
    RowKind.REPORT,
    RowKind.SCHEDULED,
    RowKind.MODE,
)
"""The rows that change what a phone shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Card:
    """A notification to send, and its record, which is stored already."""

    approval: ApprovalRequest
    view: View
    record: Record


class Notifications:
    """Keeps the notifications on all selected phones up to date.

    Each phone has its own worker, so a slow or unreachable one delays no other. What a phone
    shows is stored, so nothing is sent twice, not after a restart either.
    """

    def __init__(self, coordinator: StewardCoordinator) -> None:
        """Start empty; ``async_load`` comes first."""
        self._coordinator = coordinator
        self._hass = coordinator.hass
        self._entry = coordinator.entry
        self.trends = TrendPictures(coordinator)
        self.ledger = Ledger(coordinator.hass, coordinator.entry.entry_id)
        self._phrases = Phrases({})
        self._by_language: dict[str, Phrases] = {}
        self.held: set[tuple[str, str]] = set()
        self._is_started = False
        self._behind: set[str] = set()
        self._working: set[str] = set()
        self._retries: dict[str, CALLBACK_TYPE] = {}
        self._delays: dict[str, float] = {}
        self._confirmations = Confirmations(self._hass, self._unconfirmed, self._confirmed)

    async def async_load(self) -> None:
        """Load the sentences, and what the phones show."""
        self._phrases = await Phrases.async_load(self._hass)
        await self.ledger.async_load()

    async def async_save(self) -> None:
        """Save now what the phones show."""
        await self.ledger.async_save()

    async def async_close(self) -> None:
        """Save what the phones show for the last time."""
        await self.ledger.async_close()

    @callback
    def start(self) -> None:
        """Follow the app until the entry is unloaded."""
        on_unload, listen = self._entry.async_on_unload, self._coordinator.listen
        for kind in _SHOWN:
            on_unload(listen(kind, self._row_changed))
        on_unload(self._coordinator.listen_availability(None, self.refresh))
        on_unload(self._hass.bus.async_listen(EVENT_SERVICE_REGISTERED, self._service_registered))
        on_unload(self._confirmations.start())
        on_unload(self.trends.start())
        on_unload(async_at_started(self._hass, self._started))
        on_unload(self._stop_retries)

    @callback
    def refresh(self) -> None:
        """Compare every phone with what it should show."""
        phones = self.phones()
        for device_id in phones:
            self._start_work(device_id)
        for device_id in self._delays.keys() - set(phones):
            self._on_reachable(device_id)

    @callback
    def retry(self, device_id: str) -> None:
        """Notify a phone again now, without waiting."""
        if stop := self._retries.pop(device_id, None):
            stop()
        self._delays.pop(device_id, None)
        for approval_id in self._confirmations.overdue(device_id):
            self._send_again(approval_id, device_id)
        self._start_work(device_id)

    def phones(self) -> tuple[str, ...]:
        """Return the devices of the selected phones."""
        return tuple(self._entry.options.get(CONF_PHONES, ()))

    def owners(self) -> frozenset[str]:
        """Return the users whose phones are selected."""
        return frozenset(filter(None, map(self._owner_id, self.phones())))

    async def async_send_details(self, phone: Phone, approval_id: str) -> None:
        """Send evidence and plans, if the request is pending.

        The request itself is sent again after it, with the same new secret: Android removes a
        notification when one of its buttons is pressed. Raises PhoneUnreachableError.
        """
        image = await self.trends.path(approval_id)
        state = self._coordinator.steward_state
        approval = state.approvals.get(approval_id)
        if approval is None or approval.status is not ApprovalStatus.PENDING:
            return
        record = self.ledger.of(approval_id, phone.device_id)
        nonce = new_nonce()
        self.ledger.put(replace(record, nonce=nonce, shown=None, has_details=True))
        await self.ledger.async_save()
        incident = state.incidents.get(approval.incident_id)
        changes = (one for one in state.changes.values() if one.approval_id == approval_id)
        phrases = self._phrases_for(phone.device_id)
        text = details_of(approval, incident, phrases, state.catalogue, changes, state.mode.elevation)
        form = self._form(approval_id, phone, nonce, is_loud=False)
        view = self._view(approval, phone.device_id)
        await send(self._hass, phone, payload.details(view, text, form, image))

    @callback
    def _started(self, _hass: HomeAssistant) -> None:
        self._is_started = True
        self.refresh()

    @callback
    def _row_changed(self, _change: Change) -> None:
        self.refresh()

    @callback
    def _service_registered(self, event: Event) -> None:
        """Compare the phones when one may have become reachable."""
        if str(event.data["service"]).startswith(MOBILE_APP):
            self.refresh()

    def _start_work(self, device_id: str) -> None:
        if not self._is_started or not self._coordinator.connected:
            return
        self._behind.add(device_id)
        if device_id not in self._working:
            self._working.add(device_id)
            self._entry.async_create_background_task(
                self._hass, self._work(device_id), f"homelab_steward phone {device_id}"
            )

    async def _work(self, device_id: str) -> None:
        try:
            while device_id in self._behind:
                self._behind.discard(device_id)
                await self._bring_up_to_date(device_id)
        finally:
            self._working.discard(device_id)

    async def _load_phrases(self, device_id: str) -> None:
        """Load the sentences in the language of the phone's owner."""
        owner = self._owner(device_id)
        language = owner.language if owner else None
        if language and language not in self._by_language:
            self._by_language[language] = await Phrases.async_load(self._hass, language)

    def _phrases_for(self, device_id: str) -> Phrases:
        """Return the sentences in the language of the phone's owner, by default in Home Assistant's."""
        owner = self._owner(device_id)
        return self._by_language.get((owner.language if owner else None) or "", self._phrases)

    async def _bring_up_to_date(self, device_id: str) -> None:
        await self._load_phrases(device_id)
        approvals = self._coordinator.steward_state.approvals.values()
        cards = [self._prepare(one, device_id) for one in approvals if self._is_due(one, device_id)]
        if not cards and not self._extras(device_id):
            return
        # Before the first is sent: a button without a stored record would not work. The app draws meanwhile.
        first = cards[0].approval.id if cards else ""
        _, image = await asyncio.gather(self.ledger.async_save(), self.trends.path(first))
        try:
            for card in cards:
                image = image if card.approval.id == first else await self.trends.path(card.approval.id)
                await self._show(find_phone(self._hass, device_id), card, image)
            for extra in self._extras(device_id):
                await self._show_extra(find_phone(self._hass, device_id), extra)
        except PhoneUnreachableError as err:
            self._report_unreachable(device_id, str(err))
        else:
            self._confirmed(device_id)

    def _extras(self, device_id: str) -> tuple[Extra, ...]:
        """Return what the phone does not show beside requests as it should."""
        state, phrases = self._coordinator.steward_state, self._phrases_for(device_id)
        return tuple(extras_of(state, self.ledger, device_id, phrases, dt_util.utcnow()))

    async def _show_extra(self, phone: Phone, extra: Extra) -> None:
        is_loud = extra.may_sound and self._may_sound(phone, is_critical=False)
        if nonce := new_nonce() if extra.has_buttons else "":
            self.ledger.put(replace(self.ledger.of(extra.key, phone.device_id), nonce=nonce))
            await self.ledger.async_save()
        await send(self._hass, phone, extra.push(self._form(extra.key, phone, nonce, is_loud=is_loud)))
        self.ledger.put(replace(self.ledger.of(extra.key, phone.device_id), **extra.changes))

    def _is_due(self, approval: ApprovalRequest, device_id: str) -> bool:
        """Return whether the phone does not show what it should."""
        key = (approval.id, device_id)
        if key in self.held:
            return False
        record = self.ledger.of(*key)
        was_never_shown = record.shown is None and record.nonce is None
        if was_never_shown and not self._is_asked(approval, device_id):
            return False
        view = self._view(approval, device_id)
        if was_never_shown and not view.is_asking:
            return False
        return record.shown != view.state or (view.has_buttons and record.nonce is None)

    def _is_asked(self, approval: ApprovalRequest, device_id: str) -> bool:
        """Return whether the owner of a phone is asked now; everybody is when nobody is known to be."""
        if approval.status is not ApprovalStatus.PENDING:
            return False
        if not approval.asked or self._owner_id(device_id) is None:
            return True
        owner = self._owner(device_id)
        return owner is not None and owner.id in approval.asked

    def _owner_id(self, device_id: str) -> str | None:
        """Return the user that a phone is registered for, None when the phone cannot be found."""
        try:
            return find_phone(self._hass, device_id).owner
        except PhoneUnreachableError:
            return None

    def _owner(self, device_id: str) -> Person | None:
        """Return the known person whose phone it is."""
        return self._coordinator.steward_state.person_of_user(self._owner_id(device_id))

    def _prepare(self, approval: ApprovalRequest, device_id: str) -> _Card:
        """Return the card that replaces the notification of a request; its record is stored."""
        view = self._view(approval, device_id)
        known = self.ledger.of(approval.id, device_id)
        record = replace(
            known,
            shown=IN_TRANSIT,
            nonce=(known.nonce or new_nonce()) if view.has_buttons else None,
            plans={str(choice.number): choice.plan_hash for choice in view.choices},
        )
        self.ledger.put(record)
        return _Card(approval=approval, view=view, record=record)

    async def _show(self, phone: Phone, card: _Card, image: str | None) -> None:
        """Send a card. When that fails, it stays in transit: its buttons are valid, and it is sent again."""
        approval, view, record = card.approval, card.view, card.record
        if self._recorded(record) != record:
            return  # Pressed meanwhile: the phone is compared again after the press.
        is_new = record.reminders < approval.reminders
        is_loud = view.is_asking and is_new and approval.snoozed_until is None
        is_critical = approval.severity is Severity.CRITICAL
        is_loud = is_loud and self._may_sound(phone, is_critical=is_critical)
        form = self._form(
            approval.id,
            phone,
            record.nonce or "",
            is_loud=is_loud,
            is_critical=is_loud and is_critical and self._has_critical_alerts(phone),
        )
        if record.is_critical and phone.is_apple:
            # Apple does not replace a critical notification.
            await send(self._hass, phone, payload.clear(approval.id))
        await send(self._hass, phone, payload.card(view, form, image))
        if view.has_buttons:
            self._confirmations.expect(phone, approval.id)
        else:
            self._confirmations.forget(approval.id, phone.device_id)
        if record.has_details and not view.is_asking:
            await send(self._hass, phone, payload.clear(payload.details_tag(approval.id)))
        now = self._recorded(record)
        if now.shown == IN_TRANSIT:
            self.ledger.put(
                replace(
                    now,
                    shown=view.state,
                    reminders=approval.reminders,
                    has_details=now.has_details and view.is_asking,
                    is_critical=form.is_critical,
                )
            )

    def _recorded(self, record: Record) -> Record:
        """Return the same card's record as it is now."""
        return self.ledger.of(record.approval_id, record.device_id)

    def _view(self, approval: ApprovalRequest, device_id: str) -> View:
        state, viewer = self._coordinator.steward_state, self._owner(device_id)
        incident, phrases = state.incidents.get(approval.incident_id), self._phrases_for(device_id)
        return view_of(approval, incident, phrases, state.catalogue, viewer, state.mode.elevation)

    def _form(
        self, key: str, phone: Phone, nonce: str, *, is_loud: bool, is_critical: bool = False
    ) -> payload.Form:
        return payload.Form(
            approval_id=key,
            nonce=nonce,
            is_apple=phone.is_apple,
            is_loud=is_loud,
            phrases=self._phrases_for(phone.device_id),
            is_critical=is_critical,
        )

    def _has_critical_alerts(self, phone: Phone) -> bool:
        """Return whether the phone's owner has chosen that critical requests break through its silence."""
        person = self._owner(phone.device_id)
        return person is not None and person.critical_alerts

    def _may_sound(self, phone: Phone, *, is_critical: bool) -> bool:
        """Return whether the option and the quiet time of the phone's owner allow a sound."""
        option, owner = self._entry.options.get(CONF_SOUND, SOUND_ALL), self._owner(phone.device_id)
        return may_sound(option, owner, dt_util.now().time(), is_critical=is_critical)

    @callback
    def _report_unreachable(self, device_id: str, reason: str) -> None:
        """Report the phone once, and try again at increasing intervals."""
        name = phone_name(self._hass, device_id)
        if device_id not in self._delays:
            LOGGER.warning("%s cannot be notified: %s", name, reason)
        issues.report_phone(self._hass, self._entry, device_id, name, reason)
        delay = self._delays.get(device_id, FIRST_RETRY)
        self._delays[device_id] = min(delay * 2, LONGEST_RETRY)
        if device_id in self._retries:
            return

        @callback
        def retry(_now: datetime) -> None:
            self._retries.pop(device_id, None)
            self._start_work(device_id)

        job = HassJob(retry, "homelab_steward retry", cancel_on_shutdown=True)
        self._retries[device_id] = async_call_later(self._hass, delay, job)

    @callback
    def _unconfirmed(self, approval_id: str, device_id: str, may_send_again: bool) -> None:  # noqa: FBT001
        """Report a phone that did not confirm a request, which is sent again some times."""
        if device_id not in self.phones():
            return
        if may_send_again:
            self._send_again(approval_id, device_id)
        self._report_unreachable(device_id, self._phrases("phone_unconfirmed"))

    def _send_again(self, approval_id: str, device_id: str) -> None:
        """Let a request be sent again, with a sound if it had one: it may never have arrived."""
        record = self.ledger.of(approval_id, device_id)
        self.ledger.put(replace(record, shown=IN_TRANSIT, reminders=record.reminders - 1))

    @callback
    def _confirmed(self, device_id: str) -> None:
        """Note that a phone got a notification, unless it has not confirmed another one."""
        if not self._confirmations.overdue(device_id):
            self._on_reachable(device_id)

    @callback
    def _on_reachable(self, device_id: str) -> None:
        if self._delays.pop(device_id, None) is not None:
            LOGGER.info("%s can be notified again", phone_name(self._hass, device_id))
        if stop := self._retries.pop(device_id, None):
            stop()
        issues.clear_phone(self._hass, self._entry, device_id)

    @callback
    def _stop_retries(self) -> None:
        for stop in self._retries.values():
            stop()
        self._retries.clear()
