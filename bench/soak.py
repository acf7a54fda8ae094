"""Simulated days of a steward with many services: what memory, files, tasks and disk grow by.

The clock of the app runs faster; the services, the messages and the disk are as always.
"""

import argparse
import asyncio
import os
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import linear_regression
from typing import Final

import aiohttp
import yaml

from bench.document import SUMMARY
from bench.figures import Figure, Goal, Result
from bench.growth import Growth
from bench.payloads import Problem, body, host_out_of_memory
from bench.process import memory
from bench.rig import FORTY, FOUR, BenchRig, forty_services
from demo.front_end import FrontEndClient
from homelab_steward.contract.commands import RequestAction
from homelab_steward.contract.errors import ContractError
from homelab_steward.contract.incidents import ApprovalRequest
from homelab_steward.contract.state import FrontEnd, Speaker

DAYS: Final = 30
DAY: Final = 24 * 3600.0
SPEED: Final = 900.0
"""How many times as fast the clock of the app runs: a day takes 96 seconds."""

STEP: Final = 7_200.0
"""Seconds by which the clock moves at once: who sleeps shorter wakes once in a step."""

POLL_SECONDS: Final = 3_600.0
ALERTS: Final = 12
"""Problems in a day; each begins and ends."""

REQUESTS: Final = 3
"""Actions that a person asks for in a day."""

START_SECONDS: Final = 180.0
HOSTS: Final = 60
SCHEDULES: Final = 12
WARM_UP: Final = 6
"""Days until caches are full and libraries are loaded; growth is measured after them."""

SPEAKER: Final = Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id="u1")
MIB: Final = 1024 * 1024
MONTH: Final = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The app at the end of a day. Memory and sizes are in MiB; ``backups`` are not in ``database``."""

    day: int
    resident: float
    files: int
    threads: int
    tasks: int
    database: float
    backups: float
    log: float
    polls: float
    incidents: int
    updates: int

    def row(self) -> str:
        """Return the sample as a row of the printed table."""
        return (
            f"| {self.day} | {self.resident:.1f} | {self.files} | {self.threads} | {self.tasks} |"
            f" {self.database:.2f} | {self.backups:.2f} | {self.log:.2f} | {self.polls:.0f} |"
            f" {self.incidents} | {self.updates} |"
        )


HEAD: Final = (
    "| day | memory, MiB | open files | threads | tasks | databases, MiB | backups, MiB | log, MiB | polls"
    " | incidents | updates |\n|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How much is simulated. ``seed`` chooses the problems and the decisions.

    With ``frames`` it is printed what grew, with so many callers of each allocation, none for 0.
    """

    days: int = DAYS
    speed: float = SPEED
    warm_up: int = WARM_UP
    services: tuple[str, ...] = ()
    seed: int = 7
    frames: int | None = None


def main() -> None:
    """Let a month pass with forty services, and print each day and the figures."""
    parser = argparse.ArgumentParser(prog="script/soak", description=__doc__)
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument("--speed", type=float, default=SPEED, help="how many times as fast the clock runs")
    parser.add_argument("--services", type=int, default=FORTY, help="how many services there are")
    parser.add_argument(
        "--growth",
        type=int,
        metavar="FRAMES",
        help="print what grew after the warm-up: objects by type, and above 0 also allocations by place",
    )
    options = parser.parse_args()
    services = forty_services()[: max(options.services, len(FOUR))]
    scale = Scale(days=options.days, speed=options.speed, services=services, frames=options.growth)
    found = result(asyncio.run(soak(scale)), scale)
    print("\n".join(("", SUMMARY, *found.summary, "", found.how)))


