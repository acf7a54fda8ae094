"""Time from a monitor's webhook to the messages on the phone and in Telegram, and that of a bare chain."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from bench.chain import BareChain
from bench.figures import TIMES, Figure, Goal, Result, quantile
from bench.payloads import Problem, body, host_out_of_memory
from bench.progress import report
from bench.rig import BenchRig
from bench.sightings import Sightings
from demo.front_end import FrontEndClient
from homelab_steward.contract.incidents import IncidentStatus
from lab.population import RADARR

WARM_UP = 2
BLOCKS = 3
BLOCK = 6
SPACING = 7.5
"""Seconds from one incident to the next. Each sends two Telegram messages: the card, and the note
that it is over. A bot may send 20 messages a minute to a group, and the steward reserves three."""

DEADLINE = 15.0
QUICK_POLLS = {"proxmox": 2.0, "radarr": 2.0}
RATIO = Goal(3)
STEPS_SHOWN = {"Telegram": "telegram", "phone push": "phone", "request at a client": "asked"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One incident: milliseconds from sending the webhook to each step.

    ``bare`` is the time of the bare chain, measured after it.
    """

    is_story: bool
    bare: float = 0.0
    accepted: float
    opened: float
    asked: float
    telegram: float
    phone: float

    @property
    def both(self) -> float:
        """Milliseconds until both messages were received."""
        return max(self.telegram, self.phone)


async def measure(*, blocks: int = BLOCKS, block: int = BLOCK) -> Result:
    """Run the real steward, Home Assistant and the lab, and measure one incident after the other."""
    async with BenchRig() as rig:
        report("starts Home Assistant and the steward")
        home_assistant = await rig.start_home_assistant()
        await rig.start_steward(QUICK_POLLS)
        await rig.set_up_integration(home_assistant)
        front_end = FrontEndClient(rig.session, rig.steward.url, await rig.steward.token())
        await front_end.start()
        try:
            with Sightings(rig.lab, front_end) as seen:
                async with BareChain(rig.session, rig.folder) as chain:
                    run = _Run(rig, front_end, seen, chain, await rig.steward.monitor_token())
                    await run.settle()
                    samples = await run.take(WARM_UP + blocks * block)
        finally:
            await front_end.close()
    kept = samples[WARM_UP:]
    return Result(
        name="latency",
        group="Alerts",
        title="Webhook to phone and Telegram",
        how=HOW.format(number=len(kept), blocks=blocks, block=block, warm_up=WARM_UP, spacing=SPACING),
        figures=figures([kept[start : start + block] for start in range(0, len(kept), block)]),
        remarks=_remarks(kept, run.early),
    )


class _Run:
    """Causes one problem after the other; ``early`` counts those that a poll found first."""

    def __init__(
        self, rig: BenchRig, front_end: FrontEndClient, seen: Sightings, chain: BareChain, token: str
    ) -> None:
        self.early = 0
        self._rig = rig
        self._front_end = front_end
        self._seen = seen
        self._chain = chain
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    async def settle(self) -> None:
        """Wait until topics exist and every instance was polled."""
        await asyncio.sleep(2 * SPACING)
        await self._seen.until(self._seen.are_all_closed, DEADLINE, "the end of all incidents")

    async def take(self, number: int) -> list[Sample]:
        """Return ``number`` samples, of the story and of unknown hosts in turns."""
        samples: list[Sample] = []
        attempts = 0
        while len(samples) < number and attempts < 2 * number:
            started = time.perf_counter()
            is_story = attempts % 2 == 0
            sample = await (self._story(attempts) if is_story else self._host(attempts))
            # Both start after the same pause: what has idled is slower.
            await asyncio.sleep(max(0.0, started + SPACING / 2 - time.perf_counter()))
            bare = await self._chain.send(body([host_out_of_memory(attempts).row(datetime.now(UTC))]))
            attempts += 1
            if sample is None:
                self.early += 1
            else:
                samples.append(replace(sample, bare=bare))
                report(f"incident {len(samples)} of {number}: {sample.both:.0f} ms, bare chain {bare:.1f} ms")
            await asyncio.sleep(max(0.0, started + SPACING - time.perf_counter()))
        return samples

    async def _story(self, number: int) -> Sample | None:
        """Let Radarr's container run out of memory: a runbook with readings and dry runs."""
        world = self._rig.lab.world
        world.start_memory_pressure(climb_seconds=0.0)
        try:
            return await self._one(
                _out_of_memory(number), is_story=True, end_problem=world.stop_memory_pressure
            )
        finally:
            world.stop_memory_pressure()

    async def _host(self, number: int) -> Sample | None:
        """Send an alert of an unknown host: no target and no runbook."""
        return await self._one(host_out_of_memory(number), is_story=False, end_problem=lambda: None)

    async def _one(
        self, problem: Problem, *, is_story: bool, end_problem: Callable[[], None]
    ) -> Sample | None:
        """Cause one problem, measure the steps, and end it. Return None if a poll found it first."""
        seen = self._seen
        requests, cards = frozenset(seen.requests), frozenset(seen.cards)
        incidents = frozenset(self._front_end.incidents)
        since = datetime.now(UTC)
        sent = time.perf_counter()
        await self._post(body([problem.row(since)]))
        accepted = time.perf_counter()
        request_id = await seen.until(lambda: _new(seen.requests, requests), DEADLINE, "a request")
        await seen.until(lambda: request_id in seen.notifications, DEADLINE, "a push with buttons")
        card = await seen.until(lambda: _new(seen.cards, cards), DEADLINE, "a card with buttons")
        incident_id = self._front_end.approvals[request_id].incident_id
        end_problem()
        await self._post(body([problem.row(since, datetime.now(UTC))]))
        await seen.until(seen.are_all_closed, DEADLINE, "the end of the incident")
        opened = seen.statuses[incident_id, IncidentStatus.OPEN]
        if incident_id in incidents or opened < sent:
            return None
        times = {
            "accepted": accepted,
            "opened": opened,
            "asked": seen.requests[request_id],
            "telegram": seen.cards[card],
            "phone": seen.notifications[request_id],
        }
        return Sample(is_story=is_story, **{key: (at - sent) * 1000 for key, at in times.items()})

    async def _post(self, content: bytes) -> None:
        url = self._rig.steward.webhook_url
        async with self._rig.session.post(url, data=content, headers=self._headers) as response:
            response.raise_for_status()


