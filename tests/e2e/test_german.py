"""A household that reads German plays the story: nothing that a person reads is English."""

import json
import re
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from aiohttp import ClientSession

from demo.steward import Steward
from demo.waiting import seen
from e2e.rig import DEADLINE, SPEAKER, E2eRig
from homelab_steward.contract.incidents import ApprovalRequest, IncidentStatus
from lab.lab import Lab
from lab.telegram import Message

sys.path.append(str(Path(__file__).resolve().parents[2] / "script" / "lib"))
import app_texts

FOREIGN = re.compile(
    r"Memory of radarr is nearly used up"
    r"|All indexers are unavailable due to failures( \(IndexerStatusCheck\))?"
    r"|Download clients unavailable due to failures: SABnzbd"
    r"|\(The download is stalled with no connections\)"
    r"|Error occurred while executing task RssSync.*"
    r"|The request timed out after 100 seconds.*"
)
"""What the programs of the lab say in English."""

WORDS = 2
"""A name of so many words or more is looked for: one word may be the same in other languages."""


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[E2eRig]:
    """Yield an app whose settings have the language and the time zone of the household."""
    more = {"language": "de", "time_zone": "Europe/Berlin"}
    async with ClientSession() as session, Lab() as lab:
        rig = E2eRig(session, lab, Steward(session, tmp_path / "steward"), more)
        try:
            await rig.start()
            yield rig
        finally:
            await rig.close()
            print(rig.steward.child.tail(60))  # noqa: T201 - shown when a test fails


async def test_nothing_in_the_story_is_english(rig: E2eRig) -> None:
    forum = rig.lab.telegram.forum
    await rig.lab.start_story(climb_seconds=0.3)

    def asks() -> ApprovalRequest | None:
        found = (one for one in rig.front_end.pending() if one.proposal.options[0].steps)
        return next(found, None)

    request = await seen(rig.front_end.changes, asks, DEADLINE, "a request")

    def shows() -> Message | None:
        wanted = request.proposal.options[0].label
        buttons = ((one, button.text) for one in forum.messages for button in one.buttons)
        return next((one for one, text in buttons if wanted in text), None)

    card = await seen(forum.changes, shows, DEADLINE, "a card")
    texts = [card.text, *(button.text for button in card.buttons)]
    refused = await forum.wait_for_answer(forum.press(card.message_id, "1 ", "stranger"))
    details = await forum.wait_for_answer(forum.press(card.message_id, "Details"))
    texts += [refused.text, details.text]
    for command, answer in (
        ("/status", "offen"),
        ("/help", "/status zeigt"),
        ("/weekly", "Wochenbericht"),
        ("/maintenance Radarr 2h", "Wartung"),
        ("/maintenance Radarr Ende", "Wartung"),
    ):
        said = forum.send_text("owner", command)

        def is_answered(after: int = said.message_id, wanted: str = answer) -> bool:
            return any(one.message_id > after and wanted in one.text for one in forum.messages)

        await seen(forum.changes, lambda is_answered=is_answered: is_answered() or None, DEADLINE, command)
    await rig.front_end.approve(rig.front_end.approvals[request.id], 1, SPEAKER)

    def is_resolved() -> bool:
        return rig.front_end.incidents[request.incident_id].status is IncidentStatus.RESOLVED

    await seen(rig.front_end.changes, is_resolved, DEADLINE, "a resolved incident")
    stored = next(one for one in await rig.front_end.list_incidents() if one.id == request.incident_id)
    assert stored.run is not None
    assert stored.run.verdict is not None
    texts += [stored.title, stored.resolution, stored.write_up, stored.run.label]
    texts += [f"{one.title}\n{one.detail}" for one in stored.run.steps]
    texts += [f"{one.name}: {one.text}" for one in stored.run.verdict.checks]
    texts += [one.text for one in forum.messages]
    assert not sorted(set(english_lines(texts)))


def english_lines(texts: list[str]) -> Iterator[str]:
    """Yield the lines that are English: two words that only English has, a name, or the zone UTC."""
    names = json.loads((app_texts.STORE / "de.json").read_text(encoding="utf-8"))["names"]
    meant = [
        one
        for one, german in names.items()
        if len(one.split()) >= WORDS and one.casefold() not in german.casefold()
    ]
    for line in "\n".join(texts).splitlines():
        own = FOREIGN.sub("", line.replace("\u2060", ""))
        if app_texts.is_english(own, "de") or "UTC" in own or any(one in own for one in meant):
            yield line


def test_english_is_found() -> None:
    assert [*english_lines(["Speicher erhöhen", "It is not off", "1 Increase memory", "um 10:38 UTC"])] == [
        "It is not off",
        "1 Increase memory",
        "um 10:38 UTC",
    ]
