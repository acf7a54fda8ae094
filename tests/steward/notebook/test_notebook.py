"""The notebook: what is written, what is masked, and that nothing is written twice."""

import os
import re
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from homelab_steward.contract.changes import ChangeStatus
from homelab_steward.contract.incidents import AlertStatus, IncidentStatus
from homelab_steward.contract.state import Coverage, CoverageStatus
from rig import records
from rig.agent_rig import AgentRig, open_rig
from rig.inventory import CANARY, NOW, alert
from steward.clock import ManualClock
from steward.notebook.folder import NotWritten, write_pages
from steward.notebook.git_repository import Access, GitFailed, GitRepository
from steward.notebook.masking import shield
from steward.notebook.notebook import Lab, Notebook, Written, month_post
from steward.store import change_records

SUMMARY = f"radarr at 10.20.3.44 failed, password=hunter2secret9 {CANARY}"
TOKEN = "glpat-0123456789abcdefghij"


class Files:
    """Own runbooks of a test."""

    async def own_sources(self) -> Mapping[str, str]:
        return {"mine": f"---\nid: mine\n---\n{CANARY}\n"}


def git(folder: Path, *arguments: str) -> str:
    found = subprocess.run(
        ["git", "-c", "user.name=Olga", "-c", "user.email=olga@localhost", *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    return found.stdout


def commits(folder: Path) -> int:
    return int(git(folder, "rev-list", "--count", "HEAD"))


@asynccontextmanager
async def lab(folder: Path) -> AsyncIterator[tuple[AgentRig, ManualClock]]:
    """Yield a rig in which one problem was solved and one update installed."""
    clock = ManualClock(NOW)
    async with open_rig(folder / "data", clock=clock) as rig:
        await rig.press(await rig.ask(alert(summary=SUMMARY)))
        await rig.status(IncidentStatus.RESOLVED)
        clock.move(60)
        await rig.fire(alert(status=AlertStatus.RESOLVED, summary=SUMMARY))
        done = replace(records.change(), status=ChangeStatus.DONE, result="It runs.")
        async with rig.store.change() as unit:
            await change_records.save(unit.connection, done, "radarr")
        await rig.inventory.poll_now("toy1")
        yield rig, clock


def notebook(
    rig: AgentRig,
    clock: ManualClock,
    folder: Path,
    repository: GitRepository | None = None,
    *,
    has_lab: bool = True,
) -> Notebook:
    library = rig.agent._runs.learner._library
    return Notebook(
        store=rig.store,
        clock=clock,
        folder=folder,
        repository=repository,
        safe=shield(rig.inventory.clean),
        clean=rig.inventory.clean,
        every=timedelta(hours=1),
        lab=Lab(rig.inventory, library, Files()) if has_lab else None,
    )


def dead_links(folder: Path) -> list[str]:
    """Return the links of the first page that lead nowhere."""
    found = re.findall(r"\]\(([^)]+)\)", (folder / "README.md").read_text("utf-8"))
    assert found
    return [one for one in found if not (folder / one).exists()]


async def test_what_happened_is_written_once_without_what_is_private(tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    async with lab(tmp_path) as (rig, clock):
        await notebook(rig, clock, folder).write()
        pages = {one.relative_to(folder).as_posix(): one.read_text("utf-8") for one in folder.rglob("*.md")}
        everything = "\n".join(pages.values())
        for private in ("10.20.3.44", "hunter2secret9", CANARY):
            assert private not in everything
        (path,) = [one for one in pages if one.startswith("incidents/2026/00001-")]
        page = pages[path]
        assert "## Timeline" in page
        assert "Approved by Olga (telegram): Increase memory 2 → 3 GiB" in page
        assert "* ✓ Memory below 85 %" in page
        assert "[masked: ip]" in page
        assert f"[{path}]({path}): " in pages["masked.md"]
        (update,) = [one for one in pages if one.startswith("changes/2026/")]
        assert "It runs." in pages[update]
        assert path in pages["changelog/2026-11.md"]
        assert "Approved by Olga" in pages["decisions/2026-11.md"]
        assert "| radarr | box/radarr | node1 |" in pages["inventory/toy1.md"]
        assert "-->" in pages["topology.md"]
        assert "(mine.md)" not in pages["runbooks/README.md"], "not in use"
        for place in (
            "inventory/",
            "topology.md",
            "runbooks/",
            "changelog/2026-11.md",
            "decisions/2026-11.md",
        ):
            assert f"]({place})" in pages["README.md"]
        assert "Nothing" not in pages["README.md"] + pages["masked.md"]
        assert dead_links(folder) == []
        assert (await notebook(rig, clock, folder).write()).paths == ()


async def test_the_first_pages_link_to_nothing_that_is_not_there_yet(tmp_path: Path) -> None:
    folder, clock = tmp_path / "notes", ManualClock(NOW)
    async with open_rig(tmp_path / "data", clock=clock) as rig:
        await notebook(rig, clock, folder, has_lab=False).write()
        start = (folder / "README.md").read_text("utf-8")
        assert start.endswith("## Change log\n\nNothing has happened yet.\n")
        assert "inventory/" not in start
        assert (folder / "masked.md").read_text("utf-8") == "# What is masked\n\nNothing is masked.\n"
        assert dead_links(folder) == []


async def test_a_month_with_decisions_only_is_listed(tmp_path: Path) -> None:
    folder, clock = tmp_path / "notes", ManualClock(NOW)
    (folder / "decisions").mkdir(parents=True)
    (folder / "decisions/2026-10.md").write_text("# Decisions 2026-10\n")
    async with open_rig(tmp_path / "data", clock=clock) as rig:
        await notebook(rig, clock, folder).write()
    assert "* [Decisions](decisions/2026-10.md)\n" in (folder / "README.md").read_text("utf-8")
    assert dead_links(folder) == []


async def test_rows_that_are_deleted_stay_and_what_is_not_known_changes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    async with lab(tmp_path) as (rig, clock):
        await notebook(rig, clock, folder).write()
        clock.move(timedelta(days=420).total_seconds())
        rig.inventory.boxes.clear()
        rig.inventory.coverage = Coverage(status=CoverageStatus.PARTIAL)
        await rig.inventory.poll_now("toy1")
        assert (await notebook(rig, clock, folder).write()).paths == ()
        rig.inventory.coverage = Coverage()
        await rig.inventory.poll_now("toy1")
        written = await notebook(rig, clock, folder).write()
        assert written.paths == ("inventory/toy1.md", "topology.md")


async def test_a_post_about_a_month_has_no_names_of_this_home(tmp_path: Path) -> None:
    async with lab(tmp_path) as (rig, clock):
        post = await month_post(rig.store, clock.now(), "2026-11", rig.inventory.clean, frozenset())
        assert "1 problem solved" in post
        assert "1 update installed" in post
        for private in ("radarr", "Olga", "10.20.3.44", CANARY):
            assert private not in post
        other = await month_post(rig.store, clock.now(), "2026-10", rig.inventory.clean, frozenset())
        assert "Nothing happened." in other


async def test_a_repository_gets_a_commit_only_for_news(tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    repository = GitRepository(folder, None, tmp_path / "hosts")
    async with lab(tmp_path) as (rig, clock):
        assert (await notebook(rig, clock, folder, repository).write()).is_committed
        (folder / "mine.md").write_text("not of the app", encoding="utf-8")
        again = await notebook(rig, clock, folder, repository).write()
        assert again == Written((), False)
        assert commits(folder) == 1
        assert git(folder, "status", "--porcelain") == "?? mine.md\n"
        assert git(folder, "log", "--format=%an %s") == "Homelab Steward Record 1 incidents and 1 changes\n"


async def test_pages_that_were_not_committed_are_committed_later(tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    async with lab(tmp_path) as (rig, clock):
        await notebook(rig, clock, folder).write()
        repository = GitRepository(folder, None, tmp_path / "hosts")
        assert (await notebook(rig, clock, folder, repository).write()).is_committed


async def test_what_others_push_is_kept_and_own_pages_win(tmp_path: Path) -> None:
    remote, folder, other = tmp_path / "remote.git", tmp_path / "notes", tmp_path / "other"
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", str(remote))
    repository = GitRepository(folder, Access(remote=str(remote)), tmp_path / "hosts")
    async with lab(tmp_path) as (rig, clock):
        await notebook(rig, clock, folder, repository).write()
        git(tmp_path, "clone", "--quiet", str(remote), str(other))
        (other / "mine.md").write_text("by Olga", encoding="utf-8")
        (other / "README.md").write_text("by Olga", encoding="utf-8")
        git(other, "add", "--all")
        git(other, "commit", "--quiet", "--message=Mine")
        git(other, "push", "--quiet", "origin", "main")
        await rig.press(await rig.ask(alert("ToyThree", at=clock.now()), number=2))
        await rig.status(IncidentStatus.RESOLVED, 2)
        await notebook(rig, clock, folder, repository).write()
        git(other, "pull", "--quiet", "--rebase", "origin", "main")
        assert (other / "mine.md").read_text("utf-8") == "by Olga"
        assert "by Olga" not in (other / "README.md").read_text("utf-8")
        assert len(list((other / "incidents" / "2026").glob("*.md"))) == 2
        assert commits(remote) == 3


async def test_a_remote_that_is_gone_is_an_error_and_the_next_push_has_everything(tmp_path: Path) -> None:
    remote, folder = tmp_path / "remote.git", tmp_path / "notes"
    repository = GitRepository(folder, Access(remote=str(remote)), tmp_path / "hosts")
    async with lab(tmp_path) as (rig, clock):
        with pytest.raises(GitFailed):
            await notebook(rig, clock, folder, repository).write()
        git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", str(remote))
        await notebook(rig, clock, folder, repository).write()
        assert commits(remote) == 1


async def test_what_cannot_be_merged_is_said_and_taken_back(tmp_path: Path) -> None:
    remote, folder, other = tmp_path / "remote.git", tmp_path / "notes", tmp_path / "other"
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", str(remote))
    repository = GitRepository(folder, Access(remote=str(remote)), tmp_path / "hosts")
    folder.mkdir()
    write_pages(folder, {"README.md": "one"})
    await repository.prepare()
    await repository.commit(["README.md"], "One")
    await repository.push()
    git(tmp_path, "clone", "--quiet", str(remote), str(other))
    git(other, "rm", "--quiet", "README.md")
    git(other, "commit", "--quiet", "--message=Remove")
    git(other, "push", "--quiet", "origin", "main")
    write_pages(folder, {"README.md": "two"})
    await repository.commit(["README.md"], "Two")
    with pytest.raises(GitFailed, match="cannot be merged"):
        await repository.prepare()
    assert (folder / "README.md").read_text("utf-8") == "two"
    assert git(folder, "status", "--porcelain", "--untracked-files=no") == ""


async def test_the_token_is_in_no_argument_and_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs, folder, seen = tmp_path / "bin", tmp_path / "notes", tmp_path / "seen"
    programs.mkdir()
    folder.mkdir()
    lines = ("#!/bin/sh", f'echo "$@" >>{seen}', f"env >>{seen}.env", f"echo denied for {TOKEN}", "exit 1")
    script = "\n".join(lines)
    (programs / "git").write_text(script, encoding="utf-8")
    (programs / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    access = Access(remote="https://git.example/lab.git", token=TOKEN)
    with pytest.raises(GitFailed) as failed:
        await GitRepository(folder, access, tmp_path / "hosts").prepare()
    assert TOKEN not in str(failed.value)
    assert TOKEN not in repr(access)
    assert "init" in seen.read_text("utf-8")
    assert TOKEN not in seen.read_text("utf-8")
    environment = seen.with_name("seen.env").read_text("utf-8")
    assert "GIT_TERMINAL_PROMPT=0" in environment
    assert "http.https://git.example/lab.git.extraHeader" in environment


async def test_a_hook_of_the_repository_is_not_run(tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    repository = GitRepository(folder, None, tmp_path / "hosts")
    await repository.prepare()
    hook = folder / ".git" / "hooks" / "pre-commit"
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)
    write_pages(folder, {"README.md": "one"})
    assert await repository.commit(["README.md"], "One")
    assert not (tmp_path / "ran").exists()


def test_a_link_does_not_lead_out_of_the_folder(tmp_path: Path) -> None:
    folder, outside = tmp_path / "notes", tmp_path / "outside"
    folder.mkdir()
    outside.mkdir()
    (folder / "incidents").symlink_to(outside)
    with pytest.raises(NotWritten):
        write_pages(folder, {"incidents/1.md": "text"})
    assert list(outside.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("a file", encoding="utf-8")
    with pytest.raises(NotWritten):
        write_pages(tmp_path / "notes", {"README.md": "text"})


def test_text_from_outside_makes_no_link_and_no_line() -> None:
    safe = shield(lambda text: text)
    assert safe("a\n# b [c](http://d.example) <img> | e") == "a # b \\[c](http://d.example) &lt;img> \\| e"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ask bob@example.org.", "Ask [masked: email]."),
        ("Bob@mail.Example.COM, bob@mailbox.org", "[masked: email], [masked: email]"),
        ("git@github.com is a remote", "git@github.com is a remote"),
        ("backup@nas.service failed", "backup@nas.service failed"),
    ],
)
def test_no_address_of_a_person_is_in_the_notebook(text: str, expected: str) -> None:
    assert shield(str)(text) == expected
