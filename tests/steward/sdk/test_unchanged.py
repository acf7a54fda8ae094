"""The time is that since a value was seen first, and begins again with another one."""

from lab.clock import SteppedClock
from steward.sdk.unchanged import Unchanged


async def test_a_value_that_stays_grows_old() -> None:
    clock = SteppedClock()
    counter = Unchanged(clock)
    assert counter.seconds(5) == 0
    await clock.sleep(20)
    assert counter.seconds(5) == 20
    await clock.sleep(10)
    assert (counter.seconds(6), counter.seconds(5)) == (0, 0)
    await clock.sleep(3)
    assert counter.seconds(5) == 3
