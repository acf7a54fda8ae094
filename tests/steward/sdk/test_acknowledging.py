"""Acknowledging an alert of a monitor: what is asked, and whether it can be taken back."""

import pytest

from lab.clock import SteppedClock
from steward.errors import PreconditionFailed
from steward.sdk.description import Action, Call
from steward.sdk.monitors.acknowledging import AcknowledgingClient, acknowledging
from steward.sdk.monitors.watched import MonitorState
from steward.texts import Text

from .fakes import call


class Monitor(AcknowledgingClient[MonitorState]):
    """A monitor in memory with one alert."""

    monitor = "Pager"

    def __init__(self) -> None:
        self._clock = SteppedClock()
        self.noted = False
        self.is_over = False

    @property
    def clock(self) -> SteppedClock:
        return self._clock

    async def is_acknowledged(self, _: Call) -> bool:
        return self.noted

    async def acknowledge(self, _: Call) -> None:
        self.noted = True

    async def reopen(self, _: Call) -> None:
        self.noted = False

    async def over(self, _: Call) -> Text | None:
        return "It is over" if self.is_over else None


def action(*, can_reopen: bool = True) -> Action[Monitor]:
    return acknowledging(
        "alert",
        Monitor,
        "Acknowledges one alert.",
        note="It notifies again when it gets worse.",
        refusal=Monitor.over,
        take_back=Monitor.reopen if can_reopen else None,
    )


async def test_it_is_acknowledged_and_taken_back() -> None:
    monitor, found = Monitor(), action()
    assert found.undo is not None
    before = await found.dry_run(monitor, call())
    [change] = before.differences
    assert (change.before, change.after) == ("not acknowledged", "acknowledged")
    assert before.note == "It notifies again when it gets worse."
    await found.execute(monitor, call(), before.baseline)
    assert (await found.verify(monitor, call(), before.baseline)).ok is True
    with pytest.raises(PreconditionFailed, match="already acknowledged"):
        await found.dry_run(monitor, call())
    await found.undo.execute(monitor, call(), before.baseline)
    assert not monitor.noted


async def test_what_is_over_is_not_acknowledged() -> None:
    monitor = Monitor()
    monitor.is_over = True
    with pytest.raises(PreconditionFailed, match="It is over"):
        await action().dry_run(monitor, call())


def test_what_is_offered() -> None:
    offer = action(can_reopen=False).offer()
    assert (offer.key, offer.name, offer.scope, offer.capability, offer.reversible) == (
        "acknowledge_alert",
        "Acknowledge alert",
        "alert",
        "acknowledge",
        False,
    )
    assert action().reversible
    assert action().blast_radius == "Pager notifies nobody of it meanwhile"
