"""What a pushed update of 1,000 entities costs Home Assistant's event loop."""

from dataclasses import dataclass

import orjson

from bench.figures import Figure, Goal, Result
from bench.programs import output
from bench.rig import ROOT

PYTHON = ROOT / ".venv-ha" / "bin" / "python"
PROGRAM = ROOT / "bench" / "ha_updates.py"
ROUNDS = 5
RATIO = Goal(2)
MICROSECONDS = 1e3


@dataclass(frozen=True, slots=True)
class Run:
    """Medians of one run, in microseconds for all entities."""

    ours_us: float
    bare_us: float
    ratio: float


async def measure(*, rounds: int = ROUNDS) -> Result:
    """Run the comparison in Home Assistant's own environment, several times."""
    runs = [await _run() for _ in range(rounds)]
    return Result(
        name="ha",
        title="Home Assistant's event loop",
        how=HOW.format(rounds=rounds),
        figures=(
            Figure.of("pushed update of 1,000 entities", "ms", [run.ours_us / MICROSECONDS for run in runs]),
            Figure.of("bare state writes of the same", "ms", [run.bare_us / MICROSECONDS for run in runs]),
            Figure.of("ratio to the bare writes", "", [run.ratio for run in runs], RATIO),
        ),
    )


async def _run() -> Run:
    out, _ = await output(PYTHON, PROGRAM, "--json", folder=ROOT)
    return Run(**orjson.loads(out))


HOW = """\
A real Home Assistant core with the integration and 1,000 sensors (100 things with 10 readings). An \
update in which every value is new is handed over as the bytes of the websocket frame; the clock runs \
over decoding, validation, finding what changed and writing the states. The peer sets the same values \
on the same entities and calls `async_write_ha_state`, nothing else. In turns within one process; each \
run is the median of 55 rounds, and {rounds} runs were made."""
