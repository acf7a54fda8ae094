"""Long texts are looked through in a thread, short ones at once."""

import threading

from steward.llm.messages import ChatMessage, ChatRequest, Role, ToolCall
from steward.llm.offload import SHORT, offload
from steward.llm.redaction import fresh_texts, texts_of

from .rig import RESTART


async def test_what_is_long_holds_nothing_up() -> None:
    here = threading.get_ident()
    assert await offload(["x" * SHORT], threading.get_ident) == here
    assert await offload(["x" * SHORT, "y"], threading.get_ident) != here


def test_what_is_the_same_in_every_question_has_no_weight() -> None:
    call = ToolCall(id="c1", name="read", arguments={"target": "radarr"})
    messages = (
        ChatMessage(role=Role.USER, text="Is it up?"),
        ChatMessage(role=Role.ASSISTANT, text="I look.", calls=(call,)),
    )
    request = ChatRequest(messages=messages, tools=(RESTART,), schema=RESTART.schema)
    assert fresh_texts(request) == ("Is it up?", "I look.", "radarr")
    assert set(fresh_texts(request)) < set(texts_of(request))
