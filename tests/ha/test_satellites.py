"""Voice satellites: whose they are, what they ask, and what an answer does."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from asking import ask, end, saying, text
from conftest import Until
from fake_steward import FakeSteward
from homeassistant.auth.models import User
from homeassistant.core import Context, HomeAssistant, ServiceCall, SupportsResponse
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry
from rows import OPTIONS, approval, option, person

from custom_components.homelab_steward.contract.catalogue import Risk
from custom_components.homelab_steward.contract.chat import ChatQuestion
from custom_components.homelab_steward.contract.incidents import ApprovalStatus
from custom_components.homelab_steward.contract.protocol import Command, RowKind
from custom_components.homelab_steward.contract.state import FrontEnd, Speaker
from custom_components.homelab_steward.satellites import WAITING

BEDROOM = "assist_satellite.bedroom"
KITCHEN = "assist_satellite.kitchen"
RESTART = option(1, "Restart Radarr")


def _user_of(entry: MockConfigEntry) -> str | None:
    found = entry.runtime_data.coordinator.steward_state.people.get("p1")
    return found.ha_user_id if found else None


def _status_of(entry: MockConfigEntry, key: str) -> ApprovalStatus | None:
    found = entry.runtime_data.coordinator.steward_state.approvals.get(key)
    return found.status if found else None


class Room:
    """The satellites of a house: what they asked and said, and what is answered."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.questions: list[tuple[str, str]] = []
        self.said: list[str] = []
        self.answers: list[str | None] = ["yes"]
        self.hold: asyncio.Event | None = None
        both = "assist_satellite"
        hass.services.async_register(both, "ask_question", self._ask, supports_response=SupportsResponse.ONLY)
        hass.services.async_register(both, "announce", self._announce)

    async def _ask(self, call: ServiceCall) -> Any:
        self.questions.append((call.data["entity_id"], call.data["question"]))
        if self.hold is not None:
            await self.hold.wait()
        answer = self.answers.pop(0) if self.answers else None
        if answer is None:
            raise HomeAssistantError("nobody answered")
        return {"id": None, "sentence": answer, "slots": {}}

    async def _announce(self, call: ServiceCall) -> None:
        self.said.append(call.data["message"])


@pytest.fixture
def room(hass: HomeAssistant) -> Room:
    return Room(hass)


@pytest.fixture
async def owned(
    hass: HomeAssistant, steward: FakeSteward, assisted: MockConfigEntry, robin: User, until: Until
) -> MockConfigEntry:
    """Return the entry, with a satellite in Robin's bedroom."""
    await steward.push(RowKind.PERSON, person(ha_user_id=robin.id, language="en"))
    await until(lambda: _user_of(assisted) == robin.id)
    hass.config_entries.async_update_entry(assisted, options={"satellites": {"p1": [BEDROOM]}})
    await hass.async_block_till_done()
    steward.talker = saying(text("Approved: Restart Radarr."), end())
    return assisted


async def test_the_options_assign_satellites_to_people(
    hass: HomeAssistant, steward: FakeSteward, assisted: MockConfigEntry, robin: User, until: Until
) -> None:
    await steward.push(RowKind.PERSON, person(ha_user_id=robin.id))
    await until(lambda: _user_of(assisted) == robin.id)
    form = await hass.config_entries.options.async_init(assisted.entry_id)
    entered = {"sound": "all", "satellites": {"Robin": [BEDROOM]}}
    result = await hass.config_entries.options.async_configure(form["flow_id"], entered)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert assisted.options["satellites"] == {"p1": [BEDROOM]}
    form = await hass.config_entries.options.async_init(assisted.entry_id)
    suggested = {str(key): one for key, one in form["data_schema"].schema.items()}
    assert "satellites" in suggested
    result = await hass.config_entries.options.async_configure(
        form["flow_id"], {"sound": "all", "satellites": {"Robin": []}}
    )
    assert "satellites" not in assisted.options


@pytest.mark.parametrize(
    ("satellite", "is_shared", "is_robin"),
    [(BEDROOM, False, True), (KITCHEN, True, False), (None, False, False)],
)
async def test_only_the_satellite_of_one_person_says_who_speaks(
    hass: HomeAssistant,
    steward: FakeSteward,
    owned: MockConfigEntry,
    robin: User,
    satellite: str | None,
    is_shared: bool,  # noqa: FBT001
    is_robin: bool,  # noqa: FBT001
) -> None:
    await ask(hass, "Approve option 1", context=Context(), satellite_id=satellite)
    (question,) = steward.asked(Command.ASK)
    assert isinstance(question, ChatQuestion)
    assert question.is_shared is is_shared
    assert question.speaker.user_id == (robin.id if is_robin else "")


async def test_a_satellite_of_two_people_is_shared(
    hass: HomeAssistant, steward: FakeSteward, owned: MockConfigEntry, until: Until
) -> None:
    await steward.push(RowKind.PERSON, person("p2", name="Sam", ha_user_id="other"))
    await until(lambda: "p2" in owned.runtime_data.coordinator.steward_state.people)
    both = {"satellites": {"p1": [BEDROOM], "p2": [BEDROOM]}}
    hass.config_entries.async_update_entry(owned, options=both)
    await ask(hass, satellite_id=BEDROOM)
    assert steward.asked(Command.ASK)[0].is_shared


