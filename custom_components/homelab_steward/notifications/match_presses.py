"""Handles the buttons of questions about two things: whether they are the same device."""

from dataclasses import replace

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import Event, HomeAssistant, callback

from ..const import DOMAIN, LOGGER
from ..contract.devices import MatchDecision, MatchPair
from ..contract.errors import ContractError
from ..contract.plain_text import one_line
from ..contract.protocol import Command, Nothing
from ..contract.state import FrontEnd, Speaker
from ..phrases import Phrases
from ..runtime import StewardConfigEntry
from . import payload
from .extras import match_key
from .ledger import Record
from .phones import Phone, PhoneUnreachableError, find_phone, send
from .presses import EVENT_PRESS, Press, read_press


class MatchPresses:
    """Passes on the answer of the owner of a phone, once. The first answer of all people counts."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Handle nothing before :meth:`start`."""
        self._hass = hass

    @callback
    def start(self) -> None:
        """Listen for presses as long as Home Assistant runs."""
        self._hass.bus.async_listen(EVENT_PRESS, self._pressed)

    @callback
    def _pressed(self, event: Event) -> None:
        press = read_press(event)
        if press is None or press.what not in payload.MATCHES:
            return
        for entry in self._hass.config_entries.async_entries(DOMAIN, include_disabled=False):
            if entry.state is not ConfigEntryState.LOADED:
                continue
            ledger = entry.runtime_data.notifications.ledger
            record, pair = ledger.accepting(press.approval_id, press.nonce), _pair(entry, press)
            phone = self._phone(record, press) if record is not None else None
            if record is None or pair is None or phone is None:
                continue
            # The secret is used once: a press that is delivered again is no second answer.
            ledger.put(replace(record, nonce=None))
            self._hass.async_create_task(self._async_answer(entry, phone, press, pair))
            return
        LOGGER.warning("A press on a phone about devices had no effect")

    def _phone(self, record: Record, press: Press) -> Phone | None:
        """Return the phone of a record, None unless its owner pressed."""
        try:
            phone = find_phone(self._hass, record.device_id)
        except PhoneUnreachableError:
            return None
        return phone if press.user_id is not None and press.user_id == phone.owner else None

    async def _async_answer(
        self, entry: StewardConfigEntry, phone: Phone, press: Press, pair: MatchPair
    ) -> None:
        """Pass on the answer; if it is refused, the phone shows why."""
        user = await self._hass.auth.async_get_user(press.user_id or "")
        if user is None or not user.is_active:
            return
        decision = MatchDecision(
            speaker=Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id=user.id),
            first=pair.first,
            second=pair.second,
            is_same=payload.MATCHES[press.what],
            only_first=True,
        )
        try:
            await entry.runtime_data.coordinator.async_call(Command.MATCH_DEVICES, decision, Nothing)
        except ContractError as err:
            await self._async_refused(entry, phone, pair, err)

    async def _async_refused(
        self, entry: StewardConfigEntry, phone: Phone, pair: MatchPair, err: ContractError
    ) -> None:
        person = entry.runtime_data.coordinator.steward_state.person_of_user(phone.owner)
        phrases = await Phrases.async_load(self._hass, person.language if person else None)
        form = payload.Form(
            approval_id=match_key(pair), nonce="", is_apple=phone.is_apple, is_loud=True, phrases=phrases
        )
        title = phrases("match_question", first=one_line(pair.first_name), second=one_line(pair.second_name))
        try:
            await send(self._hass, phone, payload.answer(title, one_line(err.message), form))
        except PhoneUnreachableError as unreachable:
            LOGGER.warning("The answer to a press did not reach %s: %s", phone.name, unreachable)


def _pair(entry: StewardConfigEntry, press: Press) -> MatchPair | None:
    """Return the things that a press is about, None when no message asks about them any more."""
    messages = entry.runtime_data.coordinator.steward_state.scheduled.values()
    pairs = (pair for message in messages for pair in message.pairs)
    return next((one for one in pairs if match_key(one) == press.approval_id), None)
