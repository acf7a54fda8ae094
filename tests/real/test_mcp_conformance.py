"""The bridge of a running app with the official conformance tests of MCP."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
from aiohttp import ClientSession

from demo.steward import settings_for
from lab.lab import Lab
from lab.wire import JsonObject
from real import mcp_conformance
from real.conftest import Record
from real.steward import ConfiguredSteward

TOKEN: Final = "a-token-for-the-conformance-tests"
REVISIONS: Final = ("2026-07-28", "2025-11-25")

NOT_APPLICABLE: Final = {
    "it calls a tool that only the reference server has": {
        "tools-call-audio",
        "tools-call-embedded-resource",
        "tools-call-image",
        "tools-call-mixed-content",
        "tools-call-with-logging",
        "tools-call-with-progress",
        "json-schema-2020-12-tool-found",
        "sep-2575-server-sends-tools-list-changed-on-subscription",
    },
    "the bridge declares no prompts, so it completes no arguments of them": {
        "completion-complete",
        "prompts-get-embedded-resource",
        "prompts-get-simple",
        "prompts-get-with-args",
        "prompts-get-with-image",
        "prompts-list",
        "sep-2322-non-tool-incomplete",
        "sep-2549-prompts-list-caching-hints",
    },
    "the bridge declares no resources": {
        "resources-list",
        "resources-read-binary",
        "resources-read-text",
        "resources-subscribe",
        "resources-templates-read",
        "resources-unsubscribe",
        "sep-2164-data-uri",
        "sep-2164-error-code",
        "sep-2549-resources-list-caching-hints",
        "sep-2549-resources-templates-list-caching-hints",
    },
    "the bridge never asks the client or its model: people answer on the phone": {
        "elicitation-sep1034-general",
        "elicitation-sep1330-general",
        "tools-call-elicitation",
        "tools-call-sampling",
        "sep-2322-elicitation-incomplete",
        "sep-2322-error-on-protocol-error",
        "sep-2322-list-roots-incomplete",
        "sep-2322-missing-response-rerequests",
        "sep-2322-multi-round-r1",
        "sep-2322-multiple-inputs-incomplete",
        "sep-2322-reject-tampered-state",
        "sep-2322-request-state-incomplete",
        "sep-2322-respect-client-capabilities",
        "sep-2322-result-type-included",
        "sep-2322-sampling-incomplete",
        "sep-2575-missing-capability-http-400",
        "sep-2575-server-rejects-undeclared-capability",
    },
    "no tool of the bridge repeats an argument in a header": {
        "sep-2243-server-decode-base64",
        "sep-2243-server-no-xmcp-tool",
        "sep-2243-server-reject-invalid-param-chars",
        "sep-2243-server-reject-param-mismatch",
        "sep-2243-server-validate-param-match",
    },
    "the bridge has no sessions: nothing is resumed": {
        "server-sse-multiple-streams-session",
        "server-sse-polling-session",
    },
}
"""Checks that fail and why they do not apply, of all revisions."""

EXTENSION: Final = "tasks-"
"""Scenarios of an extension that the bridge does not declare."""


@pytest.fixture
async def url(tmp_path: Path, record_testsuite_property: Record) -> AsyncIterator[str]:
    reason = mcp_conformance.skip_reason()
    if reason is not None:
        pytest.skip(reason)
    record_testsuite_property("MCP conformance tests", mcp_conformance.version())
    mcp: JsonObject = {"mcp": {"tokens": [{"person": "alex", "token": TOKEN, "reader": "home"}]}}
    # The proxy passes bodies on as they are, compressed or not.
    async with (
        ClientSession(auto_decompress=False) as session,
        Lab(services=("proxmox", "radarr"), is_alerting=False) as lab,
    ):
        steward = ConfiguredSteward(session, tmp_path / "steward", mcp)
        await steward.write_settings(settings_for(lab, [{"id": "alex", "name": "Alex", "role": "owner"}]))
        try:
            await steward.start()
            async with mcp_conformance.with_token(session, steward.url, TOKEN) as proxy:
                yield f"{proxy}/mcp/all"
        finally:
            await steward.close()


async def test_every_check_that_applies_passes(url: str, tmp_path: Path) -> None:
    failed: dict[str, set[str]] = {}
    for revision in REVISIONS:
        folder = tmp_path / revision
        folder.mkdir()
        found = await mcp_conformance.failures(url, revision, folder)
        assert {"tools-list", "tools-call-error", "dns-rebinding-protection"} <= found.keys()
        for scenario, checks in found.items():
            if not scenario.startswith(EXTENSION):
                failed.setdefault(scenario, set()).update(checks)
    known = {check for checks in NOT_APPLICABLE.values() for check in checks}
    unexpected = {name: checks - known for name, checks in failed.items() if checks - known}
    assert not unexpected
    # A check that passes now applies: remove it above.
    assert known == {check for checks in failed.values() for check in checks}
