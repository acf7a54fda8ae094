"""Long texts are processed in a thread, short ones directly."""

import threading

from steward.llm.messages import ChatMessage, ChatRequest, Role, ToolCall
from steward.llm.offload import SHORT, offload
from steward.llm.redaction import message_texts, texts_of

from .rig import RESTART


async def test_long_texts_are_processed_in_a_thread() -> None:
    this_thread = threading.get_ident()
    assert await offload(["x" * SHORT], threading.get_ident) == this_thread
    assert await offload(["x" * SHORT, "y"], threading.get_ident) != this_thread


def test_message_texts_exclude_tools_and_schemas() -> None:
    call = ToolCall(id="c1", name="read", arguments={"target": "radarr"})
    messages = (
        ChatMessage(role=Role.USER, text="Is it up?"),
        ChatMessage(role=Role.ASSISTANT, text="I look.", calls=(call,)),
    )
    request = ChatRequest(messages=messages, tools=(RESTART,), schema=RESTART.schema)
    assert message_texts(request) == ("Is it up?", "I look.", "radarr")
    assert set(message_texts(request)) < set(texts_of(request))
