"""The command that lists runbooks and requests one: it asks, and never approves."""

from dataclasses import replace
from pathlib import Path

import pytest

from homelab_steward.contract.reports import ReportSection
from homelab_steward.contract.runbook_runs import (
    RunbookAnswer,
    RunbookReport,
    RunbookTarget,
    RunbookTargets,
)
from homelab_steward.contract.state import TargetRef
from rig import records
from rig.databases import store_url
from steward.app import App
from steward.command_line.main import main
from steward.settings.model import Listen, Settings
from steward.settings.reader import keep_secrets
from steward.wiring.change_commands import NotChanged
from steward.wiring.runbook_commands import chosen, lines_of, list_runbooks, list_targets, run_runbook


def target(name: str, instance: str = "docker", stack: str = "") -> RunbookTarget:
    ref = TargetRef(instance_id=instance, kind="container", id=f"id-{name}", name=name)
    return RunbookTarget(target=ref, name=stack or name)


SEVERAL = RunbookTargets(targets=(target("radarr"), target("sonarr"), target("radarr", "docker2")))
STACK = RunbookTargets(targets=(target("radarr", stack="media"),))
ALL = RunbookTargets(targets=(target("radarr"),), is_for_all=True)


@pytest.mark.parametrize(
    ("found", "name", "instance", "wanted"),
    [
        (SEVERAL, "sonarr", "", "sonarr"),
        (SEVERAL, "id-sonarr", "", "sonarr"),
        (SEVERAL, "radarr", "docker2", "radarr"),
        (STACK, "media", "", "radarr"),
        (STACK, "radarr", "", "radarr"),
        (STACK, "", "", "radarr"),
        (ALL, "", "", None),
        (ALL, "radarr", "", "radarr"),
        (ALL, "", "docker", "radarr"),
    ],
)
def test_the_target_that_is_named(
    found: RunbookTargets, name: str, instance: str, wanted: str | None
) -> None:
    one = chosen(found, name, instance)
    assert (one.name if one else None) == wanted


@pytest.mark.parametrize(
    ("found", "name", "text"),
    [
        (SEVERAL, "radarr", "2 targets fit. Use --target and --instance: radarr, sonarr"),
        (SEVERAL, "", "3 targets fit"),
        (SEVERAL, "lidarr", "0 targets fit"),
        (RunbookTargets(reason="No step applies."), "", "No step applies."),
    ],
)
def test_what_is_not_clear_is_refused(found: RunbookTargets, name: str, text: str) -> None:
    with pytest.raises(NotChanged, match=text):
        chosen(found, name)


def test_a_request_is_shown_with_its_options() -> None:
    request = records.request()
    lines = list(lines_of(RunbookAnswer(request=request)))
    assert lines[-1] == f"request {request.id} waits for an answer"
    assert len(lines) == 2 + len(request.proposal.options) + len(request.proposal.left_out)
    assert list(lines_of(RunbookAnswer(request=request, was_waiting=True)))[-1].endswith("waited already")


def test_a_report_is_shown_without_what_a_terminal_reads_as_a_command() -> None:
    section = ReportSection(title="Problems", lines=("tank\x1b[2J is full",))
    report = RunbookReport(title="Health check", headline="1 problem was found.", sections=(section,))
    lines = list(lines_of(RunbookAnswer(report=report)))
    assert lines[:3] == ["Health check", "1 problem was found.", "Problems:"]
    assert "\x1b" not in lines[3]


async def test_the_app_that_runs_is_asked(tmp_path: Path) -> None:
    settings = keep_secrets(
        Settings(
            data_dir=tmp_path,
            database_url=store_url(tmp_path),
            workflow_database_url=f"sqlite:///{tmp_path / 'workflows.db'}",
            listen=Listen(host="127.0.0.1", port=0),
        )
    )
    app = App(settings)
    await app.start()
    try:
        running = replace(settings, listen=replace(settings.listen, port=app.port))
        assert any(one.startswith("health-check ") for one in await list_runbooks(running))
        assert await list_targets(running, "health-check") == ["(no target is needed)"]
        assert await list_targets(running, "redeploy") == [
            "No step of Redeploy a stack applies to anything that is configured."
        ]
        lines = await run_runbook(running, "health-check", "")
        assert lines == ["Health check", "No problem was found. 0 services were read."]
        with pytest.raises(NotChanged, match="No step of Redeploy a stack"):
            await run_runbook(running, "redeploy", "")
        with pytest.raises(NotChanged, match="no such runbook"):
            await run_runbook(running, "unknown", "")
    finally:
        await app.close()


@pytest.mark.parametrize("words", [["list", "redeploy"], ["run"], ["targets"]])
def test_a_command_that_is_not_complete_says_how_to_use_it(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["runbooks", *words]) == 2
    assert "Use: runbooks" in capsys.readouterr().err
