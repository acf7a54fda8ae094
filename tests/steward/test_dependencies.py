"""Every third-party package that the app imports is declared as a dependency."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

import homelab_steward.contract
import mcp_bridge
import steward

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = (steward, mcp_bridge, homelab_steward.contract)
FIRST_PARTY = {"steward", "mcp_bridge", "homelab_steward"}


def normalized(name: str) -> str:
    """Return a distribution's name as package registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = (re.match(r"[A-Za-z0-9._-]+", line) for line in project["dependencies"])
    return {normalized(name.group()) for name in names if name}


def imported(source: str) -> Iterator[str]:
    """Yield the top-level package of every absolute import."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.module.partition(".")[0]


def third_party() -> dict[str, set[str]]:
    """Return the files that import each third-party package."""
    found: dict[str, set[str]] = {}
    for package in SHIPPED:
        folder = Path(str(package.__file__)).parent
        for path in folder.rglob("*.py"):
            for name in imported(path.read_text(encoding="utf-8")):
                if name not in sys.stdlib_module_names and name not in FIRST_PARTY:
                    found.setdefault(name, set()).add(str(path.relative_to(folder.parent)))
    return found


THIRD_PARTY = third_party()
DISTRIBUTIONS = packages_distributions()


def test_packages_are_found() -> None:
    assert {"aiohttp", "fastmcp", "sqlalchemy"} <= THIRD_PARTY.keys()


@pytest.mark.parametrize("package", sorted(THIRD_PARTY))
def test_an_imported_package_is_declared(package: str) -> None:
    # A declared distribution may bring its code in another one: fastmcp in fastmcp-slim.
    candidates = {normalized(name) for name in (package, *DISTRIBUTIONS.get(package, ()))}
    assert candidates & declared(), (
        f"{package} is imported by {', '.join(sorted(THIRD_PARTY[package]))}:"
        " declare it in [project.dependencies], then run script/lock"
    )
