"""Runs the benchmarks, prints Markdown, and optionally writes the page of figures."""

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

from bench import (
    answers,
    assist,
    decision,
    ha,
    ha_start,
    idle,
    instances,
    latency,
    mcp,
    mcp_gateways,
    memory,
    panel,
    storm,
    update_seat_belt,
)
from bench.document import Section, page
from bench.figures import Result
from bench.machine import load, machine
from bench.programs import NotAvailableError
from bench.progress import elapsed, report
from bench.rig import HASS, ROOT

PAGE: Final = ROOT / "docs" / "benchmarks.md"


@dataclass(frozen=True, slots=True)
class Bench:
    """A benchmark and about how many seconds it takes on a machine with two cores."""

    measure: Callable[[], Awaitable[Result]]
    seconds: int

    @property
    def description(self) -> str:
        """The first line of the module's docstring."""
        return (import_module(self.measure.__module__).__doc__ or "").partition("\n")[0]


BENCHES: Final[Mapping[str, Bench]] = {
    "latency": Bench(latency.measure, 175),
    "decision": Bench(decision.measure, 185),
    "storm": Bench(storm.measure, 130),
    "ha": Bench(ha.measure, 30),
    "ha_start": Bench(ha_start.measure, 70),
    "panel": Bench(panel.measure, 25),
    "assist": Bench(assist.measure, 75),
    "answers": Bench(answers.measure, 10),
    "mcp": Bench(mcp.measure, 15),
    "mcp_gateways": Bench(mcp_gateways.measure, 25),
    "idle": Bench(idle.measure, 170),
    "instances": Bench(instances.measure, 145),
    "memory": Bench(memory.measure, 75),
    "updates": Bench(update_seat_belt.measure, 70),
}
NEED_HOME_ASSISTANT: Final = ("latency", "decision", "ha", "ha_start", "panel", "assist")


@dataclass(frozen=True, slots=True)
class Measured:
    """A result, its time, and the load average before the measurement."""

    result: Result
    at: datetime
    load: float

    @property
    def section(self) -> Section:
        """The result as a section of the page."""
        when = f"Measured {self.at:%Y-%m-%d %H:%M} UTC. Load: {self.load:.2f}."
        result = self.result
        return Section(result.title, result.group, result.summary, result.method(when))


def main() -> int:
    """Return the exit code: 0 after measuring, even if goals are missed; 1 if a requirement is missing."""
    options = _parser().parse_args()
    names = options.only or list(BENCHES)
    if not HASS.exists() and set(names) & set(NEED_HOME_ASSISTANT):
        print(f"{HASS.relative_to(ROOT)} is missing: run script/setup", file=sys.stderr)
        return 1
    measured = asyncio.run(_measure(names))
    if options.json:
        options.json.write_bytes(_as_json(measured))
    if options.write:
        before = PAGE.read_text() if PAGE.exists() else ""
        PAGE.write_text(page(machine(), [one.section for one in measured], before))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="script/bench",
        description=__doc__,
        epilog="\n".join(
            (
                "Benchmarks:",
                *(f"  {name:12} {one.seconds:4} s  {one.description}" for name, one in BENCHES.items()),
            )
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--only", action="append", choices=sorted(BENCHES), help="run only this benchmark; may be repeated"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write all figures to a JSON file")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.relative_to(ROOT)}")
    return parser


async def _measure(names: list[str]) -> list[Measured]:
    """Run the benches one after the other and print each result. Skip what is not available."""
    print(f"Machine: {machine()}\n", flush=True)
    report(f"{', '.join(names)}: about {sum(BENCHES[name].seconds for name in names)} s")
    measured: list[Measured] = []
    for name in names:
        bench, at, load_before, began = BENCHES[name], datetime.now(UTC), load(), elapsed()
        report(f"{name}, about {bench.seconds} s: {bench.description}")
        try:
            one = Measured(await bench.measure(), at, load_before)
        except NotAvailableError as err:
            report(f"{name} was skipped: {err}")
            continue
        measured.append(one)
        print(one.section, flush=True)
        report(f"{name} took {elapsed() - began:.0f} s")
    return measured


def _as_json(measured: list[Measured]) -> bytes:
    content = {"machine": machine(), "benches": measured}
    return orjson.dumps(content, option=orjson.OPT_INDENT_2)


if __name__ == "__main__":
    sys.exit(main())
