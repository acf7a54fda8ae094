"""Ten thousand alerts at once: throughput, losses and memory."""

import asyncio
import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.figures import TIMES, Figure, Goal, Result, number
from bench.load import post_all
from bench.payloads import storm
from bench.process import Program, cpu_seconds, memory
from bench.programs import until_listening
from bench.progress import report
from bench.rig import ROOT, BenchRig
from demo.processes import plain_environment
from lab.ports import free_port

ALERTS = 10_000
FINGERPRINTS = 500
AT_ONCE = 32
ROUNDS = 2
STORMS = 2
"""Storms of one steward, for its memory."""

PER_BODY = (1, 10)
SETTLE = 3.0
POLL_SECONDS = 0.02
DEADLINE = 300.0
SHARE = Goal(0.3, at_least=True)
LOST = Figure.of("Storm, lost alerts", "", [0], Goal(0))
"""A lost alert raises ``LostError`` and ends the bench."""

NO_POLLS = {"alertmanager": 3600.0}
"""The lab's Alertmanager does not have these alerts, so a poll would resolve them."""

COUNTS = """
SELECT (SELECT count(*) FROM alerts),
       (SELECT count(incident_id) FROM alerts),
       (SELECT count(*) FROM incidents),
       (SELECT count(DISTINCT group_key) FROM incidents),
       (SELECT count(*) FROM incidents WHERE status = 'waiting')
"""


class LostError(Exception):
    """Alerts were lost; the text has the actual counts."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Row counts of the database; ``assigned`` counts alerts with an incident."""

    alerts: int
    assigned: int
    incidents: int
    groups: int
    waiting: int

    @property
    def are_incidents(self) -> bool:
        """Whether every alert has an incident, and every group one."""
        return self.alerts == self.assigned == FINGERPRINTS and self.incidents == self.groups


@dataclass(frozen=True, slots=True, kw_only=True)
class Storm:
    """One run. Times are seconds since the first body was sent, memory is in MiB.

    ``cpu`` is the processor time in seconds until all alerts had their incident.
    """

    answered: float
    correlated: float
    waiting: float
    cpu: float
    before: float
    peak: float
    after: float
    refused: int

    @property
    def rate(self) -> float:
        """Alerts per second until all had their incident."""
        return ALERTS / self.correlated


@dataclass(frozen=True, slots=True)
class Bare:
    """A run of the peer: alerts per second until all were stored, and processor seconds."""

    rate: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Pair:
    """A run of the peer, followed by a run of the steward."""

    bare: Bare
    steward: Storm

    @property
    def share(self) -> float:
        """The steward's rate divided by the peer's rate."""
        return self.steward.rate / self.bare.rate


async def measure(*, rounds: int = ROUNDS) -> Result:
    """Run the peer and the steward in turns. Raises LostError."""
    pairs = {per_body: [await _pair(per_body) for _ in range(rounds)] for per_body in PER_BODY}
    runs = [one.steward for many in pairs.values() for one in many]
    figures = [figure for per_body, many in pairs.items() for figure in _figures(per_body, many)]
    report(f"{STORMS} storms in one steward")
    repeated = await _repeated()
    return Result(
        name="storm",
        group="Alerts",
        title="Storm of alerts",
        how=HOW.format(alerts=f"{ALERTS:,}", groups=FINGERPRINTS, at_once=AT_ONCE, rounds=rounds),
        figures=(*figures, LOST, *_memory(runs, repeated)),
        remarks=_remarks(repeated, sum(run.refused for run in runs), len(runs)),
    )


async def _pair(per_body: int) -> Pair:
    pair = Pair(await _bare(per_body), await _steward(per_body))
    report(f"storm, {per_body} alerts per request: {pair.share:.2f} times the bare handler")
    return pair


async def _bare(per_body: int) -> Bare:
    """Send one storm to the peer."""
    with TemporaryDirectory(prefix="homelab-steward-bench-") as name:
        folder, port = Path(name), free_port()
        child = Program("bare server", folder / "server.log")
        command: list[str | Path] = [
            sys.executable,
            "-P",  # the folder of the program has modules named like packages
            ROOT / "bench" / "bare_server.py",
            folder / "bodies.db",
            str(port),
        ]
        await child.start(command, plain_environment(), folder)
        try:
            await until_listening(child, port)
            bodies = list(storm(ALERTS, FINGERPRINTS, per_body))
            before = cpu_seconds(child.pid)
            sent = await post_all(f"http://127.0.0.1:{port}/", bodies, at_once=AT_ONCE)
            cpu = cpu_seconds(child.pid) - before
        finally:
            await child.stop()
        with closing(sqlite3.connect(folder / "bodies.db")) as database:
            (stored,) = database.execute("SELECT count(*) FROM bodies").fetchone()
    if stored != len(bodies):
        raise LostError(f"the bare server stored {stored} of {len(bodies)} bodies")
    return Bare(rate=ALERTS / sent.seconds, cpu=cpu)


async def _steward(per_body: int) -> Storm:
    async with BenchRig() as rig:
        await _start(rig)
        run = await _send_storm(rig, per_body)
        await _stop_and_check(rig)
    return run


