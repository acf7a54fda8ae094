"""Count the lines that each service costs: product, tests and fixtures.

A line counts when it holds code: blank lines, comments and docstrings do not. Product is the
folder in addon/steward/services without its runbooks, tests are test_*.py in tests/services, fixtures
everything else there, and the simulator in tests/lab that is called like the service. What a family shares
(folders beginning with _) counts once: each relative bears an equal share, also one that uses the
family through another one. Recorded answers that
are not Python are counted by their lines.
"""

import argparse
import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ROOT / "addon" / "steward" / "services"
TESTS = ROOT / "tests" / "services"
LAB = ROOT / "tests" / "lab"
MOST_PRODUCT, MOST_TESTS = 200, 150
RUNBOOK = ".md"
_NO_CODE = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
}


@dataclass(frozen=True, slots=True)
class Cost:
    """Lines of one service."""

    product: float
    tests: float
    fixtures: float

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.product + other.product, self.tests + other.tests, self.fixtures + other.fixtures)

    def shared(self, by: int) -> Cost:
        """Return one share of it."""
        return Cost(self.product / by, self.tests / by, self.fixtures / by)


def main() -> int:
    """Print the table, or with ``--check`` fail when a median is above its goal."""
    parser = argparse.ArgumentParser(
        prog="script/service-cost", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="fail if a median is above its goal")
    options = parser.parse_args()
    costs = dict(services())
    print(f"{'service':<18}{'product':>9}{'tests':>8}{'fixtures':>10}")
    for key, cost in costs.items():
        print(f"{key:<18}{cost.product:>9.0f}{cost.tests:>8.0f}{cost.fixtures:>10.0f}")
    middle = Cost(
        *(median(getattr(one, part) for one in costs.values()) for part in ("product", "tests", "fixtures"))
    )
    print(f"{'median':<18}{middle.product:>9.0f}{middle.tests:>8.0f}{middle.fixtures:>10.0f}")
    print(f"{'goal':<18}{f'≤ {MOST_PRODUCT}':>9}{f'≤ {MOST_TESTS}':>8}")
    return int(options.check and (middle.product > MOST_PRODUCT or middle.tests > MOST_TESTS))


def services() -> Iterator[tuple[str, Cost]]:
    """Yield every service with its cost and its share of its families."""
    keys = [path.name for path in sorted(PRODUCT.iterdir()) if (path / "__init__.py").is_file()]
    relatives = {family: [key for key in keys if uses(key, family)] for family in keys if family[0] == "_"}
    for key in keys:
        if key[0] != "_":
            shares = (cost_of(family).shared(len(of)) for family, of in relatives.items() if key in of)
            yield key, sum(shares, cost_of(key))


def uses(key: str, family: str) -> bool:
    """Return whether a service imports from a family, itself or through another family."""
    sources = [path.read_text() for path in (PRODUCT / key).rglob("*.py")]
    families = {name for source in sources for name in re.findall(r"from \.\.(_\w+)", source)} - {key}
    return key[0] != "_" and (family in families or any(reaches(one, family) for one in families))


def reaches(family: str, other: str) -> bool:
    """Return whether a family imports from another one."""
    return any(f"from ..{other}" in path.read_text() for path in (PRODUCT / family).rglob("*.py"))


def cost_of(key: str) -> Cost:
    """Return the cost of one folder."""
    tests = [path for path in files(TESTS / key) if path.name.startswith("test_")]
    fixtures = [path for path in files(TESTS / key) if path not in tests]
    return Cost(
        lines(path for path in files(PRODUCT / key) if path.suffix != RUNBOOK),
        lines(tests),
        lines([*fixtures, *LAB.glob(f"{key}.py"), *LAB.glob(f"{key}_*.py")]),
    )


def files(folder: Path) -> list[Path]:
    """Return all files below a folder."""
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix != ".pyc"]


def lines(paths: Iterable[Path]) -> int:
    """Return how many lines count."""
    return sum(code_lines(path.read_text()) if path.suffix == ".py" else text_lines(path) for path in paths)


def text_lines(path: Path) -> int:
    """Return how many lines are not blank."""
    return sum(bool(line.strip()) for line in path.read_text(errors="replace").splitlines())


def code_lines(source: str) -> int:
    """Return how many lines of a Python module hold code."""
    counted: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in _NO_CODE:
            counted.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            counted.difference_update(docstring(node))
    return len(counted)


def docstring(node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> range:
    """Return the lines of a docstring, none when there is none."""
    first = node.body[0] if node.body else None
    if (
        ast.get_docstring(node, clean=False) is None
        or not isinstance(first, ast.Expr)
        or first.end_lineno is None
    ):
        return range(0)
    return range(first.lineno, first.end_lineno + 1)


if __name__ == "__main__":
    sys.exit(main())
