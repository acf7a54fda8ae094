"""From a monitor's webhook to both questions: how long until phone and Telegram have it."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bench.figures import Figure, Goal, Result, quantile
from bench.payloads import Problem, body, host_out_of_memory
from bench.rig import BenchRig
from bench.sightings import Sightings
from demo.front_end import FrontEndClient
from homelab_steward.contract.incidents import IncidentStatus
from lab.population import RADARR

WARM_UP = 5
BLOCKS = 3
BLOCK = 20
SPACING = 7.5
"""Seconds from one incident to the next. Each makes two Telegram messages (the card, and the line
that it is over); a bot may send a group 20 a minute and the steward keeps three of them back."""

DEADLINE = 15.0
QUICK_POLLS = {"proxmox": 2.0, "radarr": 2.0}
P50 = Goal(50)
P95 = Goal(150)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One incident: milliseconds from sending the webhook to each sighting."""

    is_story: bool
    accepted: float
    opened: float
    diagnosed: float
    asked: float
    telegram: float
    phone: float

    @property
    def both(self) -> float:
        """Until both had it."""
        return max(self.telegram, self.phone)


async def measure(*, blocks: int = BLOCKS, block: int = BLOCK) -> Result:
    """Run the real steward, Home Assistant and the lab, and time one incident after the other."""
    async with BenchRig() as rig:
        home_assistant = await rig.start_home_assistant()
        await rig.start_steward(QUICK_POLLS)
        await rig.introduce(home_assistant)
        front_end = FrontEndClient(rig.session, rig.steward.url, await rig.steward.token())
        await front_end.start()
        try:
            with Sightings(rig.lab, front_end) as seen:
                run = _Run(rig, front_end, seen, await rig.steward.monitor_token())
                await run.settle()
                samples = await run.take(WARM_UP + blocks * block)
        finally:
            await front_end.close()
    kept = samples[WARM_UP:]
    return Result(
        name="latency",
        title="Webhook to both messages",
        how=HOW.format(number=len(kept), blocks=blocks, block=block, warm_up=WARM_UP, spacing=SPACING),
        figures=_figures([kept[start : start + block] for start in range(0, len(kept), block)]),
        remarks=_remarks(kept, run.early),
    )


class _Run:
    """Raises one trouble after the other; ``early`` counts those a poll saw before the webhook."""

    def __init__(self, rig: BenchRig, front_end: FrontEndClient, seen: Sightings, token: str) -> None:
        self.early = 0
        self._rig = rig
        self._front_end = front_end
        self._seen = seen
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    async def settle(self) -> None:
        """Wait until topics are made and every instance was read."""
        await asyncio.sleep(2 * SPACING)
        await self._seen.until(self._seen.is_calm, DEADLINE, "a calm house")

    async def take(self, number: int) -> list[Sample]:
        """Take so many samples, the story's and those of unknown hosts in turns."""
        samples: list[Sample] = []
        attempts = 0
        while len(samples) < number and attempts < 2 * number:
            begun = time.perf_counter()
            is_story = attempts % 2 == 0
            sample = await (self._story(attempts) if is_story else self._host(attempts))
            attempts += 1
            if sample is None:
                self.early += 1
            else:
                samples.append(sample)
            await asyncio.sleep(max(0.0, begun + SPACING - time.perf_counter()))
        return samples

    async def _story(self, number: int) -> Sample | None:
        """Radarr's container is out of memory: the whole runbook, with readings and dry runs."""
        world = self._rig.lab.world
        world.start_memory_pressure(climb_seconds=0.0)
        try:
            return await self._one(_out_of_memory(number), is_story=True, calm=world.stop_memory_pressure)
        finally:
            world.stop_memory_pressure()

    async def _host(self, number: int) -> Sample | None:
        """A host nobody knows: no target, no runbook, only the question."""
        return await self._one(host_out_of_memory(number), is_story=False, calm=lambda: None)

    async def _one(self, problem: Problem, *, is_story: bool, calm: Callable[[], None]) -> Sample | None:
        """Raise one trouble, time what follows, and end it; None when a poll was faster."""
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
        calm()
        await self._post(body([problem.row(since, datetime.now(UTC))]))
        await seen.until(seen.is_calm, DEADLINE, "the end of the incident")
        opened = seen.statuses[incident_id, IncidentStatus.OPEN]
        if incident_id in incidents or opened < sent:
            return None
        moments = {
            "accepted": accepted,
            "opened": opened,
            "diagnosed": seen.statuses[incident_id, IncidentStatus.DIAGNOSED],
            "asked": seen.requests[request_id],
            "telegram": seen.cards[card],
            "phone": seen.notifications[request_id],
        }
        return Sample(is_story=is_story, **{key: (at - sent) * 1000 for key, at in moments.items()})

    async def _post(self, content: bytes) -> None:
        url = self._rig.steward.webhook_url
        async with self._rig.session.post(url, data=content, headers=self._headers) as response:
            response.raise_for_status()


