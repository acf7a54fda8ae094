"""Messages that reach nobody become an incident."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homelab_steward.contract.incidents import IncidentStatus, Severity
from homelab_steward.contract.schedules import Delivery, RunSchedule, ScheduledMessage
from rig.inventory import NOW, speaker
from steward.schedules.delivery import Reach, in_a_row, reaches_nobody
from steward.timing.scheduler import Due

from .test_schedules import OWN, Lab, lab, newest

TELEGRAM, PHONE = frozenset({Delivery.TELEGRAM}), frozenset({Delivery.PHONE})
BOTH = TELEGRAM | PHONE


class Ends:
    """Front ends that can go away."""

    def __init__(self, set_up: frozenset[Delivery] = BOTH) -> None:
        self.set_up = set_up
        self.working = set_up

    def __call__(self) -> Reach:
        return Reach(set_up=self.set_up, working=self.working)


async def run(made: Lab, times: int = 1) -> list[bool]:
    """Run the schedule and return which messages reached nobody."""
    found = []
    for _ in range(times):
        made.clock.jump(3600)
        ran = await made.book.run(RunSchedule(speaker=speaker("1"), id="mine"))
        assert ran.last is not None
        found.append(ran.last.reached_nobody)
    return found


async def test_three_messages_that_reach_nobody_are_an_incident_until_one_arrives(tmp_path: Path) -> None:
    ends = Ends()
    async with lab(tmp_path, reach=ends) as made:
        assert await run(made) == [False]
        ends.working = frozenset()
        assert await run(made, 2) == [True, True]
        assert await newest(made.store) == ()
        assert await run(made) == [True]
        (opened,) = await newest(made.store)
        assert (opened.title, opened.severity) == ("The messages of “Mine” reach nobody", Severity.WARNING)
        assert opened.alerts[0].description.startswith("Neither of these could be reached: telegram, phone.")
        assert await run(made) == [True]
        (same,) = await newest(made.store)
        assert (same.id, same.status) == (opened.id, opened.status)
        ends.working = PHONE
        assert await run(made) == [False]
        (ended,) = await newest(made.store)
        assert ended.status is IncidentStatus.RESOLVED


async def test_one_of_two_places_is_enough_and_a_message_between_begins_again(tmp_path: Path) -> None:
    ends = Ends()
    async with lab(tmp_path, reach=ends) as made:
        for working in (frozenset(), frozenset(), TELEGRAM, frozenset(), frozenset()):
            ends.working = frozenset(working)
            await run(made)
        assert await newest(made.store) == ()


async def test_the_count_survives_a_restart(tmp_path: Path) -> None:
    ends = Ends()
    ends.working = frozenset()
    async with lab(tmp_path, reach=ends) as made:
        await run(made, 2)
        clock = made.clock.now()
    async with lab(tmp_path, reach=ends) as again:
        again.clock.jump((clock - again.clock.now()).total_seconds())
        await run(again)
        (opened,) = await newest(again.store)
        assert opened.title == "The messages of “Mine” reach nobody"


async def test_what_is_silent_or_late_or_for_no_place_does_not_count(tmp_path: Path) -> None:
    ends = Ends()
    ends.working = frozenset()
    async with lab(tmp_path, OWN.replace("always", "findings"), reach=ends) as made:
        assert await run(made, 4) == [False] * 4
        assert await newest(made.store) == ()
    async with lab(tmp_path, f"{OWN}deliver_to: []\n", reach=ends) as made:
        made.clock.jump(9 * 3600)
        assert await run(made, 4) == [False] * 4
    async with lab(tmp_path, reach=ends) as made:
        question = made.book.question("mine")
        assert question is not None
        late = await made.asking.answer(question, Due(at=NOW, is_late=True))
        assert (late.is_silent, late.reached_nobody) == (False, False), "front ends connect after a start"


@pytest.mark.parametrize(
    ("deliver_to", "set_up", "working", "is_lost"),
    [
        (BOTH, BOTH, frozenset(), True),
        (BOTH, BOTH, PHONE, False),
        (TELEGRAM, BOTH, PHONE, True),
        (BOTH, TELEGRAM, PHONE, True),
        (PHONE, TELEGRAM, frozenset(), False),
        (BOTH, frozenset(), frozenset(), False),
        (frozenset(), BOTH, frozenset(), False),
    ],
)
def test_a_message_reaches_nobody_if_no_place_of_it_works(
    deliver_to: frozenset[Delivery],
    set_up: frozenset[Delivery],
    working: frozenset[Delivery],
    *,
    is_lost: bool,
) -> None:
    assert reaches_nobody(deliver_to, Reach(set_up=set_up, working=working)) is is_lost


MESSAGE = ScheduledMessage(id="a", schedule_id="mine", title="Mine", due_at=NOW, made_at=NOW)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=12))
def test_messages_in_a_row(flags: list[tuple[bool, bool]]) -> None:
    messages = [replace(MESSAGE, reached_nobody=lost, is_silent=silent) for lost, silent in flags]
    sent = [lost for lost, silent in flags if not silent]
    count = in_a_row(messages)
    assert all(sent[:count])
    assert count == len(sent) or not sent[count]
