"""Texts of Home Assistant are sent to standing topics, in order and within limits."""

from pathlib import Path

import pytest

from homelab_steward.contract.errors import ContractError, ErrorCode
from lab.faults import FaultKind
from steward.telegram.notes import MOST_UNSENT

from .rig import open_front_end, open_rig


async def test_a_text_is_sent_to_its_topic_without_markup_of_its_own(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig) as front_end:
        await front_end.notes.send("media", "Film night", "Starts at 8\nsee <b>example.org</b>")
        await rig.forum.wait_for(
            lambda: "Media" in [one.name for one in rig.forum.topics] and rig.forum.in_topic("Media")
        )
        (message,) = rig.forum.in_topic("Media")
        first, second, third = message.text.splitlines()
        assert (first, second) == ("Film night", "Starts at 8")
        assert "<b>" in third


async def test_a_front_end_names_the_topics_that_take_texts(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig) as front_end:
        places = {one.key: one.name for one in front_end.status.places}
        assert places["general"] == "General"
        assert {"media", "critical_alerts", "weekly_reports"} <= set(places)


@pytest.mark.parametrize(
    ("topic", "title", "text", "code"),
    [
        ("nowhere", "", "Hi", ErrorCode.NOT_FOUND),
        ("incident/1", "", "Hi", ErrorCode.NOT_FOUND),
        ("media", " ", " \n\u202e", ErrorCode.INVALID_ARGUMENT),
    ],
)
async def test_what_cannot_be_sent_is_refused(
    tmp_path: Path, topic: str, title: str, text: str, code: ErrorCode
) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig) as front_end:
        with pytest.raises(ContractError) as refused:
            await front_end.notes.send(topic, title, text)
        assert refused.value.code is code


async def test_notes_that_wait_are_limited(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig) as front_end:
        rig.fault(FaultKind.REFUSED)
        for number in range(MOST_UNSENT):
            await front_end.notes.send("media", "", f"Text {number}")
        with pytest.raises(ContractError) as refused:
            await front_end.notes.send("media", "", "One more")
        assert refused.value.code is ErrorCode.TOO_MANY
        await front_end.notes.send("critical_alerts", "", "Another topic")
