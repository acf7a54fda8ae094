"""Time from a decision in Telegram to the replaced notification on the phone, and the reverse."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from bench.figures import Figure, Goal, Result, quantile
from bench.payloads import body, host_out_of_memory
from bench.progress import report
from bench.rig import BenchRig
from bench.sightings import NotSeenError, Sightings
from demo.front_end import FrontEndClient
from lab.changes import Changes

WARM_UP: Final = 2
DECISIONS: Final = 40
"""Half of them in Telegram, half on the phone."""

BLOCKS: Final = 2
SPACING: Final = 3.6
"""Seconds from one request to the next. A bot may send 20 messages a minute to a group, and the steward
reserves three."""

DEADLINE: Final = 15.0
BUTTON: Final = "Ignore"
GOAL: Final = Goal(300)
TO_PHONE: Final = "Decision in Telegram to phone"
TO_TELEGRAM: Final = "Decision on the phone to Telegram"


@dataclass(frozen=True, slots=True)
class Sample:
    """A decision, and the milliseconds until the other front end showed it."""

    is_in_telegram: bool
    shown: float


async def measure(*, decisions: int = DECISIONS) -> Result:
    """Run the real steward, Home Assistant and the lab, and decide one request after the other."""
    async with BenchRig() as rig:
        report("starts Home Assistant and the steward")
        home_assistant = await rig.start_home_assistant()
        await rig.start_steward()
        await rig.set_up_integration(home_assistant)
        front_end = FrontEndClient(rig.session, rig.steward.url, await rig.steward.token())
        await front_end.start()
        try:
            with Sightings(rig.lab, front_end) as seen:
                run = _Run(rig, seen, await rig.steward.monitor_token())
                samples = await run.take(WARM_UP + decisions)
        finally:
            await front_end.close()
    return Result(
        name="decision",
        group="Alerts",
        title="Decision to the other front end",
        how=HOW.format(number=decisions // 2, warm_up=WARM_UP, spacing=SPACING, blocks=BLOCKS),
        figures=figures(samples[WARM_UP:]),
    )


class _Run:
    """Causes one request after the other, and decides each in one of the front ends."""

    def __init__(self, rig: BenchRig, seen: Sightings, token: str) -> None:
        self._rig = rig
        self._seen = seen
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    async def take(self, number: int) -> list[Sample]:
        """Return ``number`` samples, decided in Telegram and on the phone in turns."""
        samples: list[Sample] = []
        # The topics are created first.
        await asyncio.sleep(4 * SPACING)
        for one in range(number):
            started = time.perf_counter()
            sample = await self._decide(one)
            samples.append(sample)
            where = TO_PHONE if sample.is_in_telegram else TO_TELEGRAM
            report(f"{one + 1} of {number}: {where}: {sample.shown:.0f} ms")
            await asyncio.sleep(max(0.0, started + SPACING - time.perf_counter()))
        return samples

    async def _decide(self, number: int) -> Sample:
        """Send an alert, wait for its card and its notification, and decide in one of them."""
        seen, phone, forum = self._seen, self._rig.lab.phone, self._rig.lab.telegram.forum
        requests, cards = frozenset(seen.requests), frozenset(seen.cards)
        await self._post(number)
        request_id = await seen.until(
            lambda: next(iter(seen.requests.keys() - requests), None), DEADLINE, "a request"
        )
        await seen.until(lambda: request_id in seen.notifications, DEADLINE, "a push with buttons")
        card = await seen.until(
            lambda: next(iter(seen.cards.keys() - cards), None), DEADLINE, "a card with buttons"
        )
        # What follows the request, such as the sensors of Home Assistant, is not part of the decision.
        await asyncio.sleep(SPACING / 3)
        pressed = time.perf_counter()
        if number % 2 == 0:
            forum.press(card, BUTTON)
            at = await first_seen(
                phone.changes,
                lambda: not any(one.tag == request_id and one.actions for one in phone.notifications),
            )
            return Sample(is_in_telegram=True, shown=(at - pressed) * 1000)
        changed = asyncio.create_task(first_seen(forum.changes, lambda: not forum.message(card).keyboard))
        await phone.press(phone.notification(request_id), BUTTON)
        return Sample(is_in_telegram=False, shown=(await changed - pressed) * 1000)

    async def _post(self, number: int) -> None:
        """Send an alert of its own name: what is ignored often is a preference of the household."""
        problem = host_out_of_memory(number)
        problem = replace(problem, name=f"{problem.name}{number}")
        content = body([problem.row(datetime.now(UTC))])
        async with self._rig.session.post(
            self._rig.steward.webhook_url, data=content, headers=self._headers
        ) as response:
            response.raise_for_status()


async def first_seen(changes: Changes, is_shown: Callable[[], bool]) -> float:
    """Return when a condition was first true after a change. Raises NotSeenError after ``DEADLINE``."""
    seen: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    def look() -> None:
        if is_shown() and not seen.done():
            seen.set_result(time.perf_counter())

    unsubscribe = changes.subscribe(look)
    try:
        async with asyncio.timeout(DEADLINE):
            return await seen
    except TimeoutError as err:
        raise NotSeenError(f"the decision was not seen within {DEADLINE:g} s") from err
    finally:
        unsubscribe()


def figures(samples: Sequence[Sample]) -> tuple[Figure, ...]:
    """Return the quantiles of both directions, with the range of the blocks."""
    return tuple(
        _figure(f"{name}, p{share * 100:.0f}", values, share)
        for name, values in (
            (TO_PHONE, [one.shown for one in samples if one.is_in_telegram]),
            (TO_TELEGRAM, [one.shown for one in samples if not one.is_in_telegram]),
        )
        for share in (0.5, 0.95)
    )


def _figure(name: str, values: Sequence[float], share: float) -> Figure:
    size = -(-len(values) // BLOCKS)
    parts = [quantile(values[start : start + size], share) for start in range(0, len(values), size)]
    is_goal = share > 0.5  # noqa: PLR2004 - the median
    return Figure(
        name=name,
        unit="ms",
        value=quantile(values, share),
        least=min(parts),
        most=max(parts),
        goal=GOAL if is_goal else None,
        is_headline=is_goal,
    )


HOW: Final = """\
The time from a press of “Ignore” in one front end until the other one shows the decision: from the press in
the Telegram simulator until the phone's push service has the notification without buttons, and from the
phone's event at Home Assistant until the Telegram simulator has the card without buttons. Home Assistant and
the steward are real, and everything is on loopback.

There are {number} decisions in each direction, in turns, after {warm_up} to warm up. Each is about an alert
of a host that is not in the inventory, and the next one follows {spacing:g} s later, which is slow enough for
Telegram's limit of 20 messages a minute. The ranges are those of {blocks} blocks."""
