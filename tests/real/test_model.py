"""The steward's model client and gateway with llama.cpp's server and a small model."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import orjson
import pytest
from aiohttp import ClientSession

from homelab_steward.contract.diagnosis import Diagnosis, Evidence
from homelab_steward.contract.incidents import Incident, IncidentStatus, Severity
from real.model import NAME, RealModel
from steward.agent.diagnosis.explanation import question_about, read_explanation
from steward.clock import SystemClock
from steward.conversation.model_texts import system_prompt
from steward.llm import tables
from steward.llm.egress import Egress, PrivacyContext
from steward.llm.gateway import Gateway
from steward.llm.messages import ChatMessage, ChatRequest, Finish, Role, ToolSpec
from steward.llm.openai_compatible import OpenAiCompatible
from steward.llm.openai_wire import chat_body
from steward.llm.ports import TimeLimits
from steward.llm.quota import RequestCounts
from steward.llm.settings import DeploymentKind
from steward.store.database import Database
from steward.store.schema import metadata
from steward.store.tables import app_metadata

DEADLINE: Final = 600.0
NOW: Final = datetime(2026, 11, 21, tzinfo=UTC)

QUEUE: Final = ToolSpec(
    name="radarr_queue",
    description="Radarr: what is being downloaded, and what is stuck.",
    schema={"type": "object", "properties": {}, "required": [], "additionalProperties": False},
)
STATUS: Final = ToolSpec(
    name="proxmox_container_status",
    description="Proxmox: state, memory, swap, CPU and disk of a container right now.",
    schema={
        "type": "object",
        "properties": {"target": {"type": "string", "enum": ["radarr", "jellyfin", "pihole"]}},
        "required": ["target"],
        "additionalProperties": False,
    },
)
SYSTEM: Final = system_prompt("en", datetime(2026, 11, 21, tzinfo=UTC), spoken=False, is_person_request=False)
VERDICT: Final = {
    "type": "object",
    "properties": {"colour": {"enum": ["blue", "green", "red"]}, "sure": {"type": "boolean"}},
    "required": ["colour", "sure"],
    "additionalProperties": False,
}


@pytest.fixture
async def gateway(tmp_path: Path, session: ClientSession, model: RealModel) -> AsyncIterator[Gateway]:
    """Yield the app's gateway with this model."""
    clock = SystemClock()
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'store.db'}")
    async with database.engine.begin() as connection:
        await connection.run_sync(
            lambda sync: metadata.create_all(sync, tables=[tables.egress, tables.requests, app_metadata])
        )
    context = PrivacyContext(names=frozenset[str], clean=str)
    counts = RequestCounts(database, clock)
    egress = Egress({DeploymentKind.OPENAI: OpenAiCompatible(session)}, database, counts, context, clock)
    yield Gateway([model.deployment], egress, counts, context, clock, database)
    await database.close()


async def test_models_are_listed(gateway: Gateway) -> None:
    assert await gateway.models() == (f"local/{NAME}",)


async def test_an_answer_is_streamed(session: ClientSession, model: RealModel) -> None:
    body = chat_body(chat_request("Count from one to eight in words."), NAME)
    client = OpenAiCompatible(session)
    deltas = [
        delta
        async for delta in client.stream(model.deployment, body, TimeLimits(start=DEADLINE, total=DEADLINE))
    ]
    pieces = [delta.text for delta in deltas if delta.text]
    assert len(pieces) > 1
    assert "".join(pieces).strip()
    assert [delta.finish for delta in deltas if delta.finish is not None] == [Finish.STOP]
    usage = [delta.usage for delta in deltas if delta.usage is not None]
    assert len(usage) == 1
    assert usage[0].prompt_tokens > 0
    assert usage[0].answer_tokens > 1


async def test_a_long_answer_is_cut_off(gateway: Gateway) -> None:
    reply = await gateway.chat(chat_request("Count from one to a hundred in words.", max_tokens=8))
    assert reply.finish is Finish.LENGTH
    assert reply.usage.answer_tokens == 8


async def test_an_answer_matches_the_schema(gateway: Gateway) -> None:
    reply = await gateway.chat(
        chat_request("Which colour has the sky at noon? Answer in JSON.", schema=VERDICT)
    )
    answer = orjson.loads(reply.text)
    assert answer.keys() == {"colour", "sure"}
    assert answer["colour"] in ("blue", "green", "red")
    assert isinstance(answer["sure"], bool)


@pytest.mark.parametrize(
    ("question", "tool", "arguments"),
    [
        ("What does Radarr's queue look like?", QUEUE, {}),
        ("How much memory does the container jellyfin use?", STATUS, {"target": "jellyfin"}),
    ],
    ids=["no arguments", "one of several targets"],
)
async def test_a_model_without_tools_plans_its_readings_by_schema(
    gateway: Gateway, question: str, tool: ToolSpec, arguments: dict[str, str]
) -> None:
    # As in a conversation: what the question names is what has to be read.
    request = replace(chat_request(question, tools=(QUEUE, STATUS)), wanted=(tool,))
    reply = await gateway.chat(request)
    assert (tool.name, arguments) in [(call.name, dict(call.arguments)) for call in reply.calls]
    assert {call.name for call in reply.calls} == {tool.name}
    assert reply.finish is Finish.CALLS
    assert reply.text == ""


async def test_texts_are_embedded(gateway: Gateway) -> None:
    first, second, again = await gateway.embed(("the disk is full", "a film is stuck", "the disk is full"))
    assert len(first) == len(second) > 100
    assert first == pytest.approx(again, abs=1e-3)
    assert max(abs(one - other) for one, other in zip(first, second, strict=True)) > 0.01


def chat_request(
    text: str,
    *,
    tools: tuple[ToolSpec, ...] = (),
    max_tokens: int = 200,
    schema: dict[str, object] | None = None,
) -> ChatRequest:
    """Return a request as the app sends it, with a deadline for a busy machine."""
    system = ChatMessage(role=Role.SYSTEM, text=SYSTEM)
    return ChatRequest(
        messages=(system, ChatMessage(role=Role.USER, text=text)),
        tools=tools,
        max_tokens=max_tokens,
        deadline=DEADLINE,
        schema=schema,
    )


async def test_an_incident_is_explained_from_its_evidence(gateway: Gateway) -> None:
    texts = {
        "e0": "ContainerMemoryHigh (warning, firing): Memory of radarr is nearly used up",
        "e1": "State: running for 12 d\nMemory: 1946 MiB of 2048 MiB (95 %)\nSwap: 410 of 512 MiB",
        "e2": "A.Film.2160p: importing, 41 GiB\nB.Film.1080p: downloading, 2 GiB left",
    }
    evidence = tuple(
        Evidence(id=key, tool="t", instance_id="i", title=key, text=text, read_at=NOW)
        for key, text in texts.items()
    )
    diagnosis = Diagnosis(
        summary="Not as it should be: Memory below 85 % (now: 95).",
        has_problem=True,
        claims=(),
        evidence=evidence,
        made_at=NOW,
    )
    incident = Incident(
        id="1",
        number=1,
        group_key="g",
        title="Memory of radarr is nearly used up",
        severity=Severity.WARNING,
        category="media",
        status=IncidentStatus.WAITING,
        opened_at=NOW,
        updated_at=NOW,
        alerts=(),
        alert_count=0,
    )
    reply = await gateway.chat(question_about(incident, diagnosis, 4096, DEADLINE))
    explained = read_explanation(reply.text, list(texts))
    assert explained is not None, reply.text
    print(f"\nExplained: {explained}")  # noqa: T201 - shown with -s