async def soak(scale: Scale) -> list[Sample]:
    """Return one sample for each simulated day. Raises ChildEndedError if the app ends."""
    print(HEAD, flush=True)
    async with BenchRig(scale.services) as rig:
        rig.owner = replace(rig.owner, user_id=SPEAKER.user_id)
        rig.steward.speed, rig.steward.step = scale.speed, STEP
        growth = None if scale.frames is None else Growth(rig.folder / "census.json")
        rig.steward.census = (growth.file, scale.frames or 0) if growth is not None else None
        await asyncio.to_thread(write_schedules, rig.steward.data_dir / "schedules")
        await rig.start_steward(dict.fromkeys(scale.services, POLL_SECONDS), {"changes": {"ask_at": None}})
        client = FrontEndClient(rig.session, rig.steward.url, await rig.steward.token())
        await client.start(START_SECONDS)
        async with asyncio.TaskGroup() as group:
            month = Month(rig, scale, group)
            deciding = group.create_task(month.decide(client))
            samples: list[Sample] = []
            for number in range(1, scale.days + 1):
                samples.append(await month.day(number, client))
                if growth is not None and number in (min(scale.warm_up, scale.days - 1), scale.days):
                    await growth.take(rig.program.pid)
            deciding.cancel()
        if growth is not None:
            print("\n".join(growth.lines()))
        await client.close()
    return samples


