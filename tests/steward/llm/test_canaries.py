"""Private texts are sent down every road through the gateway; no model outside ever sees one."""

import json
import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import structlog

from lab.model import ModelFault, ModelFaultKind, Script, ScriptedModel, Turn
from lab.model_script import Obedient
from steward.llm.errors import ModelError, NoModelAllowed
from steward.llm.messages import ChatMessage, ChatRequest, Role, Task, Tier, ToolCall, ToolSpec
from steward.llm.privacy import PrivacyClass

from .rig import KNOWN_SECRET, RESTART, Rig, asks, rig, served

SECRET = "CANARY-4f7a9Z"
CANARIES = {
    "mail": "canary@vogelhaus.org",
    "network": "192.168.77.13",
    "device": "c4:na:ry".replace("n", "1").replace("r", "2").replace("y", "3") + ":aa:bb:cc",
    "own name": "pve-keller",
    "own room": "dachzimmer",
    "host": "canary.home.vogel.org",
    "person": "person.canary",
    "password": f"the password is {SECRET}",
    "key": f"radarr_api_key={SECRET}",
    "header": f"Authorization: Bearer {SECRET}{SECRET}",
    "known secret": f"it says {KNOWN_SECRET} is wrong",
}
MARKS = (
    "canary@", "192.168.77", "aa:bb:cc", "pve-keller", "dachzimmer", "canary.home", "person.canary",
    SECRET, KNOWN_SECRET,
)  # fmt: skip


def _hidden_in(text: str) -> list[ChatRequest]:
    """Return requests that hold ``text`` wherever a request can hold text."""
    plain = asks("Find the root cause of the latency and prove it with a kernel profile", deadline=1.0)
    tool = ToolSpec(name="look", description=f"Looks at {text}", schema={"type": "object"})
    listed = ToolSpec(
        name="look",
        description="",
        schema={"type": "object", "properties": {"at": {"type": "string", "enum": ["radarr", text]}}},
    )
    called = ChatMessage(
        role=Role.ASSISTANT, text="", calls=(ToolCall(id="1", name="look", arguments={"at": text}),)
    )
    result = ChatMessage(role=Role.TOOL, text=f"log: {text}", call_id="1")
    said = ChatMessage(role=Role.USER, text=text)
    return [
        replace(plain, messages=(*plain.messages, said)),
        replace(plain, messages=(ChatMessage(role=Role.SYSTEM, text=text), *plain.messages)),
        replace(plain, messages=(*plain.messages, called, result)),
        replace(plain, messages=(*plain.messages, called)),
        replace(plain, tools=(tool,)),
        replace(plain, tools=(listed, RESTART)),
        replace(plain, schema={"type": "object", "title": text}),
        replace(plain, messages=(*plain.messages, said), task=Task.DIAGNOSIS),
    ]


async def _every_path(one: Rig, text: str, requests: Sequence[ChatRequest]) -> list[str]:
    """Walk every road and return the words of every error."""
    errors: list[str] = []
    for request in requests:
        for path in (_chat, _stream):
            try:
                await path(one, request)
            except ModelError as err:
                errors.append(f"{err!r} {err}")
            one.clock.move(24 * 3600)
    try:
        await one.gateway.embed(("public", text))
    except ModelError as err:
        errors.append(f"{err!r} {err}")
    return errors


async def _chat(one: Rig, request: ChatRequest) -> None:
    await one.gateway.chat(request)


async def _stream(one: Rig, request: ChatRequest) -> None:
    async for _ in one.gateway.stream(request):
        pass


def _seen(texts: Sequence[str]) -> list[str]:
    whole = "\n".join(texts).casefold()
    return [mark for mark in MARKS if mark.casefold() in whole]


FAULTS = [
    None,
    ModelFault(kind=ModelFaultKind.STATUS, status=429),
    ModelFault(kind=ModelFaultKind.STATUS, status=500),
    ModelFault(kind=ModelFaultKind.CUT, after=2),
    ModelFault(kind=ModelFaultKind.GARBAGE, after=1),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda one: "well" if one is None else str(one.kind))
