"""A call that changes something through an API with a document: from the settings to the audit log."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from homelab_steward.contract.commands import Decide, RequestAction
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.foreign_tools import CALL_TOOL, ToolAccess, ToolState
from homelab_steward.contract.incidents import (
    ApprovalRequest,
    Incident,
    RunStatus,
    StepState,
    Verb,
)
from homelab_steward.contract.protocol import Command, RowKind
from homelab_steward.contract.records import AuditPage, AuditQuery
from homelab_steward.contract.state import FrontEnd, Role, Speaker
from mcp_bridge.remote import RemoteSteward
from rig.clocks import HANGING
from rig.databases import store_url
from steward.app import App
from steward.settings.foreign_tools import ChosenTool, ForeignServer, ForeignTools, ServerKind
from steward.settings.model import Backups, KnownPerson, Listen, Settings
from steward.settings.reader import keep_secrets

SECRET: Final = "the-secret-of-the-shelf-0123456789"
ALEX: Final = KnownPerson(id="alex", name="Alex", role=Role.OWNER, ha_user_id="alex")
CLIENT: Final = Speaker(front_end=FrontEnd.MCP, user_id="alex")
PANEL: Final = Speaker(front_end=FrontEnd.PANEL, user_id="alex")
GIVEN: Final = json.dumps({"id": "kitchen/2", "body": {"label": "cups"}})


class Shelf:
    """A program with an API and its document. ``calls`` are the requests that change something."""

    def __init__(self) -> None:
        self.summary = "Puts a box on the shelf"
        self.calls: list[tuple[str, str, str, Any]] = []
        self.documents = 0
        self.not_modified = 0

    async def document(self, request: web.Request) -> web.Response:
        tag = f'"{self.summary}"'
        if request.headers.get("If-None-Match") == tag:
            self.not_modified += 1
            return web.Response(status=304)
        self.documents += 1
        put = {
            "operationId": "putBox",
            "summary": self.summary,
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": {"type": "object"}}},
            },
        }
        paths = {"/boxes/{id}": {"put": put, "delete": {**put, "operationId": "dropBox"}}}
        return web.json_response({"openapi": "3.1.0", "info": {}, "paths": paths}, headers={"ETag": tag})

    async def call(self, request: web.Request) -> web.Response:
        secret = request.headers.get("Authorization", "")
        self.calls.append((request.method, request.raw_path, secret, await request.json()))
        return web.json_response({"stored": True})


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[RemoteSteward]:
    """Run an app, and yield a client of it."""
    app = App(settings)
    await app.start()
    try:
        async with aiohttp.ClientSession() as session:
            client = RemoteSteward(session, f"http://127.0.0.1:{app.port}", settings.api_token or "")
            try:
                await client.start()
                yield client
            finally:
                await client.close()
    finally:
        await app.close()


@pytest.fixture
async def shelf() -> AsyncIterator[tuple[Shelf, str]]:
    found = Shelf()
    app = web.Application()
    app.router.add_get("/openapi.json", found.document)
    app.router.add_route("*", "/api/{path:.*}", found.call)
    async with TestServer(app) as server:
        yield found, str(server.make_url("/")).rstrip("/")


def settings_of(folder: Path, url: str) -> Settings:
    server = ForeignServer(
        name="shelf",
        kind=ServerKind.OPENAPI,
        url=f"{url}/api",
        document_url=f"{url}/openapi.json",
        token=SECRET,
        tools=(ChosenTool(name="putBox", access=ToolAccess.WRITE),),
    )
    return keep_secrets(
        Settings(
            data_dir=folder,
            database_url=store_url(folder),
            workflow_database_url=f"sqlite:///{folder / 'workflows.db'}",
            listen=Listen(host="127.0.0.1", port=0),
            api_token="the-token-of-the-clients-0123456789",
            backups=Backups(every_hours=None),
            people=(ALEX,),
            foreign_tools=ForeignTools(servers=(server,)),
        )
    )


async def incident(client: RemoteSteward, key: str, is_so: Callable[[Incident], bool]) -> Incident:
    """Wait until an incident is as expected."""
    async with asyncio.timeout(HANGING):
        with client.watch(RowKind.INCIDENT) as watch:
            while True:
                found = await client.incident(key)
                if found is not None and is_so(found):
                    return found
                await watch.next()


async def request(client: RemoteSteward, tool: str = "putBox") -> ApprovalRequest:
    """Request a call as an MCP client of Alex does."""
    asked = await client.request_action(
        RequestAction(
            instance_id="tools-shelf",
            action=CALL_TOOL,
            speaker=CLIENT,
            target_id=tool,
            arguments={"arguments": GIVEN},
        )
    )
    assert asked.approval_id is not None
    found = await client.approval(asked.approval_id)
    assert found is not None
    return found


async def approve(client: RemoteSteward, asked: ApprovalRequest) -> None:
    option = asked.proposal.options[0]
    decision = Decide(
        approval_id=asked.id,
        verb=Verb.APPROVE,
        speaker=PANEL,
        option=option.number,
        plan_hash=option.plan_hash,
    )
    await client.call(Command.DECIDE, decision, ApprovalRequest, HANGING)


async def test_a_call_is_sent_once_after_its_approval_and_a_changed_document_turns_it_off(
    tmp_path: Path, shelf: tuple[Shelf, str]
) -> None:
    here, url = shelf
    async with running(settings_of(tmp_path, url)) as client:
        (server,) = client.foreign_tools().servers
        assert (server.tools[0].state, server.others) == (ToolState.READY, ("dropBox",))
        with pytest.raises(ContractError) as refused:
            await request(client, "dropBox")
        assert refused.value.code is ErrorCode.NOT_FOUND, "only what was chosen can be requested"

        asked = await request(client)
        assert asked.proposal.options[0].steps[0].arguments["arguments"] == GIVEN
        assert here.calls == [], "nothing is sent before the approval"
        await approve(client, asked)
        ended = await incident(client, asked.incident_id, lambda one: one.status.is_closed)
        assert here.calls == [("PUT", "/api/boxes/kitchen%2F2", f"Bearer {SECRET}", {"label": "cups"})]
        assert ended.run is not None
        (step,) = ended.run.steps
        # The server answered, but no reading shows what it did.
        assert (ended.run.status, step.state) == (RunStatus.UNKNOWN, StepState.EFFECT_KNOWN)
        audit = await client.call(Command.LIST_AUDIT, AuditQuery(limit=200), AuditPage, HANGING)
        events = [one.event for one in reversed(audit.entries)]
        wanted = [
            "foreign_tool.accepted",
            "action.requested",
            "approval.decided",
            "run.intended",
            "run.verdict",
            "incident.concluded",
        ]
        assert [one for one in events if one in wanted] == wanted
        assert SECRET not in repr(audit) + repr(ended)

        waiting = await request(client)
        here.summary = "Throws everything away"
        await approve(client, waiting)
        stopped = await incident(
            client, waiting.incident_id, lambda one: one.run is not None or one.status.is_closed
        )
        assert stopped.id != ended.id
        with pytest.raises(ContractError) as off:
            await request(client)
        assert "changed" in off.value.message
        assert client.foreign_tools().servers[0].tools[0].state is ToolState.CHANGED
    assert len(here.calls) == 1
    assert here.documents == 2, "a document is sent again only after a change"
    assert here.not_modified > 0
