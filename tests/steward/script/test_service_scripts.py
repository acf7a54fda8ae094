"""The lines that a service costs, and the pages that are generated from descriptions."""

import importlib.util
from pathlib import Path
from textwrap import dedent
from types import ModuleType

import pytest

from lab.visit import load
from rig.agent_rig import RUNBOOK
from steward.runbooks.library import parse

ROOT = Path(__file__).resolve().parents[3]


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "script" / "lib" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def cost() -> ModuleType:
    return script("service_cost")


@pytest.fixture(scope="module")
def docs() -> ModuleType:
    return script("service_docs")


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("", 0),
        ('"""Only a docstring."""\n', 0),
        ("# a comment\n\nx = 1  # another\n", 1),
        ('"""Doc\n\nof two."""\n\nx = (\n    1,\n)\n', 3),
        ('def f():\n    """Doc."""\n    return """\n\n    text"""\n', 4),
        ('class A:\n    """Doc."""\n\n    x: int = 1\n    """What x is."""\n', 3),
        ('async def f():\n    """Doc."""\n', 1),
    ],
)
def test_lines_of_code(cost: ModuleType, source: str, lines: int) -> None:
    assert cost.code_lines(dedent(source)) == lines


def test_a_family_is_shared_by_its_relatives(cost: ModuleType) -> None:
    assert cost.uses("radarr", "_servarr")
    assert not cost.uses("proxmox", "_servarr")
    costs = dict(cost.services())
    assert {"radarr", "sonarr", "prowlarr", "proxmox"} <= set(costs)
    assert "_servarr" not in costs
    family = cost.cost_of("_servarr").product
    alone = cost.cost_of("sonarr").product
    relatives = sum(cost.uses(key, "_servarr") for key in costs)
    assert costs["sonarr"].product == pytest.approx(alone + family / relatives)


def test_a_service_has_its_section(docs: ModuleType) -> None:
    text = "\n".join(docs.section(load("proxmox")))
    for line in (
        "## Proxmox VE",
        "Versions: 8 to 9.",
        "**Checks:** Node offline (critical), ",
        "| Set memory of the container (`set_memory`) | medium | yes | VM.Config.Memory, Sys.Audit |",
    ):
        assert line in text
    assert "The app changes nothing in it." in "\n".join(docs.section(load("prometheus")))


def test_the_table_of_rights_is_replaced(docs: ModuleType) -> None:
    begin, end = docs.BEGIN.format("rights"), docs.END.format("rights")
    rights = list(docs.rights([load("proxmox"), load("radarr"), load("prometheus")]))
    fresh = docs.with_table(f"before\n{begin}\nold\n{end}\nafter\n", "rights", docs.RIGHTS, rights)
    assert fresh.startswith("before\n")
    assert fresh.endswith("\nafter\n")
    assert "old" not in fresh
    for row in (
        "| Proxmox VE | `VM.Audit` | to see containers and virtual machines |",
        "| Radarr | API key | polling, and restart, ",
        "| Prometheus | password or bearer token | polling: read access is enough |",
    ):
        assert row in fresh
    assert docs.with_table(fresh, "rights", docs.RIGHTS, rights) == fresh
    with pytest.raises(ValueError, match="has no"):
        docs.with_table("nothing here", "rights", docs.RIGHTS, [])


def test_the_table_of_runbooks_names_options_and_changes(docs: ModuleType) -> None:
    book = parse("toy.md", RUNBOOK.replace("label: Restart it", 'label: "Restart {target}"'))
    (row,) = docs.runbooks([book])
    assert row == (
        "Toy memory pressure (`toy-memory`)",
        "box",
        "Increase memory, Restart the target, Investigate",
        "`toy.set_memory`, `toy.restart`",
    )