@pytest.mark.parametrize("text", CANARIES.values(), ids=list(CANARIES))
async def test_no_canary_leaves_the_house(
    tmp_path: Path, text: str, fault: ModelFault | None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with (
        ScriptedModel(Obedient(), name="home") as home,
        ScriptedModel(Obedient(), name="far") as far,
        ScriptedModel(Obedient(), name="dear") as dear,
        ScriptedModel(Obedient(), name="masked") as masked,
    ):
        home.fault = fault
        deployments = [
            served(home),
            served(far, Tier.CLOUD),
            served(dear, Tier.PREMIUM),
            served(masked, Tier.CLOUD, takes_masked=True, supports_tools=False),
        ]
        with structlog.testing.capture_logs() as logs:
            async with rig(tmp_path, deployments) as one:
                errors = await _every_path(one, text, _hidden_in(text))
                rows = await one.ledger()
                away = [*far.bodies, *dear.bodies, *masked.bodies]
                assert _seen(away) == []
                assert _seen([str(rows), str(logs), caplog.text, *errors]) == []
                assert len(rows) == len(away), "every call outside is one row"
        heard = "".join(home.bodies)
        assert SECRET not in heard, "a secret is taken out for every model"
        assert KNOWN_SECRET not in heard
        assert home.bodies, "the house's own model was never asked"


@pytest.mark.parametrize("text", CANARIES.values(), ids=list(CANARIES))
async def test_with_no_allowed_model_nothing_is_sent_and_it_is_said(tmp_path: Path, text: str) -> None:
    if KNOWN_SECRET in text:
        text = "write to canary@vogelhaus.org"
    async with ScriptedModel(name="far") as far, ScriptedModel(name="home") as home:
        home.fault = ModelFault(kind=ModelFaultKind.STATUS, status=503)
        async with rig(tmp_path, [served(far, Tier.CLOUD)]) as one:
            with pytest.raises(
                NoModelAllowed, match=r"only a local model may read it, and none is configured"
            ):
                await one.gateway.chat(asks(text))
            with pytest.raises(NoModelAllowed, match="only a local model"):
                await one.gateway.embed((text,))
        async with rig(tmp_path, [served(far, Tier.CLOUD), served(home)]) as one:
            with pytest.raises(ModelError):
                await one.gateway.chat(asks(text))
            with pytest.raises(NoModelAllowed, match=r"none can be asked now \(local-home: .*503"):
                await one.gateway.chat(asks(text))
        assert far.bodies == []


async def test_a_caller_can_make_it_private_but_not_public(tmp_path: Path) -> None:
    async with ScriptedModel(name="far") as far:
        async with rig(tmp_path, [served(far, Tier.CLOUD, takes_masked=True)]) as one:
            with pytest.raises(NoModelAllowed, match="is private"):
                await one.gateway.chat(replace(asks("hello"), privacy=PrivacyClass.PRIVATE))
            with pytest.raises(NoModelAllowed, match="holds a secret"):
                await one.gateway.chat(replace(asks("password: Tulip77"), privacy=PrivacyClass.PUBLIC))
        assert far.bodies == []


async def test_masked_parts_come_back_into_the_answer_and_its_calls(tmp_path: Path) -> None:
    script = Script([Turn(pieces=("Is [OWN", "_NAME_1] ", "up at [IP_", "1]? [IP_9]"))])
    async with ScriptedModel(script, name="far") as far:
        async with rig(tmp_path, [served(far, Tier.CLOUD, takes_masked=True)]) as one:
            reply = await one.gateway.chat(asks("look at pve-keller on 192.168.77.13"))
            (row,) = await one.ledger()
        assert reply.text == "Is pve-keller up at 192.168.77.13? [IP_9]"
        assert (row["masked"], row["privacy"]) == (2, "private")
        assert json.loads(far.bodies[0])["messages"][1]["content"] == "look at [OWN_NAME_1] on [IP_1]"


async def test_errors_hold_no_key_and_no_words_of_the_server(tmp_path: Path) -> None:
    async with ScriptedModel(name="far", api_key="sk-right") as far:
        far.fault = ModelFault(
            kind=ModelFaultKind.STATUS,
            status=400,
            body={"error": {"message": "you said: hello, key sk-right"}},
        )
        with structlog.testing.capture_logs() as logs:
            async with rig(
                tmp_path,
                [
                    served(far, Tier.CLOUD, id="a", api_key="sk-wrong"),
                    served(far, Tier.CLOUD, id="b", api_key="sk-right"),
                ],
            ) as one:
                with pytest.raises(ModelError) as caught:
                    await one.gateway.chat(asks("hello"))
                health = await one.gateway.health()
    words = f"{caught.value!r} {caught.value} {health} {logs} {served(far, api_key='sk-wrong')}"
    assert "sk-" not in words
    assert "you said" not in words
