"""Manifest, translations, icons and quality scale, checked as Home Assistant checks them."""

import json
import re
import struct
from pathlib import Path
from typing import Any

import pytest
import yaml
from homeassistant.const import __version__ as running
from homeassistant.core import HomeAssistant
from homeassistant.loader import async_get_integration

from custom_components.homelab_steward.const import DOMAIN
from custom_components.homelab_steward.contract.errors import ErrorCode
from custom_components.homelab_steward.contract.incidents import ApprovalStatus, Verb
from custom_components.homelab_steward.contract.state import FrontEnd
from custom_components.homelab_steward.expectations import ACTION as EXPECT_OFF
from custom_components.homelab_steward.mode_actions import END, PAUSE, RESUME, SILENCE, START
from custom_components.homelab_steward.person_form import LANGUAGES
from custom_components.homelab_steward.request_actions import (
    ASK,
    COMMENT,
    REQUEST_ACTION,
    RUN_RUNBOOK,
    WEEKLY_REPORT,
)

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "custom_components" / DOMAIN

MANIFEST: dict[str, Any] = json.loads((FOLDER / "manifest.json").read_text())
WORDS: dict[str, Any] = json.loads((FOLDER / "translations" / "en.json").read_text())
GERMAN: dict[str, Any] = json.loads((FOLDER / "translations" / "de.json").read_text())
OTHERS = sorted(path.stem for path in (ROOT / "translations").glob("*.json") if path.stem != "en")
ICONS: dict[str, Any] = json.loads((FOLDER / "icons.json").read_text())
SERVICES: dict[str, Any] = yaml.safe_load((FOLDER / "services.yaml").read_text())

ALLOWED = {
    "domain",
    "name",
    "integration_type",
    "config_flow",
    "documentation",
    "quality_scale",
    "requirements",
    "dependencies",
    "after_dependencies",
    "codeowners",
    "loggers",
    "iot_class",
    "single_config_entry",
    "version",
    "issue_tracker",
    "import_executor",
}

RULES = {
    "action-setup",
    "appropriate-polling",
    "brands",
    "common-modules",
    "config-flow",
    "config-flow-test-coverage",
    "dependency-transparency",
    "docs-actions",
    "docs-conditions",
    "docs-high-level-description",
    "docs-installation-instructions",
    "docs-removal-instructions",
    "docs-triggers",
    "entity-event-setup",
    "entity-unique-id",
    "has-entity-name",
    "runtime-data",
    "test-before-configure",
    "test-before-setup",
    "unique-config-entry",
    "action-exceptions",
    "config-entry-unloading",
    "docs-configuration-parameters",
    "docs-installation-parameters",
    "entity-unavailable",
    "integration-owner",
    "log-when-unavailable",
    "parallel-updates",
    "reauthentication-flow",
    "test-coverage",
    "devices",
    "diagnostics",
    "discovery",
    "discovery-update-info",
    "docs-data-update",
    "docs-examples",
    "docs-known-limitations",
    "docs-supported-devices",
    "docs-supported-functions",
    "docs-troubleshooting",
    "docs-use-cases",
    "dynamic-devices",
    "entity-category",
    "entity-device-class",
    "entity-disabled-by-default",
    "entity-translations",
    "exception-translations",
    "icon-translations",
    "reconfiguration-flow",
    "repair-issues",
    "stale-devices",
    "async-dependency",
    "inject-websession",
    "strict-typing",
}


def stored(language: str) -> Any:
    return json.loads((ROOT / "translations" / f"{language}.json").read_text())["integration"]


def leaves(phrases: Any, path: str = "") -> list[tuple[str, str]]:
    if isinstance(phrases, dict):
        return [leaf for key, one in phrases.items() for leaf in leaves(one, f"{path}.{key}")]
    return [(path, phrases)]


def test_the_manifest_is_valid() -> None:
    assert set(MANIFEST) <= ALLOWED
    assert MANIFEST["domain"] == DOMAIN == FOLDER.name
    assert MANIFEST["requirements"] == []
    assert MANIFEST["dependencies"] == ["conversation", "http", "websocket_api"], "imported with the rest"
    assert MANIFEST["codeowners"]
    assert MANIFEST["config_flow"] is True
    assert MANIFEST["documentation"].startswith("https://")
    keys = list(MANIFEST)
    assert keys == ["domain", "name", *sorted(set(keys) - {"domain", "name"})]
    assert re.fullmatch(r"\d+\.\d+\.\d+", MANIFEST["version"])


async def test_home_assistant_loads_the_integration(hass: HomeAssistant) -> None:
    integration = await async_get_integration(hass, DOMAIN)
    assert integration.version == MANIFEST["version"]
    assert integration.config_flow


def test_the_minimum_version_is_the_tested_one() -> None:
    store = json.loads((ROOT / "hacs.json").read_text())
    assert store["homeassistant"] == "2026.11.0" == running


def test_the_quality_scale_covers_every_rule() -> None:
    rules = yaml.safe_load((FOLDER / "quality_scale.yaml").read_text())["rules"]
    assert set(rules) == RULES
    for name, rule in rules.items():
        status = rule if isinstance(rule, str) else rule["status"]
        assert status in {"done", "todo", "exempt"}, name
        assert status != "exempt" or rule["comment"], name


def test_every_error_code_is_translated() -> None:
    assert {code.value for code in ErrorCode} <= set(WORDS["exceptions"])


def test_every_decision_and_front_end_is_translated() -> None:
    ends = {f"decided_{one.value}" for one in ApprovalStatus if one is not ApprovalStatus.PENDING}
    front_ends = {f"front_end_{one.value}" for one in FrontEnd}
    assert ends | front_ends <= set(WORDS["common"])


