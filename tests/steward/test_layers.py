"""Imports point down: what stands below never knows what stands above it, and nothing goes in circles."""

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import homelab_steward.contract
import steward

HOUSE = Path(steward.__file__).parent
CONTRACT = Path(homelab_steward.contract.__file__).parent

LAYERS = (
    {"clock", "digest", "errors", "moment", "texts"},
    {"arguments", "description", "http", "kept_secret", "refusal", "settings_checks", "store"},
    {"llm", "observability", "runbooks", "services", "settings_sources", "telegram"},
    {"settings"},
    {"inventory"},
    {"agent"},
    {"conversation", "durable", "reads"},
    {"api", "bridged", "models"},
    {"app"},
    {"__main__"},
)
"""A room of the house may use what stands in a lower layer, and its own; from the ground up."""

STRANGERS = {
    "services": {"agent", "inventory", "runbooks", "store", "telegram", "api"},
    "llm": {"observability", "runbooks", "services", "telegram"},
    "telegram": {"agent", "llm", "inventory", "services", "api"},
    "api": {"agent", "services"},
    "store": {"agent", "inventory", "services", "runbooks"},
}
"""Rooms that must not know each other, whatever the layers say."""

THIRD_PARTY_OF_CONTRACT = {"aiohttp", "orjson", "probatio"}


def modules(root: Path, name: str) -> Iterator[tuple[str, Path]]:
    for path in sorted(root.rglob("*.py")):
        if "migrations" not in path.parts:
            parts = path.relative_to(root).with_suffix("").parts
            yield ".".join([name, *(part for part in parts if part != "__init__")]), path


def imports(name: str, path: Path) -> Iterator[str]:
    """Yield the full name of everything a module imports, wherever in it that stands."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


HOUSE_MODULES = dict(modules(HOUSE, "steward"))
CONTRACT_MODULES = dict(modules(CONTRACT, "homelab_steward.contract"))
HOUSE_IMPORTS = {name: set(imports(name, path)) for name, path in HOUSE_MODULES.items()}
CONTRACT_IMPORTS = {name: set(imports(name, path)) for name, path in CONTRACT_MODULES.items()}


def room(name: str) -> str:
    """Return the part of the house a module is in: ``agent`` for ``steward.agent.gate``."""
    parts = name.split(".")
    return parts[1] if len(parts) > 1 and parts[0] == "steward" else ""


def rooms() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for name, names in HOUSE_IMPORTS.items():
        found[room(name)] |= {room(one) for one in names} - {"", room(name)}
    return found


@pytest.mark.parametrize("name", sorted(rooms()))
def test_imports_point_down(name: str) -> None:
    layer = {one: number for number, layer in enumerate(LAYERS) for one in layer}
    if not name:
        assert not rooms()[name], "the package itself imports nothing"
        return
    assert name in layer, f"say in LAYERS where {name} stands"
    up = {one for one in rooms()[name] if layer[one] >= layer[name]}
    assert not up, f"{name} leans on what stands above or beside it"


@pytest.mark.parametrize("name", sorted(STRANGERS))
def test_strangers_stay_strangers(name: str) -> None:
    assert not rooms()[name] & STRANGERS[name]


def test_the_agent_knows_the_inventory_by_its_port_only() -> None:
    known = {
        one
        for name, names in HOUSE_IMPORTS.items()
        if room(name) == "agent"
        for one in names
        if room(one) == "inventory"
    }
    assert known == {"steward.inventory.ports.Inventory"}


def test_no_circle_among_modules() -> None:
    graph: Mapping[str, set[str]] = {
        name: {module for one in names for module in (one, one.rpartition(".")[0]) if module in HOUSE_MODULES}
        - {name}
        for name, names in HOUSE_IMPORTS.items()
    }
    assert sum(map(len, graph.values())) > len(graph), "the graph is not empty"
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as err:
        pytest.fail(" → ".join(err.args[1]))


def test_the_contract_knows_nobody() -> None:
    outside = {
        one.split(".")[0]
        for names in CONTRACT_IMPORTS.values()
        for one in names
        if not one.startswith("homelab_steward.contract")
    }
    assert "steward" not in outside
    assert "homeassistant" not in outside
    third_party = {one for one in outside if one not in sys.stdlib_module_names}
    assert third_party == THIRD_PARTY_OF_CONTRACT


def test_nobody_in_the_house_knows_home_assistant() -> None:
    outside = {one.split(".")[0] for names in HOUSE_IMPORTS.values() for one in names}
    assert "homeassistant" not in outside
    assert "custom_components" not in outside
