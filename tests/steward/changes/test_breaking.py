"""Whether an update breaks an ordinary set-up, from its notes; not known is not the same as no."""

from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homelab_steward.contract.changes import Distance
from steward.changes.breaking import MOST_REASONS, judge, judge_pull_request, least_for
from steward.changes.evaluate import evaluate_changes, evaluate_pull_requests
from steward.changes.pull_request_text import (
    Notes,
    PackageUpdate,
    PullRequestUpdates,
    UpdateKind,
)

OTHERS: Final = Path(__file__).parents[4] / "shared" / "data" / "updates"

DOUBTFUL: Final = ("Sun is used instead of moon", "Change the moon topic")
"""Lines that count in a major version, and not in a patch."""


@pytest.mark.parametrize(
    "notes",
    [
        "## Breaking changes\n\n- The sun is shown in another colour",
        "## Features\n\n- feat(api)!: show the sun",
        "## Features\n\n- feat!: no sun",
        "## Breaking\n\n- Keine Unterstützung mehr für den Mond",
        "## Breaking\n\n- The sun is not needed any more, remove it",
        "## Changes\n\n- The sun is shown in another colour\n\n## Added\n\n- A moon",
        "- The `legacy_sun` option was removed, set `sun.mode` instead.",
        "- Support for MariaDB 10.6 has been dropped.",
        "Die Umgebungsvariable `SONNE` heißt jetzt `SONNE_MODUS`; bitte die Compose-Datei anpassen.",
        "Il faut PostgreSQL 16 au minimum.",
        "移除了 `old_mode` 选项, 请改用 `mode`。",
        "## 不兼容变更\n\n- 太阳换了颜色",
        "- lab_sun - the `classic` module has been removed.",
        "- The deprecated option `sun` was removed.",
        "* BREAKING\n  * The sun is shown in another colour",
        "Removed Features\n----------------\n\n- lab_sun - the ``classic`` lookup.",
        "- [CHANGE] Rename the `sun` setting to `star`",
        "- Drop: support for Python 3.9",
        "### Removed\n\n- Support for Redis 5",
        "## Breaking changes for users and developers\n\n- The sun is shown in another colour",
        "- (anna) Ids of stars may not have spaces anymore",
        "- [CHANGE] remove label `star` from sun_state",
        "- Removed the Sunflower share",
        "- If you want the old behaviour back, set `SUN=old`.",
        "- This may break setups that rely on the order of suns.",
        "- Users of the clustered sun may encounter errors until all of its pods are deleted.",
        "- If you used the old sun, please move to the new one.",
        "- Add Node 30 support, remove Node 29",
        "- The unit of `sun_seconds` has been changed from milliseconds to seconds.",
        "- The right to list `suns` has to be added to the role.",
        "- Credentials now only apply to https suns.",
        "- Core features moved to plugins: sunrise and sunset",
        "## Noteworthy changes\n\n- Python 3.9 support removed",
        "CHANGES:\n\n * Queries now run as the bind user rather than as the own one.\n\nBUG FIXES:\n",
        "- ``Removed`` the sun",
    ],
)
def test_notes_with_a_breaking_change(notes: str) -> None:
    found = judge(f"{notes}\n\n## Fixes\n\n- The moon no longer flickers")
    assert found.breaks is True
    assert found.reasons
    assert all("moon" not in one for one in found.reasons)


@pytest.mark.parametrize(
    "notes",
    [
        "## Breaking changes\n\nNone in this release.\n\n## Fixes\n\n- The moon no longer flickers",
        "## Features\n\n- A moon can be added\n- New optional setting `moon` (off by default)",
        "## Dependencies\n\n- chore(deps)!: replace the HTTP library",
        "- fix: a crash when the list of moons was empty",
        "The option `moon` is deprecated and will be removed in version 9.",
        "The database is migrated automatically at the first start, nothing to do.",
        "## Breaking changes\n\n- None 🎈",
        "## Breaking changes\n\n(none in the parts that you use; see `moon/` for its own list)",
        "## Breaking changes\n\nThere is nothing to do.",
        "数据库会在首次启动时自动迁移, 无需操作。",
        "- lab_sun - the option `mode` is deprecated and will be removed in 9.0.0. Use `state` instead.",
        "- lab_sun - `mode` is no longer required when `state=absent`.",
        "- lab_sun - add a ``delete`` option to control how resources are removed.",
        "This is the last release with these:\n\n- The `sun` option.",
        "If you come from 1.x read the breaking changes of 2.0 first.",
        "## Plugin development\n\n- Removed the deprecated `Sun` class",
        "## Dev Breaking Changes\n\n- [Sun]: Refactor the `Sun` class",
        "- [eslint]: Remove rules of the moon",
        "- lab_sun - fix a crash when the moon is missing. The default moon is now required to be set.",
        "- lab_sun - the module is moved to ``other.lab_sun``. It will be replaced by a redirect in 9.0.0",
        "- Show the moon when `TypeError: 1 required argument was removed` is raised",
        "- Remove Moonlint (deprecated), use `moonvet` instead",
        "- **Alerts:** Support label matchers in the list of moons",
        "## Bugfixes\n\n- lab_moon - do not pass an argument that only newer moons support",
        "We are planning to remove the `moon` option. If you use it, you need to tell us.",
        "The `moon` label has been deprecated and will be removed. Please use `star` instead.",
        "Note to packagers: the folder of the moon was renamed.",
        "## Upcoming breaking changes\n\n- The option `moon` is removed in 9.0",
        "BUG FIXES:\n\n * The moon is not required any more",
        "- ``Fixed`` a crash when the default moon was removed",
        "- The files cannot be downgraded after the first start",
    ],
)
def test_notes_without_one(notes: str) -> None:
    assert judge(notes).breaks is False


