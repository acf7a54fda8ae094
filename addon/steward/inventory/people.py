"""The known people: who speaks, and with which role."""

import asyncio
from collections.abc import Sequence

import structlog
from sqlalchemy import delete, select

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.protocol import RowKind, SavePerson
from homelab_steward.contract.state import FrontEnd, Origin, Person, Role, Speaker

from ..error_mapping import to_contract_error
from ..errors import InvalidArgument
from ..settings.model import KnownPerson
from ..store.store import Store
from ..store.upsert import upsert
from .tables import people

log = structlog.get_logger(__name__)

LONGEST_NAME = 200
LONGEST_ID = 64

LOCAL_OWNER = Person(id="command-line", name="Command line", role=Role.OWNER, origin=Origin.FILE)
"""The person of the command line: who can run it on this machine has all rights."""


class People:
    """The known people. An empty list means that nobody is known."""

    def __init__(self, store: Store, configured: Sequence[KnownPerson]) -> None:
        """``configured`` people of the settings file take precedence over stored ones."""
        self._store = store
        self._configured = {one.id: one.person() for one in configured}
        self._people: dict[str, Person] = {}
        self._changing = asyncio.Lock()

    async def start(self) -> None:
        """Read the stored people. Raises ContractError when two of the settings file share a user id."""
        self._people = {}
        for person in self._configured.values():
            self._refuse_duplicate(person)
            self._people[person.id] = person
        async with self._store.read() as connection:
            found = await connection.execute(select(people).order_by(people.c.name))
            stored = [
                Person(
                    id=row.id,
                    name=row.name,
                    role=Role(row.role),
                    ha_user_id=row.ha_user_id,
                    telegram_user_id=row.telegram_user_id,
                )
                for row in found
            ]
        for person in stored:
            duplicate = self._people.get(person.id) or self._duplicate(person)
            if duplicate is not None:
                log.warning("stored person ignored: the settings file defines them", person=person.id)
                continue
            self._people[person.id] = person

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
            case FrontEnd.HOME_ASSISTANT | FrontEnd.PANEL:
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
            case FrontEnd.MCP:
                # The bridge has checked the token and passes the id of its person.
                return self.by_id(speaker.user_id)

    async def save(self, request: SavePerson) -> Person:
        """Add or change a person.

        Raises ContractError FORBIDDEN (the settings file defines the person) or
        INVALID_ARGUMENT (invalid id or name, or a user id of another person).
        """
        async with self._changing:
            self._refuse_configured(request.id)
            person = _checked(request)
            self._refuse_duplicate(person)
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
                    },
                )
                unit.publish(RowKind.PERSON, person.id, person)
            self._people[person.id] = person
            return person

    async def remove(self, person_id: str) -> None:
        """Remove a person. Raises ContractError NOT_FOUND or FORBIDDEN."""
        async with self._changing:
            self._refuse_configured(person_id)
            if person_id not in self._people:
                raise ContractError(ErrorCode.NOT_FOUND, "There is no such person")
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
                ErrorCode.FORBIDDEN, "This person is defined in the settings file: change them there"
            )

    def _refuse_duplicate(self, person: Person) -> None:
        duplicate = self._duplicate(person)
        if duplicate is not None:
            raise to_contract_error(InvalidArgument("id", f"{duplicate.name} has the same user id already"))

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
            InvalidArgument("id", "must be letters, digits, - and _ only, at most 64 of them")
        )
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise to_contract_error(InvalidArgument("name", "must be one short line of text"))
    return Person(
        id=person_id,
        name=name,
        role=request.role,
        ha_user_id=request.ha_user_id or None,
        telegram_user_id=request.telegram_user_id or None,
    )
