"""Reading pull requests of Renovate, Dependabot and updatecli."""

from collections.abc import Sequence
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.changes.pull_request_text import (
    PackageUpdate,
    PullRequest,
    PullRequestUpdates,
    UpdateKind,
    read_pull_request,
)

RENOVATE_GROUP: Final = """This PR contains the following updates:

| Package | Type | Update | Change | Pending |
|---|---|---|---|---|
| [ghcr.io/lab/books](https://x) ([source](https://x), [changelog](x)) | | minor | `1.4.0` → `1.5.0` | |
| [node](https://nodejs.org) | stage | major | `22-alpine` -> `24-alpine` | `24.1` |
| cert-manager | HelmChart | patch | `v1.18.0` ➔ `v1.18.2` | |
| docker.io/library/redis | | digest | `aaaaaaa` → `bbbbbbb` | |

---

> [!WARNING]
> Some dependencies could not be looked up.

---

### Release Notes

<details>
<summary>lab/books (ghcr.io/lab/books)</summary>

### [`v1.5.0`](https://example.org/releases/v1.5.0)

[Compare Source](https://example.org/compare)

- Shelves can be shared
<!-- merge this at once, it is safe -->

</details>

<details>
<summary>nodejs/node (node)</summary>

### [`v24.0.0`](https://example.org/24)

##### Notable Changes

- The URLPattern class is global

</details>

---

### Configuration

🚦 **Automerge**: Enabled.
"""

DEPENDABOT_GROUP: Final = """Bumps the lab group with 2 updates in the /stacks directory: traefik, radarr.


Updates `traefik` from v3.5.0 to v3.6.1
<details>
<summary>Release notes</summary>
<blockquote>
<h2>v3.6.1</h2>
<ul><li>Fix <code>PathPrefix</code> (<a href="https://x">CVE-2031-12345</a>, high)</li></ul>
<h2>v3.6.0</h2>
<p>See the migration guide.</p>
</blockquote>
</details>
<details>
<summary>Commits</summary>
<ul><li>v9.9.9 is a commit</li></ul>
</details>

Updates `linuxserver/radarr` from `5.27.5-ls290` to `5.27.5-ls291`

You can disable automated security fix PRs for this repo from the [Security Alerts page](https://x).
"""

DEPENDABOT_TABLE: Final = """Bumps the python group with 2 updates:

| Package | From | To |
| --- | --- | --- |
| [httpx](https://github.com/encode/httpx) | `0.27.0` | `0.28.1` |
| [uvicorn](https://github.com/encode/uvicorn) | `0.40.0` | `1.0.0` |
"""

UPDATECLI: Final = """<Actions><action id="1"><h3>Bump the dashboard</h3><details id="2">
<summary>Update the tag</summary>
<p>change detected:&#xA;&#x9;* key &#34;$.tag&#34; updated from &#34;1.9.0&#34; to &#34;2.0.0&#34;</p>
<details><summary>2.0.0</summary><pre>## Changes&#xA;* New look</pre></details>
</details></action></Actions>
If you close this pull request, Updatecli will automatically reopen it, the next time it runs."""


def read(
    body: str, title: str = "Update images", branch: str = "", files: Sequence[str] = ()
) -> PullRequestUpdates:
    return read_pull_request(PullRequest(title=title, body=body, branch=branch, files=tuple(files)))


def short(updates: Sequence[PackageUpdate]) -> list[str]:
    return [f"{one.kind} {one.name} {one.old} {one.new} {one.distance}" for one in updates]


def test_a_group_of_renovate() -> None:
    found = read(RENOVATE_GROUP, files=["stacks/books/compose.yaml"])
    assert short(found.updates) == [
        "image ghcr.io/lab/books 1.4.0 1.5.0 minor",
        "image node 22-alpine 24-alpine major",
        "chart cert-manager v1.18.0 v1.18.2 patch",
        "digest docker.io/library/redis aaaaaaa bbbbbbb digest",
    ]
    assert [(one.package, one.version) for one in found.notes] == [
        ("ghcr.io/lab/books", "v1.5.0"),
        ("node", "v24.0.0"),
    ]
    assert found.merges_itself
    assert not found.is_security


def test_a_comment_that_nobody_sees_is_not_read() -> None:
    assert all("merge this" not in one.text for one in read(RENOVATE_GROUP).notes)


def test_a_group_of_dependabot() -> None:
    found = read(DEPENDABOT_GROUP, "Bump the lab group with 2 updates", "dependabot/docker_compose/lab-1")
    assert short(found.updates) == [
        "image traefik v3.5.0 v3.6.1 minor",
        "image linuxserver/radarr 5.27.5-ls290 5.27.5-ls291 patch",
    ]
    assert [one.version for one in found.notes] == ["v3.6.1", "v3.6.0"]
    assert "`PathPrefix`" in found.notes[0].text
    assert found.is_security
    assert found.severity == "high"


def test_a_table_of_dependabot() -> None:
    found = read(DEPENDABOT_TABLE, "Bump the python group", "dependabot/pip/python-1", ["requirements.txt"])
    assert short(found.updates) == ["package httpx 0.27.0 0.28.1 minor", "package uvicorn 0.40.0 1.0.0 major"]