def _out_of_memory(number: int) -> Problem:
    """Return the story's alert, with a new fingerprint so that it does not count as flapping."""
    return Problem(
        name="ContainerMemoryHigh",
        labels={
            "id": f"lxc/{RADARR}",
            "instance": "pve1",
            "job": "pve",
            "name": "radarr",
            "node": "pve1",
            "severity": "warning",
            "vmid": str(RADARR),
        },
        summary="Memory of radarr is nearly used up",
        description=f"radarr (lxc/{RADARR} on pve1) uses 95% of its memory.",
        fingerprint=f"{number:016x}",
    )


def _new[Key](found: dict[Key, float], known: frozenset[Key]) -> Key | None:
    return next((key for key in found if key not in known), None)


def figures(blocks: Sequence[Sequence[Sample]]) -> tuple[Figure, ...]:
    """Return quantiles over all incidents, with the range of the blocks."""
    every = [one for block in blocks for one in block]

    def figure(
        name: str, unit: str, of: Callable[[Sequence[Sample]], float], goal: Goal | None = None
    ) -> Figure:
        parts = [of(block) for block in blocks]
        return Figure(
            name=name,
            unit=unit,
            value=of(every),
            least=min(parts),
            most=max(parts),
            goal=goal,
            is_headline=name.startswith("Webhook"),
        )

    return (
        figure("Webhook to phone and Telegram, p50", TIMES, lambda some: ratio(some, 0.5), RATIO),
        figure("Webhook to phone and Telegram, time, p50", "ms", lambda some: _both(some, 0.5)),
        figure("Webhook to phone and Telegram, time, p95", "ms", lambda some: _both(some, 0.95)),
        figure("ratio, p95", TIMES, lambda some: ratio(some, 0.95)),
        figure("ratio, the story, p50", TIMES, lambda some: ratio(_of_kind(some, is_story=True), 0.5)),
        figure("ratio, an unknown host, p50", TIMES, lambda some: ratio(_of_kind(some, is_story=False), 0.5)),
        figure("bare chain, p50", "ms", lambda some: quantile([one.bare for one in some], 0.5)),
        figure("bare chain, p95", "ms", lambda some: quantile([one.bare for one in some], 0.95)),
        *(
            figure(f"{name}, p{share * 100:.0f}", "ms", partial(_step, step=step, share=share))
            for name, step in STEPS_SHOWN.items()
            for share in (0.5, 0.95)
        ),
    )


def ratio(samples: Sequence[Sample], share: float) -> float:
    """Return a quantile of the steward's times divided by that of the bare chain."""
    return _both(samples, share) / quantile([one.bare for one in samples], share)


def _both(samples: Sequence[Sample], share: float) -> float:
    return quantile([one.both for one in samples], share)


def _step(samples: Sequence[Sample], step: str, share: float) -> float:
    return quantile([getattr(one, step) for one in samples], share)


def _of_kind(samples: Sequence[Sample], *, is_story: bool) -> list[Sample]:
    return [one for one in samples if one.is_story is is_story]


def _remarks(samples: Sequence[Sample], early: int) -> str:
    """Return a table of the steps, for each kind of incident."""
    steps = ("accepted", "opened", "asked", "telegram", "phone", "both", "bare")
    lines = [
        "Milliseconds since the webhook was sent, p50 (p95); the last column is the bare chain:",
        "",
        "| | " + " | ".join(steps) + " |",
        "|---|" + "---:|" * len(steps),
    ]
    for name, is_story in (("the story", True), ("an unknown host", False)):
        mine = _of_kind(samples, is_story=is_story)
        cells = [_cell([getattr(one, step) for one in mine]) for step in steps]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    if early:
        lines += [
            "",
            f"{early} more were left out, because a poll found the problem before the webhook was sent.",
        ]
    return "\n".join(lines)


def _cell(values: Sequence[float]) -> str:
    return f"{quantile(values, 0.5):.0f} ({quantile(values, 0.95):.0f})" if values else ""


HOW = """\
The time from sending an Alertmanager body to the webhook until the Telegram simulator has the message with
its buttons and the phone's push service has the notification from Home Assistant. No model is asked. The
peer is a chain of the same hops without any work: a Starlette handler that receives the body, stores it in
SQLite (WAL, `synchronous=FULL`) with one commit, and posts it to two local receivers.

There are {number} incidents in {blocks} blocks of {block}, one after the other, after {warm_up} to warm up.
A request through the bare chain follows each incident, after the same pause. A ratio is the quantile of the
steward's times divided by that of the chain, over all incidents; the ranges are those of the blocks.

Every other incident is the story: a container is out of memory, with five readings, two dry runs, and three
options. The others are alerts of hosts that are not in the inventory. Each incident is closed before the
next one starts, {spacing:g} s later, which is slow enough for Telegram's limit of 20 messages a minute."""
