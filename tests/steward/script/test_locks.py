"""The lock files promise exact, checked packages from whichever registry there is."""

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
def test_every_package_of_a_lock_is_exact_and_has_a_hash(lock: Path) -> None:
    entries = re.split(r"\n(?=\S)", lock.read_text())
    packages = [entry for entry in entries if not entry.startswith("#")]

    assert packages
    for entry in packages:
        assert PINNED.match(entry), entry
        assert "--hash=sha256:" in entry, entry


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_no_lock_names_an_address(lock: Path) -> None:
    assert "://" not in lock.read_text()


def test_the_tests_run_on_the_versions_that_the_image_installs() -> None:
    image, tests = pins("addon.txt"), pins("dev.txt")

    assert image.items() <= tests.items()


def test_the_contract_is_validated_and_encoded_alike_on_both_sides() -> None:
    steward, home_assistant = pins("addon.txt"), pins("ha.txt")

    for shared in ("probatio", "orjson", "aiohttp"):
        assert steward[shared] == home_assistant[shared]


def test_every_dependency_is_locked_and_says_why_it_is_there() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    dependencies = tomllib.loads(text)["project"]["dependencies"]
    locked = pins("addon.txt")

    for dependency in dependencies:
        name = re.match(r"[a-z0-9-]+", dependency)
        assert name is not None
        assert name.group() in locked
        assert re.search(rf'"{re.escape(dependency)}",\s+# \w', text), dependency
