"""Print the requirements that Home Assistant would install for some integrations."""

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
    parser.add_argument("--exclude", nargs="*", default=[])
    options = parser.parse_args()
    names = [*options.integrations, *entity_platforms(options.package)]
    found = requirements(options.package, names, frozenset(options.exclude))
    print("\n".join(sorted(found | sign_in_requirements(options.package))))


def entity_platforms(package: Path) -> list[str]:
    """Return the integrations of the entity platforms, which every start loads."""
    source = (package / "generated" / "entity_platforms.py").read_text()
    return re.findall(r'^    [A-Z_]+ = "(\w+)"$', source, re.MULTILINE)


def requirements(package: Path, integrations: list[str], excluded: frozenset[str]) -> set[str]:
    """Return the requirements of the integrations and their dependencies."""
    found: set[str] = set()
    seen: set[str] = set(excluded)
    remaining = list(integrations)
    while remaining:
        name = remaining.pop()
        if name in seen:
            continue
        seen.add(name)
        manifest = json.loads((package / "components" / name / "manifest.json").read_text())
        found.update(manifest.get("requirements", ()))
        remaining.extend(manifest.get("dependencies", ()))
    return found


def sign_in_requirements(package: Path) -> set[str]:
    """Return the requirements of the multi-factor authentication modules."""
    found: set[str] = set()
    for module in (package / "auth" / "mfa_modules").glob("*.py"):
        for node in ast.parse(module.read_text()).body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "REQUIREMENTS":
                found.update(cast("list[str]", ast.literal_eval(node.value)))
    return found


if __name__ == "__main__":
    main()
