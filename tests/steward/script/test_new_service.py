"""A new service passes the checks and the tests of every service at once."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PARTS = ("addon", "custom_components", "mcp_bridge", "tests", "translations", "script", "docs")
KEY, NAME = "uptime_robot", "Uptime Robot"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository with a new service."""
    folder = tmp_path_factory.mktemp("copy")
    ignored = shutil.ignore_patterns("__pycache__", ".*_cache", "data", "*.png")
    for part in PARTS:
        shutil.copytree(ROOT / part, folder / part, symlinks=True, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", folder)
    result = run(folder, "script/lib/new_service.py", KEY, NAME)
    assert result.returncode == 0, result.stderr
    return folder


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the copy, with the copy's code."""
    environment = {**os.environ, "PYTHONPATH": f"{folder / 'addon'}:{folder / 'tests'}"}
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=150, check=False
    )


def product(folder: Path) -> Path:
    return folder / "addon" / "steward" / "services" / KEY


def test_nothing_of_the_template_is_left(copy: Path) -> None:
    files = [*product(copy).glob("*.py"), *(copy / "tests" / "services" / KEY).glob("*.py")]
    assert len(files) == 4
    for path in files:
        text = path.read_text().replace(".example.org", "")
        assert "example" not in text.lower(), path
    assert NAME in (product(copy) / "__init__.py").read_text()


def test_it_passes_ruff_and_the_generated_files_are_up_to_date(copy: Path) -> None:
    ruff = str(Path(sys.executable).parent / "ruff")
    paths = [str(product(copy)), str(copy / "tests" / "services" / KEY)]
    for command in ([ruff, "check", *paths], [ruff, "format", "--check", *paths]):
        result = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stdout
    for script in ("service_docs", "integration_translations"):
        result = run(copy, f"script/lib/{script}.py", "--check")
        assert result.returncode == 0, result.stdout + result.stderr
    assert f"## {NAME}" in (copy / "docs" / "services.md").read_text()


def test_it_passes_its_own_tests_and_those_of_every_service(copy: Path) -> None:
    walk = [f"tests/steward/services/test_{name}.py" for name in ("every_service", "garbage")]
    result = run(
        copy,
        "-m",
        "pytest",
        "-q",
        "-c",
        "pyproject.toml",
        "-k",
        KEY,
        "-p",
        "no:cacheprovider",
        *walk,
        f"tests/services/{KEY}",
    )
    assert result.returncode == 0, result.stdout
    assert "failed" not in result.stdout
    passed = int(result.stdout.split(" passed")[0].split()[-1])
    assert passed > 25


def test_it_is_typed(copy: Path) -> None:
    result = run(
        copy,
        "-m",
        "mypy",
        "--cache-dir",
        str(copy / ".mypy_cache"),
        "--follow-imports=silent",
        str(product(copy)),
        f"tests/services/{KEY}",
    )
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["UptimeRobot"], "not in snake_case"),
        (["_family"], "not in snake_case"),
        (["x" * 31], "longer than 30"),
        (["radarr"], "already there"),
        (["fine", "Bad | name"], "characters that a name cannot have"),
    ],
)
def test_names_that_cannot_be(copy: Path, arguments: list[str], text: str) -> None:
    result = run(copy, "script/lib/new_service.py", *arguments)
    assert result.returncode == 1
    assert text in result.stderr


def test_a_service_without_a_fixture_fails_the_walk(copy: Path) -> None:
    fixture = copy / "tests" / "services" / KEY / "__init__.py"
    text = fixture.read_text()
    fixture.write_text('"""No fixture yet."""\n')
    try:
        result = run(
            copy,
            "-m",
            "pytest",
            "-q",
            "-c",
            "pyproject.toml",
            "-k",
            KEY,
            "-p",
            "no:cacheprovider",
            "tests/steward/services/test_every_service.py",
        )
    finally:
        fixture.write_text(text)
    assert result.returncode == 1
    assert "holds no FIXTURE" in result.stdout


def test_its_texts_are_in_the_translations(copy: Path) -> None:
    path = copy / "custom_components" / "homelab_steward" / "translations" / "en.json"
    assert "Jobs waiting" in json.dumps(json.loads(path.read_text()))
