"""Print what Home Assistant would install to run some of its integrations."""

import argparse
import json
from pathlib import Path


def main() -> None:
    """Read the manifests below the given homeassistant package."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package", type=Path, help="folder of the homeassistant package")
    parser.add_argument("--integrations", nargs="+", required=True)
    parser.add_argument("--left-out", nargs="*", default=[])
    options = parser.parse_args()
    wanted = requirements(options.package, options.integrations, frozenset(options.left_out))
    print("\n".join(sorted(wanted)))


def requirements(package: Path, integrations: list[str], left_out: frozenset[str]) -> set[str]:
    """Return the requirements of the integrations and of all they depend on."""
    wanted: set[str] = set()
    seen: set[str] = set(left_out)
    waiting = [name for name in integrations if name not in seen]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        manifest = json.loads((package / "components" / name / "manifest.json").read_text())
        wanted.update(manifest.get("requirements", ()))
        waiting.extend(manifest.get("dependencies", ()))
    return wanted


if __name__ == "__main__":
    main()
