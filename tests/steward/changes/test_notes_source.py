"""Release notes are read from forges: all between two versions, within limits, and from nowhere else."""

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest

from homelab_steward.contract.changes import ReleaseState
from steward.changes import notes_source
from steward.changes.forges import PAGE, ForgeKind
from steward.changes.notes_source import FRESH, MOST_PAGES, PAUSE
from steward.clock import ManualClock
from steward.errors import ServiceNotFound, ServiceUnreachable

from .forge_server import forge_rig, many, release

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
LISTED = [
    release("v2.1.0-rc.1", "- A preview", prerelease=True),
    release("chart-2.1.0", "- Of the chart"),
    release("v2.0.1", "- Fix the sun"),
    release("v1.5.2", "- Of another branch"),
    release("v2.0.0", "## Breaking\n\n- The moon is gone"),
    release("v1.9.0", "- Add a moon"),
    release("v1.8.0", "- Older"),
    {"tag_name": 7},
    "no release",
]


@pytest.mark.parametrize(
    "address",
    [
        "https://github.com/lab/sun",
        "git+https://gitlab.com/lab/sun.git",
        "https://codeberg.org/lab/sun/src/main",
    ],
)
async def test_all_versions_above_the_old_one_up_to_the_new_one(address: str) -> None:
    async with forge_rig(ManualClock(NOW)) as rig:
        rig.server.releases["lab/sun"] = LISTED
        found = await rig.source.between(address, "1.8.0", "2.0.1")
        assert [one.version for one in found.between.notes] == ["v2.0.1", "v2.0.0", "v1.9.0"]
        assert found.between.is_complete
        assert found.missing == ""
        assert found.between.published_at == datetime(2026, 11, 1, 10, tzinfo=UTC)
        assert len(rig.server.asked) == 1


@pytest.mark.parametrize(
    ("releases", "old", "new", "missing"),
    [
        ([release("v1.1.0", "- A moon")], "1.0.0", "1.2.0", "There are no release notes of 1.2.0"),
        ([release("v1.2.0", "- A moon"), release("v1.1.0")], "1.0.0", "1.2.0", "release notes of v1.1.0"),
        ([release("v1.2.0", "**Full Changelog**: https://x.example")], "1.0.0", "1.2.0", "of v1.2.0"),
        (many(PAGE * (MOST_PAGES + 1)), "1.0.1", f"1.0.{PAGE * (MOST_PAGES + 1)}", "in between are not all"),
        ([], "1.0.0", "nightly", "Without version numbers"),
    ],
)
async def test_a_gap_is_missing(releases: list[object], old: str, new: str, missing: str) -> None:
    async with forge_rig(ManualClock(NOW)) as rig:
        rig.server.releases["lab/sun"] = releases
        found = await rig.source.between("https://github.com/lab/sun", old, new)
        assert missing in found.missing
        assert not found.between.is_complete
        assert len([one for one in rig.server.asked if "/releases" in one]) <= MOST_PAGES


async def test_pages_are_read_until_the_old_version() -> None:
    async with forge_rig(ManualClock(NOW)) as rig:
        rig.server.releases["lab/sun"] = many(2 * PAGE)
        found = await rig.source.between("https://github.com/lab/sun", f"1.0.{PAGE}", f"1.0.{2 * PAGE}")
        assert found.between.is_complete
        assert len(found.between.notes) == PAGE
        assert len(rig.server.asked) == 2


CHANGELOG = (
    "# Changelog\n\n## [2.0.1] - 2026-11-01\n\n- Fix the sun\n\n"
    "2.0.0\n-----\n\n- Remove the moon\n\n## 1.8.0\n\n- Old\n"
)


@pytest.mark.parametrize("host", ["github.com", "gitlab.com", "codeberg.org"])
@pytest.mark.parametrize("name", ["CHANGELOG.md", "CHANGES.md"])
@pytest.mark.parametrize("tag", ["v2.0.1", "2.0.1"])
async def test_a_changelog_file_is_the_second_choice(host: str, name: str, tag: str) -> None:
    async with forge_rig(ManualClock(NOW)) as rig:
        rig.server.files["lab/sun", name, tag] = CHANGELOG
        found = await rig.source.between(f"https://{host}/lab/sun", "1.8.0", "2.0.1")
        assert [(one.version, one.text) for one in found.between.notes] == [
            ("2.0.1", "- Fix the sun"),
            ("2.0.0", "- Remove the moon"),
        ]
        assert found.between.is_complete
        assert found.between.release is ReleaseState.UNKNOWN, "it has no list of releases"


