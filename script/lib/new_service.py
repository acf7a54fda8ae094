"""Write the skeleton of a new service from the template service."""

import argparse
import keyword
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = Path(__file__).resolve().parent / "templates" / "service"
KEY = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
LONGEST_KEY = 30
LONGEST_NAME = 40


def main() -> int:
    """Write the two folders; returns the exit status."""
    parser = argparse.ArgumentParser(prog="script/new-service", description=__doc__)
    parser.add_argument("key", help="name of the folder, such as uptime_robot")
    parser.add_argument("name", nargs="?", help='name for people, such as "Uptime Robot"')
    options = parser.parse_args()
    key: str = options.key
    name: str = options.name or key.replace("_", " ").title()
    problem = problem_of(key, name)
    if problem is not None:
        print(f"error: {problem}", file=sys.stderr)
        return 1
    for path, text in files(key, name):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        print(path.relative_to(ROOT))
    tidy(key)
    print("The generated files are up to date: docs/services.md, docs/security.md, and the translations.")
    print(f"Test it with: .venv/bin/python -m pytest -q -k {key} tests/steward/services tests/services/{key}")
    print("Next: docs/add-a-service.md, step 2.")
    return 0


def tidy(key: str) -> None:
    """Sort imports and fold lines as the names need it, and write the generated files."""
    ruff, paths = Path(sys.executable).parent / "ruff", [str(path) for path in folders(key)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "addon")}
    for command in (
        [str(ruff), "check", "--quiet", "--fix", *paths],
        [str(ruff), "format", "--quiet", *paths],
        [sys.executable, "script/lib/service_docs.py"],
        [sys.executable, "script/lib/integration_translations.py"],
    ):
        subprocess.run(command, cwd=ROOT, env=environment, check=True)  # noqa: S603 - our own programs


def problem_of(key: str, name: str) -> str | None:
    """Return why a service cannot be called this, None when it can."""
    if not KEY.fullmatch(key) or len(key) > LONGEST_KEY:
        return f"{key!r} is not in snake_case, or longer than {LONGEST_KEY} letters"
    if keyword.iskeyword(key):
        return f"{key!r} is a keyword of Python, so it cannot be imported"
    if not re.fullmatch(r"\w[\w .+-]*", name) or len(name) > LONGEST_NAME:
        return f"{name!r} has characters that a name cannot have, or more than {LONGEST_NAME}"
    for folder in folders(key):
        for path in (folder, folder.with_suffix(".py")):
            if path.exists():
                return f"{path.relative_to(ROOT)} is already there"
    return None


def folders(key: str) -> tuple[Path, Path]:
    """Return the folders of product and tests."""
    return ROOT / "addon" / "steward" / "services" / key, ROOT / "tests" / "services" / key


def files(key: str, name: str) -> Iterator[tuple[Path, str]]:
    """Yield each file with its text."""
    product, tests = folders(key)
    for source, folder in ((TEMPLATE / "product", product), (TEMPLATE / "tests", tests)):
        for path in sorted(source.glob("*.py")):
            file = path.name.replace("test_service", f"test_{key}")
            yield folder / file, renamed(path.read_text(), key, name)


def renamed(text: str, key: str, name: str) -> str:
    """Return the template's text for this service."""
    prefix = "".join(part.title() for part in key.split("_"))
    text = text.replace("http://example.example.org", f"http://{key.replace('_', '-')}.example.org")
    text = text.replace("ExampleState", f"{prefix}State").replace("ExampleClient", f"{prefix}Client")
    return re.sub(r"\bexample\b(?!\.org)", key, re.sub(r"\bExample\b", name, text))


if __name__ == "__main__":
    sys.exit(main())
