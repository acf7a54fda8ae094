"""The known people: their accounts, their roles, and their PINs."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import orjson
import structlog
from probatio import Invalid
from sqlalchemy import Row, delete, select

from homelab_steward.contract.commands import SavePerson
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.state import NO_PIN, Authority, FrontEnd, Origin, Person, Role, Speaker

from ..error_mapping import to_contract_error
from ..errors import InvalidArgument
from ..settings.checks import is_pin, time_of_day
from ..settings.model import KnownPerson
from ..store.store import Store
from ..store.upsert import upsert
from ..texts import translate
from .pins import fits, hashed, locked_until
from .ports import PinRefusal
from .tables import people, pin_failures

log = structlog.get_logger(__name__)

LONGEST_NAME = 200
LONGEST_ID = 64
LONGEST_LANGUAGE = 16
LONGEST_WAIT = 24 * 60
"""The most minutes after which a person is asked."""

LOCAL_OWNER = Person(id="command-line", name="Command line", role=Role.OWNER, origin=Origin.FILE)
"""The person of the command line: everybody who can run it on this machine has all rights."""


def utc_now() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class PinFailures:
    """The number of wrong PINs in a row, and the time of the last one."""

    number: int
    last_at: datetime


class People:
    """The known people. An empty list means that nobody is known."""

    def __init__(
        self,
        store: Store,
        configured: Sequence[KnownPerson],
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        """``configured`` people of the settings file take precedence over stored ones."""
        self._store = store
        self._now = now
        self._configured = {one.id: one.person() for one in configured}
        self._configured_pins = {one.id: one.pin for one in configured if one.pin is not None}
        self._people: dict[str, Person] = {}
        self._pins: dict[str, str] = {}
        self._failures: dict[str, PinFailures] = {}
        self._checking = asyncio.Lock()
        self._changing = asyncio.Lock()

    async def start(self) -> None:
        """Read the stored people. Raises ContractError when two of the settings file share a user id."""
        self._people = {}
        for person in self._configured.values():
            self._refuse_duplicate(person)
            self._people[person.id] = person
        for person_id, pin in self._configured_pins.items():
            self._pins[person_id] = await asyncio.to_thread(hashed, pin)
        async with self._store.read() as connection:
            rows = list(await connection.execute(select(people).order_by(people.c.name)))
            for row in await connection.execute(select(pin_failures)):
                self._failures[row.person_id] = PinFailures(row.failures, row.last_at)
        hashes = {row.id: row.pin_hash for row in rows if row.pin_hash is not None}
        for person in map(_stored, rows):
            duplicate = self._people.get(person.id) or self._duplicate(person)
            if duplicate is not None:
                log.warning("stored person ignored: the settings file defines them", person=person.id)
                continue
            self._people[person.id] = person
            if person.has_pin:
                self._pins[person.id] = hashes[person.id]

    def list(self) -> tuple[Person, ...]:
        """Return all known people."""
        return tuple(self._people.values())

    def by_id(self, person_id: str) -> Person | None:
        """Return one person, None when unknown."""
        return self._people.get(person_id)

    def by_speaker(self, speaker: Speaker) -> Person | None:
        """Return the person who speaks, None when unknown."""
        if not speaker.user_id:
            return None
        match speaker.front_end:
            case FrontEnd.HOME_ASSISTANT | FrontEnd.PANEL | FrontEnd.ASSIST:
                found = (one for one in self.list() if one.ha_user_id == speaker.user_id)
                return next(found, None)
            case FrontEnd.TELEGRAM:
                found = (
                    one
                    for one in self.list()
                    if one.telegram_user_id is not None and str(one.telegram_user_id) == speaker.user_id
                )
                return next(found, None)
            case FrontEnd.COMMAND_LINE:
                return LOCAL_OWNER
            case FrontEnd.STEWARD:
                return None
            case FrontEnd.MCP:
                # The bridge has checked the token and passes the id of its person.
                return self.by_id(speaker.user_id)

    async def check_pin(self, person: Person, pin: str) -> PinRefusal | None:
        """Return why a PIN does not confirm that it is this person, None when it does.

        After several wrong PINs in a row no PIN is accepted for a time, also after a restart.
        """
        stored = self._pins.get(person.id)
        if stored is None:
            return PinRefusal(NO_PIN)
        async with self._checking:
            failures = self._failures.get(person.id)
            until = locked_until(failures.number, failures.last_at) if failures else None
            if until is not None and until > self._now():
                return PinRefusal(
                    translate(t"Too many wrong PINs. Try again later, or decide in Home Assistant."), until
                )
            is_right = is_pin(pin) and await asyncio.to_thread(fits, pin, stored)
            await self._count(person.id, failures, is_right=is_right)
        return None if is_right else PinRefusal(translate(t"The PIN is wrong."))

    async def _count(self, person_id: str, before: PinFailures | None, *, is_right: bool) -> None:
        """Count a wrong PIN, or forget the wrong ones after a right one."""
        if is_right and before is None:
            return
        async with self._store.change(durable=True) as unit:
            if is_right:
                await unit.connection.execute(
                    delete(pin_failures).where(pin_failures.c.person_id == person_id)
                )
                del self._failures[person_id]
                return
            failures = PinFailures((before.number if before else 0) + 1, self._now())
            row = {"person_id": person_id, "failures": failures.number, "last_at": failures.last_at}
            await upsert(unit.connection, pin_failures, row)
            self._failures[person_id] = failures

    async def save(self, request: SavePerson) -> Person:
        """Add or change a person.

        Raises ContractError FORBIDDEN (the settings file defines the person) or
        INVALID_ARGUMENT (invalid id, name, time or PIN, or a user id of another person).
        """
        async with self._changing:
            self._refuse_configured(request.id)
            person = _checked(request)
            self._refuse_duplicate(person)
            pin_hash = await self._pin_hash(request)
            person = replace(person, has_pin=pin_hash is not None)
            async with self._store.change(durable=True) as unit:
                await upsert(
                    unit.connection,
                    people,
                    {
                        "id": person.id,
                        "name": person.name,
                        "role": str(person.role),
                        "ha_user_id": person.ha_user_id,
                        "telegram_user_id": person.telegram_user_id,
                        "language": person.language,
                        "quiet_from": person.quiet_from,
                        "quiet_until": person.quiet_until,
                        "authority": orjson.dumps(person.authority).decode(),
                        "asked_after_minutes": person.asked_after_minutes,
                        "critical_alerts": person.critical_alerts,
                        "pin_hash": pin_hash,
                    },
                )
                unit.publish(RowKind.PERSON, person.id, person)
            self._people[person.id] = person
            self._pins.pop(person.id, None)
            if pin_hash is not None:
                self._pins[person.id] = pin_hash
            return person

    async def _pin_hash(self, request: SavePerson) -> str | None:
        """Return the hash to store: that of the new PIN, the stored one, or None when the PIN is removed."""
        if request.pin is None:
            return self._pins.get(request.id)
        return await asyncio.to_thread(hashed, request.pin) if request.pin else None

    async def remove(self, person_id: str) -> None:
        """Remove a person. Raises ContractError NOT_FOUND or FORBIDDEN."""
        async with self._changing:
            self._refuse_configured(person_id)
            if person_id not in self._people:
                raise ContractError(ErrorCode.NOT_FOUND, translate(t"There is no such person"))
            # Removed first, so that the person cannot decide anything while the database is written.
            person = self._people.pop(person_id)
            try:
                async with self._store.change(durable=True) as unit:
                    await unit.connection.execute(delete(people).where(people.c.id == person_id))
                    unit.publish(RowKind.PERSON, person_id, None)
            except BaseException:
                self._people[person_id] = person
                raise

    def _refuse_configured(self, person_id: str) -> None:
        if person_id in self._configured or person_id == LOCAL_OWNER.id:
            raise ContractError(
                ErrorCode.FORBIDDEN,
                translate(t"This person is defined in the settings file: change them there"),
            )

    def _refuse_duplicate(self, person: Person) -> None:
        duplicate = self._duplicate(person)
        if duplicate is not None:
            raise to_contract_error(InvalidArgument("id", t"{duplicate.name} has the same user id already"))

    def _duplicate(self, person: Person) -> Person | None:
        """Return another person with the same user id in a front end."""
        for one in self._people.values():
            same_ha = person.ha_user_id is not None and one.ha_user_id == person.ha_user_id
            same_telegram = (
                person.telegram_user_id is not None and one.telegram_user_id == person.telegram_user_id
            )
            if one.id != person.id and (same_ha or same_telegram):
                return one
        return None


def _checked(request: SavePerson) -> Person:
    """Return the person in a request. Raises ContractError INVALID_ARGUMENT."""
    person_id, name = request.id, request.name.strip()
    if not 0 < len(person_id) <= LONGEST_ID or not person_id.replace("-", "").replace("_", "").isalnum():
        raise to_contract_error(
            InvalidArgument("id", t"must be letters, digits, - and _ only, at most 64 of them")
        )
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise to_contract_error(InvalidArgument("name", t"must be one short line of text"))
    if request.pin and not is_pin(request.pin):
        raise to_contract_error(InvalidArgument("pin", t"must be 4 to 12 digits, and not all the same"))
    if (request.quiet_from is None) != (request.quiet_until is None):
        raise to_contract_error(InvalidArgument("quiet_from", t"needs an end of the quiet time too"))
    if not 0 <= request.asked_after_minutes <= LONGEST_WAIT:
        reason = translate(t"must be between 0 and {LONGEST_WAIT}")
        raise to_contract_error(InvalidArgument("asked_after_minutes", reason))
    return Person(
        id=person_id,
        name=name,
        role=request.role,
        ha_user_id=request.ha_user_id or None,
        telegram_user_id=request.telegram_user_id or None,
        language=_one_line(request.language, "language", LONGEST_LANGUAGE),
        quiet_from=_time(request.quiet_from, "quiet_from"),
        quiet_until=_time(request.quiet_until, "quiet_until"),
        authority=request.authority,
        asked_after_minutes=request.asked_after_minutes,
        critical_alerts=request.critical_alerts,
    )


def _one_line(text: str | None, key: str, longest: int) -> str | None:
    """Return a text, None when it is empty. Raises ContractError INVALID_ARGUMENT."""
    if text and (len(text) > longest or not text.isprintable()):
        raise to_contract_error(InvalidArgument(key, t"must be one short line of text"))
    return text or None


def _time(text: str | None, key: str) -> str | None:
    """Return a time of day. Raises ContractError INVALID_ARGUMENT."""
    try:
        return None if text is None else time_of_day(text)
    except Invalid as err:
        raise to_contract_error(InvalidArgument(key, err.error_message)) from err


def _stored(row: Row[Any]) -> Person:
    """Return the person of a row."""
    return Person(
        id=row.id,
        name=row.name,
        role=Role(row.role),
        ha_user_id=row.ha_user_id,
        telegram_user_id=row.telegram_user_id,
        language=row.language,
        quiet_from=row.quiet_from,
        quiet_until=row.quiet_until,
        authority={key: Authority(one) for key, one in orjson.loads(row.authority).items()},
        asked_after_minutes=row.asked_after_minutes,
        critical_alerts=row.critical_alerts,
        has_pin=row.pin_hash is not None,
    )
