"""The page of figures in docs: sections of other runs on the same machine are kept."""

from collections.abc import Mapping

INTRODUCTION = """\
# Figures

What `script/bench` measures, on one machine, with the whole steward as its users run it.
Every number is the median of several runs with the least and the most beside it; where there
is a peer, both ran in turns. A goal that is missed is said to be. Run `script/bench` to
measure your own machine, `script/bench --write` to write this page.
"""
MACHINE = "Machine: "


def page(machine: str, sections: Mapping[str, str], before: str) -> str:
    """Return the page: ``sections`` by title, and those of the page ``before`` that are not among them.

    What another machine measured is dropped.
    """
    kept = sections_of(before) if f"{MACHINE}{machine}" in before.splitlines() else {}
    merged = {**kept, **sections}
    return "\n".join((INTRODUCTION, f"{MACHINE}{machine}", "", *merged.values()))


def sections_of(text: str) -> dict[str, str]:
    """Return the sections of a page by title."""
    found: dict[str, list[str]] = {}
    title = ""
    for line in text.splitlines():
        if line.startswith("## "):
            title = line.removeprefix("## ")
        if title:
            found.setdefault(title, []).append(line)
    return {key: "\n".join(lines).strip() + "\n" for key, lines in found.items()}
