"""Makes the vectors of runbooks and past incidents in the background, a few at a time."""

from collections.abc import Sequence
from typing import Final

import structlog

from ...clock import Clock
from ...search.hybrid import EmbeddingFailed, HybridIndex

log = structlog.get_logger(__name__)

SLICE: Final = 8
"""Documents in one request to the model, so that an answer for a person does not wait long."""
BETWEEN: Final = 0.2
"""Seconds between two requests."""
TICK: Final = 10.0
"""Seconds between two looks for new documents."""
FIRST_PAUSE: Final = 60.0
LONGEST_PAUSE: Final = 1_800.0


class VectorBuilder:
    """Asks the model for one slice after another; after a failure it pauses longer each time."""

    def __init__(self, indexes: Sequence[HybridIndex], clock: Clock) -> None:
        """The documents of the first index come first."""
        self._indexes = indexes
        self._clock = clock
        self._pause = 0.0

    async def run(self) -> None:
        """Build until cancelled."""
        while True:
            await self._clock.sleep(await self.step())

    async def step(self) -> float:
        """Make the vectors of one slice; return the seconds until the next one."""
        waiting = next((one for one in self._indexes if not one.is_complete), None)
        if waiting is None:
            return TICK
        try:
            await waiting.embed_some(SLICE)
        except EmbeddingFailed as err:
            self._pause = min(max(2 * self._pause, FIRST_PAUSE), LONGEST_PAUSE)
            log.info("vectors not made", reason=str(err), retry_after=self._pause)
            return self._pause
        self._pause = 0.0
        return BETWEEN
