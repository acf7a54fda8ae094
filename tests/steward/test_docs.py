"""The documentation is right: links, scripts, snippets, settings and messages exist as it says."""

import ast
import os
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import orjson
import pytest
import yaml

from homelab_steward.contract.protocol import WEBHOOK_PATH
from recorded_incidents.records import read_records
from steward.inventory.forms import fill_in
from steward.language.sentence_files import BUILT_IN, INTENTS, read_language, with_file
from steward.runbooks.library import WrongRunbook, built_in_folders, check, parse, read_library
from steward.runbooks.model import Match, Recipe, Runbook, Step
from steward.schedules.question import KEYS, TITLES, read_question
from steward.schedules.rules import RULES
from steward.sdk.description import AnyService
from steward.sdk.parse import parse as parse_json
from steward.services._forge.template_folder import TemplateFolder
from steward.services._kubernetes.models import Rule
from steward.services.finder import find_services
from steward.services.kubernetes import volume_claims, volume_restore_plan, volume_snapshots
from steward.settings.model import Listen, Settings
from steward.settings.reader import read_settings
from steward.settings.sources import merge_sources
from steward.wiring.own_templates import own_templates

ROOT = Path(__file__).resolve().parents[2]
INTEGRATION = ROOT / "custom_components" / "homelab_steward"
REPOSITORY = "https://github.com/homelab-steward/homelab-steward/blob/main/"

PAGES = tuple(sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("addon/*.md")]))
CODE = ("addon/steward", "mcp_bridge", "custom_components/homelab_steward")
"""Folders whose texts the documentation may quote."""

