"""Measures Assist turns over one websocket, as the chat dialog of the frontend receives them."""

import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from aiohttp import ClientSession, ClientWebSocketResponse, ClientWSTimeout

from demo.ha_api import HomeAssistantApi, HomeAssistantError, object_of, text_of
from lab.wire import Json, JsonObject, dumps

TIMEOUT = ClientWSTimeout(ws_receive=30.0)


@dataclass(slots=True)
class Turn:
    """One question and its answer. Times are values of ``time.perf_counter``."""

    asked: float
    started: float = 0.0
    ended: float = 0.0
    pieces: int = 0
    text: str = ""
    tools: list[str] = field(default_factory=list)


class Turns:
    """Keeps one websocket open for all turns, as a browser does."""

    def __init__(self, session: ClientSession, api: HomeAssistantApi) -> None:
        self._session = session
        self._api = api
        self._number = 0
        self._socket: ClientWebSocketResponse | None = None

    async def __aenter__(self) -> Self:
        url = f"{self._api.url}/api/websocket"
        socket = await self._session.ws_connect(url, timeout=TIMEOUT)
        await socket.receive_json()
        await socket.send_json({"type": "auth", "access_token": self._api.access_token})
        answer = object_of(await socket.receive_json())
        if answer.get("type") != "auth_ok":
            raise HomeAssistantError(f"authentication failed: {dumps(answer)[:200]}")
        self._socket = socket
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, err: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._socket is not None:
            await self._socket.close()

    async def ask(self, pipeline: str, text: str) -> Turn:
        """Ask in a new conversation. Raises HomeAssistantError when Assist reports an error."""
        if self._socket is None:
            raise RuntimeError("the websocket is not open")
        self._number += 1
        question: JsonObject = {
            "id": self._number,
            "type": "assist_pipeline/run",
            "pipeline": pipeline,
            "start_stage": "intent",
            "end_stage": "intent",
            "input": {"text": text},
        }
        turn = Turn(asked=time.perf_counter())
        await self._socket.send_json(question)
        while True:
            message = object_of(await self._socket.receive_json())
            now = time.perf_counter()
            if message.get("type") == "event":
                if _add_event(turn, object_of(message.get("event")), now):
                    return turn
            elif message.get("success") is not True:
                raise HomeAssistantError(f"assist_pipeline/run: {dumps(message.get('error'))}")


def _add_event(turn: Turn, event: JsonObject, now: float) -> bool:
    """Add an event to the turn, and return whether it is the last event."""
    kind, data = text_of(event, "type"), object_of(event.get("data") or {})
    if kind == "error":
        raise HomeAssistantError(f"Assist: {dumps(data)}")
    if kind == "intent-progress":
        _add_delta(turn, object_of(data.get("chat_log_delta") or {}), now)
    if kind == "intent-end":
        turn.ended = now
        speech = object_of(object_of(object_of(data.get("intent_output")).get("response")).get("speech"))
        turn.text = text_of(object_of(speech.get("plain")), "speech")
    return kind == "run-end"


def _add_delta(turn: Turn, delta: JsonObject, now: float) -> None:
    content: Json = delta.get("content")
    if isinstance(content, str) and content:
        turn.pieces += 1
        turn.started = turn.started or now
    calls = delta.get("tool_calls")
    for call in calls if isinstance(calls, list) else []:
        turn.tools.append(text_of(object_of(call), "tool_name"))
