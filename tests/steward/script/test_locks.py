"""The lock files contain exact versions with hashes, and no URLs."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
REQUIREMENTS = ROOT / "requirements"
LOCKS = sorted(path for path in REQUIREMENTS.glob("*.txt") if path.name != "ha-overrides.txt")
PINNED = re.compile(r"^([a-z0-9-]+)==(\S+)", re.MULTILINE)


def pins(name: str) -> dict[str, str]:
    return dict(PINNED.findall((REQUIREMENTS / name).read_text()))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_package_has_an_exact_version_and_a_hash(lock: Path) -> None:
    entries = re.split(r"\n(?=\S)", lock.read_text())
    packages = [entry for entry in entries if not entry.startswith("#")]

    assert packages
    for entry in packages:
        assert PINNED.match(entry), entry
        assert "--hash=sha256:" in entry, entry


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_no_lock_contains_a_url(lock: Path) -> None:
    assert "://" not in lock.read_text()


def test_tests_and_image_have_the_same_versions() -> None:
    image, tests = pins("addon.txt"), pins("dev.txt")

    assert image.items() <= tests.items()


def test_both_environments_have_the_same_contract_libraries() -> None:
    steward, home_assistant = pins("addon.txt"), pins("ha.txt")

    for shared in ("probatio", "orjson", "aiohttp"):
        assert steward[shared] == home_assistant[shared]


def test_every_dependency_is_locked_and_explained() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    dependencies = tomllib.loads(text)["project"]["dependencies"]
    locked = pins("addon.txt")

    for dependency in dependencies:
        name = re.match(r"[a-z0-9-]+", dependency)
        assert name is not None
        assert name.group() in locked
        assert re.search(rf'"{re.escape(dependency)}",\s+# \w', text), dependency
