"""A question that the records cannot answer: the model calls a tool, and answers."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Final

import pytest
from aiohttp import ClientSession

from demo.steward import Steward, settings_for
from demo.waiting import seen
from e2e.rig import DEADLINE, OWNER, SPEAKER
from homelab_steward.contract.chat import ChatPiece, ChatPieceKind
from lab.lab import Lab
from lab.wire import Json, JsonObject
from real.asking import AskingClient
from real.model import DEPLOYMENT, NAME, RealModel

QUESTION: Final = "Why do the downloads in the queue of Radarr wait?"
SERVICES: Final = ("proxmox", "radarr")
TOO_SLOW: Final = ("The model did not answer in time", "the model stopped responding", "No model was asked")
"""What a person learns when the model needs longer than a question has time, on a busy machine."""

TRIES: Final = 20
"""How often a question is asked of a model that is too slow."""

REST: Final = 5.0
"""Seconds between two tries: a model that was too slow is not asked for a while."""


@pytest.fixture
async def front_end(
    tmp_path: Path, session: ClientSession, lab: Lab, model: RealModel
) -> AsyncIterator[AskingClient]:
    """Yield a client of a steward with two services and one small model."""
    steward = Steward(session, tmp_path / "steward")
    await steward.write_settings(settings_of(lab, model))
    try:
        await steward.start()
        front_end = AskingClient(session, steward.url, await steward.token())
        await front_end.start()
        await seen(
            front_end.changes, lambda: front_end.snapshots.keys() >= set(SERVICES), DEADLINE, "first readings"
        )
        yield front_end
        await front_end.close()
    finally:
        await steward.close()
        print(steward.child.tail(60))  # noqa: T201 - shown when a test fails


async def test_a_question_is_answered_from_a_reading(front_end: AskingClient, lab: Lab) -> None:
    answer = await answered_by_the_model(front_end, QUESTION, "question")
    description = "\n".join(f"{one.kind} {one.tool} {one.arguments} {one.ok} {one.text}" for one in answer)

    calls = {one.call_id for one in answer if one.kind is ChatPieceKind.TOOL_CALL and is_radarrs(one.tool)}
    successful = {one.call_id for one in answer if one.kind is ChatPieceKind.TOOL_RESULT and one.ok}
    assert calls & successful, description
    last_result = max(number for number, one in enumerate(answer) if one.kind is ChatPieceKind.TOOL_RESULT)
    text = "".join(one.text for one in answer[last_result:] if one.kind is ChatPieceKind.TEXT)
    assert text.strip(), description
    assert answer[-1].kind is ChatPieceKind.END
    assert lab.world.effects == [], "a question changes nothing"
    print(f"\nAsked: {QUESTION}\nAnswered: {text}")  # noqa: T201 - shown with -s


TALK: Final = (
    ("Is Radarr running?", "Radarr", ("not running", "stopped")),
    ("How much memory does the container radarr use?", "%", ()),
    ("Explain in your own words why the downloads in its queue wait", "", ("restarted",)),
    ("Is Jellyfin running?", "Jellyfin", ("Jellyfin is running", "Yes")),
    ("Tell me a little about the container sonarr and how it is", "", ("not running", "stopped")),
    ("Is the other one running?", "", ("not running", "stopped")),
    ("Compare the memory of radarr and sonarr in your own words", "", ()),
    ("Which guest uses the least memory?", "%", ()),
    ("Is Plex running?", "Plex", ("Plex is running", "Yes")),
    ("What did you do today?", "Nothing was done", ()),
)
"""What is asked, what the answer contains, and false claims."""

NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)?")
BY_MODEL: Final = 2
"""Turns of the talk in which the model reads something, at least."""


async def test_a_talk_of_ten_turns_without_a_false_claim(front_end: AskingClient, lab: Lab) -> None:
    asked_model = 0
    heard = ""
    for text, contained, false in TALK:
        pieces = await front_end.answer(text, SPEAKER, "talk")
        answer = "".join(one.text for one in pieces if one.kind is ChatPieceKind.TEXT)
        print(f"\nAsked: {text}\nAnswered: {answer}")  # noqa: T201 - shown with -s
        assert contained in answer, text
        assert not [one for one in false if one in answer], answer
        results = [one.text for one in pieces if one.kind is ChatPieceKind.TOOL_RESULT]
        asked_model += bool(results) or any(one in answer for one in TOO_SLOW)
        heard = " ".join([heard, text, *results])
        before_facts = answer.partition("this is known")[0]
        if results and "left out" not in before_facts:
            read = {float(one.replace(",", ".")) for one in NUMBER.findall(heard)}
            said = [float(one.replace(",", ".")) for one in NUMBER.findall(before_facts)]
            read |= {one * scale for one in read for scale in (1000, 1024, 1 / 1000, 1 / 1024)}
            assert all(any(abs(one - other) <= 1 for other in read) for one in said), answer
        heard += answer
    assert asked_model >= BY_MODEL
    assert lab.world.effects == [], "a talk changes nothing"


WISH: Final = "Make sure that Radarr works properly again"


async def test_a_request_that_no_rule_understands_is_planned_or_refused(
    front_end: AskingClient, lab: Lab
) -> None:
    pieces = await answered_by_the_model(front_end, WISH, "wish")
    answer = "".join(one.text for one in pieces if one.kind is ChatPieceKind.TEXT)
    await front_end.list_incidents()
    requested = [one for one in front_end.pending() if one.requested_via is not None]
    steps = [
        f"{step.action} {step.target.name}" for one in requested for step in one.proposal.options[0].steps
    ]
    print(f"\nAsked: {WISH}\nAnswered: {answer}\nRequested: {steps}")  # noqa: T201 - shown with -s
    if requested:
        assert [one.text for one in requested] == [f"A language model planned this: “{WISH}”"]
        assert "check it before you approve it" in answer
    else:
        assert pieces[-1].expects_reply or "Nothing has been requested." in answer, answer
    assert lab.world.effects == [], "a plan changes nothing"


async def answered_by_the_model(front_end: AskingClient, text: str, conversation: str) -> Sequence[ChatPiece]:
    """Return the answer to a question, which is asked again while the model is too slow for it."""
    pieces: Sequence[ChatPiece] = ()
    for number in range(TRIES):
        pieces = await front_end.answer(text, SPEAKER, f"{conversation} {number}")
        said = "".join(one.text for one in pieces if one.kind is ChatPieceKind.TEXT)
        if not any(one in said for one in TOO_SLOW):
            break
        await asyncio.sleep(REST)
    return pieces


def is_radarrs(tool: str | None) -> bool:
    return tool is not None and tool.startswith("radarr_")


def settings_of(lab: Lab, model: RealModel) -> JsonObject:
    people: list[Json] = [{"id": "alex", "name": "Alex", "role": "owner", "ha_user_id": OWNER}]
    settings = settings_for(lab, people)
    instances = settings["instances"]
    assert isinstance(instances, list)
    deployment: JsonObject = {
        "id": DEPLOYMENT,
        "tier": "local",
        "kind": "openai",
        "url": f"{model.url}/v1",
        "model": NAME,
        "supports_tools": False,
    }
    return {
        "people": people,
        "instances": [one for one in instances if isinstance(one, dict) and one["id"] in SERVICES],
        "models": [deployment],
    }
