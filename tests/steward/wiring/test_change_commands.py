"""The commands about updates: they list, and send what the person at the machine decides to the app."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from homelab_steward.contract.changes import ChangeStatus
from rig import records
from rig.agent_rig import opened_store
from rig.changes_rig import assessment
from rig.databases import store_url
from rig.inventory import NOW
from steward.app import App
from steward.changes.following import save
from steward.command_line.main import main
from steward.settings.model import Listen, Settings
from steward.settings.reader import keep_secrets
from steward.wiring.change_commands import LONGEST, NotChanged, change, fitting, lines_of, list_changes


async def test_updates_are_listed_and_decided_in_the_app_that_runs(tmp_path: Path) -> None:
    held = records.change(
        "aaaa1111bbbb",
        until=NOW + timedelta(days=3),
        reason="Held until\nthen.",
        assessment=assessment(),
    )
    blocked = records.change("abcd2222", status=ChangeStatus.BLOCKED, result="It failed here.")
    async with opened_store(tmp_path) as store, store.change() as unit:
        await save(unit, held)
        await save(unit, blocked)
    listen = Listen(host="127.0.0.1", port=0)
    url, workflow_url = store_url(tmp_path), f"sqlite:///{tmp_path / 'workflows.db'}"
    settings = keep_secrets(
        Settings(
            data_dir=tmp_path,
            database_url=url,
            workflow_database_url=workflow_url,
            listen=listen,
            time_zone="Europe/Vienna",
        )
    )
    app = App(settings)
    await app.start()
    try:
        running = replace(settings, listen=replace(listen, port=app.port))
        shown = [
            "aaaa1111  held       Radarr 5.1.0 → 5.1.1 (safe) until 2026-11-23 13:00",
            "          Held until then.",
        ]
        assert await list_changes(running, is_all=False) == shown
        lines = await list_changes(running, is_all=True)
        assert lines[2:] == ["abcd2222  blocked    Radarr 5.1.0 → 5.1.1", "          It failed here."]
        lines = await change(running, "reject", "aaaa", 7)
        assert lines[0].startswith("aaaa1111  rejected ")
        lines = await change(running, "offer-again", "abcd", 7)
        assert lines == ["abcd2222  ready      Radarr 5.1.0 → 5.1.1", "          It failed here."]
        lines = await change(running, "defer", "abcd", 2)
        assert lines[0].startswith("abcd2222  deferred ")
        with pytest.raises(NotChanged, match="is not offered now"):
            await change(running, "ask", "abcd", 7)
        with pytest.raises(NotChanged, match="2 updates"):
            await change(running, "ask", "a", 7)
    finally:
        await app.close()


HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "[press here](https://evil.example)",
    "\x1b[2J\x1b]0;title\x07\x1b[31mred\x1b[0m",
    "\x9b31m\x00\r\x08\x7f",
    "\u202ereversed\u2066 \u200bzero\ufeff",
    "@everyone {{ now() }} {reason} %s ${HOME} $(id)",
    "first\naaaa1111  done       all is well\u2028second",
    "x" * 100_000,
)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("field", ["title", "reason", "result"])
def test_texts_from_outside_stay_on_their_line(field: str, text: str) -> None:
    lines = lines_of(records.change("aaaa1111bbbb", **{field: text}), ZoneInfo("UTC"))
    assert lines[0].startswith("aaaa1111  held       ")
    assert len(lines) == 1 + (field != "title")
    for line in lines:
        assert line.isprintable()
        assert len(line) <= LONGEST + 100
    shown = lines[0] if field == "title" else lines[1]
    starts = {"<": "<img src=x", "@": "@everyone {{ now() }} {reason} %s", "[": "[press here]("}
    assert starts.get(text[0], "") in shown, "plain text is shown as it is"


def test_one_update_fits_what_was_given() -> None:
    rows = (records.change("abc"), records.change("ab2"))
    assert fitting(rows, "ab2").id == "ab2"
    for wrong in ("", "ab", "x"):
        with pytest.raises(NotChanged):
            fitting(rows, wrong)


@pytest.mark.parametrize("arguments", [["ask"], ["list", "abc"]])
def test_an_id_is_given_to_decisions_only(
    tmp_path: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (file := tmp_path / "steward.yaml").write_text(f"data_dir: {tmp_path / 'data'}\n")
    assert main(["changes", *arguments, "--settings", str(file)]) == 2
    assert "ask|defer|reject|offer-again ID" in capsys.readouterr().err


def test_the_app_has_to_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (file := tmp_path / "steward.yaml").write_text(f"data_dir: {tmp_path / 'data'}\n")
    assert main(["changes", "--settings", str(file)]) == 1
    assert capsys.readouterr().err
