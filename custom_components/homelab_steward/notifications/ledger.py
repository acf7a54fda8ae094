"""What every phone shows and which presses it may send: remembered between starts."""

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, TypedDict

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store

from ..const import DOMAIN

KEPT: Final = 200
"""Records kept; the oldest go first."""

ON_ITS_WAY: Final = ""
"""Shown by a phone that perhaps got its card and perhaps not."""

_SAVE_DELAY: Final = 1.0


class _StoredRecord(TypedDict):
    approval_id: str
    device_id: str
    shown: str | None
    reminders: int
    nonce: str | None
    plans: dict[str, str]
    has_details: bool


class _Stored(TypedDict):
    records: list[_StoredRecord]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One request on one phone.

    ``shown`` names the view that arrived there, None when there is none to be sure of.
    ``nonce`` is the secret of the buttons now on it, None when there are none or one
    was pressed; ``plans`` what the numbered ones stood for.
    """

    approval_id: str
    device_id: str
    shown: str | None = None
    reminders: int = -1
    nonce: str | None = None
    plans: dict[str, str] = field(default_factory=dict)
    has_details: bool = False

    def accepts(self, nonce: str) -> bool:
        """Return whether this is the secret of the buttons now on the phone."""
        return self.nonce is not None and hmac.compare_digest(self.nonce.encode(), nonce.encode())

    def plain(self) -> _StoredRecord:
        """Return it as it is stored."""
        return {
            "approval_id": self.approval_id,
            "device_id": self.device_id,
            "shown": self.shown,
            "reminders": self.reminders,
            "nonce": self.nonce,
            "plans": self.plans,
            "has_details": self.has_details,
        }


def new_nonce() -> str:
    """Return a secret nobody can guess, short enough for an action."""
    return secrets.token_urlsafe(18)


def storage(hass: HomeAssistant, entry_id: str) -> Store[_Stored]:
    """Return where one entry's records are kept. They hold secrets."""
    return Store(hass, 1, f"{DOMAIN}.{entry_id}.cards", private=True, atomic_writes=True)


class Ledger:
    """All records of one entry."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Know nothing yet: ``async_load`` comes first."""
        self._store = storage(hass, entry_id)
        self._records: dict[tuple[str, str], Record] = {}

    async def async_load(self) -> None:
        """Read what was known at the last start."""
        stored = await self._store.async_load()
        for plain in stored["records"] if stored else ():
            record = Record(**plain)
            self._records[record.approval_id, record.device_id] = record

    async def async_save(self) -> None:
        """Write everything now; calls that come while it is being written share the next writing."""
        await self._store.async_save(self._stored())

    def of(self, approval_id: str, device_id: str) -> Record:
        """Return the record of a request on a phone, an empty one if it never was there."""
        known = self._records.get((approval_id, device_id))
        return known or Record(approval_id=approval_id, device_id=device_id)

    def records(self) -> Iterable[Record]:
        """Return all records, oldest first."""
        return tuple(self._records.values())

    def accepting(self, approval_id: str, nonce: str) -> Record | None:
        """Return the record whose buttons carry this secret."""
        found = [
            record
            for record in self._records.values()
            if record.approval_id == approval_id and record.accepts(nonce)
        ]
        return found[0] if found else None

    def put(self, record: Record) -> None:
        """Keep a record; it is written soon, or now by ``async_save``."""
        key = (record.approval_id, record.device_id)
        self._records.pop(key, None)
        self._records[key] = record
        while len(self._records) > KEPT:
            del self._records[next(iter(self._records))]
        self._store.async_delay_save(self._stored, _SAVE_DELAY)

    def _stored(self) -> _Stored:
        return {"records": [record.plain() for record in self._records.values()]}
