"""A gateway with scripted models and a database."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import select

from lab.changes import Changes as LabChanges
from lab.model import ModelFaultKind, ScriptedModel
from rig.clocks import HANGING, LONG, end_timeouts
from steward.clock import ManualClock
from steward.llm import tables
from steward.llm.egress import Egress, PrivacyContext
from steward.llm.gateway import Gateway
from steward.llm.messages import ChatMessage, ChatReply, ChatRequest, Role, Tier, ToolSpec
from steward.llm.model_check import ModelChecks
from steward.llm.openai_compatible import OpenAiCompatible
from steward.llm.ports import ModelClient
from steward.llm.quota import RequestCounts
from steward.llm.settings import Deployment, DeploymentKind
from steward.llm.usage import ModelUsage
from steward.store.changes import Changes
from steward.store.database import Database
from steward.store.schema import metadata
from steward.store.tables import app_metadata

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
NAMES = frozenset({"pve-keller", "Dachzimmer"})
KNOWN_SECRET = "gruener-hund-42"
LOG = logging.getLogger(__name__)

RESTART = ToolSpec(
    name="request_action",
    description="Request an action.",
    schema={
        "type": "object",
        "properties": {
            "action": {"type": "string", "enum": ["restart", "stop"]},
            "target": {"type": "string", "enum": ["radarr", "sonarr"]},
            "times": {"type": "integer"},
        },
        "required": ["action", "target"],
    },
)

LOGS = ToolSpec(
    name="logs",
    description="Reads a log.",
    schema={
        "type": "object",
        "properties": {
            "container": {"type": "string"},
            "lines": {"type": "integer"},
            "full": {"type": "boolean"},
        },
        "required": ["container"],
    },
)


def chat_request(text: str, *, tools: tuple[ToolSpec, ...] = (), deadline: float = HANGING) -> ChatRequest:
    return ChatRequest(
        messages=(
            ChatMessage(role=Role.SYSTEM, text="You are a steward."),
            ChatMessage(role=Role.USER, text=text),
        ),
        tools=tools,
        deadline=deadline,
    )


async def reply_after(model: ScriptedModel, rig: Rig, text: str = "hello") -> ChatReply:
    """Ask, and end the time that a silent model has for its first piece."""
    received = len(model.bodies)
    answer = asyncio.ensure_future(rig.gateway.chat(chat_request(text, deadline=LONG)))
    if model.fault is not None and model.fault.kind is ModelFaultKind.SILENT:
        await LabChanges().wait_for(lambda: len(model.bodies) > received)
        await end_timeouts(LONG)
    return await answer


def deployment_of(model: ScriptedModel, tier: Tier = Tier.LOCAL, **fields: object) -> Deployment:
    plain: dict[str, object] = {"id": f"{tier}-{model.name}", "model": model.name, **fields}
    return Deployment(tier=tier, url=f"{model.url}/v1", embedding_model="embedder", **plain)  # type: ignore[arg-type]


@dataclass
class Rig:
    gateway: Gateway
    database: Database
    clock: ManualClock
    changes: Changes
    usage: ModelUsage

    async def ledger(self) -> list[dict[str, Any]]:
        async with self.database.read() as connection:
            rows = await connection.execute(select(tables.egress).order_by(tables.egress.c.id))
            return [dict(row._mapping) for row in rows]


@asynccontextmanager
async def open_rig(
    tmp_path: Path,
    deployments: Sequence[Deployment],
    *,
    clock: ManualClock | None = None,
    stall: float = 0.3,
    others: dict[DeploymentKind, ModelClient] | None = None,
) -> AsyncIterator[Rig]:
    clock = clock or ManualClock(NOW)
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'store.db'}")
    async with database.engine.begin() as connection:
        await connection.run_sync(
            lambda sync: metadata.create_all(
                sync, tables=[tables.egress, tables.requests, tables.vectors, app_metadata]
            )
        )
    context = PrivacyContext(names=lambda: NAMES, clean=lambda text: text.replace(KNOWN_SECRET, "***"))
    counts = RequestCounts(database, clock)
    async with aiohttp.ClientSession() as session:
        clients: dict[DeploymentKind, ModelClient] = {
            DeploymentKind.OPENAI: OpenAiCompatible(session, stall=stall, connect=1.0),
            **(others or {}),
        }
        changes = Changes(clock)
        usage = ModelUsage(deployments, database, changes, clock)
        egress = Egress(clients, database, counts, context, clock, usage.publish)
        try:
            gateway = Gateway(
                deployments, egress, counts, context, clock, database, checks=ModelChecks(database, clock)
            )
            yield Rig(gateway, database, clock, changes, usage)
        finally:
            await database.close()
