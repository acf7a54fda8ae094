"""Every third-party package that the app imports is declared as a dependency."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import homelab_steward.contract
import mcp_bridge
import steward
from rig.imports import imports_in

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


def imported(path: Path) -> Iterator[str]:
    """Yield the top-level package of every absolute import."""
    for node in imports_in(path):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif not node.level and node.module:
            yield node.module.partition(".")[0]


def third_party() -> dict[str, set[str]]:
    """Return the files that import each third-party package."""
    found: dict[str, set[str]] = {}
    for package in SHIPPED:
        folder = Path(str(package.__file__)).parent
        for path in folder.rglob("*.py"):
            for name in imported(path):
                if name not in sys.stdlib_module_names and name not in FIRST_PARTY:
                    found.setdefault(name, set()).add(str(path.relative_to(folder.parent)))
    return found


def test_every_imported_package_is_declared() -> None:
    packages, distributions, known = third_party(), packages_distributions(), declared()
    assert {"aiohttp", "fastmcp", "sqlalchemy"} <= packages.keys(), "packages are found"
    # A declared distribution may bring its code in another one: fastmcp in fastmcp-slim.
    missing = {
        package: sorted(files)
        for package, files in packages.items()
        if not known & {normalized(name) for name in (package, *distributions.get(package, ()))}
    }
    assert not missing, "declare them in [project.dependencies], then run script/lock"