async def test_a_changelog_does_not_hide_that_a_release_is_gone() -> None:
    async with forge_rig(ManualClock(NOW)) as rig:
        rig.server.files["lab/sun", "CHANGELOG.md", "v2.0.1"] = CHANGELOG
        rig.server.releases["lab/sun"] = [{"tag_name": "v1.8.0", "body": "- The sun"}]
        found = await rig.source.between("https://github.com/lab/sun", "1.8.0", "2.0.1")
        assert found.between.notes
        assert found.between.release is ReleaseState.ABSENT


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example/lab/sun",
        "https://127.0.0.1/lab/sun",
        "https://github.com.elsewhere.example/lab/sun",
        "https://github.com@elsewhere.example/lab/sun",
        "https://user:pass@github.com/lab/sun",
        "https://github.com:8443/lab/sun",
        "https://github.com/lab",
        "https://github.com/../../sun",
        "https://github.com/lab/..%2f..%2fuser",
        "https://[::1/lab/sun",
        "file:///github.com/lab/sun",
        "github.com/lab/sun",
        "",
    ],
)
async def test_other_addresses_are_not_asked(address: str) -> None:
    async with forge_rig(ManualClock(NOW)) as rig:
        found = await rig.source.between(address, "1.0.0", "1.1.0")
        assert found.missing == "The sources are at an address that is not asked"
        assert rig.server.asked == []


async def test_only_repository_page_and_file_are_sent() -> None:
    async with forge_rig(ManualClock(NOW)) as rig:
        await rig.source.between("https://github.com/lab/sun", "1.0.0", "1.1.0")
        assert rig.server.asked[0] == f"/github/repos/lab/sun/releases?per_page={PAGE}&page=1"
        assert set(rig.server.headers[0]) <= {
            *("Host", "Accept", "Accept-Encoding", "User-Agent", "X-GitHub-Api-Version")
        }


async def test_an_answer_is_used_for_hours_and_then_compared() -> None:
    async with forge_rig(ManualClock(NOW)) as rig:
        rig.server.releases["lab/sun"] = LISTED
        for _ in range(2):
            await rig.source.between("https://github.com/lab/sun", "1.8.0", "2.0.1")
        assert len(rig.server.asked) == 1
        rig.clock.jump(FRESH.total_seconds())
        rig.server.releases["lab/sun"] = []  # the server says 304, because its ETag is the same
        found = await rig.source.between("https://github.com/lab/sun", "1.8.0", "2.0.1")
        assert found.between.is_complete
        assert len(rig.server.asked) == 2


async def test_a_moved_repository_is_followed_within_the_forge_only() -> None:
    async with forge_rig(ManualClock(NOW)) as rig:
        rig.server.releases["lab/new"] = LISTED
        rig.server.moved["lab/sun"] = f"/github/repos/lab/new/releases?per_page={PAGE}&page=1"
        found = await rig.source.between("https://github.com/lab/sun", "1.8.0", "2.0.1")
        assert found.between.is_complete
        for where in ("http://127.0.0.1:1/", "https://elsewhere.example/", "http://[", ""):
            rig.server.moved["lab/moon"] = where
            found = await rig.source.between("https://github.com/lab/moon", "1.8.0", "2.0.1")
            assert "refers to another address" in found.missing
        rig.server.moved["lab/moon"] = "/github/repos/lab/moon/releases"
        before = len(rig.server.asked)
        await rig.source.between("https://github.com/lab/moon", "1.8.0", "2.0.1")
        assert len(rig.server.asked) - before == notes_source.MOST_REDIRECTS + 1


