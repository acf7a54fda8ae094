"""Stores what each phone shows and which presses are valid."""

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, TypedDict

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store

from ..const import DOMAIN

KEPT: Final = 200
"""How many records are kept; the oldest are dropped first."""

IN_TRANSIT: Final = ""
"""Marks a card that may or may not have arrived on the phone."""

_SAVE_DELAY: Final = 1.0


class _StoredRecord(TypedDict):
    approval_id: str
    device_id: str
    shown: str | None
    reminders: int
    nonce: str | None
    plans: dict[str, str]
    has_details: bool
    is_critical: bool
    progress: str | None


class _Stored(TypedDict):
    records: list[_StoredRecord]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One request on one phone.

    ``shown`` names the view that arrived, None when none is certain. ``nonce`` is the secret of
    the buttons on the phone, None without buttons or after a press; ``plans`` are the plan
    hashes of the numbered buttons. ``is_critical``: it was sent as a critical notification.
    ``progress`` is the progress of its run that the phone shows, None when it shows none.
    """

    approval_id: str
    device_id: str
    shown: str | None = None
    reminders: int = -1
    nonce: str | None = None
    plans: dict[str, str] = field(default_factory=dict)
    has_details: bool = False
    is_critical: bool = False
    progress: str | None = None

    def accepts(self, nonce: str) -> bool:
        """Return whether the secret is that of the buttons on the phone."""
        return self.nonce is not None and hmac.compare_digest(self.nonce.encode(), nonce.encode())

    def plain(self) -> _StoredRecord:
        """Return the record as it is stored."""
        return {
            "approval_id": self.approval_id,
            "device_id": self.device_id,
            "shown": self.shown,
            "reminders": self.reminders,
            "nonce": self.nonce,
            "plans": self.plans,
            "has_details": self.has_details,
            "is_critical": self.is_critical,
            "progress": self.progress,
        }


def new_nonce() -> str:
    """Return an unguessable secret, short enough for an action."""
    return secrets.token_urlsafe(18)


def storage(hass: HomeAssistant, entry_id: str) -> Store[_Stored]:
    """Return the storage of one entry's records. They hold secrets."""
    return Store(hass, 1, f"{DOMAIN}.{entry_id}.cards", private=True, atomic_writes=True)


class Ledger:
    """The records of one entry."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Start empty; ``async_load`` comes first."""
        self._store = storage(hass, entry_id)
        self._records: dict[tuple[str, str], Record] = {}
        self._is_closed = False

    async def async_load(self) -> None:
        """Load the stored records."""
        stored = await self._store.async_load()
        for plain in stored["records"] if stored else ():
            record = Record(**plain)
            self._records[record.approval_id, record.device_id] = record

    async def async_save(self) -> None:
        """Save all records now; calls during a write share the next one."""
        if not self._is_closed:
            await self._store.async_save(self._stored())

    async def async_close(self) -> None:
        """Save all records for the last time: the file of a removed entry must not come back."""
        self._is_closed = True
        await self._store.async_save(self._stored())

    def of(self, approval_id: str, device_id: str) -> Record:
        """Return the record of a request on a phone, an empty one if there is none."""
        known = self._records.get((approval_id, device_id))
        return known or Record(approval_id=approval_id, device_id=device_id)

    def records(self) -> Iterable[Record]:
        """Return all records, oldest first."""
        return tuple(self._records.values())

    def accepting(self, approval_id: str, nonce: str) -> Record | None:
        """Return the record whose buttons have the secret."""
        found = [
            record
            for record in self._records.values()
            if record.approval_id == approval_id and record.accepts(nonce)
        ]
        return found[0] if found else None

    def put(self, record: Record) -> None:
        """Store a record; it is saved soon, or now by ``async_save``."""
        key = (record.approval_id, record.device_id)
        self._records.pop(key, None)
        self._records[key] = record
        while len(self._records) > KEPT:
            del self._records[next(iter(self._records))]
        if not self._is_closed:
            self._store.async_delay_save(self._stored, _SAVE_DELAY)

    def _stored(self) -> _Stored:
        return {"records": [record.plain() for record in self._records.values()]}
