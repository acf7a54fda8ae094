"""Messages of schedules are sent once to the topic of reports."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from homelab_steward.contract.devices import MatchDecision, MatchPair
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.schedules import Delivery, ScheduledMessage
from homelab_steward.contract.state import FrontEnd, Speaker
from lab.telegram import Message
from rig import records
from steward.store import scheduled_messages

from .rig import TelegramRig, open_front_end, open_rig
from .samples import NOON
from .test_weekly import sent


def message(**changes: Any) -> ScheduledMessage:
    return records.scheduled_message(**{"made_at": NOON, "due_at": NOON, **changes})


async def stored(rig: TelegramRig, one: ScheduledMessage) -> None:
    async with rig.database.write() as connection:
        await scheduled_messages.add(connection, one, 10)


async def only(rig: TelegramRig, count: int = 1) -> list[Message]:
    return await sent(rig, count)


async def test_a_message_is_sent_once(tmp_path: Path) -> None:
    one = message(summary="Update <b>Radarr</b>.", worded_by="small", is_late=True)
    async with open_rig(tmp_path) as rig:
        async with open_front_end(rig):
            await stored(rig, one)
            rig.changes.publish(RowKind.SCHEDULED, one.id, one)
            rig.changes.publish(RowKind.SCHEDULED, one.id, one)
            (text,) = await only(rig)
            assert text.text.splitlines()[0] == "Own"
            assert "This was due at" in text.text
            assert "Update <b>Radarr</b>.\n(written by small)\n• Radarr: update to 5.1" in text.text
            assert text.text.endswith("Not checked\n• nas: no route")
        await stored(rig, message(id="own/2", lines=(), not_checked=()))
        async with open_front_end(rig):
            _, second = await only(rig, 2)
            assert second.text == "Own\nNothing was found."


@pytest.mark.parametrize(
    ("change", "count"),
    [
        ({}, 1),
        ({"made_at": NOON - timedelta(days=2)}, 0),
        ({"is_silent": True}, 0),
        ({"deliver_to": (Delivery.PHONE,)}, 0),
    ],
)
async def test_what_was_made_before_a_crash_is_sent_at_the_start(
    tmp_path: Path, change: dict[str, Any], count: int
) -> None:
    async with open_rig(tmp_path) as rig:
        await stored(rig, message(**change))
        await stored(rig, message(id="own/9"))
        async with open_front_end(rig):
            await only(rig, count + 1)


async def test_a_long_message_is_a_file_too(tmp_path: Path) -> None:
    one = message(lines=tuple(f"{number} {'x' * 200}" for number in range(60)))
    async with open_rig(tmp_path) as rig:
        await stored(rig, one)
        async with open_front_end(rig):
            text, file = await only(rig, 2)
        assert "the file has all of it" in text.text
        assert file.file is not None
        assert b"59 xxx" in file.file.content
        assert file.reply_to == text.message_id


PAIR = MatchPair(
    first="kuma/nas", second="librenms/7", first_name="NAS (Kuma)", second_name="nas01 (LibreNMS)"
)


async def test_two_things_are_asked_about_once_and_answered_with_a_button(tmp_path: Path) -> None:
    one = message(pairs=(PAIR,))
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        await stored(rig, one)
        rig.changes.publish(RowKind.SCHEDULED, one.id, one)
        rig.changes.publish(RowKind.SCHEDULED, one.id, one)
        (asked,) = await only(rig)
        assert asked.text == (
            "NAS (Kuma) and nas01 (LibreNMS) may be the same device.\n"
            "Until somebody answers, they count as two devices."
        )
        assert [one.text for one in asked.buttons] == [
            "The same device",
            "Different devices",
        ]
        rig.forum.press(asked.message_id, "The same device", "family")
        await rig.forum.wait_for(lambda: rig.matches)
        assert rig.matches == [
            MatchDecision(
                speaker=Speaker(front_end=FrontEnd.TELEGRAM, user_id="1002"),
                first="kuma/nas",
                second="librenms/7",
                is_same=True,
                only_first=True,
            )
        ]
        done = replace(one, pairs=(replace(PAIR, is_same=True, person_name="Robin"),))
        rig.changes.publish(RowKind.SCHEDULED, done.id, done)
        shown = await rig.text(asked, "Robin: the same device.")
        assert not shown.buttons


async def test_what_was_answered_before_it_was_asked_is_not_sent(tmp_path: Path) -> None:
    done = message(pairs=(replace(PAIR, is_same=False, person_name="Robin"),))
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        other = message(id="own/5")
        await stored(rig, done)
        await stored(rig, other)
        rig.changes.publish(RowKind.SCHEDULED, done.id, done)
        rig.changes.publish(RowKind.SCHEDULED, other.id, other)
        (text,) = await only(rig)
        assert "same device" not in text.text