FENCE = re.compile(r"^(?P<indent> *)```(?P<language>\w*)\n(?P<body>.*?)^ *```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)
SCRIPT = re.compile(r"(?<![\w/.-])script/(?P<name>[a-z][\w./-]*\w)")
FILE = re.compile(r"`([\w./-]+(?:\.py|\.sh|\.toml|/))`")
TEST = re.compile(r"`(?P<file>tests/[\w/]+\.py)::(?P<name>\w+)`")
SETTING = re.compile(r"`([a-z_]+(?:\.[a-z_]+)+)`")
INLINE_ERROR = re.compile(r"`([a-z_]+(?:\.[a-z_]+)+): ([^`]+)`")

GAP = "\N{HORIZONTAL ELLIPSIS}"
HOLE = "\0"

SETTINGS = {one.name for one in fields(Settings)}
AUTOMATION = {"triggers", "conditions", "actions", "sequence"}
RUNBOOK = {one.name for one in fields(Runbook)} | {one.name for one in fields(Recipe)}
STEP = {one.name for one in fields(Step)}
SENTENCES = {"intents", "lists", "expansion_rules", "skip_words"}


@dataclass(frozen=True, slots=True)
class Snippet:
    """One fenced block of a page."""

    page: Path
    language: str
    text: str

    @property
    def keys(self) -> set[str]:
        """The top-level keys of a YAML snippet."""
        content = yaml.safe_load(self.text)
        return set(content) if isinstance(content, dict) else set()


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def snippets(*languages: str) -> list[Snippet]:
    return [
        Snippet(page, found["language"], textwrap.dedent(found["indent"] + found["body"].lstrip(" ")))
        if found["body"].startswith(found["indent"])
        else Snippet(page, found["language"], found["body"])
        for page in PAGES
        for found in FENCE.finditer(page.read_text("utf-8"))
        if found["language"] in languages
    ]


def prose(page: Path) -> str:
    """Return a page without its fenced blocks."""
    return FENCE.sub("", page.read_text("utf-8"))


@cache
def services() -> dict[str, AnyService]:
    return dict(find_services())


each_page = pytest.mark.parametrize("page", PAGES, ids=name_of)


@pytest.mark.parametrize("page", sorted(ROOT.glob("docs/de/*.md")), ids=lambda page: page.name)
def test_a_translated_page_has_the_commands_and_pictures_of_the_english_one(page: Path) -> None:
    english = ROOT / "README.md" if page.stem == "index" else ROOT / "docs" / page.name
    original = english.read_text()
    text = page.read_text()
    for found in FENCE.finditer(text):
        assert found["body"] in original, found["body"]
    for code in re.findall(r"(?<!`)`([^`\n]+)`(?!`)", FENCE.sub("", text)):
        assert f"`{code}`" in original, code
    pictures = re.findall(r"images/([\w-]+\.png)", original)
    assert page.stem == "index" or re.findall(r"images/([\w-]+\.png)", text) == pictures


def test_only_a_page_that_says_so_is_translated_in_part() -> None:
    def parts(page: Path) -> int:
        return len(HEADING.findall(FENCE.sub("", page.read_text())))

    pages = [page for page in ROOT.glob("docs/de/*.md") if page.stem != "index"]
    shorter = {page.stem for page in pages if parts(page) != parts(ROOT / "docs" / page.name)}
    assert shorter == {"install"}
    assert "](../install.md)" in (ROOT / "docs/de/install.md").read_text()


def test_pages_are_found() -> None:
    names = {name_of(page) for page in PAGES}
    assert {
        "README.md",
        "addon/DOCS.md",
        "docs/runbooks.md",
        "docs/decisions/0001-durable-engine.md",
    } <= names


# Links


def slug(heading: str) -> str:
    """Return the anchor that GitHub gives a heading."""
    text = LINK.sub(lambda found: found[0][1 : found[0].index("]")], heading).replace("`", "")
    return re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")


def anchors(page: Path) -> set[str]:
    found: set[str] = set()
    for heading in HEADING.findall(prose(page)):
        anchor, number = slug(heading), 0
        while anchor in found:
            number += 1
            anchor = f"{slug(heading)}-{number}"
        found.add(anchor)
    return found


def local_links(page: Path) -> Iterator[tuple[str, Path, str]]:
    """Yield each link into this repository, its file, and its anchor."""
    for link in LINK.findall(prose(page)):
        target, _, anchor = unquote(link).partition("#")
        if link.startswith(REPOSITORY):
            yield link, ROOT / target.removeprefix(REPOSITORY), anchor
        elif not re.match(r"[a-z]+:", link):
            yield link, (page.parent / target).resolve() if target else page, anchor


@each_page
def test_links_lead_to_a_file_and_a_heading(page: Path) -> None:
    for link, file, anchor in local_links(page):
        assert file.exists(), f"{link} leads to no file"
        assert not anchor or anchor in anchors(file), f"{link}: there is no such heading"


@each_page
def test_no_table_is_interrupted(page: Path) -> None:
    assert not re.findall(r"^\|.*\|\n\n(\|.*\|)\n(?!\|[ :|-]+\|$)", page.read_text(), re.MULTILINE)


# Scripts


@each_page
def test_scripts_exist_and_can_be_started(page: Path) -> None:
    for found in SCRIPT.finditer(page.read_text("utf-8")):
        script = ROOT / "script" / found["name"]
        assert script.is_file(), f"script/{found['name']} does not exist"
        assert "lib" in script.parts or os.access(script, os.X_OK), f"{script.name} is not executable"


def test_every_script_is_in_the_architecture() -> None:
    named = {found["name"] for found in SCRIPT.finditer((ROOT / "ARCHITECTURE.md").read_text("utf-8"))}
    scripts = {path.name for path in (ROOT / "script").iterdir() if path.is_file()}
    downloads = {name for name in scripts if "-from-" in name}
    assert scripts - downloads - named == set()


# Files


@cache
def tracked() -> tuple[str, ...]:
    """Return the paths of the files and folders that the documentation may name, with a slash before each."""
    folders = ("addon", "bench", "custom_components", "docs", "mcp_bridge", "requirements", "script", "tests")
    found = [ROOT / "pyproject.toml", *(ROOT / folder for folder in folders)]
    found += [
        path for folder in folders for path in (ROOT / folder).rglob("*") if "__pycache__" not in path.parts
    ]
    return tuple(f"/{path.relative_to(ROOT)}" + ("/" if path.is_dir() else "") for path in found)


EXAMPLES = ("uptime_robot", "recorded", "<name>", "NAME")
"""Parts of paths that stand for a service of the reader."""


@pytest.mark.parametrize(
    "name", ["ARCHITECTURE.md", "CONTRIBUTING.md", "docs/add-a-service.md", "docs/runbooks.md"]
)
def test_named_files_exist(name: str) -> None:
    for found in FILE.findall(prose(ROOT / name)):
        if not any(one in found for one in EXAMPLES):
            assert any(path.endswith(f"/{found}") for path in tracked()), f"there is no {found}"


def test_decisions_are_listed() -> None:
    linked = {file for _, file, _ in local_links(ROOT / "ARCHITECTURE.md")}
    assert set((ROOT / "docs" / "decisions").glob("*.md")) <= linked


# Snippets


def kind_of(snippet: Snippet) -> str | None:
    """Return what a YAML snippet is a part of, None when that is not known."""
    keys = snippet.keys
    if keys and keys <= SETTINGS:
        return "settings"
    if keys and (keys <= RUNBOOK or keys <= STEP):
        return "runbook"
    if keys and keys <= AUTOMATION:
        return "automation"
    if "apiVersion" in keys:
        return "kubernetes" if "items" in keys else "volume claim"
    if keys and keys <= SENTENCES:
        return "sentences"
    others = {
        "receivers": "alertmanager",
        "scrape_configs": "prometheus",
        "cron": "schedule",
        "forms": "template",
        "places": "template",
        "expect": "incident",
    }
    return next((kind for key, kind in others.items() if key in keys), None)


YAML = snippets("yaml")
RUNBOOKS = [one for one in snippets("markdown") if one.text.startswith("---\n")]


def some(kind: str) -> list[Snippet]:
    return [one for one in YAML if kind_of(one) == kind]


def test_prometheus_reads_the_port_that_the_app_listens_on() -> None:
    (snippet,) = some("prometheus")
    (job,) = yaml.safe_load(snippet.text)["scrape_configs"]
    assert job["job_name"] == "homelab-steward"
    assert set(job) == {"job_name", "authorization", "static_configs"}, "the defaults of the rest are right"
    (target,) = job["static_configs"][0]["targets"]
    assert target.endswith(f":{Listen().port}")


def test_every_yaml_snippet_is_checked() -> None:
    assert [(name_of(one.page), one.text) for one in YAML if kind_of(one) is None] == []
    assert {kind_of(one) for one in YAML} == {
        "settings",
        "runbook",
        "automation",
        "alertmanager",
        "prometheus",
        "kubernetes",
        "volume claim",
        "sentences",
        "schedule",
        "template",
        "incident",
    }


def test_documented_incidents_are_read(tmp_path: Path) -> None:
    for number, snippet in enumerate(some("incident")):
        (tmp_path / f"{number}.yaml").write_text(snippet.text, encoding="utf-8")
    assert read_records(tmp_path, find_services())


async def test_documented_templates_can_be_used(tmp_path: Path) -> None:
    for number, snippet in enumerate(some("template")):
        (tmp_path / f"t{number}.yaml").write_text(snippet.text, encoding="utf-8")
    read = await TemplateFolder(own_templates(tmp_path)).read()
    assert [one.purpose() for one in read.found] == ["deploy", "change"], read.wrong()


def test_documented_schedules_are_read(tmp_path: Path) -> None:
    for number, snippet in enumerate(some("schedule")):
        path = tmp_path / f"{number}.yaml"
        path.write_text(snippet.text, encoding="utf-8")
        assert read_question(path).is_own
    page = (ROOT / "docs" / "schedules.md").read_text("utf-8")
    assert {f"`{one}`" for one in (*KEYS, *RULES, *TITLES)} <= set(re.findall(r"`[\w-]+`", page))


def test_documented_sentences_are_understood(tmp_path: Path) -> None:
    for number, snippet in enumerate(some("sentences")):
        path = tmp_path / f"{number}.yaml"
        path.write_text(snippet.text, encoding="utf-8")
        with_file(read_language("en", BUILT_IN), path)
    documented = set(re.findall(r"`([A-Z][A-Za-z]+)`", (ROOT / "docs" / "assist.md").read_text("utf-8")))
    assert documented - INTENTS == set()
    assert INTENTS - documented == {"Yes", "No", "UnknownThing", "Longest"}


def test_the_role_for_kubernetes_reads_all_that_the_services_read() -> None:
    [snippet] = some("kubernetes")
    [role] = [one for one in yaml.safe_load(snippet.text)["items"] if one["kind"] == "ClusterRole"]
    rules = tuple(parse_json(Rule, one, "rule") for one in role["rules"])
    rights = (*services()["kubernetes"].rights, *services()["flux"].rights)
    allowed = {one.key for one in rights if any(rule.allows(one.key) for rule in rules)}
    reading = {one.key for one in rights if one.key.split()[0] in ("get", "list", "watch")}
    assert allowed == reading
    copies = (*volume_snapshots.NEEDS, *volume_restore_plan.NEEDS)
    assert all(any(rule.allows(one) for rule in rules) for one in copies)


def test_the_claim_that_restores_a_snapshot_names_one_of_ours() -> None:
    [snippet] = some("volume claim")
    source = yaml.safe_load(snippet.text)["spec"]["dataSource"]
    assert (source["apiGroup"], source["kind"]) == (volume_claims.GROUP, "VolumeSnapshot")
    assert re.fullmatch(r"steward-[0-9a-f]{8}-sonarr-sonarr-config", source["name"])


BASE = """---
id: base
version: 1
title: Base
match: {}
recipes:
  - id: one
    label: One
    kind: investigate
---
"""


def with_fragment(fragment: dict[str, Any]) -> str:
    """Return the base runbook with keys of a runbook, of a recipe, or of a step."""
    front = yaml.safe_load(BASE.split("---\n")[1])
    recipe = front["recipes"][0]
    if set(fragment) <= STEP:
        recipe |= {
            "kind": "act",
            "steps": [{"capability": "set_memory"} | fragment],
            "verify": [{"name": "It runs", "reading": "running", "equals": True}],
        }
    else:
        front |= {
            key: value for key, value in fragment.items() if key in {one.name for one in fields(Runbook)}
        }
        recipe |= {key: value for key, value in fragment.items() if key not in front}
    return f"---\n{yaml.safe_dump(front)}---\n"


def test_whole_runbooks_can_be_executed() -> None:
    assert RUNBOOKS
    for snippet in RUNBOOKS:
        check("snippet.md", parse("snippet.md", snippet.text), services())


def test_parts_of_runbooks_can_be_executed() -> None:
    for snippet in some("runbook"):
        check("snippet.md", parse("snippet.md", with_fragment(yaml.safe_load(snippet.text))), services())


def matched(runbook: Runbook) -> Iterator[tuple[str, str, set[str]]]:
    """Yield what a match names: the key, the value, and all values that there are."""
    every = services().values()
    kinds = {kind.key for one in every for kind in one.resources} | {"instance"}
    checks = {one.key for service in every for one in service.checks}
    match: Match = runbook.match
    for key, values, known in (
        ("checks", match.checks, checks),
        ("targets", match.targets, kinds),
        ("services", match.services, set(services())),
    ):
        for value in values:
            yield key, value, known


def test_runbooks_match_checks_kinds_and_services_that_exist() -> None:
    texts = [one.text for one in RUNBOOKS]
    texts += [with_fragment(yaml.safe_load(one.text)) for one in some("runbook")]
    named = [entry for text in texts for entry in matched(parse("snippet.md", text))]
    assert named
    for key, value, known in named:
        assert value in known, f"match.{key}: {value}"


def test_the_example_of_a_wrong_runbook_is_refused_with_its_message() -> None:
    (message,) = (one.text.strip() for one in snippets("text") if one.page.name == "runbooks.md")
    name, _, rest = message.partition(": ")
    wrong = rest.rpartition(" ")[2]
    (example,) = (one.text for one in RUNBOOKS if f"id: {name.removesuffix('.md')}\n" in one.text)
    with pytest.raises(WrongRunbook) as caught:
        check(name, parse(name, example.replace("capability: start\n", f"action: {wrong}\n")), services())
    assert str(caught.value) == message


def test_every_capability_is_described() -> None:
    offered = {
        "a tool": {one.capability for service in services().values() for one in service.tools},
        "an action": {one.capability for service in services().values() for one in service.actions},
    }
    page = (ROOT / "docs" / "runbooks.md").read_text("utf-8")
    for what, named in offered.items():
        table = page.partition(f"| capability of {what} |")[2].partition("\n\n")[0]
        first = [row.split("|")[1] for row in table.splitlines() if row.startswith("| ")]
        described = {name for cell in first for name in re.findall(r"`([a-z_]+)`", cell)}
        assert described == {one for one in named if one}, what


def test_every_built_in_runbook_is_named() -> None:
    page = (ROOT / "docs" / "runbooks.md").read_text("utf-8")
    for runbook in read_library(built_in_folders(), services()).values():
        assert f"| {runbook.title} (`{runbook.id}`) |" in page


def with_secrets(value: Any, folder: Path) -> Any:
    """Return settings whose files of secrets exist."""
    if isinstance(value, list):
        return [with_secrets(one, folder) for one in value]
    if not isinstance(value, dict):
        return value
    found = {key: with_secrets(one, folder) for key, one in value.items()}
    for key in [one for one in found if one.endswith("_file")]:
        secret = folder / key
        name = "X-Key: " if key == "headers_file" else ""
        secret.write_text(f"{name}a-secret-of-some-length\n")
        secret.chmod(0o600)
        found[key] = str(secret)
    return found


@pytest.mark.parametrize("page", sorted({one.page for one in some("settings")}), ids=name_of)
def test_settings_are_accepted(page: Path, tmp_path: Path) -> None:
    """A later snippet of a page adds to the earlier ones."""
    given: dict[str, Any] = {"data_dir": str(tmp_path / "data")}
    for snippet in some("settings"):
        if snippet.page == page:
            given = merge_sources(given, with_secrets(yaml.safe_load(snippet.text), tmp_path))
            file = tmp_path / "steward.yaml"
            file.write_text(yaml.safe_dump(given))
            for one in read_settings({}, None, file).instances:
                fill_in(services()[one.service].settings, one.settings, {})


def settings_at(plain: type, keys: list[str]) -> bool:
    """Return whether there is a setting at this path."""
    hints = {one.name: str(one.type) for one in fields(plain)}
    if keys[0] not in hints:
        return False
    if len(keys) == 1:
        return True
    module = vars(__import__("steward.settings.model", fromlist=["Settings"]))
    inner = [
        found
        for word in re.findall(r"\w+", hints[keys[0]].rpartition("Many[")[2])
        if (found := module.get(word))
    ]
    return any(hasattr(one, "__dataclass_fields__") and settings_at(one, keys[1:]) for one in inner)


@each_page
def test_named_settings_exist(page: Path) -> None:
    for found in SETTING.findall(prose(page)):
        keys = found.split(".")
        if keys[0] in SETTINGS and keys[-1] != "py":
            assert settings_at(Settings, keys), f"there is no setting {found}"


def test_automations_use_actions_triggers_and_conditions_that_exist() -> None:
    offered = {
        kind: {
            f"homelab_steward.{key}"
            for key in yaml.safe_load((INTEGRATION / f"{kind}.yaml").read_text())
            if not key.startswith(".")
        }
        for kind in ("services", "triggers", "conditions")
    }
    found = some("automation")
    assert found
    for snippet in found:
        for kind, key in (("services", "action"), ("triggers", "trigger"), ("conditions", "condition")):
            own = set(re.findall(rf"{key}: (homelab_steward\.\w+)", snippet.text))
            assert own <= offered[kind]
    page = (ROOT / "docs" / "automations.md").read_text("utf-8")
    assert set(re.findall(r"`(homelab_steward\.\w+)`", page)) == set().union(*offered.values())


def test_the_receiver_of_alertmanager_posts_to_an_endpoint() -> None:
    routes = [WEBHOOK_PATH.partition("{")[0]]
    for snippet in some("alertmanager"):
        (receiver,) = yaml.safe_load(snippet.text)["receivers"]
        (webhook,) = receiver["webhook_configs"]
        assert routes[0] in webhook["url"]


def test_addresses_of_the_app_are_routes() -> None:
    """The parts of an address that stand for something are left out."""
    page = (ROOT / "docs" / "security.md").read_text("utf-8")
    named = {
        one.rstrip("…") for row in re.findall(r"^\| (`/.*?) \|", page, re.MULTILINE) for one in row.split("`")
    }
    addresses = {one for one in named if one.startswith("/")}
    assert len(addresses) == 9
    known = {text for text in texts() if text.startswith("/")}
    for address in addresses:
        assert any(one.startswith(address.rstrip("/")) for one in known), address


# Messages


def docstrings(tree: ast.AST) -> set[int]:
    """Return the ids of the nodes that are docstrings or comments in the form of a string."""
    return {id(one.value) for one in ast.walk(tree) if isinstance(one, ast.Expr)}


def literals(source: str) -> Iterator[str]:
    """Yield the texts of a module; each replaced part is a hole."""
    tree = ast.parse(source)
    left_out, inside = docstrings(tree), set[int]()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr | ast.TemplateStr):
            inside |= {id(one) for one in node.values}
            yield "".join(str(one.value) if isinstance(one, ast.Constant) else HOLE for one in node.values)
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in left_out | inside
        ):
            yield re.sub(r"\{\w*\}", HOLE, node.value)


