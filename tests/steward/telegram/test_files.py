"""Long details are a file, the course of a target is a picture; a refused file is sent as text."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from homelab_steward.contract.diagnosis import Diagnosis, Evidence
from homelab_steward.contract.protocol import RowKind
from lab.faults import FaultKind
from lab.telegram import Message
from steward.telegram.details import LONGEST_FILE, detail_file

from ..trends.test_charts import CATALOGUE as WITH_SENSORS
from ..trends.test_charts import PVE, TARGET, pixels, snapshot
from .rig import TelegramRig, open_front_end, open_rig
from .samples import CATALOGUE, NOON, diagnosis, incident, request, run
from .test_commands import sent_card

LOG = "\n".join(f"2026-11-21 line {number} <b>&" for number in range(2_000))


def with_log(text: str = LOG) -> Diagnosis:
    evidence = Evidence(id="e1", tool="logs", instance_id="pve", title="Log", text=text, read_at=NOON)
    return diagnosis(evidence=(evidence,))


async def files(rig: TelegramRig, count: int) -> list[Message]:
    found = await rig.forum.wait_for(
        lambda: (
            found
            if len(found := [one for one in rig.forum.messages if one.file is not None]) == count
            else None
        )
    )
    assert found is not None
    return found


async def test_long_evidence_is_a_file_in_the_topic_of_its_card(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        asked = await rig.ask()
        rig.publish(replace(incident(asked), diagnosis=with_log()))
        card = await sent_card(rig)
        answer = await rig.forum.wait_for_answer(rig.forum.press(card.message_id, "Details"))
        assert answer.text == "The details follow below."
        (sent,) = await files(rig, 1)
        assert sent.file is not None
        assert (sent.file.kind, sent.file.name) == ("document", "incident-12.txt")
        text = sent.file.content.decode()
        assert "line 1999 <b>&" in text
        assert "Set memory" in text
        assert (sent.thread_id, sent.reply_to) == (card.thread_id, card.message_id)
        assert len(rig.forum.in_topic("Media")) == 3
        answer = await rig.forum.wait_for_answer(rig.forum.press(card.message_id, "Details"))
        assert answer.text == "The details are already in this topic."


async def test_short_details_are_one_message(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        await rig.ask()
        card = await sent_card(rig)
        await rig.forum.wait_for_answer(rig.forum.press(card.message_id, "Details"))
        await rig.card(number=1)
        assert [one.file for one in rig.forum.messages] == [None, None]


async def test_course_of_the_target_is_a_picture(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig, catalogue=WITH_SENSORS):
        rig.services = (PVE,)
        asked = await rig.ask()
        about = incident(asked, target=TARGET, opened_at=NOON + timedelta(minutes=5))
        rig.publish(replace(about, run=replace(run(asked), started_at=NOON + timedelta(minutes=8))))
        for number in range(10):
            taken = snapshot(NOON + timedelta(minutes=number), 60.0 + 3 * number)
            rig.changes.publish(RowKind.SNAPSHOT, "pve", taken)
        card = await sent_card(rig)
        await rig.forum.wait_for_answer(rig.forum.press(card.message_id, "Details"))
        (sent,) = await files(rig, 1)
        assert sent.file is not None
        assert (sent.file.kind, sent.file.name) == ("photo", "incident-12.png")
        assert sent.text.splitlines() == [
            "radarr",
            "🟦 Memory usage: 60 % → 87 %",
            "🟧 CPU usage: 5 % → 5 %",
        ]
        assert pixels(sent.file.content)


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        (FaultKind.STATUS, {"status": 502}),
        (FaultKind.STATUS, {"status": 429, "retry_after": 5}),
        (FaultKind.RESET, {}),
    ],
)
async def test_file_arrives_after_a_failure(tmp_path: Path, kind: FaultKind, more: dict[str, object]) -> None:
    async with open_rig(tmp_path, speed=50) as rig, open_front_end(rig):
        asked = await rig.ask()
        rig.publish(replace(incident(asked), diagnosis=with_log()))
        card = await sent_card(rig)
        rig.fault(kind, "/sendDocument", times=2, **more)
        await rig.forum.wait_for_answer(rig.forum.press(card.message_id, "Details"))
        await files(rig, 1)


async def test_refused_file_becomes_a_text(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        asked = await rig.ask()
        rig.publish(replace(incident(asked), diagnosis=with_log()))
        card = await sent_card(rig)
        rig.telegram.methods.refuses_files = True
        rig.forum.press(card.message_id, "Details")
        text = await rig.card(number=2)
        assert (text.text, text.file) == ("All details of incident 12", None)


async def test_file_survives_a_restart(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        async with open_front_end(rig):
            asked = await rig.ask()
            rig.publish(replace(incident(asked), diagnosis=with_log()))
            card = await sent_card(rig)
            rig.fault(FaultKind.STATUS, "/sendDocument", status=502)
            await rig.forum.wait_for_answer(rig.forum.press(card.message_id, "Details"))
            await rig.card(number=1)
        rig.telegram.faults.clear("telegram")
        async with open_front_end(rig):
            (sent,) = await files(rig, 1)
            assert sent.reply_to == card.message_id


def test_file_is_bounded() -> None:
    asked = request()
    about = replace(incident(asked), diagnosis=with_log("x" * 100 + "\n" * 2 + "y\n" * LONGEST_FILE))
    text = detail_file(asked, about, CATALOGUE)
    assert len(text) <= LONGEST_FILE + 10
    assert text.endswith("…\n")
