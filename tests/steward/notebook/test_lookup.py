"""What the notebook says about a thing: sections, their order, and when they were written."""

import os
from datetime import UTC, datetime
from pathlib import Path

from steward.notebook.git_repository import GitRepository
from steward.notebook.lookup import Lookup, Passage, sections
from steward.notebook.masking import shield

OWN = """Loose text without a heading about radarr.

# Media

We watch films.

## Radarr

It runs on the [NAS](nas.md), because
the disks are there.

```
docker run radarr
```

| port | use |
|---|---|
| 7878 | web |

## Other

* Sonarr came later than **Radarr**.
* Plex came first.
"""
INVENTORY = "# Docker\n\n## Container\n\n| name | id |\n|---|---|\n| radarr | c1 |\n| sonarr | c2 |\n"


def write(folder: Path, **pages: str) -> None:
    for path, text in pages.items():
        place = folder / (path.replace("__", "/") + ".md")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")


async def about(folder: Path, name: str, most: int = 9) -> list[Passage]:
    return list(await Lookup(folder, None, shield(str)).about(name, most))


def test_sections_have_their_headings_and_plain_text() -> None:
    found = {one.headings: one.paragraphs for one in sections(OWN)}
    assert found[("Media", "Radarr")] == (
        "It runs on the NAS, because the disks are there.",
        "7878, web",
    )
    assert found[("Media", "Other")] == ("Sonarr came later than Radarr.", "Plex came first.")
    assert found[()] == ("Loose text without a heading about radarr.",)


async def test_the_pages_of_the_owner_come_first(tmp_path: Path) -> None:
    write(
        tmp_path,
        inventory__docker=INVENTORY,
        notes__media=OWN,
        **{"decisions__2026-11": "# D\n\n* Radarr: approved\n"},
    )
    found = await about(tmp_path, "RADARR")
    assert [(one.page, one.is_own) for one in found] == [
        ("notes/media.md", True),
        ("decisions/2026-11.md", False),
        ("inventory/docker.md", False),
    ]
    assert (found[0].section, found[0].text) == (
        "Radarr",
        "It runs on the NAS, because the disks are there. 7878, web",
    )
    assert (found[2].section, found[2].text) == ("Container", "radarr, c1")
    assert len(await about(tmp_path, "radarr", most=1)) == 1


async def test_only_whole_names_count(tmp_path: Path) -> None:
    write(tmp_path, notes=OWN)
    assert await about(tmp_path, "radar") == []
    assert [one.text for one in await about(tmp_path, "Plex")] == ["Plex came first."]
    assert await about(tmp_path / "none", "Plex") == []


async def test_what_is_private_or_outside_is_not_told(tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    write(
        folder,
        own="# NAS\n\nThe password=hunter2secret9 of 10.20.3.44.\n",
        README="# NAS\n\nnas\n",
        masked="# NAS\n\nnas\n",
    )
    write(folder, **{"runbooks__mine": "# NAS\n\nnas\n", ".git__x": "# NAS\n\nnas\n"})
    write(tmp_path, outside="# NAS\n\nnas\n")
    (folder / "link.md").symlink_to(tmp_path / "outside.md")
    (folder / "broken.md").write_bytes(b"# NAS\n\n\xff\xfe nas\n")
    [one] = await about(folder, "nas")
    assert one.page == "own.md"
    assert "hunter2" not in one.text
    assert "10.20.3.44" not in one.text


async def test_a_large_page_is_not_read(tmp_path: Path) -> None:
    write(tmp_path, notes="# NAS\n\n" + "nas " * 70_000)
    assert await about(tmp_path, "nas") == []


async def test_it_was_written_when_it_was_committed(tmp_path: Path) -> None:
    write(tmp_path, notes=OWN)
    os.utime(tmp_path / "notes.md", (1_700_000_000, 1_700_000_000))
    [file] = await about(tmp_path, "Plex")
    assert file.written_at == datetime.fromtimestamp(1_700_000_000, UTC)
    repository = GitRepository(tmp_path, None, tmp_path / "known")
    [same] = await Lookup(tmp_path, repository, str).about("Plex", 1)
    assert same.written_at == file.written_at, "no repository yet"
    await repository.prepare()
    await repository.commit(["notes.md"], "notes")
    [committed] = await Lookup(tmp_path, repository, str).about("Plex", 1)
    assert committed.written_at == await repository.committed_at("notes.md")
    assert committed.written_at != file.written_at
    assert await repository.committed_at("other.md") is None
