"""Time in Home Assistant's event loop for a pushed update of 1,000 entities on 100 sub-devices."""

from dataclasses import dataclass

import orjson

from bench.figures import TIMES, Figure, Goal, Result
from bench.programs import output
from bench.progress import report
from bench.rig import ROOT

PYTHON = ROOT / ".venv-ha" / "bin" / "python"
PROGRAM = ROOT / "bench" / "ha_updates.py"
ROUNDS = 3
RATIO = Goal(1.6)
SETUP = Goal(0.3)
MICROSECONDS = 1e3


@dataclass(frozen=True, slots=True)
class Run:
    """The medians of one run in microseconds for all entities, and the setup time of the entry."""

    steward_us: float
    bare_us: float
    ratio: float
    setup_s: float
    entities: int


async def measure(*, rounds: int = ROUNDS) -> Result:
    """Run the comparison several times, in Home Assistant's environment."""
    runs = []
    for number in range(1, rounds + 1):
        runs.append(await _run())
        report(f"run {number} of {rounds}: {runs[-1].ratio:.2f} times the bare writes")
    return Result(
        name="ha",
        group="Home Assistant, Assist and MCP",
        title="Event loop of Home Assistant",
        how=HOW.format(rounds=rounds),
        figures=(
            Figure.of("Event loop per update", TIMES, [run.ratio for run in runs], RATIO),
            Figure.of("steward, per update", "ms", [run.steward_us / MICROSECONDS for run in runs]),
            Figure.of("bare writes, per update", "ms", [run.bare_us / MICROSECONDS for run in runs]),
            Figure.of("Setup of the entry, 1,000 entities", "s", [run.setup_s for run in runs], SETUP),
            Figure.of("entities", "", [run.entities for run in runs]),
        ),
    )


async def _run() -> Run:
    out, _ = await output(PYTHON, PROGRAM, "--json", folder=ROOT)
    return Run(**orjson.loads(out))


HOW = """\
The time that Home Assistant's event loop needs for a pushed update of 1,000 sensors (10 readings on each of
100 sub-devices) in which every value is new: decode, validate, find what changed, and write the states. The
peer sets the same values on the same entities and only calls `async_write_ha_state`. Both run in turns in
one process. Each of {rounds} runs is the median of 25 rounds. The setup is that of the entry with all these
entities, which the registries know, until Home Assistant is idle."""
