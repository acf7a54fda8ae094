"""What a bench returns, and how it reads as Markdown."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Self

HEAD = "| figure | median | min to max | goal | |\n|---|---:|---:|---|---|"


@dataclass(frozen=True, slots=True)
class Goal:
    """A limit: at most, unless ``at_least`` is set."""

    limit: float
    at_least: bool = False

    def is_met(self, value: float) -> bool:
        """Return whether a value keeps to the limit."""
        return value >= self.limit if self.at_least else value <= self.limit

    def text(self, unit: str) -> str:
        """Return the limit as people write it."""
        return f"{'≥' if self.at_least else '≤'} {self.limit:g} {unit}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number measured several times: the median, and the least and most beside it."""

    name: str
    unit: str
    value: float
    least: float
    most: float
    goal: Goal | None = None
    note: str = ""

    @classmethod
    def of(
        cls, name: str, unit: str, values: Sequence[float], goal: Goal | None = None, note: str = ""
    ) -> Self:
        """Return the figure of several measurements."""
        return cls(
            name=name,
            unit=unit,
            value=median(values),
            least=min(values),
            most=max(values),
            goal=goal,
            note=note,
        )

    @property
    def is_met(self) -> bool | None:
        """Whether the goal is met; None when there is none."""
        return None if self.goal is None else self.goal.is_met(self.value)

    def row(self) -> str:
        """Return the figure as a row of a Markdown table."""
        verdict = {True: "met", False: "**missed**", None: ""}[self.is_met]
        said = "; ".join(part for part in (verdict, self.note) if part)
        goal = self.goal.text(self.unit) if self.goal else ""
        spread = f"{number(self.least)} to {number(self.most)}"
        return f"| {self.name} | {number(self.value)} {self.unit} | {spread} | {goal} | {said} |"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """All figures of one bench. ``how`` and ``remarks`` are Markdown."""

    name: str
    title: str
    how: str
    figures: tuple[Figure, ...]
    remarks: str = ""

    def section(self, measured: str) -> str:
        """Return a Markdown section; ``measured`` says when and under what load."""
        rows = "\n".join(figure.row() for figure in self.figures)
        parts = (f"## {self.title}", self.how, f"{HEAD}\n{rows}", self.remarks, f"*{measured}*")
        return "\n\n".join(part for part in parts if part) + "\n"


def quantile(values: Sequence[float], share: float) -> float:
    """Return the smallest of the values that at least ``share`` of them do not exceed."""
    if not values:
        raise ValueError("nothing was measured")
    ordered = sorted(values)
    rank = -int(-share * len(ordered) // 1)  # rounded up
    return ordered[max(rank, 1) - 1]


def number(value: float) -> str:
    """Return a number with about three digits that say something."""
    if abs(value) >= 100:  # noqa: PLR2004 - digits, not a threshold of anything
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"  # noqa: PLR2004
