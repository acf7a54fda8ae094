"""Measure the product code, and the journeys of ARCHITECTURE.md through it.

Code: every Python file with code in addon/steward, custom_components and mcp_bridge, without the
migrations of the store. Lines are all lines of a file, or of a function from "def" to its end.

Journeys: the app runs in this process with the simulators of the lab, and every call of a Python
function is traced. A stage is one HTTP request, one command of a client, or one long-running task,
with all tasks it creates. A visit of a file is a call into it from another file of ours. Repeated
calls between the same two files in the same stage are one visit: loops do not count. Files of
addon/steward and mcp_bridge count; the contract does not. Where control passes through a library
or through Python's own modules, the caller is the nearest file of ours.

  files     distinct files of the journey, also those in which its stages begin. language/, llm/,
            search/, services/ (with sdk/) and store/ count as one file each, with everything they
            call; clock, errors, tasks, translation, log and metrics do not count.
  traced    distinct files that ran, with every file of those folders
  visits    visits of the file that is visited most, without those folders
  returns   the file that calls the most other files, and how many: so often a reader returns to it

The alert ends at its request, the press at its run, a question and an MCP call at the answer, a poll
at its stored reports. Left out are stages from which no journey continues: those that only show results
(pushed events, metrics, explanations, MCP resources), record them (trends), or watch for something else
(expiry, withdrawals, scheduled requests). A poll is a journey of its own: in the others it counts up to
its readings, and the judging and reporting of problems counts in its own only. A question and an MCP
call have one stage, their own: what the app does meanwhile is not theirs.
"""

import argparse
import ast
import asyncio
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from journey_trace import ROOT, Journey

CODE: Final = ("addon/steward", "custom_components", "mcp_bridge")
MOST_VISITS: Final = 3
GOALS: Final[Mapping[str, int]] = {"an alert": 18, "a question": 15}
"""Most files of a journey, by the beginning of its name."""

type Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A module or a function, with its lines."""

    name: str
    lines: int


def main() -> int:
    """Print the tables, or with ``--check`` fail when a journey is above its goal."""
    parser = argparse.ArgumentParser(
        prog="script/code-metrics", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="fail if a journey is above its goal")
    parser.add_argument("--paths", action="store_true", help="print every file of each journey")
    options = parser.parse_args()
    modules = list(find_modules())
    functions = [function for path in modules for function in functions_of(path)]
    print_table(code_rows([Part(name_of(path), len(lines_of(path))) for path in modules], functions))

    from journeys import trace  # noqa: PLC0415 - imports the whole app

    journeys = asyncio.run(trace())
    print()
    print_table(journey_rows(journeys))
    if options.paths:
        for name, journey in journeys.items():
            print_path(name, journey)
    return int(options.check and any(is_above(name, one) for name, one in journeys.items()))


def find_modules() -> Iterator[Path]:
    """Yield every Python file with code."""
    for folder in CODE:
        for path in sorted((ROOT / folder).rglob("*.py")):
            body = ast.parse(path.read_text()).body
            if "migrations" not in path.parts and any(not isinstance(one, ast.Expr) for one in body):
                yield path


def functions_of(path: Path) -> Iterator[Part]:
    """Yield the functions and methods of a module, also those inside others."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield Part(f"{name_of(path)}:{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1)


def lines_of(path: Path) -> list[str]:
    """Return the lines of a file."""
    return path.read_text().splitlines()


def name_of(path: Path) -> str:
    """Return the path of a file in the project."""
    return path.relative_to(ROOT).as_posix()


def code_rows(modules: Sequence[Part], functions: Sequence[Part]) -> list[Row]:
    """Return the table of the code."""
    rows: list[Row] = [("code", "number", "median lines", "most lines", "largest")]
    for name, parts in (("modules", modules), ("functions", functions)):
        largest = max(parts, key=lambda one: one.lines)
        middle = f"{median(one.lines for one in parts):.0f}"
        rows.append((name, str(len(parts)), middle, str(largest.lines), largest.name))
    return rows


def journey_rows(journeys: Mapping[str, Journey]) -> list[Row]:
    """Return the table of the journeys."""
    rows: list[Row] = [("journey", "files", "goal", "traced", "visits", "goal", "most visited", "returns")]
    for name, journey in journeys.items():
        visited, visits = journey.visits.most_common(1)[0]
        caller, returns = journey.returns.most_common(1)[0]
        goal = goal_of(name)
        rows.append(
            (
                name,
                str(len(journey.files)),
                f"≤ {goal}" if goal else "",
                str(len(journey.all_files)),
                str(visits),
                f"≤ {MOST_VISITS}",
                _short(visited) if visits > 1 else "",
                f"{_short(caller)} {returns}",
            )
        )
    return rows


def goal_of(name: str) -> int | None:
    """Return the most files that a journey should have, None without a goal."""
    return next((goal for beginning, goal in GOALS.items() if name.startswith(beginning)), None)


def is_above(name: str, journey: Journey) -> bool:
    """Return whether a journey has too many files, or visits one too often."""
    goal = goal_of(name)
    return (goal is not None and len(journey.files) > goal) or max(journey.visits.values()) > MOST_VISITS


def print_path(name: str, journey: Journey) -> None:
    """Print the files of a journey in order, with their visits."""
    print(f"\n{name}")
    rows: list[Row] = [("", "file", "visits", "returns", "called by")]
    for number, file in enumerate(journey.files, 1):
        callers = dict.fromkeys(_short(one.caller or "") for one in journey.entries if one.file == file)
        visits = journey.visits[file]
        rows.append(
            (
                str(number),
                _short(file),
                str(visits or ""),
                str(journey.returns[file] or ""),
                ", ".join(callers),
            )
        )
    print_table(rows)


def print_table(rows: Sequence[Row]) -> None:
    """Print rows with aligned columns."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _short(name: str) -> str:
    return name.removeprefix("addon/steward/")


if __name__ == "__main__":
    sys.exit(main())
