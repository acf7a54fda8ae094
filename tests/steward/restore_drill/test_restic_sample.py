"""A sample of a repository of restic is restored and compared; a real restic is in tests/real."""

import hashlib
import json
import shlex
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from homelab_steward.contract.restore_drill import ProofLevel
from steward.errors import PreconditionFailed, ServiceMalformed, StewardError
from steward.restore_drill.file_backups import ResticBackups
from steward.restore_drill.programs import installed
from steward.restore_drill.restic_sample import MOST_BYTES, MOST_FILES
from steward.restore_drill.scratch import FOLDER
from steward.sdk.description import NotRestorable
from steward.settings.restore_drill import ResticRepository

OLD = {"id": "old1", "time": "2026-11-19T03:00:00.123456789Z", "tree": "t0"}
NEW = {"id": "new1", "time": "2026-11-20T03:00:00.5+01:00", "tree": "t1"}


class Restic:
    """A program that answers as restic does, from files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "bin"
        self.data = folder / "data"
        for one in (self.folder, self.data, self.folder / "tree" / "srv"):
            one.mkdir(parents=True)
        self.files = {"a.txt": b"one", "b.txt": b"two"}
        self.hashed = dict(self.files)
        self.snapshots = [NEW, OLD]
        self.refuses: dict[str, str] = {}
        settings = ResticRepository(id="nas", path=folder / "repo", password_path=folder / "password")
        self.place = ResticBackups(settings, self.data, f"{self.folder}:{installed()}")

    def install(self) -> None:
        """Write the program."""
        listed = [{"struct_type": "snapshot", "paths": ["/srv"]}, {"path": "/srv", "type": "dir"}]
        for name, content in self.files.items():
            (self.folder / "tree" / "srv" / name).write_bytes(content)
        listed += [
            {"path": f"/srv/{name}", "type": "file", "size": len(content)}
            for name, content in self.hashed.items()
        ]
        nodes = [
            {"name": name, "content": [hashlib.sha256(content).hexdigest()]}
            for name, content in self.hashed.items()
        ]
        answers = {
            "snapshots --json": json.dumps(self.snapshots),
            "snapshots --json new1": json.dumps([NEW] if NEW in self.snapshots else []),
            "ls --json new1": "".join(f"{json.dumps(one)}\n" for one in listed),
            "cat blob t1": json.dumps({"nodes": [{"name": "srv", "subtree": "t2"}]}),
            "cat blob t2": json.dumps({"nodes": nodes}),
        }
        lines = [f'echo "$*" >> {self.folder / "calls"}', 'case "$*" in']
        lines += [f"{one}*) echo {shlex.quote(text)} >&2; exit 1;;" for one, text in self.refuses.items()]
        lines += [
            f"{shlex.quote(one)}' --no-lock --no-cache --quiet') printf %s {shlex.quote(text)};;"
            for one, text in answers.items()
        ]
        copied = f'mkdir -p "$4"; cp -r {self.folder}/tree/. "$4"'
        lines += ["check*) ;;", f"restore*) {copied};;", "*) exit 9;;", "esac"]
        path = self.folder / "restic"
        path.write_text("#!/bin/sh\n" + "\n".join(lines) + "\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    async def levels(self) -> list[ProofLevel]:
        self.install()
        (found,) = await self.place.backups()
        prepared = await self.place.prepare(found.backup, "copy")
        assert prepared.needs == MOST_BYTES
        reached = list[ProofLevel]()
        try:
            await self.place.try_out(found.backup, "copy", reached.append)
        finally:
            await self.place.remove("copy")
            assert not [*(self.data / FOLDER).iterdir()]
        return reached

    def calls(self) -> list[str]:
        return (self.folder / "calls").read_text().splitlines()


@pytest.fixture
def restic(tmp_path: Path) -> Restic:
    return Restic(tmp_path)


async def test_a_sample_with_the_content_of_the_snapshot_answers(restic: Restic) -> None:
    assert await restic.levels() == [ProofLevel.READABLE, ProofLevel.RESTORED, ProofLevel.ANSWERED]
    assert all("--no-lock --no-cache" in one for one in restic.calls()), "nothing is written"
    (check,) = [one for one in restic.calls() if one.startswith("check")]
    assert "--read-data-subset=" in check


async def test_the_newest_snapshot_counts(restic: Restic) -> None:
    restic.install()
    (found,) = await restic.place.backups()
    assert (found.backup.id, found.target.name) == ("new1", "nas")
    assert found.backup.made_at == datetime(2026, 11, 20, 2, 0, 0, 500_000, tzinfo=UTC)
    restic.snapshots = []
    restic.install()
    assert await restic.place.backups() == []


async def test_another_content_is_found(restic: Restic) -> None:
    restic.files["a.txt"] = b"0ne"
    with pytest.raises(NotRestorable, match=r"The file /srv/a\.txt was restored with another content"):
        await restic.levels()


@pytest.mark.parametrize("content", [b"on", None])
async def test_a_file_that_is_missing_or_too_short_is_found(restic: Restic, content: bytes | None) -> None:
    del restic.files["a.txt"]
    if content is not None:
        restic.files["a.txt"] = content
    with pytest.raises(NotRestorable, match=r"The file /srv/a\.txt was not restored"):
        await restic.levels()


async def test_without_a_file_nothing_is_proven(restic: Restic) -> None:
    restic.hashed = {"[1].txt": b"a pattern"}
    with pytest.raises(NotRestorable, match="no file that can be restored as a sample"):
        await restic.levels()


async def test_a_sample_has_only_some_files_and_no_large_ones(restic: Restic) -> None:
    restic.hashed = restic.files = {f"{number}.txt": b"x%d" % number for number in range(3 * MOST_FILES)}
    await restic.levels()
    (restore,) = [one for one in restic.calls() if one.startswith("restore")]
    assert restore.count("--include") == MOST_FILES


@pytest.mark.parametrize(
    ("command", "said", "error"),
    [
        ("check", "pack 12 contains 1 errors", NotRestorable),
        ("restore", "ciphertext verification failed", NotRestorable),
        ("check", "Fatal: wrong password or no key found", PreconditionFailed),
        ("restore", "write: no space left on device", PreconditionFailed),
    ],
)
async def test_what_the_machine_lacks_says_nothing_about_the_snapshot(
    restic: Restic, command: str, said: str, error: type[StewardError]
) -> None:
    restic.refuses = {command: said}
    with pytest.raises(error, match=said):
        await restic.levels()


async def test_an_answer_that_is_not_understood_says_nothing(restic: Restic) -> None:
    restic.install()
    (restic.folder / "restic").write_text("#!/bin/sh\necho '{\"id\": 1}'\n")
    with pytest.raises(ServiceMalformed, match="The answer of restic is not understood"):
        await restic.place.backups()
