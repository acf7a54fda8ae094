"""Imports point down: no module imports one of a layer above it, and there is no circle."""

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import homelab_steward.contract
import steward
from rig.imports import imports_in

STEWARD = Path(steward.__file__).parent
CONTRACT = Path(homelab_steward.contract.__file__).parent

LAYERS = (
    {"search", "texts"},
    {"autonomy", "clock", "coalesce", "errors", "heap", "quorum", "whole_file", "yaml_values"},
    {"tasks", "tracing"},
    {"age", "error_mapping", "sdk", "secret_file", "settings.checks", "store"},
    {
        "offsite",
        "settings.changes",
        "settings.documentation",
        "settings.event_webhooks",
        "settings.fences",
        "settings.foreign_tools",
        "settings.mcp",
        "settings.observability",
        "settings.offsite",
        "settings.restore_drill",
        "settings.runbooks_repository",
        "timing",
        "trends",
    },
    {"llm", "observability", "runbooks", "services", "settings.sources", "telegram"},
    {"settings.model"},
    {"inventory", "language", "settings.reader"},
    {"agent", "event_webhooks", "reports"},
    {"changes", "doctor", "foreign_tools", "notebook", "restore_drill", "schedules"},
    {"conversation"},
    {"api"},
    {"wiring"},
    {"drill"},
    {"app"},
    {"command_line"},
    {"__main__"},
)
"""The parts of the app, from the lowest layer up. A part may import itself and the layers below it."""

SPLIT = {"settings"}
"""Packages whose modules are in different layers."""

STRANGERS = {
    "services": {"agent", "inventory", "runbooks", "store", "telegram", "api"},
    "llm": {"observability", "runbooks", "services", "telegram"},
    "telegram": {"agent", "llm", "inventory", "services", "api"},
    "api": {"agent", "services"},
    "store": {"agent", "inventory", "services", "runbooks"},
}
"""Parts that must not import each other, whatever the layers allow."""

THIRD_PARTY_OF_CONTRACT = {"aiohttp", "orjson", "probatio"}


def modules(root: Path, name: str) -> Iterator[tuple[str, Path]]:
    for path in sorted(root.rglob("*.py")):
        if "migrations" not in path.parts:
            parts = path.relative_to(root).with_suffix("").parts
            yield ".".join([name, *(part for part in parts if part != "__init__")]), path


def imports(name: str, path: Path) -> Iterator[str]:
    """Yield the full name of everything a module imports, wherever in it that stands."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in imports_in(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        else:
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


STEWARD_MODULES = dict(modules(STEWARD, "steward"))
CONTRACT_MODULES = dict(modules(CONTRACT, "homelab_steward.contract"))


# Not when the tests are collected: each process of the test run collects all of them.
@cache
def steward_imports() -> dict[str, set[str]]:
    return {name: set(imports(name, path)) for name, path in STEWARD_MODULES.items()}


def contract_imports() -> dict[str, set[str]]:
    return {name: set(imports(name, path)) for name, path in CONTRACT_MODULES.items()}


def part(name: str) -> str:
    """Return the part a module is in: ``agent`` for ``steward.agent.decisions.gate``."""
    parts = name.split(".")
    if len(parts) < 2 or parts[0] != "steward":
        return ""
    if parts[1] in SPLIT:
        return ".".join(parts[1:3]) if len(parts) > 2 else ""
    return parts[1]


def parts_imports() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for name, names in steward_imports().items():
        found[part(name)] |= {part(one) for one in names} - {"", part(name)}
    return found


@pytest.mark.parametrize("name", sorted({*map(part, STEWARD_MODULES)}))
def test_imports_point_down(name: str) -> None:
    layer = {one: number for number, layer in enumerate(LAYERS) for one in layer}
    if not name:
        assert not parts_imports()[name], "the package itself imports nothing"
        return
    assert name in layer, f"add {name} to LAYERS"
    up = {one for one in parts_imports()[name] if layer[one] >= layer[name]}
    assert not up, f"{name} imports something above or beside it"


@pytest.mark.parametrize("name", sorted(STRANGERS))
def test_strangers_do_not_import_each_other(name: str) -> None:
    assert not parts_imports()[name] & STRANGERS[name]


def test_the_agent_imports_only_the_port_of_the_inventory() -> None:
    known = {
        one
        for name, names in steward_imports().items()
        if part(name) == "agent"
        for one in names
        if part(one) == "inventory"
    }
    assert {one.rpartition(".")[0] for one in known} == {"steward.inventory.ports"}


def test_no_circle_among_modules() -> None:
    graph: Mapping[str, set[str]] = {
        name: {
            module for one in names for module in (one, one.rpartition(".")[0]) if module in STEWARD_MODULES
        }
        - {name}
        for name, names in steward_imports().items()
    }
    assert sum(map(len, graph.values())) > len(graph), "the graph is not empty"
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as err:
        pytest.fail(" → ".join(err.args[1]))


def test_the_contract_imports_nothing_of_the_app() -> None:
    outside = {
        one.split(".")[0]
        for names in contract_imports().values()
        for one in names
        if not one.startswith("homelab_steward.contract")
    }
    assert "steward" not in outside
    assert "homeassistant" not in outside
    third_party = {one for one in outside if one not in sys.stdlib_module_names}
    assert third_party == THIRD_PARTY_OF_CONTRACT


def test_the_app_does_not_import_home_assistant() -> None:
    outside = {one.split(".")[0] for names in steward_imports().values() for one in names}
    assert "homeassistant" not in outside
    assert "custom_components" not in outside
