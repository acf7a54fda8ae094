"""The one door: what it holds back by itself, whatever stood before it said."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.model import ScriptedModel
from steward.clock import ManualClock
from steward.llm.errors import ModelUnavailable, NoModelAllowed
from steward.llm.messages import ChatMessage, ChatRequest, Delta, Finish, Role, Task, Tier, ToolCall
from steward.llm.privacy import PrivacyClass
from steward.llm.redaction import Restorer, prepare
from steward.llm.settings import Deployment, DeploymentKind
from steward.llm.tool_calls import why_not

from .rig import NAMES, NOW, RESTART, asks, rig, served

FAR = Deployment(id="far", tier=Tier.CLOUD, url="http://127.0.0.1:9/v1", model="m")
MASKING = replace(FAR, takes_masked=True)
NEAR = replace(FAR, tier=Tier.LOCAL)


@pytest.mark.parametrize(
    ("text", "near", "far", "masking"),
    [
        ("What is a container?", True, True, True),
        ("How is pve-keller?", True, False, True),
        ("The password is hunter2-but-longer", True, False, False),
    ],
)
def test_who_may_have_what(text: str, *, near: bool, far: bool, masking: bool) -> None:
    for deployment, may in ((NEAR, near), (FAR, far), (MASKING, masking)):
        outgoing = prepare(asks(text), deployment, NAMES, str)
        assert (outgoing is not None) is may, deployment


def test_what_is_masked_holds_nothing_private_and_can_be_put_back() -> None:
    outgoing = prepare(asks("How is pve-keller, and what is in the Dachzimmer?"), MASKING, NAMES, str)
    assert outgoing is not None
    sent = str(outgoing.request)
    assert not any(one.casefold() in sent.casefold() for one in NAMES)
    assert set(outgoing.originals.values()) == {"pve-keller", "Dachzimmer"}
    assert outgoing.masked == 2


def test_a_model_of_the_house_gets_names_but_no_secrets() -> None:
    asked = asks("How is pve-keller? password=hunter2-but-longer")
    outgoing = prepare(asked, NEAR, NAMES, str)
    assert outgoing is not None
    sent = str(outgoing.request)
    assert "hunter2-but-longer" not in sent
    assert "pve-keller" in sent
    assert (outgoing.masked, dict(outgoing.originals)) == (1, {}), "a secret is never put back"


def test_public_words_go_as_they_are() -> None:
    asked = asks("What is a container?")
    for deployment in (NEAR, FAR, MASKING):
        outgoing = prepare(asked, deployment, NAMES, str)
        assert outgoing is not None
        assert (outgoing.request, outgoing.masked, dict(outgoing.originals)) == (asked, 0, {})


def test_what_could_not_be_masked_whole_stays_at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """The masked text is looked at once more: a mask with a hole is no mask."""
    monkeypatch.setattr("steward.llm.redaction.mask", lambda texts, *_, **__: _Holed(tuple(texts)))
    assert prepare(asks("How is pve-keller?"), MASKING, NAMES, str) is None


class _Holed:
    count = 0
    originals: dict[str, str] = {}  # noqa: RUF012 - never changed

    def __init__(self, texts: tuple[str, ...]) -> None:
        self.texts = texts


def test_a_caller_can_only_make_it_stricter() -> None:
    public = asks("What is a container?")
    assert prepare(replace(public, privacy=PrivacyClass.PRIVATE), MASKING, NAMES, str) is None
    private = asks("How is pve-keller?")
    assert prepare(replace(private, privacy=PrivacyClass.PUBLIC), FAR, NAMES, str) is None


async def test_the_door_itself_says_no(tmp_path: Path) -> None:
    """Past the gateway, straight at the door: nothing private gets through."""
    async with ScriptedModel() as model:
        far = served(model, Tier.CLOUD)
        async with rig(tmp_path, [far]) as there:
            egress = there.gateway._egress
            with pytest.raises(NoModelAllowed):
                async for _ in egress.stream(far, asks("How is pve-keller?"), PrivacyClass.PUBLIC, 5):
                    pass
            with pytest.raises(NoModelAllowed):
                await egress.embed(replace(far, takes_masked=True), ("pve-keller",), PrivacyClass.PUBLIC, 5)
            assert model.bodies == []
            assert await there.ledger() == []


async def test_an_adapter_that_is_not_there(tmp_path: Path) -> None:
    odd = replace(NEAR, kind=DeploymentKind.LITELLM)
    async with rig(tmp_path, [odd]) as there:
        with pytest.raises(ModelUnavailable, match="adapter litellm is not there"):
            await there.gateway.chat(asks("hello"))
        assert await there.gateway.models() == ()


class Breathless:
    """An adapter whose answers just stop."""

    async def stream(self, _deployment: Deployment, body: object, _seconds: float) -> AsyncGenerator[Delta]:
        self.body = str(body)
        yield Delta(text="It is [OWN_")

    async def embed(self, _deployment: Deployment, _body: object, _seconds: float) -> object:
        raise NotImplementedError

    async def models(self, _deployment: Deployment) -> tuple[str, ...]:
        raise NotImplementedError


async def test_what_is_held_back_is_told_when_the_answer_just_stops(tmp_path: Path) -> None:
    far, adapter = replace(MASKING, kind=DeploymentKind.LITELLM), Breathless()
    async with rig(tmp_path, [far], others={DeploymentKind.LITELLM: adapter}) as there:
        reply = await there.gateway.chat(asks("How is pve-keller?"))
        assert reply.text == "It is [OWN_"
        assert "pve-keller" not in adapter.body


async def test_vectors_that_are_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lab.model.openai_embeddings", lambda *_: {"data": "none"})
    async with ScriptedModel() as model, rig(tmp_path, [served(model)]) as there:
        with pytest.raises(ModelUnavailable, match="answers no vectors"):
            await there.gateway.embed(("a",))


async def test_the_last_request_of_a_day_is_the_last(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    async with ScriptedModel() as model:
        limited = served(model, daily_requests=2)
        async with rig(tmp_path, [limited], clock=clock) as there:
            egress = there.gateway._egress
            for _ in range(2):
                await _whole(egress, limited)
            with pytest.raises(ModelUnavailable, match="used up"):
                await _whole(egress, limited)
            assert len(model.bodies) == 2
            clock.move(86_400)
            await _whole(egress, limited)
        async with rig(tmp_path, [replace(limited, daily_requests=0)], clock=clock) as there:
            with pytest.raises(ModelUnavailable, match="used up"):
                await _whole(there.gateway._egress, replace(limited, daily_requests=0))


async def _whole(egress: object, deployment: Deployment) -> None:
    stream = egress.stream(  # type: ignore[attr-defined]
        deployment, replace(asks("hello"), task=Task.DIAGNOSIS), PrivacyClass.PUBLIC, 5
    )
    assert [one async for one in stream]


def test_a_placeholder_in_two_pieces_is_put_back_whole() -> None:
    restoring = Restorer({"[OWN_NAME_1]": "pve-keller"})
    read = [one for text in ("It is [OWN", "_NAME_1], and [x") for one in restoring.read(Delta(text=text))]
    read += restoring.end()
    assert "".join(one.text for one in read) == "It is pve-keller, and [x"
    assert list(restoring.end()) == []


def test_an_empty_piece_is_not_told() -> None:
    restoring = Restorer({"[A_1]": "x"})
    assert list(restoring.read(Delta(text=""))) == []
    finished = list(restoring.read(Delta(text="[A_", finish=Finish.STOP)))
    assert [one.text for one in finished] == ["[A_"]


def test_placeholders_in_calls_are_put_back() -> None:
    call = ToolCall(id="1", name="look", arguments={"at": "[A_1]", "n": 3})
    (read,) = Restorer({"[A_1]": "pve"}).read(Delta(calls=(call,)))
    assert read.calls[0].arguments == {"at": "pve", "n": 3}


@given(st.lists(st.text(alphabet="[]A_1 x", max_size=12), max_size=8))
def test_pieces_never_change_what_is_said(pieces: list[str]) -> None:
    originals = {"[A_1]": "secret name"}
    whole = "".join(pieces)
    restoring = Restorer(originals)
    read = [one.text for piece in pieces for one in restoring.read(Delta(text=piece))]
    read += [one.text for one in restoring.end()]
    assert "".join(read) == whole.replace("[A_1]", "secret name")


@pytest.mark.parametrize(
    ("value", "kind", "fits"),
    [
        ("x", "string", True),
        (1, "string", False),
        (True, "boolean", True),
        (1, "boolean", False),
        (3, "integer", True),
        (3.0, "integer", True),
        (3.5, "integer", False),
        (True, "integer", False),
        (3.5, "number", True),
        (False, "number", False),
        (None, "null", True),
        ("x", "null", False),
        ("x", "array", False),
    ],
)
def test_an_argument_is_of_its_kind(value: str | float | None, kind: str, *, fits: bool) -> None:
    tool = replace(RESTART, schema={"type": "object", "properties": {"v": {"type": kind}}})
    call = ToolCall(id="1", name=tool.name, arguments={"v": value})
    assert (why_not(call, (tool,)) is None) is fits


def test_a_constant_is_that_and_nothing_else() -> None:
    tool = replace(RESTART, schema={"type": "object", "properties": {"v": {"const": "a"}}})
    assert why_not(ToolCall(id="1", name=tool.name, arguments={"v": "a"}), (tool,)) is None
    assert why_not(ToolCall(id="1", name=tool.name, arguments={"v": "b"}), (tool,)) == "v must be a"


def test_a_request_without_messages_is_one_too() -> None:
    assert prepare(ChatRequest(messages=()), NEAR, NAMES, str) is not None
    assert prepare(ChatRequest(messages=(ChatMessage(role=Role.USER, text=""),)), FAR, NAMES, str) is not None