def _out_of_memory(number: int) -> Problem:
    """Return the story's alert. Under its own fingerprint each time, else it would be flapping."""
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


def _figures(blocks: Sequence[Sequence[Sample]]) -> tuple[Figure, ...]:
    def figure(name: str, value: Callable[[Sample], float], share: float, goal: Goal | None = None) -> Figure:
        every = [quantile([value(one) for one in block], share) for block in blocks]
        whole = quantile([value(one) for block in blocks for one in block], share)
        return Figure(name=name, unit="ms", value=whole, least=min(every), most=max(every), goal=goal)

    return (
        figure("both messages handed over, p50", lambda one: one.both, 0.5, P50),
        figure("both messages handed over, p95", lambda one: one.both, 0.95, P95),
        figure("Telegram, p50", lambda one: one.telegram, 0.5),
        figure("Telegram, p95", lambda one: one.telegram, 0.95),
        figure("phone push, p50", lambda one: one.phone, 0.5),
        figure("phone push, p95", lambda one: one.phone, 0.95),
        figure("a face has the request, p50", lambda one: one.asked, 0.5),
        figure("a face has the request, p95", lambda one: one.asked, 0.95),
    )


def _remarks(samples: Sequence[Sample], early: int) -> str:
    """Return where the time goes, for each kind of incident."""
    steps = ("accepted", "opened", "diagnosed", "asked", "telegram", "phone", "both")
    lines = [
        "Milliseconds since the webhook was sent, p50 (p95) of each kind of incident:",
        "",
        "| | " + " | ".join(steps) + " |",
        "|---|" + "---:|" * len(steps),
    ]
    for name, is_story in (("story: runbook, readings, dry runs", True), ("unknown host: no runbook", False)):
        mine = [one for one in samples if one.is_story is is_story]
        cells = [_cell([getattr(one, step) for one in mine]) for step in steps]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    if early:
        lines += ["", f"{early} more were left out: a poll saw the trouble before the webhook was sent."]
    return "\n".join(lines)


def _cell(values: Sequence[float]) -> str:
    return f"{quantile(values, 0.5):.0f} ({quantile(values, 0.95):.0f})" if values else ""


HOW = """\
Home Assistant with the integration, the steward and the lab each run as in `script/demo`; no model \
is asked. An Alertmanager body is posted to the steward's webhook and the clock runs from the moment \
it is sent until (a) the Telegram simulator has received the message with its buttons and (b) the \
phone's push service has received the notification from Home Assistant. {number} incidents in \
{blocks} blocks of {block}, one after the other, after {warm_up} to warm up; p50 and p95 are over \
all of them, least and most are those of the blocks. Every other incident is the story (Radarr's \
container is out of memory: five readings, two dry runs, three options), the rest are alerts of \
hosts the house does not know. Each is over before the next begins, {spacing:g} s later, so that \
Telegram's limit of 20 messages a minute in a group is not what is measured. The lab's Radarr, \
which answers 150 ms late under memory pressure, is not slow here."""