async def _repeated() -> tuple[float, ...]:
    """Return the memory of one steward before the first storm and after each of several storms."""
    async with BenchRig() as rig:
        await _start(rig)
        runs = [await _send_storm(rig, PER_BODY[0]) for _ in range(STORMS)]
        await _stop_and_check(rig)
    return (runs[0].before, *(run.after for run in runs))


async def _start(rig: BenchRig) -> None:
    await rig.start_steward(NO_POLLS)
    await rig.connect_client()
    await asyncio.sleep(SETTLE)


async def _stop_and_check(rig: BenchRig) -> None:
    """Stop the steward and check its database. Raises LostError."""
    if not rig.is_client_connected:
        raise LostError("the client was disconnected")
    await rig.steward.close()
    with closing(sqlite3.connect(rig.database)) as database:
        counts = _counts(database)
    if not counts.are_incidents or counts.waiting != counts.incidents:
        raise LostError(f"final counts: {counts}")


async def _send_storm(rig: BenchRig, per_body: int) -> Storm:
    """Send one storm and wait until every incident has its request."""
    pid, url = rig.program.pid, rig.steward.webhook_url
    bodies, token = list(storm(ALERTS, FINGERPRINTS, per_body)), await rig.steward.monitor_token()
    before, cpu_before = memory(pid).now, cpu_seconds(pid)
    with closing(sqlite3.connect(f"file:{rig.database}?mode=ro", uri=True)) as database:
        began = time.perf_counter()
        sent = await post_all(url, bodies, at_once=AT_ONCE, token=token)
        await _until(database, lambda counts: counts.are_incidents)
        correlated, cpu = time.perf_counter() - began, cpu_seconds(pid) - cpu_before
        await _until(database, lambda counts: counts.waiting == counts.incidents)
        waiting = time.perf_counter() - began
    await asyncio.sleep(SETTLE)
    used = memory(pid)
    return Storm(
        answered=sent.seconds,
        correlated=correlated,
        waiting=waiting,
        cpu=cpu,
        before=before,
        peak=used.peak,
        after=used.now,
        refused=sent.refused,
    )


async def _until(database: sqlite3.Connection, condition: Callable[[Counts], bool]) -> None:
    """Read the counts until the condition holds. Raises LostError after ``DEADLINE``."""
    counts = _counts(database)
    try:
        async with asyncio.timeout(DEADLINE):
            while not condition(counts):
                await asyncio.sleep(POLL_SECONDS)
                counts = _counts(database)
    except TimeoutError as err:
        raise LostError(f"counts after {DEADLINE:g} s: {counts}") from err


def _counts(database: sqlite3.Connection) -> Counts:
    return Counts(*database.execute(COUNTS).fetchone())


def _figures(per_body: int, pairs: Sequence[Pair]) -> tuple[Figure, ...]:
    load = "one alert per request" if per_body == 1 else f"{per_body} alerts per request"
    runs = [one.steward for one in pairs]
    answered = [ALERTS / run.answered for run in runs]
    return (
        Figure.of(f"Storm, {load}", TIMES, [one.share for one in pairs], SHARE),
        Figure.of(f"steward, {load}", "alerts/s", [run.rate for run in runs]),
        Figure.of(f"bare handler, {load}", "alerts/s", [one.bare.rate for one in pairs]),
        Figure.of(f"steward, processor time, {load}", "s", [run.cpu for run in runs]),
        Figure.of(f"bare handler, processor time, {load}", "s", [one.bare.cpu for one in pairs]),
        Figure.of(f"steward, stored and answered, {load}", "alerts/s", answered),
        Figure.of(f"all incidents wait for a person, {load}", "s", [run.waiting for run in runs]),
    )


def _memory(runs: Sequence[Storm], repeated: Sequence[float]) -> tuple[Figure, ...]:
    shown = f"{number(repeated[0])} → {number(repeated[-1])} MiB"
    return (
        Figure.of("Storm, memory", "MiB", repeated, is_headline=True, shown=shown),
        Figure.of("memory before", "MiB", [run.before for run in runs]),
        Figure.of("memory, peak", "MiB", [run.peak for run in runs]),
        Figure.of("memory after", "MiB", [run.after for run in runs]),
    )


def _remarks(repeated: Sequence[float], refused: int, runs: int) -> str:
    sizes = " → ".join(number(size) for size in repeated)
    return (
        f"After each of the {runs} runs the database had {FINGERPRINTS} alerts, each in an incident that "
        "waits for a person. "
        f"{refused} requests were refused by the rate limit and sent again. The memory of one steward "
        f"before the first and after each of {len(repeated) - 1} storms was {sizes} MiB."
    )


HOW = """\
{alerts} alerts of {groups} fingerprints in random order, posted over {at_once} connections. The first fifty
open an incident each, the others one together. The time ends when every alert has its incident. During a
storm the steward assigns alerts to incidents first and delays diagnoses by at most ten seconds. The peer is
a bare Starlette handler that parses the JSON and stores it in SQLite, with one commit per request. Both run
in turns, {rounds} times, each in a new process with an empty database."""
