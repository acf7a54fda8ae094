"""Measures, prints Markdown, and writes the page of figures where asked to."""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Final

import orjson

from bench import assist, ha, idle, latency, mcp, memory, storm
from bench.document import page
from bench.figures import Result
from bench.machine import load, machine
from bench.rig import HASS, ROOT

PAGE: Final = ROOT / "docs" / "benchmarks.md"

BENCHES: Final[Mapping[str, Callable[[], Awaitable[Result]]]] = {
    "latency": latency.measure,
    "storm": storm.measure,
    "ha": ha.measure,
    "idle": idle.measure,
    "mcp": mcp.measure,
    "assist": assist.measure,
    "memory": memory.measure,
}
NEED_HOME_ASSISTANT: Final = ("latency", "ha", "assist")


@dataclass(frozen=True, slots=True)
class Measured:
    """A result, when it was taken and how busy the machine was just before."""

    result: Result
    at: datetime
    load: float

    @property
    def section(self) -> str:
        """The result as Markdown."""
        when = f"Measured {self.at:%Y-%m-%d %H:%M} UTC; load average of the machine before: {self.load:.2f}."
        return self.result.section(when)


def main() -> int:
    """Return the exit code: 0 measured, whether goals are met or not; 1 something could not be."""
    given = _parser().parse_args()
    names = given.only or list(BENCHES)
    if not HASS.exists() and set(names) & set(NEED_HOME_ASSISTANT):
        print(f"{HASS.relative_to(ROOT)} is missing: run script/setup", file=sys.stderr)
        return 1
    measured = asyncio.run(_measure(names))
    if given.json:
        given.json.write_bytes(_as_json(measured))
    if given.write:
        before = PAGE.read_text() if PAGE.exists() else ""
        sections = {one.result.title: one.section for one in measured}
        PAGE.write_text(page(machine(), sections, before))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="script/bench",
        description=__doc__,
        epilog="\n".join(
            (
                "What there is:",
                *(f"  {name:8} {description}" for name, description in _descriptions().items()),
            )
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only", action="append", choices=sorted(BENCHES), help="this one; may be repeated")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures to a file as well")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.relative_to(ROOT)}")
    return parser


def _descriptions() -> dict[str, str]:
    """Return what each bench measures, as its module says."""
    modules = {name: import_module(bench.__module__) for name, bench in BENCHES.items()}
    return {name: (module.__doc__ or "").partition("\n")[0] for name, module in modules.items()}


async def _measure(names: list[str]) -> list[Measured]:
    """Run the benches one after the other and print each as soon as it is there."""
    print(f"Machine: {machine()}\n", flush=True)
    measured: list[Measured] = []
    for name in names:
        at, busy = datetime.now(UTC), load()
        one = Measured(await BENCHES[name](), at, busy)
        measured.append(one)
        print(one.section, flush=True)
    return measured


def _as_json(measured: list[Measured]) -> bytes:
    whole = {"machine": machine(), "benches": measured}
    return orjson.dumps(whole, option=orjson.OPT_INDENT_2)


if __name__ == "__main__":
    sys.exit(main())
