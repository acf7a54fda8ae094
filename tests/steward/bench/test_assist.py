"""Both agents are measured with the same clock and model, and only for equivalent turns."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import aiohttp
import pytest
from aiohttp import web
from bench.assist import (
    PIECES,
    QUESTION,
    Answer,
    Round,
    WrongTurnError,
    answer_of,
    deployment,
    figures,
    remarks,
)
from bench.assist_turns import Turn, Turns
from bench.figures import Goal
from bench.model import OLLAMA, OPENAI, Pace, PacedModel, Served

from demo.ha_api import HomeAssistantApi, HomeAssistantError
from homelab_steward.contract.state import TargetRef
from lab.wire import JsonObject, loads
from steward.conversation.meanings import OpenText
from steward.conversation.mentions import NamedTarget
from steward.conversation.recognition import recognise, requested_actions
from steward.conversation.vocabulary import known_things
from steward.language.sentences import Sentences
from steward.llm.openai_compatible import OpenAiCompatible
from steward.llm.ports import TimeLimits
from steward.llm.settings import Deployment
from steward.services.finder import catalogue, find_services

TEXT = "".join(PIECES)
SERVED = Served(path=OPENAI, body={}, arrived=10.002, first_sent=10.022, last_sent=10.4)
TURN = Turn(asked=10.0, started=10.023, ended=10.405, pieces=len(PIECES), text=TEXT)


def test_only_a_model_can_answer_the_question() -> None:
    services = find_services()
    offers = [one for service in services.values() for one in service.offer().actions]
    assert offers
    sentences = Sentences()
    sentences.load_now()
    matchers = sentences.of("en")
    named_targets = [
        NamedTarget(name, TargetRef(instance_id=name, kind="instance", id=name, name=name), name)
        for name in ("radarr", "proxmox", "prometheus", "alertmanager", "pve1")
    ]
    known = known_things(catalogue(services), named_targets)
    assert isinstance(recognise(QUESTION, (), known, matchers), OpenText)
    assert not requested_actions(QUESTION, offers, matchers)


@pytest.mark.parametrize(("path", "prefix"), [(OPENAI, "data: "), (OLLAMA, "")])
async def test_both_formats_send_the_same_pieces_at_the_same_times(path: str, prefix: str) -> None:
    pieces = ("one", " two", " three")
    async with PacedModel(pieces) as model, aiohttp.ClientSession() as session:
        model.pace = Pace(first=0.06, each=0.04)
        began = time.perf_counter()
        async with session.post(model.url + path, json={"model": "paced", "stream": True}) as answer:
            lines = [line.decode().removeprefix(prefix).strip() async for line in answer.content]
    (served,) = model.served
    assert [text for line in lines if (text := _text_of(line))] == list(pieces)
    assert (served.path, served.body["stream"]) == (path, True)
    assert began < served.arrived
    assert served.first_sent - served.arrived > 0.058
    assert served.last_sent - served.arrived > 0.138


def _text_of(line: str) -> str:
    chunk = loads(line) if line.startswith("{") else {}
    assert isinstance(chunk, dict)
    choices = chunk.get("choices")
    if isinstance(choices, list) and choices and isinstance(choices[0], dict):
        delta = choices[0].get("delta")
        return str(delta.get("content") or "") if isinstance(delta, dict) else ""
    message = chunk.get("message")
    return str(message.get("content") or "") if isinstance(message, dict) else ""


async def test_the_steward_can_use_the_model_server() -> None:
    async with PacedModel(PIECES) as model, aiohttp.ClientSession() as session:
        settings = deployment(model)
        place = Deployment(id=str(settings["id"]), url=str(settings["url"]), model=str(settings["model"]))
        body = {"model": place.model, "messages": [], "stream_options": {"include_usage": True}}
        deltas = [
            one
            async for one in OpenAiCompatible(session).stream(
                place, dict(body), TimeLimits(start=5.0, total=5.0)
            )
        ]
    assert "".join(one.text for one in deltas) == TEXT
    assert not any(one.calls for one in deltas)


def test_times_are_milliseconds_since_the_question() -> None:
    answer = answer_of(TURN, [SERVED], OPENAI)

    assert answer.arrived == pytest.approx(2)
    assert [answer.started, answer.first_back] == pytest.approx([23, 1])
    assert [answer.ended, answer.last_back] == pytest.approx([405, 5])


@pytest.mark.parametrize(
    ("turn", "served"),
    [
        (TURN, []),
        (TURN, [SERVED, SERVED]),
        (TURN, [replace(SERVED, path=OLLAMA)]),
        (replace(TURN, text="All is well."), [SERVED]),
        (replace(TURN, pieces=1), [SERVED]),
        (replace(TURN, tools=["homelab_status"]), [SERVED]),
    ],
)
def test_a_turn_that_is_not_equivalent_is_an_error(turn: Turn, served: list[Served]) -> None:
    with pytest.raises(WrongTurnError):
        answer_of(turn, served, OPENAI)


def answers(*ends: float) -> tuple[Answer, ...]:
    return tuple(
        Answer(arrived=1, first_sent=2, started=end / 10, last_sent=end - 1, ended=end) for end in ends
    )


def test_ratios_are_per_round_and_times_over_all_rounds() -> None:
    rounds = [Round(answers(100, 110, 120), answers(100, 100, 100)), Round(answers(300), answers(200))]

    found = {one.name: one for one in figures("", rounds, Goal(1.15))}

    ratio = found["Assist, end of the answer, p50"]
    assert [ratio.least, ratio.most] == pytest.approx([1.1, 1.5])
    assert ratio.is_met is False
    assert (found["Assist, end of the answer, p95"].goal, ratio.is_headline) == (None, True)
    steward = found["steward, end of the answer, p50"]
    assert (steward.value, steward.least, steward.most) == (110, 110, 300)
    assert found["`ollama`, start of the answer, p95"].value == 20
    assert all(one.goal is None for one in figures(", at once", rounds))


def test_the_remarks_show_both_agents() -> None:
    result = remarks({"quick": [Round(answers(100), answers(90))]})

    assert "| quick, steward | 1.00 (1.00) | 8.00 (8.00) | 1.00 (1.00) |" in result
    assert "| quick, `ollama` | 1.00 (1.00) | 7.00 (7.00) | 1.00 (1.00) |" in result


def progress(content: str, **more: object) -> JsonObject:
    return _event("intent-progress", {"chat_log_delta": {"content": content, **more}})  # type: ignore[dict-item]


def _event(kind: str, data: JsonObject | None = None) -> JsonObject:
    return {"id": 1, "type": "event", "event": {"type": kind, "data": data}}


END: JsonObject = {"intent_output": {"response": {"speech": {"plain": {"speech": "Dark red."}}}}}


@asynccontextmanager
async def turns(*messages: JsonObject) -> AsyncIterator[Turns]:
    """Yield turns with a Home Assistant that answers one question with these messages."""

    async def serve(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "auth_required"})
        await socket.receive_json()
        await socket.send_json({"type": "auth_ok"})
        asked = await socket.receive_json()
        assert (asked["type"], asked["pipeline"], asked["input"]) == (
            "assist_pipeline/run",
            "p1",
            {"text": "Which colour?"},
        )
        for message in messages:
            await asyncio.sleep(0.02)
            await socket.send_json(message)
        return socket

    app = web.Application()
    app.add_routes([web.get("/api/websocket", serve)])
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        async with aiohttp.ClientSession() as session:
            api = HomeAssistantApi(session, f"http://127.0.0.1:{runner.addresses[0][1]}")
            async with Turns(session, api) as opened:
                yield opened
    finally:
        await runner.cleanup()


async def test_start_and_end_of_an_answer() -> None:
    messages: tuple[JsonObject, ...] = (
        {"id": 1, "type": "result", "success": True, "result": None},
        _event("run-start"),
        progress("", role="assistant"),
        progress("Dark "),
        progress("red."),
        _event("intent-end", END),
        _event("run-end"),
    )
    async with turns(*messages) as opened:
        turn = await opened.ask("p1", "Which colour?")

    assert (turn.text, turn.pieces, turn.tools) == ("Dark red.", 2, [])
    assert turn.started - turn.asked > 0.07, "an empty piece is not the start"
    assert turn.ended > turn.started


async def test_tool_calls_are_recorded() -> None:
    messages = (
        progress("", tool_calls=[{"tool_name": "homelab_status", "tool_args": {}}]),
        _event("intent-end", END),
        _event("run-end"),
    )
    async with turns(*messages) as opened:
        assert (await opened.ask("p1", "Which colour?")).tools == ["homelab_status"]


@pytest.mark.parametrize(
    "message",
    [
        _event("error", {"code": "intent-failed"}),
        {"id": 1, "type": "result", "success": False, "error": {"code": "pipeline-not-found"}},
    ],
)
async def test_an_error_of_assist_is_an_error(message: JsonObject) -> None:
    async with turns(message) as opened:
        with pytest.raises(HomeAssistantError, match=r"assist|Assist"):
            await opened.ask("p1", "Which colour?")
