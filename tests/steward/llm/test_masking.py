"""Private text is masked for a cloud model that obeys and repeats everything, and restored only locally."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.model import ScriptedModel
from lab.model_script import Obedient, Said, Script, Turn
from steward.llm.errors import NoModelAllowed
from steward.llm.messages import ChatMessage, ChatRequest, Delta, Role, Tier, ToolCall, ToolSpec
from steward.llm.redaction import Restorer, rewrite_texts, texts_of

from .rig import LOGS, chat_request, deployment_of, open_rig

PARTS = {
    "the host": "nas.home.berg.org",
    "the address": "192.168.77.13",
    "the person": "Annegret",
    "the machine": "pve-keller",
    "the mail": "annegret@berg.at",
    "the telephone": "+43 660 1234567",
}


class Repeating(Script):
    """Repeats the whole conversation in pieces of three characters."""

    def answer(self, said: Said) -> Turn:
        everything = "\n".join(text for _, text in said.messages)
        return Turn(pieces=tuple(everything[at : at + 3] for at in range(0, len(everything), 3)))


def _private_texts(bodies: list[str]) -> list[str]:
    return [part for part in PARTS.values() for body in bodies if part.casefold() in body.casefold()]


@pytest.mark.parametrize("part", PARTS.values(), ids=list(PARTS))
async def test_a_call_and_an_answer_are_restored_only_locally(tmp_path: Path, part: str) -> None:
    text = f"call logs with container: {part}\nthen tell me what {part} says"
    async with ScriptedModel(Obedient(), name="cloud") as cloud:
        async with open_rig(tmp_path, [deployment_of(cloud, Tier.CLOUD, takes_masked=True)]) as rig:
            asked = chat_request(text, tools=(LOGS,))
            first = await rig.gateway.chat(asked)
            (call,) = first.calls
            assert call.arguments["container"] == part, "the tool gets the part, not its placeholder"
            second = await rig.gateway.chat(_with_result(asked, call, f"{part} is up, [IP_7] is not"))
            rows = await rig.ledger()
        assert text in second.text
        assert f"{part} is up, [IP_7] is not" in second.text
        assert _private_texts(cloud.bodies) == []
        assert [row["masked"] for row in rows] == [1, 1]


def _with_result(asked: ChatRequest, call: ToolCall, result: str) -> ChatRequest:
    """Return the next request of the turn: with the call, and what the tool returned."""
    called = ChatMessage(role=Role.ASSISTANT, text="", calls=(call,))
    returned = ChatMessage(role=Role.TOOL, text=result, call_id=call.id)
    return replace(asked, messages=(*asked.messages, called, returned))


async def test_placeholders_in_many_pieces_are_restored(tmp_path: Path) -> None:
    text = ", ".join(f"{name} is {part}" for name, part in PARTS.items())
    async with ScriptedModel(Repeating(), name="cloud") as cloud:
        async with open_rig(tmp_path, [deployment_of(cloud, Tier.CLOUD, takes_masked=True)]) as rig:
            reply = await rig.gateway.chat(chat_request(text))
        assert text in reply.text
        assert _private_texts(cloud.bodies) == []


@pytest.mark.parametrize(
    "text",
    [
        "the password of pve-keller is wet badger",
        "here is the password of pve-keller again",
        "we are on holiday, keep pve-keller running",
        "meine Tochter ist krank, lass pve-keller in Ruhe",
    ],
)
async def test_a_pinned_text_is_not_sent_even_masked(tmp_path: Path, text: str) -> None:
    async with ScriptedModel(Repeating(), name="cloud") as cloud:
        async with open_rig(tmp_path, [deployment_of(cloud, Tier.CLOUD, takes_masked=True)]) as rig:
            with pytest.raises(NoModelAllowed):
                await rig.gateway.chat(chat_request(text))
        assert cloud.bodies == []


SCHEMAS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.text(max_size=5), SCHEMAS, max_size=3)
CALLS = st.builds(
    ToolCall,
    id=st.just("c"),
    name=st.just("read"),
    arguments=st.dictionaries(
        st.text(max_size=5), st.text(max_size=5) | st.integers() | st.none(), max_size=3
    ),
)
REQUESTS = st.builds(
    ChatRequest,
    messages=st.lists(
        st.builds(
            ChatMessage,
            role=st.just(Role.USER),
            text=st.text(max_size=8),
            calls=st.lists(CALLS, max_size=2).map(tuple),
        ),
        max_size=3,
    ).map(tuple),
    tools=st.lists(
        st.builds(ToolSpec, name=st.just("read"), description=st.text(max_size=8), schema=OBJECTS), max_size=2
    ).map(tuple),
    schema=st.none() | OBJECTS,
)


@given(REQUESTS)
def test_every_text_that_is_rewritten_is_found_in_the_same_order(request: ChatRequest) -> None:
    rewritten: list[str] = []

    def keep(text: str) -> str:
        rewritten.append(text)
        return text

    rewrite_texts(request, keep)
    assert list(texts_of(request)) == rewritten


def test_every_text_of_a_schema_is_rewritten_and_nothing_else() -> None:
    schema = {
        "properties": {"disk": {"enum": ["sda", ["sdb", 3]], "default": 5, "nullable": True, "note": None}}
    }
    tool = ToolSpec(name="read", description="reads", schema=schema)
    request = replace(chat_request("hello"), tools=(tool,), schema={"x": ["y", 1.5]})
    changed = rewrite_texts(request, str.upper)
    assert changed.tools[0].description == "READS"
    assert changed.tools[0].schema == {
        "properties": {"DISK": {"ENUM": ["SDA", ["SDB", 3]], "DEFAULT": 5, "NULLABLE": True, "NOTE": None}}
    }
    assert changed.schema == {"x": ["Y", 1.5]}


@pytest.mark.parametrize("text", ["up", "[HOST_9] up", "[" + "x" * 60, "a ] b"])
def test_only_what_may_be_an_incomplete_placeholder_is_held_back(text: str) -> None:
    assert [one.text for one in Restorer({"[HOST_1]": "nas"}).read(Delta(text=text))] == [text]


def test_an_incomplete_placeholder_is_held_back() -> None:
    restorer = Restorer({"[HOST_1]": "nas"})
    assert [one.text for one in restorer.read(Delta(text="is [HOST"))] == ["is "]
    assert [one.text for one in restorer.read(Delta(text="_1] up"))] == ["nas up"]