async def test_the_limit_of_requests_is_obeyed() -> None:
    async with forge_rig(ManualClock(NOW)) as rig:
        rig.server.reset = int(NOW.timestamp()) + 600
        for number in range(60):
            await rig.source.between(f"https://github.com/lab/sun{number}", "1.0.0", "1.1.0")
        assert rig.server.left == notes_source.LEFT_FOR_OTHERS
        found = await rig.source.between("https://github.com/lab/last", "1.0.0", "1.1.0")
        assert "not asked again before" in found.missing
        rig.clock.jump(601)
        rig.server.left, rig.server.reset = 60, int(NOW.timestamp()) + 4_000
        rig.server.releases["lab/last"] = [release("v1.1.0", "- A moon")]
        assert (await rig.source.between("https://github.com/lab/last", "1.0.0", "1.1.0")).between.is_complete


@pytest.mark.parametrize(
    ("fault", "more", "reason", "pause"),
    [
        (500, {}, "500", PAUSE),
        (429, {"Retry-After": "60"}, "no more requests", timedelta(seconds=60)),
        (429, {}, "no more requests", PAUSE),
        (403, {"Retry-After": "99999999"}, "no more requests", notes_source.LONGEST_PAUSE),
        (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "x"}, "403", timedelta()),
        (302, {}, "another address", timedelta()),
        (b"<html>", {}, "not JSON", timedelta()),
        (b"{}", {}, "no list", timedelta()),
        (b"[" * 100_000, {}, "not JSON", timedelta()),
    ],
)
async def test_a_fault_is_named_and_the_forge_gets_a_pause(
    fault: int | bytes, more: dict[str, str], reason: str, pause: timedelta
) -> None:
    async with forge_rig(ManualClock(NOW)) as rig:
        rig.server.fault, rig.server.more = fault, more
        found = await rig.source.between("https://github.com/lab/sun", "1.0.0", "1.1.0")
        assert reason in found.missing
        assert not found.between.is_complete
        rig.server.fault, rig.server.more = None, {}
        rig.server.releases["lab/sun"] = [release("v1.1.0", "- A moon")]
        asked = len(rig.server.asked)
        paused = await rig.source.between("https://github.com/lab/sun", "1.0.0", "1.1.0")
        assert paused.between.is_complete is (pause == timedelta())
        assert (len(rig.server.asked) == asked) is (pause > timedelta())
        rig.clock.jump(pause.total_seconds() + 1)
        assert (await rig.source.between("https://github.com/lab/sun", "1.0.0", "1.1.0")).between.is_complete


async def test_a_forge_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes_source, "SECONDS", 0.01)
    async with forge_rig(ManualClock(NOW)) as rig:
        rig.server.is_silent = True
        found = await rig.source.between("https://github.com/lab/sun", "1.0.0", "1.1.0")
        assert found.missing.startswith("Release notes: GET 127.0.0.1")


class OwnGithub:
    """The client of a configured instance."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.is_down = False

    async def data(self, path: str, /, **query: str) -> bytes:
        self.asked.append(path)
        if self.is_down:
            raise ServiceUnreachable("GET own: no route")
        if path.endswith("/contents/CHANGELOG.md") and query["ref"] == "v2.0.1":
            return json.dumps({"content": b64encode(CHANGELOG.encode()).decode()}).encode()
        if path == "repos/lab/listed/releases":
            return json.dumps(LISTED).encode()
        raise ServiceNotFound("GET own: 404")


async def test_a_configured_instance_is_asked_with_its_login() -> None:
    async with forge_rig(ManualClock(NOW)) as rig:
        own = OwnGithub()
        rig.own["github.com"] = rig.own["git.example:3000"] = (ForgeKind.GITHUB, own)
        for address in ("https://github.com/lab/sun", "http://git.example:3000/lab/listed"):
            found = await rig.source.between(address, "1.8.0", "2.0.1")
            assert found.between.is_complete
        assert rig.server.asked == []
        own.is_down = True
        found = await rig.source.between("https://github.com/lab/other", "1.8.0", "2.0.1")
        assert "no route" in found.missing
        asked = len(own.asked)
        await rig.source.between("https://github.com/lab/third", "1.8.0", "2.0.1")
        assert len(own.asked) == asked


async def test_few_answers_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes_source, "MOST_KEPT", 1)
    async with forge_rig(ManualClock(NOW)) as rig:
        for name in ("sun", "moon"):
            rig.server.releases[f"lab/{name}"] = LISTED
        for name in ("sun", "moon", "sun"):
            await rig.source.between(f"https://github.com/lab/{name}", "1.8.0", "2.0.1")
        assert len(rig.server.asked) == 3
