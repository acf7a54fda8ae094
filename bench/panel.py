"""First paint of the panel with 1,000 incidents in a slowed down Chromium."""

from collections.abc import Mapping, Sequence
from typing import Final

import orjson

from bench.figures import Figure, Goal, Result
from bench.programs import output
from bench.rig import ROOT

PYTHON: Final = ROOT / ".venv-ha" / "bin" / "python"
PROGRAM: Final = ROOT / "bench" / "panel_paints.py"
LOADS: Final = 9
FIRST_PAINT: Final = Goal(1.0)

type Loads = Mapping[str, Sequence[Mapping[str, float]]]
"""The seconds of each load by page: of the first ``paint``, and of the first ``rows``."""


async def measure(*, loads: int = LOADS) -> Result:
    """Load the inbox and the list of incidents, each some times with an empty cache."""
    out, _ = await output(PYTHON, PROGRAM, str(loads), folder=ROOT)
    return Result(
        name="panel",
        group="Home Assistant, Assist and MCP",
        title="First paint of the panel",
        how=HOW.format(loads=loads),
        figures=figures(orjson.loads(out)),
    )


def figures(found: Loads) -> tuple[Figure, ...]:
    """Return the figures of all loads."""
    paints = [one["paint"] for loads in found.values() for one in loads]
    rows = [one["rows"] for loads in found.values() for one in loads]
    return (
        Figure.of("Panel, first paint, 1,000 incidents", "s", paints, FIRST_PAINT),
        Figure.of("Panel, first rows, 1,000 incidents", "s", rows, FIRST_PAINT),
        *(Figure.of(f"first rows, {page}", "s", [one["rows"] for one in found[page]]) for page in found),
    )


HOW: Final = """\
The bundle is loaded {loads} times for each of two pages, the inbox and the list of incidents, with an empty
cache, 390 pixels wide, in a Chromium whose processor is slowed down to a quarter and whose network has
10 Mbit/s and 20 ms of latency. 1,000 incidents and 11 open requests are sent as rows. The time begins when
the front end of Home Assistant begins to load the panel; Home Assistant's front end itself is left out. The
first paint is the one that the browser reports (`first-contentful-paint`), with header, navigation, and grey
bars. The first rows are the frame with the first request or incident."""