def translated(value: Any) -> Iterator[str]:
    """Yield the texts of a translation; each placeholder is a hole."""
    if isinstance(value, dict):
        for one in value.values():
            yield from translated(one)
    elif isinstance(value, str):
        yield re.sub(r"\{\w+\}", HOLE, value)


@cache
def texts() -> tuple[str, ...]:
    """Return all texts that the app and the integration can show."""
    found = [
        text
        for folder in CODE
        for path in sorted((ROOT / folder).rglob("*.py"))
        for text in literals(path.read_text("utf-8"))
    ]
    found += translated(orjson.loads((INTEGRATION / "translations" / "en.json").read_bytes()))
    return tuple(dict.fromkeys(found))


def is_shown(message: str) -> bool:
    """Return whether a text of the code contains the message; each gap in it is a hole there."""
    pattern = f"[^{HOLE}]*{HOLE}[^{HOLE}]*".join(re.escape(one.strip()) for one in message.split(GAP))
    pattern = pattern.replace(re.escape(" "), r"\s")
    return any(re.search(pattern, text) for text in texts())


def quoted(page: Path) -> Iterator[str]:
    """Yield the first cells of the tables whose first column is called message."""
    is_quoting = False
    for line in prose(page).splitlines():
        if not line.startswith("|"):
            is_quoting = False
        elif line.startswith("| message |"):
            is_quoting = True
        elif is_quoting and not line.startswith("|-"):
            yield line.split("|")[1].strip()


