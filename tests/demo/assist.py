"""Uses Assist with the steward as its agent, as the frontend's chat dialog does."""

import time
from dataclasses import dataclass, field

from demo.ha_api import HomeAssistantApi, object_of, text_of
from demo.waiting import Expected, becomes
from lab.wire import Json, JsonObject, dumps

AGENT = "conversation.homelab_steward"
START_SECONDS = 120.0


@dataclass(slots=True)
class AssistAnswer:
    """One answer: its text, the first piece of it, tools, and the seconds until the first piece."""

    text: str = ""
    first_text: str = ""
    tools: list[str] = field(default_factory=list)
    pieces: int = 0
    first_text_seconds: float = 0.0
    conversation_id: str = ""


class Assist:
    """One Assist pipeline. Call `set_up` before `ask`."""

    def __init__(self, api: HomeAssistantApi) -> None:
        self._api = api
        self._pipeline = ""

    async def set_up(self) -> str:
        """Create a pipeline with the steward as agent, and return the agent's entity id."""

        async def is_there() -> bool:
            return any(state.entity_id == AGENT for state in await self._api.states())

        await becomes(is_there, START_SECONDS, f"the agent {AGENT}")
        created = await self._api.command(
            "assist_pipeline/pipeline/create",
            name="Steward",
            language="en",
            conversation_engine=AGENT,
            conversation_language="en",
            stt_engine=None,
            stt_language=None,
            tts_engine=None,
            tts_language=None,
            tts_voice=None,
            wake_word_entity=None,
            wake_word_id=None,
        )
        self._pipeline = text_of(object_of(created), "id")
        await self._api.command("assist_pipeline/pipeline/set_preferred", pipeline_id=self._pipeline)
        return AGENT

    async def ask(self, text: str, conversation_id: str | None = None) -> AssistAnswer:
        """Ask as a person does in the chat dialog, and return the answer. Raises Expected."""
        answer, began = AssistAnswer(), time.monotonic()
        arguments: JsonObject = {
            "pipeline": self._pipeline,
            "start_stage": "intent",
            "end_stage": "intent",
            "input": {"text": text},
        }
        if conversation_id is not None:
            arguments["conversation_id"] = conversation_id
        async for event in self._api.events("assist_pipeline/run", arguments):
            kind, data = text_of(event, "type"), object_of(event.get("data") or {})
            if kind == "error":
                raise Expected(f"Assist: {dumps(data)}")
            if kind == "intent-progress":
                _add_delta(answer, object_of(data.get("chat_log_delta") or {}), began)
            if kind == "intent-end":
                _add_result(answer, object_of(data.get("intent_output")))
            if kind == "run-end":
                return answer
        raise Expected("Assist stopped before the end")


def _add_delta(answer: AssistAnswer, delta: JsonObject, began: float) -> None:
    content = delta.get("content")
    if isinstance(content, str) and content:
        answer.pieces += 1
        answer.first_text = answer.first_text or content
        answer.first_text_seconds = answer.first_text_seconds or time.monotonic() - began
    calls = delta.get("tool_calls")
    for call in calls if isinstance(calls, list) else []:
        answer.tools.append(text_of(object_of(call), "tool_name"))


def _add_result(answer: AssistAnswer, output: JsonObject) -> None:
    speech: Json = object_of(object_of(output.get("response")).get("speech")).get("plain")
    answer.text = text_of(object_of(speech), "speech")
    answer.conversation_id = text_of(output, "conversation_id")