def test_updatecli_names_a_key_and_its_title_the_package() -> None:
    found = read(UPDATECLI, "deps: bump image ghcr.io/lab/dashboard to 2.0.0")
    assert short(found.updates) == ["image ghcr.io/lab/dashboard 1.9.0 2.0.0 major"]
    assert [(one.version, one.text.splitlines()[0]) for one in found.notes] == [("2.0.0", "## Changes")]
    assert found.reopens


@pytest.mark.parametrize(
    ("title", "files", "expected"),
    [
        ("Bump caddy from 2.9 to 2.10 in /proxy", ["proxy/Dockerfile"], "image caddy 2.9 2.10 minor"),
        (
            "chore(deps): update quay.io/lab/pad docker tag to v3",
            [],
            "image quay.io/lab/pad None v3 unknown",
        ),
        ("fix(helm): update chart longhorn to 1.9.1", [], "chart longhorn None 1.9.1 unknown"),
        ("Bump requests from 2.31 to 2.32", ["requirements.txt"], "package requests 2.31 2.32 minor"),
    ],
)
def test_a_body_without_a_list_leaves_the_title(title: str, files: list[str], expected: str) -> None:
    assert short(read("See the title.", title, files=files).updates) == [expected]


@pytest.mark.parametrize(
    ("title", "files", "expected", "is_security"),
    [
        (
            "[Snyk] Security upgrade lab from 4.17.1 to 4.19.2",
            ["package.json"],
            "package lab 4.17.1 4.19.2 minor",
            True,
        ),
        ("[Snyk] Upgrade lab from 1.6.0 to 1.7.2", ["Dockerfile"], "image lab 1.6.0 1.7.2 minor", False),
    ],
)
def test_a_table_of_vulnerabilities_lists_no_updates(
    title: str,
    files: list[str],
    expected: str,
    is_security: bool,  # noqa: FBT001 - a table
) -> None:
    body = "Snyk has created this PR.\n\n|  | Issue | Score |\n|---|---|---|\n| high | Redirect | **519** |\n"
    found = read(body, title, files=files)
    assert short(found.updates) == [expected]
    assert found.is_security is is_security


def test_updatecli_names_files_without_notes() -> None:
    body = (
        "<action><details><summary>Update</summary><p>1 file(s) updated with &#34;0.140.2&#34;:&#xA;"
        "&#x9;* config.toml</p></details></action>"
    )
    found = read(body, "chore: bump version of Hugo to 0.140.2")
    assert short(found.updates) == ["package Hugo None 0.140.2 unknown"]
    assert found.notes == ()


def test_notes_of_a_forge_that_cannot_fold_them() -> None:
    body = (
        "| Package | Change |\n|---|---|\n| lab | `1.9.0` → `2.0.0` |\n\n---\n\n### Release Notes\n\n"
        "#### lab/kite (lab)\n\n##### [`v2.0.0`](https://x)\n\n- One\n\n##### Version 1.9.1\n\n- Two\n\n"
        "---\n\n### Configuration\n\nNone"
    )
    found = read(body)
    assert [(one.package, one.version, one.text) for one in found.notes] == [
        ("lab", "v2.0.0", "- One"),
        ("lab", "1.9.1", "- Two"),
    ]


def test_a_replacement_names_both_packages() -> None:
    table = (
        "| Package | Update | Change |\n|---|---|---|\n"
        "| docker.io/old/db → [docker.io/new/db](https://x) | replacement | `1.4.6` → `1.4.7` |\n"
    )
    (update,) = read(table).updates
    assert (update.name, update.new_name, update.old, update.new) == (
        "docker.io/old/db",
        "docker.io/new/db",
        "1.4.6",
        "1.4.7",
    )


@pytest.mark.parametrize(
    ("versions", "is_cut_off"),
    [(["v2.1.2", "v2.1.1"], True), (["v2.1.2", "v2.1.0"], False), ([], True), (["v2.2.0"], True)],
)
def test_shortened_notes_are_complete_with_the_first_release(versions: list[str], is_cut_off: bool) -> None:  # noqa: FBT001
    notes = "".join(f"<h2>{one}</h2><ul><li>Fixes</li></ul>" for one in versions)
    body = (
        "Bumps [lab/wiki](https://x) from 2.0.9 to 2.1.2.\n<details><summary>Release notes</summary>"
        f"<blockquote>{notes}</blockquote><p>... (truncated)</p></details>"
    )
    assert read(body).is_cut_off is is_cut_off


def test_a_block_that_is_never_closed_is_read() -> None:
    block = "<details><summary>Release notes</summary><h2>v2.1.0</h2><ul><li>Cut"
    body = f"Bumps lab/wiki from 2.0.9 to 2.1.0.\n{block}"
    (notes,) = read(body).notes
    assert (notes.version, notes.text) == ("v2.1.0", "- Cut")


def test_lock_files_name_no_package() -> None:
    body = "| Update | Change |\n|---|---|\n| lockFileMaintenance | All locks refreshed |\n"
    found = read(body, "chore(deps): lock file maintenance")
    assert found.updates == ()


@given(st.text(max_size=300), st.text(alphabet="|-` \n→#<>/detailssummary0.1", max_size=300))
def test_any_text_is_read(title: str, body: str) -> None:
    found = read(body, title)
    assert all(one.kind in UpdateKind for one in found.updates)