def write_schedules(folder: Path) -> None:
    """Write questions that are asked twelve times a day."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(SCHEDULES):
        plain = {
            "title": f"Question {number}",
            "cron": f"{number * 5} {2 * number} * * *",
            "rules": ["requests", "authentication", "backups"],
            "send": "news",
        }
        (folder / f"question-{number}.yaml").write_text(yaml.safe_dump(plain))


class Month:
    """What happens in the simulated homelab."""

    def __init__(self, rig: BenchRig, scale: Scale, group: asyncio.TaskGroup) -> None:
        self._rig = rig
        self._group = group
        self._scale = scale
        self._random = random.Random(scale.seed)  # noqa: S311 - not for cryptography
        self._began = time.monotonic()

    async def day(self, number: int, client: FrontEndClient) -> Sample:
        """Let a day pass with its problems and requests, and return the sample at its end."""
        self._rig.program.check()
        events = ["alert"] * ALERTS + ["request"] * REQUESTS
        self._random.shuffle(events)
        for position, event in enumerate(events):
            await self._until(number - 1 + position / len(events))
            if event == "request":
                self._group.create_task(self._request(client))
            else:
                await self._alert()
        await self._until(number)
        sample = await self._sample(number, client)
        print(sample.row(), flush=True)
        return sample

    async def decide(self, client: FrontEndClient) -> None:
        """Decide every request that comes: most are approved, some are rejected, some are left alone."""
        seen: set[str] = set()
        while True:
            for request in await client.wait_for(lambda: _new(client, seen), 10 * DAY):
                seen.add(request.id)
                draw = self._random.random()
                with suppress(ContractError):
                    if draw < 0.7:  # noqa: PLR2004 - the share that is approved
                        await client.approve(request, 1, SPEAKER)
                    elif draw < 0.85:  # noqa: PLR2004 - with those that are rejected
                        await client.reject(request, SPEAKER)

    async def _until(self, day: float) -> None:
        wait = day * DAY / self._scale.speed - (time.monotonic() - self._began)
        await asyncio.sleep(max(0.0, wait))

    async def _alert(self) -> None:
        """Report a problem that begins and is over a moment later."""
        problem: Problem = host_out_of_memory(self._random.randrange(HOSTS))
        since = datetime.now(UTC)
        await self._post(problem.row(since))
        await asyncio.sleep(DAY / self._scale.speed / (4 * (ALERTS + REQUESTS)))
        await self._post(problem.row(since, since + timedelta(hours=1)))

    async def _post(self, row: Mapping[str, object]) -> None:
        headers = {"Authorization": f"Bearer {await self._rig.steward.monitor_token()}"}
        url = self._rig.steward.webhook_url
        async with self._rig.session.post(url, data=body([row]), headers=headers) as response:
            response.raise_for_status()

    async def _request(self, client: FrontEndClient) -> None:
        with suppress(ContractError, TimeoutError):
            await client.request_action(
                RequestAction(instance_id="radarr", action="restart", speaker=SPEAKER)
            )

    async def _sample(self, number: int, client: FrontEndClient) -> Sample:
        program, data = self._rig.program, self._rig.steward.data_dir
        metrics = metric_values(await self._metrics())
        sizes = await asyncio.to_thread(sizes_of, data)
        log = await asyncio.to_thread(program.log.stat)
        return Sample(
            day=number,
            resident=memory(program.pid).now,
            files=len(await asyncio.to_thread(os.listdir, f"/proc/{program.pid}/fd")),
            threads=len(await asyncio.to_thread(os.listdir, f"/proc/{program.pid}/task")),
            tasks=int(metrics["steward_tasks"]),
            database=sizes[0],
            backups=sizes[1],
            log=log.st_size / MIB,
            polls=metrics["steward_poll_seconds_count"],
            incidents=max((one.number for one in client.incidents.values()), default=0),
            updates=len(client.updates),
        )

    async def _metrics(self) -> str:
        try:
            return await self._rig.steward.metrics()
        except aiohttp.ClientError as err:
            message = f"the metrics cannot be read: {err}"
            raise TimeoutError(message) from err


def _new(client: FrontEndClient, seen: set[str]) -> tuple[ApprovalRequest, ...]:
    return tuple(one for one in client.pending() if one.id not in seen)


def metric_values(text: str) -> dict[str, float]:
    """Return the sum of each metric over its labels."""
    found: dict[str, float] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, value = line.partition("{")[0].split(" ")[0], line.rsplit(" ", 1)[1]
            found[name] = found.get(name, 0.0) + float(value)
    return found


def sizes_of(folder: Path) -> tuple[float, float]:
    """Return the MiB of the databases with their logs, and of the backups."""
    backups = sum(_sizes(folder / "backups"))
    databases = sum(one.stat().st_size for one in folder.glob("*.db*"))
    return databases / MIB, backups / MIB


def _sizes(folder: Path) -> Iterator[int]:
    for one in folder.rglob("*"):
        with suppress(FileNotFoundError):
            yield one.stat().st_size


def monthly(samples: Sequence[Sample], values: Sequence[float]) -> float:
    """Return the growth of a value in a month by the slope over the days."""
    return linear_regression([one.day for one in samples], values).slope * MONTH


def result(samples: Sequence[Sample], scale: Scale) -> Result:
    """Return the figures of a month; growth is that after the days of the warm-up."""
    later = [one for one in samples if one.day > scale.warm_up]
    last = samples[-1]

    def figure(name: str, unit: str, value: float, goal: Goal | None = None) -> Figure:
        return Figure.of(name, unit, [value], goal, is_headline=True)

    return Result(
        name="soak",
        group="Start, memory and processor",
        title="A simulated month",
        how=HOW.format(
            days=len(samples),
            services=len(scale.services),
            speed=scale.speed,
            alerts=ALERTS,
            requests=REQUESTS,
            warm_up=scale.warm_up,
        ),
        figures=(
            figure(
                "A month, growth of memory", "MiB", monthly(later, [one.resident for one in later]), Goal(10)
            ),
            figure("A month, memory at its end", "MiB", last.resident),
            figure(
                "A month, growth of open files", "", monthly(later, [one.files for one in later]), Goal(5)
            ),
            figure("A month, growth of threads", "", monthly(later, [one.threads for one in later]), Goal(5)),
            figure("A month, growth of tasks", "", monthly(later, [one.tasks for one in later]), Goal(5)),
            figure(
                "A month, growth of the databases", "MiB", monthly(later, [one.database for one in later])
            ),
            figure("A month, seven backups", "MiB", last.backups),
            figure("A month, log", "MiB", last.log / last.day * MONTH),
        ),
    )


HOW: Final = """\
{days} days pass for a steward with {services} services, whose clock runs {speed:,.0f} times as fast, in
steps of two hours. Every service
is polled every two hours. On each day {alerts} problems begin and end, a person asks for {requests} actions,
twelve schedules ask, the app makes its backup, and most requests are approved. Growth is the slope of a line
through the values at the end of each day after the first {warm_up}, for 30 days. Databases are those of the
app and of its workflows, with their write-ahead logs. `script/soak` prints each day.
"""

if __name__ == "__main__":
    main()