def test_a_value_in_code_denies_nothing() -> None:
    assert judge("## Breaking changes\n\n- `none` is the colour of the sun").breaks is True


def test_a_patch_needs_more_than_a_major_version() -> None:
    assert least_for("2.0.0") < least_for("2.1.0") < least_for("2.1.1")
    assert least_for("nightly") == least_for("20310401") == least_for("2.1")
    assert least_for("1.0.0") == least_for("0.0.0") == least_for("1.1.0") == least_for("0.9.12")
    assert least_for("11.0.0.6") == least_for("2.1.1")
    found = [judge(f"- {line}", one).breaks for line in DOUBTFUL for one in ("2.0.0", "2.0.1")]
    assert found == [True, False] * len(DOUBTFUL)


@pytest.mark.parametrize("version", ["", "2.0.0", "2.0.1"])
def test_a_listed_breaking_change_counts_in_every_release(version: str) -> None:
    assert judge("## Breaking\n\n- The sun has another colour", version).breaks is True


@pytest.mark.parametrize("notes", ["", " \n", "<!-- all is safe -->", "...", "```\ncode\n```"])
def test_notes_without_a_text_are_not_known(notes: str) -> None:
    assert judge(notes).breaks is None


def update(
    name: str = "lab/moon", old: str | None = "1.0.0", new: str = "1.1.0", other: str = ""
) -> PackageUpdate:
    return PackageUpdate(
        name=name, kind=UpdateKind.IMAGE, old=old, new=new, distance=Distance.MINOR, new_name=other
    )


def pull(
    *updates: PackageUpdate, notes: str = "", package: str = "", is_cut_off: bool = False
) -> PullRequestUpdates:
    return PullRequestUpdates(
        updates=updates,
        notes=(Notes(package, "1.1.0", notes),) if notes else (),
        is_cut_off=is_cut_off,
    )


GOOD: Final = "- A moon can be added"
BAD: Final = "## Breaking\n- The moon is gone"


@pytest.mark.parametrize(
    ("request_", "breaks"),
    [
        (pull(update(), notes=GOOD), False),
        (pull(update(), notes=BAD), True),
        (pull(update()), None),
        (pull(update(), notes=GOOD, is_cut_off=True), None),
        (pull(update(), notes=BAD, is_cut_off=True), True),
        (pull(update(other="lab/sun")), True),
        (pull(update(old=None)), False),
        (pull(replace(update(old=None), distance=Distance.UNKNOWN)), None),
        (replace(pull(update()), notes=(Notes("", "", GOOD),)), None),
        (pull(), None),
        (pull(update(), update("lab/sun", new="1.2.0"), notes=GOOD, package="lab/moon"), None),
        (pull(update(), update("lab/sun", new="1.2.0"), notes=GOOD), None),
        (pull(update(), update("lab/sun"), notes=GOOD, package="lab/moon"), False),
        (pull(update("ghcr.io/lab/moon"), notes=GOOD, package="moon"), False),
        (pull(update("ghcr.io/lab/moon"), notes=GOOD, package="honeymoon"), None),
        (pull(replace(update(old=None), distance=Distance.UNKNOWN), notes=GOOD), None),
        (pull(update(), notes="[Compare Source](https://lab.example/compare)"), None),
        (pull(update(), notes="*No changelog for this release.*"), None),
        (pull(update(), notes="See the [changelog](https://lab.example) for details."), None),
        (pull(update(), notes="Release 1.1.0", package="lab/moon"), None),
    ],
)
def test_a_pull_request(request_: PullRequestUpdates, *, breaks: bool | None) -> None:
    found = judge_pull_request(request_)
    assert found.breaks is breaks
    assert bool(found.reasons) is (breaks is True)


@pytest.mark.parametrize("package", ["", "lab/moon"])
def test_each_version_of_a_pull_request_needs_notes(package: str) -> None:
    silent = Notes(package, "v1.0.5", "[Compare Source](https://lab.example/compare)")
    given = pull(update(), notes=GOOD, package=package)
    assert judge_pull_request(replace(given, notes=(*given.notes, silent))).breaks is None
    told = Notes(package, "1.0.5", "- The moon is round")
    assert judge_pull_request(replace(given, notes=(*given.notes, silent, told))).breaks is False


@given(
    st.lists(
        st.sampled_from(["- The `a` option was removed", "- A moon", "## Fixes", "## Breaking", "None."])
    )
)
def test_reasons_are_few_and_only_for_what_breaks(lines: list[str]) -> None:
    found = judge("\n".join(lines))
    assert len(found.reasons) <= MOST_REASONS
    assert bool(found.reasons) is (found.breaks is True)


@pytest.mark.skipif(not OTHERS.is_dir(), reason="no folder with labelled updates")
def test_real_release_notes_and_pull_requests() -> None:
    changes = evaluate_changes(OTHERS / "releases_dev.jsonl")
    assert (changes["f1"] or 0) >= 0.85
    assert (changes["recall"] or 0) >= 0.95
    pulls = evaluate_pull_requests(OTHERS / "pull_requests")
    assert (pulls["updates_right"] or 0) >= 0.95
    assert pulls["breaking_unknown_shown_safe"] == 0
