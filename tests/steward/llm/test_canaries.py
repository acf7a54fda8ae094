"""Private texts are sent on every path through the gateway; no external model receives one."""

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

from .rig import KNOWN_SECRET, RESTART, Rig, chat_request, deployment_of, open_rig

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


def _requests_with(text: str) -> list[ChatRequest]:
    """Return requests with ``text`` in every place where a request can contain text."""
    plain = chat_request("Find the root cause of the latency and prove it with a kernel profile")
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
    message = ChatMessage(role=Role.USER, text=text)
    return [
        replace(plain, messages=(*plain.messages, message)),
        replace(plain, messages=(ChatMessage(role=Role.SYSTEM, text=text), *plain.messages)),
        replace(plain, messages=(*plain.messages, called, result)),
        replace(plain, messages=(*plain.messages, called)),
        replace(plain, tools=(tool,)),
        replace(plain, tools=(listed, RESTART)),
        replace(plain, schema={"type": "object", "title": text}),
        replace(plain, messages=(*plain.messages, message), task=Task.DIAGNOSIS),
    ]


async def _every_path(rig: Rig, text: str, requests: Sequence[ChatRequest]) -> list[str]:
    """Send the requests on every path and return the error texts."""
    errors: list[str] = []
    for request in requests:
        for path in (_chat, _stream):
            try:
                await path(rig, request)
            except ModelError as err:
                errors.append(f"{err!r} {err}")
            rig.clock.move(24 * 3600)
    try:
        await rig.gateway.embed(("public", text))
    except ModelError as err:
        errors.append(f"{err!r} {err}")
    return errors


async def _chat(rig: Rig, request: ChatRequest) -> None:
    await rig.gateway.chat(request)


async def _stream(rig: Rig, request: ChatRequest) -> None:
    async for _ in rig.gateway.stream(request):
        pass


def _marks_in(texts: Sequence[str]) -> list[str]:
    whole = "\n".join(texts).casefold()
    return [mark for mark in MARKS if mark.casefold() in whole]


FAULTS = [
    None,
    ModelFault(kind=ModelFaultKind.STATUS, status=429),
    ModelFault(kind=ModelFaultKind.STATUS, status=500),
    ModelFault(kind=ModelFaultKind.CUT, after=2),
    ModelFault(kind=ModelFaultKind.GARBAGE, after=1),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda one: "no fault" if one is None else str(one.kind))
@pytest.mark.parametrize("text", CANARIES.values(), ids=list(CANARIES))
async def test_no_external_model_receives_a_canary(
    tmp_path: Path, text: str, fault: ModelFault | None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with (
        ScriptedModel(Obedient(), name="local") as local,
        ScriptedModel(Obedient(), name="cloud") as cloud,
        ScriptedModel(Obedient(), name="premium") as premium,
        ScriptedModel(Obedient(), name="masked") as masked,
    ):
        local.fault = fault
        deployments = [
            deployment_of(local),
            deployment_of(cloud, Tier.CLOUD),
            deployment_of(premium, Tier.PREMIUM),
            deployment_of(masked, Tier.CLOUD, takes_masked=True, supports_tools=False),
        ]
        with structlog.testing.capture_logs() as logs:
            async with open_rig(tmp_path, deployments) as rig:
                errors = await _every_path(rig, text, _requests_with(text))
                rows = await rig.ledger()
                external = [*cloud.bodies, *premium.bodies, *masked.bodies]
                assert _marks_in(external) == []
                assert _marks_in([str(rows), str(logs), caplog.text, *errors]) == []
                assert len(rows) == len(external), "each external request is one row"
        received = "".join(local.bodies)
        assert SECRET not in received, "a secret is masked for every model"
        assert KNOWN_SECRET not in received
        assert local.bodies, "the local model received no request"


@pytest.mark.parametrize("text", CANARIES.values(), ids=list(CANARIES))
async def test_without_an_allowed_model_nothing_is_sent(tmp_path: Path, text: str) -> None:
    if KNOWN_SECRET in text:
        text = "write to canary@vogelhaus.org"
    async with ScriptedModel(name="cloud") as cloud, ScriptedModel(name="local") as local:
        local.fault = ModelFault(kind=ModelFaultKind.STATUS, status=503)
        async with open_rig(tmp_path, [deployment_of(cloud, Tier.CLOUD)]) as rig:
            with pytest.raises(
                NoModelAllowed, match=r"only a local model may read it, and none is configured"
            ):
                await rig.gateway.chat(chat_request(text))
            with pytest.raises(NoModelAllowed, match="only a local model"):
                await rig.gateway.embed((text,))
        async with open_rig(tmp_path, [deployment_of(cloud, Tier.CLOUD), deployment_of(local)]) as rig:
            with pytest.raises(ModelError):
                await rig.gateway.chat(chat_request(text))
            with pytest.raises(NoModelAllowed, match=r"none is available \(local-local: .*503"):
                await rig.gateway.chat(chat_request(text))
        assert cloud.bodies == []


async def test_a_caller_can_raise_but_not_lower_the_privacy_class(tmp_path: Path) -> None:
    async with ScriptedModel(name="cloud") as cloud:
        async with open_rig(tmp_path, [deployment_of(cloud, Tier.CLOUD, takes_masked=True)]) as rig:
            with pytest.raises(NoModelAllowed, match="is private"):
                await rig.gateway.chat(replace(chat_request("hello"), privacy=PrivacyClass.PRIVATE))
            with pytest.raises(NoModelAllowed, match="contains a secret"):
                await rig.gateway.chat(
                    replace(chat_request("password: Tulip77"), privacy=PrivacyClass.PUBLIC)
                )
        assert cloud.bodies == []


async def test_masked_parts_are_restored_in_the_answer(tmp_path: Path) -> None:
    script = Script([Turn(pieces=("Is [OWN", "_NAME_1] ", "up at [IP_", "1]? [IP_9]"))])
    async with ScriptedModel(script, name="cloud") as cloud:
        async with open_rig(tmp_path, [deployment_of(cloud, Tier.CLOUD, takes_masked=True)]) as rig:
            reply = await rig.gateway.chat(chat_request("look at pve-keller on 192.168.77.13"))
            (row,) = await rig.ledger()
        assert reply.text == "Is pve-keller up at 192.168.77.13? [IP_9]"
        assert (row["masked"], row["privacy"]) == (2, "private")
        assert json.loads(cloud.bodies[0])["messages"][1]["content"] == "look at [OWN_NAME_1] on [IP_1]"


async def test_errors_contain_no_key_and_no_text_of_the_server(tmp_path: Path) -> None:
    async with ScriptedModel(name="cloud", api_key="sk-right") as cloud:
        cloud.fault = ModelFault(
            kind=ModelFaultKind.STATUS,
            status=400,
            body={"error": {"message": "you said: hello, key sk-right"}},
        )
        with structlog.testing.capture_logs() as logs:
            async with open_rig(
                tmp_path,
                [
                    deployment_of(cloud, Tier.CLOUD, id="a", api_key="sk-wrong"),
                    deployment_of(cloud, Tier.CLOUD, id="b", api_key="sk-right"),
                ],
            ) as rig:
                with pytest.raises(ModelError) as caught:
                    await rig.gateway.chat(chat_request("hello"))
                health = await rig.gateway.health()
    shown = f"{caught.value!r} {caught.value} {health} {logs} {deployment_of(cloud, api_key='sk-wrong')}"
    assert "sk-" not in shown
    assert "you said" not in shown