def test_every_used_translation_key_exists() -> None:
    source = "\n".join(path.read_text() for path in FOLDER.rglob("*.py"))
    asked = set(re.findall(r'phrases\(\s*"(\w+)"', source))
    assert asked
    assert asked <= set(WORDS["common"])
    raised = set(re.findall(r'refused\(\s*"(\w+)"', source))
    raised |= set(re.findall(r'_not_ready\(\s*"(\w+)"', source))
    assert len(raised) > 3
    assert raised <= set(WORDS["exceptions"])
    pressed = set(re.findall(r'"(press_\w+)"', source))
    assert len(pressed) > 5
    assert pressed <= set(WORDS["common"])


def test_every_abort_reason_and_form_error_is_translated() -> None:
    for flow in ("config_flow", "service_flow", "person_flow"):
        source = (FOLDER / f"{flow}.py").read_text()
        part = {
            "config_flow": WORDS["config"],
            "service_flow": WORDS["config_subentries"]["service"],
            "person_flow": WORDS["config_subentries"]["person"],
        }[flow]
        known = set(part["abort"]) | set(part["error"])
        asked = set(re.findall(r'reason="(\w+)"', source))
        asked |= set(re.findall(r'ErrorCode\.\w+: "(\w+)"', source))
        assert asked
        assert asked <= known


def test_every_failure_in_assist_is_translated() -> None:
    source = (FOLDER / "conversation.py").read_text()
    asked = set(re.findall(r"[\"'](assist_\w+)[\"']", source))
    assert len(asked) > 4
    assert asked <= set(WORDS["common"])


@pytest.mark.parametrize("language", OTHERS)
def test_other_languages_have_every_text_of_the_integration(language: str) -> None:
    english, texts = (dict(leaves(stored(one))) for one in ("en", language))
    assert set(texts) == set(english)
    for path, text in texts.items():
        assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", english[path])), path
        assert text.count("\n") == english[path].count("\n"), path
    generated, whole = (
        dict(leaves(json.loads((FOLDER / "translations" / f"{one}.json").read_text())))
        for one in (language, "en")
    )
    assert texts.items() <= generated.items()
    assert set(generated) == set(whole)


@pytest.mark.parametrize("language", OTHERS)
def test_other_languages_translate_what_is_no_name(language: str) -> None:
    english, texts = (dict(leaves(stored(one))) for one in ("en", language))
    equal = {path for path, text in texts.items() if text == english[path] and re.search(r"[a-z]{4}", text)}
    assert len(equal) < len(texts) / 8, equal
    assert not [path for path in equal if len(texts[path].split()) > 3]


def test_people_can_be_asked_in_every_language() -> None:
    assert set(LANGUAGES) == {"en", *OTHERS}


def test_every_issue_is_translated() -> None:
    source = (FOLDER / "issues.py").read_text()
    asked = set(re.findall(r'(?:_report\(hass, entry, |^        \()"(\w+)", ir\.', source, re.MULTILINE)) | {
        "doctor",
        "phone",
        "missing_rights",
        "telegram_problem",
    }
    assert asked == set(WORDS["issues"])


def test_every_action_is_described() -> None:
    registered = {verb.value for verb in Verb} | {
        EXPECT_OFF,
        ASK,
        COMMENT,
        REQUEST_ACTION,
        RUN_RUNBOOK,
        WEEKLY_REPORT,
        PAUSE,
        RESUME,
        SILENCE,
        START,
        END,
    }
    assert set(SERVICES) == set(WORDS["services"]) == set(ICONS["services"]) == registered
    for name, action in SERVICES.items():
        assert set(action["fields"]) == set(WORDS["services"][name]["fields"])


def test_every_icon_belongs_to_an_entity() -> None:
    for platform, entities in ICONS["entity"].items():
        assert set(entities) <= set(WORDS["entity"][platform])


def steps(phrases: dict[str, Any]) -> list[dict[str, Any]]:
    flows = [phrases["config"], phrases["options"], *phrases["config_subentries"].values()]
    return [step for flow in flows for step in flow["step"].values()]


def test_every_field_of_a_form_has_a_label_and_a_description() -> None:
    for step in steps(WORDS):
        described = set(step.get("data_description", {}))
        assert described == set(step.get("data", {})), step


def test_keys_of_entities_are_valid_and_states_have_no_placeholders() -> None:
    for platform, entities in WORDS["entity"].items():
        for key, texts in entities.items():
            assert re.fullmatch(r"[a-z0-9]+(?:[_-][a-z0-9]+)*", key), (platform, key)
            assert not any("{" in text for _, text in leaves(texts.get("state", {}))), (platform, key)


@pytest.mark.parametrize("phrases", [WORDS, GERMAN])
def test_no_text_is_empty_or_contains_markup(phrases: dict[str, Any]) -> None:
    for path, text in leaves(phrases):
        assert text.strip() == text != "", path
        assert "[%key:" not in text, path
        assert not re.search(r"://|www\.", text), path
        assert all(name.isidentifier() for name in re.findall(r"{(.*?)}", text)), path
        assert not re.search(r"<[a-z/]", text), path
        assert "'{" not in text, path


@pytest.mark.parametrize(
    ("name", "size"),
    [("icon", (256, 256)), ("icon@2x", (512, 512)), ("logo", (328, 128)), ("logo@2x", (656, 256))],
)
def test_brand_images(name: str, size: tuple[int, int]) -> None:
    data = (FOLDER / "brand" / f"{name}.png").read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", data[16:24]) == size
    assert len(data) < 100_000
