"""Builds docs/benchmarks.md: summary tables at the top, methods and details below."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bench.figures import TIMES, anchor_of

GROUPS: Final = ("Alerts", "Home Assistant, Assist and MCP", "Start, memory and processor", "Updates")
SUMMARY: Final = "| figure | goal | measured | met |\n|---|---:|---:|---|"
METHOD: Final = "How to measure"
MACHINE: Final = "Measured with `script/bench` on "
INTRODUCTION: Final = "How each figure was measured is below the tables."
HOW_TO: Final = f"""\
`script/bench` measures every figure on your machine. `script/bench --write` also replaces this page with
the results. A ratio ({TIMES}) compares the steward with a peer that runs in the same run, in turns. The
tables at the top show medians. Load is the load average of the machine before the measurement."""

_LINK: Final = re.compile(r"\]\(#([^)]*)\)")


@dataclass(frozen=True, slots=True)
class Section:
    """The part of the page that one bench writes: summary rows, and a ``###`` section."""

    title: str
    group: str
    rows: tuple[str, ...]
    method: str

    def __str__(self) -> str:
        """Return the section as it is printed while the benches run."""
        return "\n".join((SUMMARY, *self.rows, "", self.method))


def page(machine: str, measured: Sequence[Section], before: str) -> str:
    """Return the page with the ``measured`` sections.

    Other sections of the page ``before`` are kept if they were measured on the same machine.
    """
    first_line = f"{MACHINE}{machine}."
    kept = sections_of(before) if first_line in before.splitlines() else ()
    sections = {one.title: one for one in (*kept, *measured)}.values()
    parts = ["# Figures", f"{first_line}\n{INTRODUCTION}"]
    for group in GROUPS:
        rows = [row for one in sections if one.group == group for row in one.rows]
        if rows:
            parts += [f"## {group}", "\n".join((SUMMARY, *rows))]
    parts += [f"## {METHOD}", HOW_TO]
    parts += [one.method.strip() for group in GROUPS for one in sections if one.group == group]
    return "\n\n".join(parts) + "\n"


def sections_of(text: str) -> tuple[Section, ...]:
    """Return the sections of a page."""
    tables, _, methods = text.partition(f"\n## {METHOD}\n")
    rows: dict[str, list[str]] = {}
    groups: dict[str, str] = {}
    group = ""
    for line in tables.splitlines():
        if line.startswith("## "):
            group = line.removeprefix("## ")
        elif (link := _LINK.search(line)) is not None:
            rows.setdefault(link[1], []).append(line)
            groups[link[1]] = group
    found: list[Section] = []
    for method in methods.split("\n### ")[1:]:
        title = method.partition("\n")[0]
        anchor = anchor_of(title)
        if anchor in groups:
            found.append(Section(title, groups[anchor], tuple(rows[anchor]), f"### {method.strip()}\n"))
    return tuple(found)