MESSAGES = [(page, message) for page in PAGES for message in quoted(page)]


def test_messages_are_found() -> None:
    assert len([page for page, _ in MESSAGES if page.name == "troubleshooting.md"]) > 50


@pytest.mark.parametrize(("page", "message"), MESSAGES, ids=[message for _, message in MESSAGES])
def test_a_quoted_message_is_in_the_code(page: Path, message: str) -> None:
    assert is_shown(message), f"{name_of(page)}: nothing shows this"


@each_page
def test_a_quoted_error_of_a_setting_is_in_the_code(page: Path) -> None:
    for key, reason in INLINE_ERROR.findall(prose(page)):
        if key.partition(".")[0] in SETTINGS:
            assert settings_at(Settings, key.split("."))
            assert is_shown(reason)


def test_a_message_that_nothing_shows_is_noticed() -> None:
    assert not is_shown("This sentence is shown by no part of the app")
    assert not is_shown("Return the anchor that GitHub gives a heading.")
    assert is_shown(f"There is no option {GAP}.")
    assert not is_shown("There is no option.")


def test_the_readme_names_every_service() -> None:
    readme = (ROOT / "README.md").read_text("utf-8").casefold()
    names = [one.name for one in find_services().values()]
    # "SNMP switch" is "any switch with SNMP" there.
    assert [name for name in names if name.split()[0].split("-")[0].casefold() not in readme] == []


def test_the_tests_that_show_what_stops_a_threat_exist() -> None:
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    threats = text.split("\n## Threats\n")[1].split("\n## ")[0]
    rows = [line for line in threats.splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 20
    for row in rows:
        found = TEST.search(row.rsplit("|", 2)[1])
        assert found is not None, f"no test shows it: {row}"
        assert found["name"] in functions_of(ROOT / found["file"]), f"there is no such test: {found[0]}"


def functions_of(path: Path) -> set[str]:
    """Return the names of the functions at the top of a file."""
    if not path.is_file():
        return set()
    body = ast.parse(path.read_text(encoding="utf-8")).body
    return {one.name for one in body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_the_website_has_every_page_in_its_navigation() -> None:
    pages = {path for path in PAGES if path.parent == ROOT / "docs"}
    linked = {file for _, file, _ in local_links(ROOT / "README.md")}
    assert pages <= linked, "the navigation is the table of the README"