async def test_a_new_request_is_asked_about_and_the_answer_is_the_persons(
    hass: HomeAssistant, steward: FakeSteward, owned: MockConfigEntry, robin: User, room: Room, until: Until
) -> None:
    await steward.push(RowKind.APPROVAL, approval("ask1", RESTART, asked=("p1",)))
    await until(lambda: room.said)
    asked = "Memory of radarr. The steward can do this: Restart Radarr. Do you approve it?"
    assert room.questions == [(BEDROOM, asked)]
    assert room.said == ["Approved: Restart Radarr."]
    assert steward.asked(Command.ASK) == [
        ChatQuestion(
            conversation_id="satellite:ask1",
            text="yes",
            speaker=Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id=robin.id),
            language="en",
            spoken=True,
            incident_id="inc1",
        )
    ]
    await steward.push(RowKind.APPROVAL, approval("ask1", RESTART, asked=("p1",), reminders=1))
    await hass.async_block_till_done()
    assert len(room.questions) == 1, "a request is asked about once"


async def test_a_question_back_is_asked_too(
    hass: HomeAssistant, steward: FakeSteward, owned: MockConfigEntry, room: Room, until: Until
) -> None:
    room.answers = ["hm", "hm", "hm", "hm"]
    steward.talker = saying(text("Which option do you mean?"), end(expects_reply=True))
    await steward.push(RowKind.APPROVAL, approval("ask1", RESTART, option(2, "Stop Radarr")))
    await until(lambda: len(room.questions) == 3)
    await hass.async_block_till_done()
    assert room.questions[0][1].endswith(
        "The options are: 1, Restart Radarr; 2, Stop Radarr. Which one do you approve?"
    )
    assert room.questions[1][1] == "Which option do you mean?"
    assert len(room.questions) == 3, "it gives up after three questions"


@pytest.mark.parametrize(
    "asked",
    [
        approval("a1", *OPTIONS[1:]),
        approval("a2", option(1, risk=Risk.MEDIUM)),
        approval("a3", option(1, needs_two=True)),
        approval("a4", RESTART, status=ApprovalStatus.APPROVED),
        approval("a5", RESTART, asked=("somebody",)),
        approval("a7", RESTART, acts_at=dt_util.utcnow() + timedelta(hours=1)),
        approval("a6", RESTART, snoozed_until=dt_util.utcnow() + timedelta(hours=1)),
    ],
)
async def test_what_is_not_asked_by_voice(
    hass: HomeAssistant, steward: FakeSteward, owned: MockConfigEntry, room: Room, until: Until, asked: Any
) -> None:
    await steward.push(RowKind.APPROVAL, asked)
    await until(lambda: asked.id in owned.runtime_data.coordinator.steward_state.approvals)
    await hass.async_block_till_done()
    assert room.questions == []


async def test_nobody_is_asked_in_their_quiet_time(
    hass: HomeAssistant, steward: FakeSteward, owned: MockConfigEntry, robin: User, room: Room, until: Until
) -> None:
    now = dt_util.now()
    quiet = {
        "quiet_from": f"{now - timedelta(hours=1):%H:%M}",
        "quiet_until": f"{now + timedelta(hours=1):%H:%M}",
    }
    await steward.push(RowKind.PERSON, person(ha_user_id=robin.id, **quiet))
    await steward.push(RowKind.APPROVAL, approval("ask1", RESTART))
    await until(lambda: "ask1" in owned.runtime_data.coordinator.steward_state.approvals)
    await hass.async_block_till_done()
    assert room.questions == []


async def test_no_answer_and_an_app_that_is_away(
    hass: HomeAssistant, steward: FakeSteward, owned: MockConfigEntry, room: Room, until: Until
) -> None:
    room.answers = [None]
    await steward.push(RowKind.APPROVAL, approval("ask1", RESTART))
    await until(lambda: len(room.questions) == 1)
    await hass.async_block_till_done()
    assert room.said == []
    assert steward.asked(Command.ASK) == []


async def test_requests_wait_for_a_busy_satellite_unless_they_are_over(
    hass: HomeAssistant, steward: FakeSteward, owned: MockConfigEntry, room: Room, until: Until
) -> None:
    room.hold = asyncio.Event()
    room.answers = []
    keys = [f"ask{number}" for number in range(WAITING + 2)]
    for key in keys:
        await steward.push(RowKind.APPROVAL, approval(key, RESTART, title=f"Memory {key}"))
    over = approval("ask1", RESTART, title="Memory ask1", status=ApprovalStatus.REJECTED)
    await steward.push(RowKind.APPROVAL, over)
    await until(lambda: _status_of(owned, "ask1") is ApprovalStatus.REJECTED)
    assert len(room.questions) == 1, "one question at a time"
    room.hold.set()
    await until(lambda: len(room.questions) == WAITING - 1)
    await hass.async_block_till_done()
    asked = [text.partition(".")[0] for _, text in room.questions]
    assert asked == [f"Memory {key}" for key in keys[:WAITING] if key != "ask1"]


async def test_what_waited_before_the_start_is_not_asked_about(
    hass: HomeAssistant, steward: FakeSteward, owned: MockConfigEntry, room: Room, until: Until
) -> None:
    room.answers = [None]
    await steward.push(RowKind.APPROVAL, approval("ask1", RESTART))
    await until(lambda: room.questions)
    assert await hass.config_entries.async_reload(owned.entry_id)
    await steward.push(RowKind.APPROVAL, approval("ask1", RESTART, reminders=1))
    await hass.async_block_till_done()
    assert len(room.questions) == 1


async def test_a_deactivated_person_is_asked_nothing(
    hass: HomeAssistant, steward: FakeSteward, owned: MockConfigEntry, robin: User, room: Room, until: Until
) -> None:
    robin.is_active = False
    await steward.push(RowKind.APPROVAL, approval("ask1", RESTART, asked=("p1",)))
    await until(lambda: _status_of(owned, "ask1") is ApprovalStatus.PENDING)
    robin.is_active = True
    await steward.push(RowKind.APPROVAL, approval("ask2", RESTART, asked=("p1",)))
    await until(lambda: room.said)
    assert len(room.questions) == 1
