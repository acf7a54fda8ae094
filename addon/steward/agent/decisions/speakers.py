"""Who may change the steward's settings: people who may decide, and automations of Home Assistant."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.state import FrontEnd, Person, Role, Speaker

from ...clock import Clock
from ...store.storable_text import storable
from ...store.store import Store
from ...texts import translate
from .gate import LONGEST_ID, People


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who changed something. ``person_id`` is "" for an automation of Home Assistant."""

    person_id: str
    name: str
    via: FrontEnd

    def may_take_back(self, person_id: str) -> bool:
        """Return whether this author may undo a change of another one.

        People may undo every change, automations only the changes of automations.
        """
        return self.person_id != "" or person_id == ""


AUTOMATION: Final = Author(person_id="", name="Home Assistant", via=FrontEnd.HOME_ASSISTANT)


def author(person: Person | None, speaker: Speaker) -> Author | None:
    """Return the author of a command, None when the speaker may not give it. Pure.

    MCP clients may not: a pause and a maintenance window hide problems.
    """
    if speaker.front_end is FrontEnd.HOME_ASSISTANT and not speaker.user_id:
        return AUTOMATION
    if person is None or not person.decides or speaker.front_end is FrontEnd.MCP:
        return None
    return Author(person_id=person.id, name=person.name, via=speaker.front_end)


class Authors:
    """Identifies the authors of commands; what is refused is audited."""

    def __init__(self, store: Store, people: People, clock: Clock) -> None:
        """``people`` are the known people."""
        self._store = store
        self._people = people
        self._clock = clock

    async def require(
        self, speaker: Speaker, event: str, body: Mapping[str, object], *, person_only: bool = False
    ) -> Author:
        """Return the author of a command. Raises ContractError FORBIDDEN, audited as ``event``.

        With ``person_only`` automations are refused too.
        """
        found = author(self._people.by_speaker(speaker), speaker)
        if found is None or (person_only and found is AUTOMATION):
            raise await self._refusal(speaker, event, body)
        return found

    async def require_owner(self, speaker: Speaker, event: str, body: Mapping[str, object]) -> Author:
        """Return the owner who gave a command. Raises ContractError FORBIDDEN, audited as ``event``.

        Voice commands are refused: a voice does not prove who speaks.
        """
        person = self._people.by_speaker(speaker)
        found = author(person, speaker)
        is_owner = person is not None and person.role is Role.OWNER
        if found is None or not is_owner or found is AUTOMATION or speaker.front_end is FrontEnd.ASSIST:
            raise await self._refusal(speaker, event, body)
        return found

    async def _refusal(self, speaker: Speaker, event: str, body: Mapping[str, object]) -> ContractError:
        """Write a refusal to the audit log, and return it."""
        user = storable(speaker.user_id, LONGEST_ID)
        who = f"{speaker.front_end} {user}"
        more = {**body, "via": speaker.front_end, "user": user}
        await self._store.refused(self._clock.now(), event, who, more)
        return ContractError(ErrorCode.FORBIDDEN, translate(t"You are not allowed to change this."))
