"""Print what Home Assistant would install to start and to run some integrations."""

import argparse
import ast
import json
import re
from pathlib import Path
from typing import cast


def main() -> None:
    """Read the manifests below the given homeassistant package."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package", type=Path, help="folder of the homeassistant package")
    parser.add_argument("--integrations", nargs="+", required=True)
    parser.add_argument("--left-out", nargs="*", default=[])
    options = parser.parse_args()
    names = [*options.integrations, *entity_platforms(options.package)]
    wanted = requirements(options.package, names, frozenset(options.left_out))
    print("\n".join(sorted(wanted | sign_in_requirements(options.package))))


def entity_platforms(package: Path) -> list[str]:
    """Return the integrations of entity platforms; every start loads them all."""
    source = (package / "generated" / "entity_platforms.py").read_text()
    return re.findall(r'^    [A-Z_]+ = "(\w+)"$', source, re.MULTILINE)


def requirements(package: Path, integrations: list[str], left_out: frozenset[str]) -> set[str]:
    """Return the requirements of the integrations and of all they depend on."""
    wanted: set[str] = set()
    seen: set[str] = set(left_out)
    waiting = list(integrations)
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        manifest = json.loads((package / "components" / name / "manifest.json").read_text())
        wanted.update(manifest.get("requirements", ()))
        waiting.extend(manifest.get("dependencies", ()))
    return wanted


def sign_in_requirements(package: Path) -> set[str]:
    """Return what the second factors of signing in ask for, in the `REQUIREMENTS` of each."""
    wanted: set[str] = set()
    for module in (package / "auth" / "mfa_modules").glob("*.py"):
        for node in ast.parse(module.read_text()).body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "REQUIREMENTS":
                wanted.update(cast("list[str]", ast.literal_eval(node.value)))
    return wanted


if __name__ == "__main__":
    main()
