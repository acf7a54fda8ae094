"""Ten thousand alerts at once: what is kept, how fast, and how much memory it takes."""

import asyncio
import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.figures import Figure, Goal, Result, number
from bench.load import post_all
from bench.payloads import storm
from bench.process import Program, cpu_seconds, memory
from bench.rig import ROOT, BenchRig
from demo.processes import free_port, plain_environment

ALERTS = 10_000
FINGERPRINTS = 500
AT_ONCE = 32
ROUNDS = 3
PER_BODY = (1, 10)
SETTLE = 5.0
LOOK = 0.02
DEADLINE = 300.0
SHARE = Goal(0.3, at_least=True)
NEVER = {"alertmanager": 3600.0}
"""The lab's Alertmanager never heard of these alerts: asked again, it would say they are over."""

COUNTS = """
SELECT (SELECT count(*) FROM inbox),
       (SELECT count(*) FROM alerts),
       (SELECT count(DISTINCT incident_id) FROM alerts),
       (SELECT count(*) FROM incidents),
       (SELECT count(DISTINCT group_key) FROM incidents),
       (SELECT count(*) FROM incidents WHERE status = 'waiting')
"""


class LostError(Exception):
    """Not every alert became what it should; the text says what there is instead."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What the database holds; ``placed`` counts incidents that have an alert."""

    inbox: int
    alerts: int
    placed: int
    incidents: int
    groups: int
    waiting: int

    @property
    def are_incidents(self) -> bool:
        """Whether every alert has found its incident, one per group."""
        found = {self.alerts, self.placed, self.incidents, self.groups}
        return self.inbox == 0 and found == {FINGERPRINTS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Storm:
    """One run. Seconds since the first body was sent, memory in MiB.

    ``cpu`` is the processor time until all alerts had their incident.
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
    """The peer's run: alerts per second until all were stored, and processor time."""

    rate: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Pair:
    """The peer's run, and the steward's right after it."""

    bare: Bare
    ours: Storm

    @property
    def share(self) -> float:
        """How much of the peer's speed the steward reached."""
        return self.ours.rate / self.bare.rate


async def measure(*, rounds: int = ROUNDS) -> Result:
    """Run the peer and the steward in turns; raises `LostError`."""
    pairs = {per_body: [await _pair(per_body) for _ in range(rounds)] for per_body in PER_BODY}
    runs = [one.ours for many in pairs.values() for one in many]
    figures = [figure for per_body, many in pairs.items() for figure in _figures(per_body, many)]
    return Result(
        name="storm",
        title="A storm of alerts",
        how=HOW.format(alerts=f"{ALERTS:,}", groups=FINGERPRINTS, at_once=AT_ONCE, rounds=rounds),
        figures=(*figures, *_memory(runs)),
        remarks=_remarks(await _repeated(), sum(run.refused for run in runs), len(runs)),
    )


async def _pair(per_body: int) -> Pair:
    return Pair(await _bare(per_body), await _ours(per_body))


async def _bare(per_body: int) -> Bare:
    """Send one storm to the peer."""
    with TemporaryDirectory(prefix="homelab-steward-bench-") as name:
        folder, port = Path(name), free_port()
        child = Program("bare server", folder / "server.log")
        command: list[str | Path] = [
            sys.executable,
            ROOT / "bench" / "bare_server.py",
            folder / "bodies.db",
            str(port),
        ]
        await child.start(command, plain_environment(), folder)
        try:
            await _listening(child, port)
            bodies = list(storm(ALERTS, FINGERPRINTS, per_body))
            before = cpu_seconds(child.pid)
            sent = await post_all(f"http://127.0.0.1:{port}/", bodies, at_once=AT_ONCE)
            cpu = cpu_seconds(child.pid) - before
        finally:
            await child.stop()
        with closing(sqlite3.connect(folder / "bodies.db")) as database:
            (stored,) = database.execute("SELECT count(*) FROM bodies").fetchone()
    if stored != len(bodies):
        raise LostError(f"the bare server kept {stored} bodies of {len(bodies)}")
    return Bare(rate=ALERTS / sent.seconds, cpu=cpu)


async def _ours(per_body: int) -> Storm:
    async with BenchRig() as rig:
        await _open(rig)
        run = await _blow(rig, per_body)
        await _close(rig)
    return run


async def _repeated() -> tuple[float, ...]:
    """Return the memory of one steward before the first and after each of several storms."""
    async with BenchRig() as rig:
        await _open(rig)
        runs = [await _blow(rig, PER_BODY[0]) for _ in range(ROUNDS)]
        await _close(rig)
    return (runs[0].before, *(run.after for run in runs))


async def _open(rig: BenchRig) -> None:
    await rig.start_steward(NEVER)
    await rig.connect_client()
    await asyncio.sleep(SETTLE)


async def _close(rig: BenchRig) -> None:
    """Stop the steward and look at what it kept."""
    if not rig.is_client_connected:
        raise LostError("the face was sent away")
    await rig.steward.close()
    with closing(sqlite3.connect(rig.database)) as database:
        counts = _look(database)
    if not counts.are_incidents or counts.waiting != FINGERPRINTS:
        raise LostError(f"in the end there are {counts}")


async def _blow(rig: BenchRig, per_body: int) -> Storm:
    """Send one storm and wait until a person is asked about everything."""
    pid, url = rig.program.pid, rig.steward.webhook_url
    bodies, token = list(storm(ALERTS, FINGERPRINTS, per_body)), await rig.steward.monitor_token()
    before, cpu_before = memory(pid).now, cpu_seconds(pid)
    with closing(sqlite3.connect(f"file:{rig.database}?mode=ro", uri=True)) as database:
        began = time.perf_counter()
        sent = await post_all(url, bodies, at_once=AT_ONCE, token=token)
        await _until(database, lambda counts: counts.are_incidents)
        correlated, cpu = time.perf_counter() - began, cpu_seconds(pid) - cpu_before
        await _until(database, lambda counts: counts.waiting == FINGERPRINTS)
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


async def _until(database: sqlite3.Connection, is_so: Callable[[Counts], bool]) -> None:
    """Look into the database until it is so; raises `LostError`."""
    counts = _look(database)
    try:
        async with asyncio.timeout(DEADLINE):
            while not is_so(counts):
                await asyncio.sleep(LOOK)
                counts = _look(database)
    except TimeoutError as err:
        raise LostError(f"after {DEADLINE:g} s there are {counts}") from err


def _look(database: sqlite3.Connection) -> Counts:
    return Counts(*database.execute(COUNTS).fetchone())


async def _listening(child: Program, port: int) -> None:
    async with asyncio.timeout(DEADLINE):
        while True:
            child.check()
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(LOOK)
                continue
            writer.close()
            return


def _figures(per_body: int, pairs: Sequence[Pair]) -> tuple[Figure, ...]:
    words = "1 alert a request" if per_body == 1 else f"{per_body} alerts a request"
    runs = [one.ours for one in pairs]
    answered = [ALERTS / run.answered for run in runs]
    return (
        Figure.of(f"{words}: all are incidents", "alerts/s", [run.rate for run in runs]),
        Figure.of(f"{words}: bare Starlette handler", "alerts/s", [one.bare.rate for one in pairs]),
        Figure.of(f"{words}: share of the bare handler", "", [one.share for one in pairs], SHARE),
        Figure.of(f"{words}: processor time", "s", [run.cpu for run in runs]),
        Figure.of(f"{words}: processor time of the bare handler", "s", [one.bare.cpu for one in pairs]),
        Figure.of(f"{words}: all are stored and answered", "alerts/s", answered),
        Figure.of(f"{words}: {FINGERPRINTS} wait for a person", "s", [run.waiting for run in runs]),
    )


def _memory(runs: Sequence[Storm]) -> tuple[Figure, ...]:
    return (
        Figure.of("resident memory before", "MiB", [run.before for run in runs]),
        Figure.of("resident memory, peak", "MiB", [run.peak for run in runs]),
        Figure.of("resident memory after", "MiB", [run.after for run in runs]),
    )


def _remarks(repeated: Sequence[float], refused: int, runs: int) -> str:
    sizes = " → ".join(number(size) for size in repeated)
    return (
        f"After each of the {runs} runs the database held {FINGERPRINTS} alerts and {FINGERPRINTS} "
        "incidents, one per group, all waiting for a person, and an empty inbox: none was lost. "
        f"{refused} requests were refused for being too many. One steward through {len(repeated) - 1} "
        f"such storms, one after the other, kept {sizes} MiB resident (before the first, after each)."
    )


HOW = """\
{alerts} alerts of {groups} fingerprints, every fingerprint a group of its own, in random order, posted \
over {at_once} connections as fast as they are answered: once with one alert and once with ten in a \
request. The steward runs with its four instances, Telegram and one face connected, on SQLite, as one \
process; the time ends when the inbox is empty and every alert has its incident. In such a rush the \
steward sorts first: diagnoses are put off, ten seconds at most, and made until all incidents wait for \
a person. The peer is a Starlette handler on the same server that parses the JSON and stores it in \
SQLite, one commit a request; both get the same bodies from the same program, in turns, {rounds} times, \
each in a fresh process with an empty database."""
