"""Receives the pushes of a service, and reconnects with a growing delay after the listener ends."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from ..clock import Clock
from ..errors import InvalidSetting, ServiceError
from ..sdk.description import AnyService, Changed, Client, IncomingAlert
from .polling import delay

log = structlog.get_logger(__name__)

LISTEN_AGAIN: Final = 1.0
"""Seconds before a listener that ended reconnects; doubled each time it ends within LISTENS seconds."""

LISTENS: Final = 30.0
"""Seconds that a listener must run for the delay to be short again."""


async def listen(
    service: AnyService,
    connect: Callable[[], Client],
    clock: Clock,
    on_push: Callable[[Changed | IncomingAlert], Awaitable[None]],
    instance_id: str,
) -> None:
    """Pass the pushes of a service to ``on_push`` until cancelled.

    The delay grows also when pushes arrived, because each of them may cause a poll.
    """
    failures = 0
    while True:
        begin = clock.monotonic()
        try:
            async for push in service.listen(connect()):  # type: ignore[misc]
                await asyncio.sleep(0)  # a listener that never waits must not stop the app
                await on_push(push)
        except (ServiceError, InvalidSetting) as err:
            log.info("listener ended", instance=instance_id, reason=str(err))
        except Exception:
            log.exception("listener failed", instance=instance_id)
        is_soon = clock.monotonic() - begin < LISTENS
        failures = failures + 1 if is_soon else 1
        await clock.sleep(delay(LISTEN_AGAIN, failures, random.random()))  # noqa: S311 - it only spreads them
