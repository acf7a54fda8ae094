"""Reports presses that Home Assistant refused to the app, which audits them."""

from collections import deque
from typing import Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN, LOGGER
from ..contract.commands import ReportRefusal
from ..contract.errors import ContractError
from ..contract.protocol import Command, Nothing
from ..contract.state import FrontEnd, Speaker
from ..runtime import StewardConfigEntry

KEPT: Final = 100
"""Most reports that wait for the app; the oldest is dropped."""


class RefusalReports:
    """Reports by config entry. They wait in memory while the app does not answer."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Start without reports."""
        self._hass = hass
        self._waiting: dict[str, deque[ReportRefusal]] = {}
        self._sending: set[str] = set()

    @callback
    def add(
        self, entry: StewardConfigEntry, *, approval_id: str, user_id: str | None, press: str, reason: str
    ) -> None:
        """Report a refused press, now or when the app answers again."""
        report = ReportRefusal(
            approval_id=approval_id,
            speaker=Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id=user_id or ""),
            press=press,
            reason=reason,
            at=dt_util.utcnow(),
        )
        self._waiting.setdefault(entry.entry_id, deque(maxlen=KEPT)).append(report)
        self.send(entry)

    @callback
    def send(self, entry: StewardConfigEntry) -> None:
        """Send the reports of an entry that wait, if the app answers."""
        if entry.entry_id in self._sending or not self._waiting.get(entry.entry_id):
            return
        if entry.state is ConfigEntryState.LOADED and entry.runtime_data.coordinator.connected:
            self._sending.add(entry.entry_id)
            self._hass.async_create_task(self._async_send(entry), f"{DOMAIN} refused presses")

    async def _async_send(self, entry: StewardConfigEntry) -> None:
        waiting = self._waiting[entry.entry_id]
        try:
            while waiting:
                report = waiting[0]
                await entry.runtime_data.coordinator.async_call(Command.REPORT_REFUSAL, report, Nothing)
                if waiting and waiting[0] is report:
                    waiting.popleft()
        except ContractError as err:
            LOGGER.warning("Refused presses are reported to the app later: %s", err.message)
        finally:
            self._sending.discard(entry.entry_id)


REPORTS: Final[HassKey[RefusalReports]] = HassKey(f"{DOMAIN}_refused_presses")
