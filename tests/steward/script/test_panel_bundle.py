"""The committed bundle of the panel: up to date, small, and without anything from outside."""

import gzip
import importlib.util
import json
import re
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SPEC = importlib.util.spec_from_file_location("panel_bundle", ROOT / "script" / "lib" / "panel_bundle.py")
assert SPEC is not None
assert SPEC.loader is not None
panel_bundle = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(panel_bundle)

BUNDLE: Path = panel_bundle.BUNDLE
BUILD: dict[str, str] = json.loads((BUNDLE / "build.json").read_text())
DOCUMENTATION = "https://github.com/homelab-steward/homelab-steward/"
SCRIPTS = sorted(BUNDLE.glob("*.js"))


def test_the_bundle_is_up_to_date() -> None:
    assert panel_bundle.main() == 0


@pytest.mark.parametrize("changed", ["src/panel.ts", "package-lock.json", "vite.config.ts"])
def test_a_changed_source_is_noticed(changed: str, tmp_path: Path) -> None:
    frontend, translations = tmp_path / "frontend", ROOT / "translations"
    shutil.copytree(panel_bundle.FRONTEND / "src", frontend / "src")
    for name in ("package-lock.json", "vite.config.ts"):
        shutil.copy(panel_bundle.FRONTEND / name, frontend / name)
    before = panel_bundle.digest(frontend, translations)
    (frontend / changed).write_text((frontend / changed).read_text() + " ")
    assert panel_bundle.digest(frontend, translations) != before


def test_a_changed_text_is_noticed_and_one_of_another_part_is_not(tmp_path: Path) -> None:
    store = json.loads((ROOT / "translations" / "en.json").read_text())
    digests = []
    for text, other in (("Title", "a"), ("Title", "b"), ("Another title", "a")):
        store["panel"]["title"], store["integration"]["other"] = text, other
        (tmp_path / "en.json").write_text(json.dumps(store))
        digests.append(panel_bundle.digest(panel_bundle.FRONTEND, tmp_path))
    assert digests[0] == digests[1] != digests[2]


def test_the_bundle_is_small() -> None:
    assert sum(len(gzip.compress(path.read_bytes())) for path in SCRIPTS) <= panel_bundle.MOST_BYTES


def test_the_bundle_has_its_entries_and_loads_nothing_from_outside() -> None:
    names = {path.name for path in SCRIPTS}
    assert {BUILD["panel"], BUILD["cards"]} <= names
    for path in SCRIPTS:
        code = path.read_text()
        imported = set(re.findall(r"""(?:from|import)\s*\(?["'`]([./][^"'`]*|https?:[^"'`]*)["'`]""", code))
        assert {Path(one).name for one in imported} <= names, path.name
        urls = set(re.findall(r"https?://[^\s\"'`)]+", code))
        # Namespaces, and the link to the documentation that Home Assistant shows at a card.
        assert all(one.startswith(("http://www.w3.org/", DOCUMENTATION)) for one in urls), urls
        assert not re.search(r"\beval\(|new Function\(", code)
