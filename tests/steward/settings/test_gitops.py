"""The example of a repository for Argo CD: its files name each other, and have no secret."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from mcp_bridge.steward_tools import StewardTools
from steward.age import public_key
from steward.runbooks.library import parse
from steward.settings.reader import read_settings

ROOT: Final = Path(__file__).parents[3]
EXAMPLE: Final = ROOT / "addon/deploy/argocd/example"
PAGE: Final = (ROOT / "docs/gitops.md").read_text()
OWN: Final = "https://git.example.org/me/homelab.git"
APPLICATIONS: Final = sorted([*(EXAMPLE / "apps").iterdir(), EXAMPLE / "bootstrap/root.yaml"])


def read(path: str | Path) -> Any:
    return yaml.safe_load((EXAMPLE / path).read_text())


@pytest.mark.parametrize("file", APPLICATIONS, ids=lambda file: file.stem)
def test_each_application_is_found_by_argo_cd(file: Path) -> None:
    one = read(file)
    assert (one["apiVersion"], one["kind"]) == ("argoproj.io/v1alpha1", "Application")
    assert one["metadata"] == {**one["metadata"], "name": file.stem, "namespace": "argocd"}
    sources = [one["spec"]["source"]] if "source" in one["spec"] else one["spec"]["sources"]
    for source in sources:
        folder = EXAMPLE if source["repoURL"] == OWN else ROOT
        assert "path" in source or "ref" in source
        assert (folder / source.get("path", "")).is_dir()
        assert source["targetRevision"] != "HEAD"


def test_the_values_are_a_file_of_the_other_source() -> None:
    chart, values, _ = read("apps/homelab-steward.yaml")["spec"]["sources"]
    (name,) = chart["helm"]["valueFiles"]
    reference, _, path = name.partition("/")
    assert reference == f"${values['ref']}"
    assert (EXAMPLE / path).is_file()


def test_the_settings_and_the_runbook_are_accepted(tmp_path: Path) -> None:
    values = read("homelab-steward/values.yaml")
    file = tmp_path / "steward.yaml"
    file.write_text(yaml.safe_dump(values["settings"]))
    secret = read("homelab-steward/secret.example.yaml")
    assert secret["metadata"]["name"] == values["existingSecret"]
    env = dict.fromkeys(secret["stringData"], "a-secret-of-some-length")
    settings = read_settings({**env, "STEWARD_DATA_DIR": str(tmp_path)}, None, file)
    assert settings.people[0].id == "anna"
    assert settings.telegram is not None
    for name, text in values["runbooks"].items():
        assert f"{parse(name, text).id}.md" == name


def test_secrets_are_encrypted_by_their_name_and_none_is_in_the_example() -> None:
    (rule,) = read(".sops.yaml")["creation_rules"]
    assert str(public_key(rule["age"])) == rule["age"]
    (encrypted,) = read("homelab-steward/secrets.yaml")["files"]
    assert re.search(rule["path_regex"], encrypted)
    assert not (EXAMPLE / "homelab-steward" / encrypted).exists()
    assert f"homelab-steward/{Path(encrypted).name}" in PAGE
    assert all(re.fullmatch(rule["encrypted_regex"], key) for key in ("data", "stringData"))
    assert set(read("homelab-steward/secret.example.yaml")["stringData"].values()) == {""}
    for file in texts():
        assert "AGE-SECRET-KEY" not in file.read_text(), file
    assert "keys.txt" in (EXAMPLE / ".gitignore").read_text()


def texts() -> Iterator[Path]:
    return (one for one in EXAMPLE.rglob("*") if one.is_file())


def test_argo_cd_finds_the_key_where_it_is_mounted() -> None:
    server = read("bootstrap/argocd-values.yaml")["repoServer"]
    (key,) = (one for one in server["volumes"] if "secret" in one)
    (mounted,) = (one for one in server["volumeMounts"] if one["name"] == key["name"])
    (variable,) = server["env"]
    assert Path(variable["value"]).parent == Path(mounted["mountPath"])
    assert f"create secret generic {key['secret']['secretName']}" in PAGE
    assert f"--from-file {Path(variable['value']).name}" in PAGE
    mounts = {one["subPath"] for one in server["volumeMounts"] if one["name"] == "programs"}
    copied = server["initContainers"][0]["command"][-1].split()[1:-1]
    assert {Path(one).name for one in copied} == mounts


def test_renovate_merges_nothing_and_looks_at_each_file() -> None:
    settings = json.loads((EXAMPLE / "renovate.json").read_text())
    assert [one["automerge"] for one in settings["packageRules"] if "automerge" in one] == [False]
    names = [file.relative_to(EXAMPLE).as_posix() for file in texts()]
    for manager in ("argocd", "helm-values", "terraform"):
        for pattern in settings[manager]["managerFilePatterns"]:
            assert any(re.search(pattern.strip("/"), name) for name in names), pattern


def test_terraform_asks_a_tool_that_exists() -> None:
    text = (EXAMPLE / "terraform/steward.tf").read_text()
    (tool,) = re.findall(r"/openapi/all/(\w+)", text)
    port: Any = None
    assert tool in {one.name for one in StewardTools(port).tools()}
    assert text.count("{") == text.count("}")
    assert "default" not in text[text.index('"steward_token"') : text.index("data ")], "no secret in a file"


def test_the_page_names_each_file() -> None:
    named = re.findall(r"^\| `([^`]+)` \|", PAGE, re.MULTILINE)
    for name in named:
        assert (EXAMPLE / name).exists(), name
    there = [file.relative_to(EXAMPLE).as_posix() for file in texts()]
    hidden = {".gitignore", "homelab-steward/kustomization.yaml", "homelab-steward/secrets.yaml"}
    assert [one for one in there if one not in {*named, *hidden} and not one.startswith("apps/")] == []
