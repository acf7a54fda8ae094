"""Egress redacts and refuses requests on its own, independent of the gateway."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.model import ScriptedModel
from steward.clock import ManualClock
from steward.llm.errors import InvalidAnswer, ModelUnavailable, NoModelAllowed
from steward.llm.messages import ChatMessage, ChatRequest, Delta, Finish, Role, Task, Tier, ToolCall
from steward.llm.ports import TimeLimits
from steward.llm.privacy import PrivacyClass
from steward.llm.redaction import Restorer, prepare
from steward.llm.settings import Deployment, DeploymentKind
from steward.llm.tool_calls import why_not

from .rig import NAMES, NOW, RESTART, chat_request, deployment_of, open_rig

CLOUD = Deployment(id="cloud", tier=Tier.CLOUD, url="http://127.0.0.1:9/v1", model="m")
MASKING = replace(CLOUD, takes_masked=True)
LOCAL = replace(CLOUD, tier=Tier.LOCAL)


@pytest.mark.parametrize(
    ("text", "local", "cloud", "masking"),
    [
        ("What is a container?", True, True, True),
        ("How is pve-keller?", True, False, True),
        ("The password is hunter2-but-longer", True, False, False),
    ],
)
def test_deployments_that_may_read_a_text(text: str, *, local: bool, cloud: bool, masking: bool) -> None:
    for deployment, is_allowed in ((LOCAL, local), (CLOUD, cloud), (MASKING, masking)):
        outgoing = prepare(chat_request(text), deployment, NAMES, str)
        assert (outgoing is not None) is is_allowed, deployment


def test_a_masked_request_has_no_private_parts_and_can_be_restored() -> None:
    outgoing = prepare(chat_request("How is pve-keller, and what is in the Dachzimmer?"), MASKING, NAMES, str)
    assert outgoing is not None
    sent = str(outgoing.request)
    assert not any(one.casefold() in sent.casefold() for one in NAMES)
    assert set(outgoing.originals.values()) == {"pve-keller", "Dachzimmer"}
    assert outgoing.masked == 2


def test_a_local_model_gets_names_but_no_secrets() -> None:
    request = chat_request("How is pve-keller? password=hunter2-but-longer")
    outgoing = prepare(request, LOCAL, NAMES, str)
    assert outgoing is not None
    sent = str(outgoing.request)
    assert "hunter2-but-longer" not in sent
    assert "pve-keller" in sent
    assert (outgoing.masked, dict(outgoing.originals)) == (1, {}), "a secret is never restored"


def test_public_text_is_sent_unchanged() -> None:
    request = chat_request("What is a container?")
    for deployment in (LOCAL, CLOUD, MASKING):
        outgoing = prepare(request, deployment, NAMES, str)
        assert outgoing is not None
        assert (outgoing.request, outgoing.masked, dict(outgoing.originals)) == (request, 0, {})


def test_a_request_is_refused_if_masking_is_incomplete(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steward.llm.redaction.mask", lambda texts, *_, **__: _Unmasked(tuple(texts)))
    assert prepare(chat_request("How is pve-keller?"), MASKING, NAMES, str) is None


class _Unmasked:
    count = 0
    originals: dict[str, str] = {}  # noqa: RUF012 - never changed

    def __init__(self, texts: tuple[str, ...]) -> None:
        self.texts = texts


def test_a_caller_can_only_raise_the_privacy_class() -> None:
    public = chat_request("What is a container?")
    assert prepare(replace(public, privacy=PrivacyClass.PRIVATE), MASKING, NAMES, str) is None
    private = chat_request("How is pve-keller?")
    assert prepare(replace(private, privacy=PrivacyClass.PUBLIC), CLOUD, NAMES, str) is None


async def test_egress_refuses_private_text(tmp_path: Path) -> None:
    async with ScriptedModel() as model:
        cloud = deployment_of(model, Tier.CLOUD)
        async with open_rig(tmp_path, [cloud]) as rig:
            egress, private = rig.gateway._egress, chat_request("How is pve-keller?")
            with pytest.raises(NoModelAllowed):
                async for _ in egress.stream(
                    cloud, private, PrivacyClass.PUBLIC, TimeLimits(start=5, total=5)
                ):
                    pass
            with pytest.raises(NoModelAllowed):
                await egress.embed(replace(cloud, takes_masked=True), ("pve-keller",), PrivacyClass.PUBLIC, 5)
            assert model.bodies == []
            assert await rig.ledger() == []


async def test_a_missing_adapter_is_an_error(tmp_path: Path) -> None:
    deployment = replace(LOCAL, kind=DeploymentKind.LITELLM)
    async with open_rig(tmp_path, [deployment]) as rig:
        with pytest.raises(ModelUnavailable, match="adapter litellm is not available"):
            await rig.gateway.chat(chat_request("hello"))
        assert await rig.gateway.models() == ()


class UnfinishedClient:
    """A client whose answers end without a finish reason."""

    async def stream(
        self, _deployment: Deployment, body: object, _limits: TimeLimits
    ) -> AsyncGenerator[Delta]:
        self.body = str(body)
        yield Delta(text="It is [OWN_")

    async def embed(self, _deployment: Deployment, _body: object, _seconds: float) -> object:
        raise NotImplementedError

    async def models(self, _deployment: Deployment) -> tuple[str, ...]:
        raise NotImplementedError


async def test_held_text_is_returned_if_the_answer_has_no_finish_reason(tmp_path: Path) -> None:
    deployment, client = replace(MASKING, kind=DeploymentKind.LITELLM), UnfinishedClient()
    async with open_rig(tmp_path, [deployment], others={DeploymentKind.LITELLM: client}) as rig:
        reply = await rig.gateway.chat(chat_request("How is pve-keller?"))
        assert reply.text == "It is [OWN_"
        assert "pve-keller" not in client.body


async def test_an_invalid_embeddings_response(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lab.model.openai_embeddings", lambda *_: {"data": "none"})
    async with ScriptedModel() as model, open_rig(tmp_path, [deployment_of(model)]) as rig:
        with pytest.raises(InvalidAnswer, match="invalid embeddings response"):
            await rig.gateway.embed(("a",))


async def test_the_daily_limit_is_enforced(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    async with ScriptedModel() as model:
        limited = deployment_of(model, daily_requests=2)
        async with open_rig(tmp_path, [limited], clock=clock) as rig:
            egress = rig.gateway._egress
            for _ in range(2):
                await _whole(egress, limited)
            with pytest.raises(NoModelAllowed, match="limit is reached"):
                await _whole(egress, limited)
            assert len(model.bodies) == 2
            clock.move(86_400)
            await _whole(egress, limited)
        async with open_rig(tmp_path, [replace(limited, daily_requests=0)], clock=clock) as rig:
            with pytest.raises(NoModelAllowed, match="limit is reached"):
                await _whole(rig.gateway._egress, replace(limited, daily_requests=0))


async def _whole(egress: object, deployment: Deployment) -> None:
    stream = egress.stream(  # type: ignore[attr-defined]
        deployment,
        replace(chat_request("hello"), task=Task.DIAGNOSIS),
        PrivacyClass.PUBLIC,
        TimeLimits(start=5, total=5),
    )
    assert [one async for one in stream]


def test_a_placeholder_in_two_pieces_is_restored() -> None:
    restorer = Restorer({"[OWN_NAME_1]": "pve-keller"})
    read = [one for text in ("It is [OWN", "_NAME_1], and [x") for one in restorer.read(Delta(text=text))]
    read += restorer.end()
    assert "".join(one.text for one in read) == "It is pve-keller, and [x"
    assert list(restorer.end()) == []


def test_an_empty_piece_is_skipped() -> None:
    restorer = Restorer({"[A_1]": "x"})
    assert list(restorer.read(Delta(text=""))) == []
    finished = list(restorer.read(Delta(text="[A_", finish=Finish.STOP)))
    assert [one.text for one in finished] == ["[A_"]


def test_placeholders_in_calls_are_restored() -> None:
    call = ToolCall(id="1", name="look", arguments={"at": "[A_1]", "n": 3})
    (read,) = Restorer({"[A_1]": "pve"}).read(Delta(calls=(call,)))
    assert read.calls[0].arguments == {"at": "pve", "n": 3}


@given(st.lists(st.text(alphabet="[]A_1 x", max_size=12), max_size=8))
def test_pieces_do_not_change_the_restored_text(pieces: list[str]) -> None:
    originals = {"[A_1]": "secret name"}
    whole = "".join(pieces)
    restorer = Restorer(originals)
    read = [one.text for piece in pieces for one in restorer.read(Delta(text=piece))]
    read += [one.text for one in restorer.end()]
    assert "".join(read) == whole.replace("[A_1]", "secret name")


@pytest.mark.parametrize(
    ("value", "kind", "is_valid"),
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
def test_the_type_of_an_argument(value: str | float | None, kind: str, *, is_valid: bool) -> None:
    tool = replace(RESTART, schema={"type": "object", "properties": {"v": {"type": kind}}})
    call = ToolCall(id="1", name=tool.name, arguments={"v": value})
    assert (why_not(call, (tool,)) is None) is is_valid


def test_an_argument_must_equal_a_constant() -> None:
    tool = replace(RESTART, schema={"type": "object", "properties": {"v": {"const": "a"}}})
    assert why_not(ToolCall(id="1", name=tool.name, arguments={"v": "a"}), (tool,)) is None
    assert why_not(ToolCall(id="1", name=tool.name, arguments={"v": "b"}), (tool,)) == "v must be a"


def test_a_request_without_messages_or_text_is_accepted() -> None:
    assert prepare(ChatRequest(messages=()), LOCAL, NAMES, str) is not None
    assert (
        prepare(ChatRequest(messages=(ChatMessage(role=Role.USER, text=""),)), CLOUD, NAMES, str) is not None
    )
