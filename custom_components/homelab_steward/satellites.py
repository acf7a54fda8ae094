"""Voice satellites that one person uses: they ask about low risks, and answers count as that person's."""

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Mapping
from contextlib import aclosing
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from .const import ASSIST_SATELLITE, CONF_SATELLITES, LOGGER
from .contract.catalogue import Risk
from .contract.chat import ChatQuestion
from .contract.errors import ContractError
from .contract.incidents import ApprovalRequest, ApprovalStatus
from .contract.plain_text import one_line
from .contract.proposals import Option
from .contract.protocol import RowKind
from .contract.state import FrontEnd, Person, Speaker
from .coordinator import Change, StewardCoordinator
from .phrases import Phrases
from .speakers import async_is_inactive

SILENCE: Final = 60.0
"""Seconds without a piece of an answer before the conversation ends."""

TURNS: Final = 3
"""Questions in a row about one request, such as which option is meant."""

REMEMBERED: Final = 200
"""Requests of which is known that they were asked about."""

WAITING: Final = 5
"""Requests that wait for a satellite; more are not asked about by voice."""


def person_of(entry: ConfigEntry, people: Mapping[str, Person], satellite: str) -> Person | None:
    """Return the person who alone uses a satellite, None when others may use it too."""
    owners: Mapping[str, list[str]] = entry.options.get(CONF_SATELLITES, {})
    found = [people[key] for key, satellites in owners.items() if satellite in satellites and key in people]
    return found[0] if len(found) == 1 else None


def options_to_ask(approval: ApprovalRequest) -> tuple[Option, ...]:
    """Return the options that can be approved by voice: low risks that one person may approve."""
    return tuple(
        one
        for one in approval.proposal.options
        if one.risk is Risk.LOW and not one.kind.only_waits_or_reads and not one.needs_two
    )


class Satellites:
    """Asks about new requests on the satellites of those who are asked."""

    def __init__(self, coordinator: StewardCoordinator) -> None:
        """Start without a question."""
        self._coordinator = coordinator
        self._hass: HomeAssistant = coordinator.hass
        self._entry = coordinator.entry
        self._asked: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._free: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._waiting: defaultdict[str, int] = defaultdict(int)

    @callback
    def start(self) -> None:
        """Ask about requests that are new from now on, until the entry is unloaded."""
        for one in self._coordinator.steward_state.approvals.values():
            self._remember(one, self._satellites(one.asked))
        self._entry.async_on_unload(self._coordinator.listen(RowKind.APPROVAL, self._changed))

    @callback
    def _changed(self, change: Change) -> None:
        approval = change.after.approvals.get(change.id)
        if approval is None or not _is_open(approval) or not options_to_ask(approval):
            return
        for satellite in self._remember(approval, self._satellites(approval.asked)):
            if self._waiting[satellite] < WAITING:
                self._waiting[satellite] += 1
                name = f"{approval.id} on {satellite}"
                self._entry.async_create_background_task(
                    self._hass, self._ask_in_turn(satellite, approval.id), name
                )

    def _satellites(self, asked: Iterable[str]) -> list[str]:
        """Return the satellites of the people who are asked; of all when nobody is named."""
        owners: Mapping[str, list[str]] = self._entry.options.get(CONF_SATELLITES, {})
        named = set(asked) or owners.keys()
        return [one for key in owners if key in named for one in owners[key]]

    def _remember(self, approval: ApprovalRequest, satellites: Iterable[str]) -> list[str]:
        """Return the satellites that were not asked about the request before."""
        fresh = [one for one in satellites if (approval.id, one) not in self._asked]
        for one in fresh:
            self._asked[approval.id, one] = None
        while len(self._asked) > REMEMBERED:
            self._asked.popitem(last=False)
        return fresh

    async def _ask_in_turn(self, satellite: str, approval_id: str) -> None:
        """Ask when the satellite has no other question, if the request still waits then."""
        try:
            async with self._free[satellite]:
                await self._ask(satellite, approval_id)
        except HomeAssistantError as err:
            LOGGER.info("A question on %s was not answered: %s", satellite, err)
        finally:
            self._waiting[satellite] -= 1

    async def _ask(self, satellite: str, approval_id: str) -> None:
        state = self._coordinator.steward_state
        approval = state.approvals.get(approval_id)
        person = person_of(self._entry, state.people, satellite)
        if approval is None or not _is_open(approval) or person is None or person.ha_user_id is None:
            return
        if person.is_quiet(dt_util.now().time()) or await async_is_inactive(self._hass, person.ha_user_id):
            return
        phrases = await Phrases.async_load(self._hass, person.language)
        said = _question(approval, phrases)
        for _ in range(TURNS):
            sentence = await self._async_listen(satellite, said)
            if not sentence:
                return
            said, expects_reply = await self._async_answer(approval, person, sentence)
            if not expects_reply:
                await self._async_say(satellite, said)
                return

    async def _async_listen(self, satellite: str, said: str) -> str:
        """Return what is answered to a question. Raises HomeAssistantError when nothing is."""
        heard = await self._hass.services.async_call(
            ASSIST_SATELLITE,
            "ask_question",
            {ATTR_ENTITY_ID: satellite, "question": said},
            blocking=True,
            return_response=True,
        )
        sentence = heard.get("sentence") if heard else None
        return sentence if isinstance(sentence, str) else ""

    async def _async_say(self, satellite: str, said: str) -> None:
        await self._hass.services.async_call(
            ASSIST_SATELLITE, "announce", {ATTR_ENTITY_ID: satellite, "message": said}, blocking=True
        )

    async def _async_answer(
        self, approval: ApprovalRequest, person: Person, sentence: str
    ) -> tuple[str, bool]:
        """Return what the app answers, and whether it asks back: the app decides who may do what."""
        question = ChatQuestion(
            conversation_id=f"satellite:{approval.id}",
            text=sentence,
            speaker=Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id=person.ha_user_id or ""),
            language=person.language or self._hass.config.language,
            spoken=True,
            incident_id=approval.incident_id,
        )
        texts: list[str] = []
        expects_reply = False
        try:
            async with aclosing(self._coordinator.ask(question, SILENCE)) as pieces:
                async for piece in pieces:
                    texts.append(piece.text if piece.tool is None else "")
                    expects_reply = piece.expects_reply
        except ContractError as err:
            raise HomeAssistantError(err.message) from err
        return one_line("".join(texts)), expects_reply


def _is_open(approval: ApprovalRequest) -> bool:
    # What the steward does by itself is no question: to answer it "no" by mistake would stop it.
    is_question = approval.acts_at is None
    return is_question and approval.status is ApprovalStatus.PENDING and approval.snoozed_until is None


def _question(approval: ApprovalRequest, phrases: Phrases) -> str:
    """Return the question about a request, with the options that can be approved by voice."""
    options = options_to_ask(approval)
    title = one_line(approval.title)
    if len(options) == 1:
        return phrases("satellite_one", title=title, option=one_line(options[0].label))
    listed = "; ".join(
        phrases("satellite_option", number=str(one.number), option=one_line(one.label)) for one in options
    )
    return phrases("satellite_several", title=title, options=listed)
