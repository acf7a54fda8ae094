"""Each rule of the quality scale names its proof, and HACS accepts the repository."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import probatio
import pytest
import yaml

from custom_components.homelab_steward.const import DOMAIN, PLATFORMS

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "custom_components" / DOMAIN
MANIFEST: dict[str, Any] = json.loads((FOLDER / "manifest.json").read_text())


def quality() -> dict[str, Any]:
    rules: dict[str, Any] = yaml.safe_load((FOLDER / "quality_scale.yaml").read_text())["rules"]
    return rules


TIERS = {
    "bronze": "action-setup appropriate-polling brands common-modules config-flow config-flow-test-coverage "
    "dependency-transparency docs-actions docs-conditions docs-high-level-description "
    "docs-installation-instructions docs-removal-instructions docs-triggers entity-event-setup "
    "entity-unique-id has-entity-name runtime-data test-before-configure test-before-setup "
    "unique-config-entry",
    "silver": "action-exceptions config-entry-unloading docs-configuration-parameters "
    "docs-installation-parameters entity-unavailable integration-owner log-when-unavailable parallel-updates "
    "reauthentication-flow test-coverage",
    "gold": "devices diagnostics discovery discovery-update-info docs-data-update docs-examples "
    "docs-known-limitations docs-supported-devices docs-supported-functions docs-troubleshooting "
    "docs-use-cases dynamic-devices entity-category entity-device-class entity-disabled-by-default "
    "entity-translations "
    "exception-translations icon-translations reconfiguration-flow repair-issues stale-devices",
    "platinum": "async-dependency inject-websession strict-typing",
}
"""The rules of Home Assistant's quality scale."""


def test_every_rule_of_the_scale_is_there_and_no_other() -> None:
    known = [rule for rules in TIERS.values() for rule in rules.split()]
    assert sorted(quality()) == sorted(known)
    assert len(known) == 54


@pytest.mark.parametrize(("rule", "value"), quality().items())
def test_every_rule_is_done_or_has_a_reason(rule: str, value: Any) -> None:
    """A rule that is done names its tests, or the page that documents it."""
    probatio.Schema({"status": probatio.In(["done", "exempt"]), "comment": str})(value)
    assert value["comment"]
    if value["status"] == "exempt":
        return
    places = value["comment"].split(", ")
    for place in places:
        page, _, anchor = place.partition("#")
        file = ROOT / page
        assert file.exists(), (rule, place)
        if anchor:
            headings = re.findall(r"^#+ (.+)$", file.read_text(), re.MULTILINE)
            anchors = {re.sub(r"[^\w -]", "", one).lower().replace(" ", "-") for one in headings}
            assert anchor in anchors, place
    assert any(one.startswith(("tests/", "docs/", "README", "custom_components/")) for one in places)


# HACS.


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_platform_says_how_many_updates_run_at_once(platform: str) -> None:
    assert (FOLDER / f"{platform}.py").read_text().count("PARALLEL_UPDATES = 0") == 1


def test_types_are_checked_strictly() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
    assert settings["mypy"]["strict"] is True
    assert "custom_components/homelab_steward" in (ROOT / "script" / "lint").read_text()


def test_the_repository_can_be_added_to_hacs() -> None:
    allowed = {
        "name",
        "content_in_root",
        "zip_release",
        "filename",
        "hide_default_branch",
        "homeassistant",
        "hacs",
        "country",
        "persistent_directory",
    }
    store = json.loads((ROOT / "hacs.json").read_text())
    assert set(store) <= allowed
    assert store["name"] == MANIFEST["name"]
    found = [
        path.name for path in (ROOT / "custom_components").iterdir() if (path / "manifest.json").exists()
    ]
    assert found == [DOMAIN], "a repository has one integration"
    for name in ("codeowners", "documentation", "domain", "issue_tracker", "name", "version"):
        assert MANIFEST[name]
    assert (FOLDER / "brand" / "icon.png").exists()
    assert len((ROOT / "README.md").read_text()) > 1000
    assert "Apache License" in (ROOT / "LICENSE").read_text()


def test_hassfest_and_hacs_run_for_every_change() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "validate.yaml").read_text())
    used = " ".join(step.get("uses", "") for job in workflow["jobs"].values() for step in job["steps"])
    assert "home-assistant/actions/hassfest@" in used
    assert "hacs/action@" in used
