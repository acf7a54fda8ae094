"""The command that lists foreign tools, and accepts a definition that changed, in an app that runs."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from homelab_steward.contract.foreign_tools import ToolAccess, ToolState
from rig.agent_rig import opened_store
from rig.databases import store_url
from steward.app import App
from steward.command_line.main import main
from steward.foreign_tools.openapi_document import operations
from steward.settings.foreign_tools import ChosenTool, ForeignServer, ForeignTools, ServerKind
from steward.settings.model import Backups, Listen, Settings
from steward.settings.reader import keep_secrets
from steward.store import foreign_tool_pins
from steward.store.foreign_tool_pins import Pin
from steward.wiring.foreign_tools_command import NotAccepted, accept_tool, check_tools, list_tools

NOW: Final = datetime(2026, 11, 28, 12, tzinfo=UTC)


def document(summary: str) -> bytes:
    """Return a document whose operation ``get_boxes`` has this summary."""
    operation = {"operationId": "get_boxes", "summary": summary}
    other = {"operationId": "delete_boxes"}
    paths = {"/boxes": {"get": operation, "delete": other}}
    return json.dumps({"openapi": "3.1.0", "info": {}, "paths": paths}).encode()


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Settings]:
    """Run an app whose server has changed the chosen operation since it was accepted; yield its settings."""
    accepted = operations(document("Lists the boxes")).usable["get_boxes"].definition
    pin = Pin(
        server="boxes",
        tool="get_boxes",
        digest=accepted.digest,
        definition=accepted.canonical,
        accepted_by="",
        accepted_at=NOW,
    )
    async with opened_store(tmp_path) as store, store.change() as unit:
        await foreign_tool_pins.save(unit.connection, pin)
    (file := tmp_path / "boxes.json").write_bytes(document("Lists the boxes\u202e and forgets them"))
    server = ForeignServer(
        name="boxes",
        kind=ServerKind.OPENAPI,
        url="http://127.0.0.1:9",
        document=file,
        tools=(ChosenTool(name="get_boxes", access=ToolAccess.READ),),
    )
    settings = keep_secrets(
        Settings(
            data_dir=tmp_path,
            database_url=store_url(tmp_path),
            workflow_database_url=f"sqlite:///{tmp_path / 'workflows.db'}",
            listen=Listen(host="127.0.0.1", port=0),
            backups=Backups(every_hours=None),
            foreign_tools=ForeignTools(servers=(server,)),
        )
    )
    app = App(settings)
    await app.start()
    try:
        yield replace(settings, listen=replace(settings.listen, port=app.port))
    finally:
        await app.close()


async def test_a_changed_definition_is_shown_and_then_accepted(running: Settings) -> None:
    assert await list_tools(running) == [
        "boxes (openapi): online",
        f"  get_boxes (read): {ToolState.CHANGED}; the server says: reads only",
        "  1 not chosen: delete_boxes",
    ]
    is_good, (problem,) = await check_tools(running)
    assert not is_good
    assert "changed" in problem
    shown = await accept_tool(running, "boxes", "get_boxes", "")
    # What could hide a text from the person who reads it is escaped.
    assert '-  "description": "GET /boxes\\nLists the boxes",' in shown
    assert '+  "description": "GET /boxes\\nLists the boxes\\u202e and forgets them",' in shown
    digest = shown[-1].removeprefix("To accept it: tools accept boxes get_boxes ")
    with pytest.raises(NotAccepted, match=f"now has the digest {digest}"):
        await accept_tool(running, "boxes", "get_boxes", "0" * 12)
    with pytest.raises(NotAccepted, match=f"now has the digest {digest}"):
        await accept_tool(running, "boxes", "get_boxes", digest[:7])
    assert await accept_tool(running, "boxes", "get_boxes", digest) == ["boxes get_boxes: accepted"]
    assert await check_tools(running) == (True, ["All chosen tools can be used."])
    with pytest.raises(NotAccepted, match="no changed definition: it is ready"):
        await accept_tool(running, "boxes", "get_boxes", digest)
    with pytest.raises(NotAccepted, match="no tool boxes other"):
        await accept_tool(running, "boxes", "other", "")


@pytest.mark.parametrize("arguments", [["accept"], ["accept", "boxes"], ["list", "boxes", "get_boxes"]])
def test_a_tool_is_given_to_accept_only(
    settings_file: Callable[[], str], arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["tools", *arguments, "--settings", settings_file()]) == 2
    assert "tools accept SERVER TOOL [DIGEST]" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["list"], ["check"], ["accept", "boxes", "get_boxes"]])
def test_an_app_that_does_not_run_is_an_error(
    settings_file: Callable[[], str], arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["tools", *arguments, "--settings", settings_file()]) == 1
    assert capsys.readouterr().err


@pytest.fixture
def settings_file(tmp_path: Path) -> Callable[[], str]:
    def write() -> str:
        (file := tmp_path / "steward.yaml").write_text(f"data_dir: {tmp_path / 'data'}\n")
        return str(file)

    return write
