"""Endpoints for watchdogs and Prometheus: health, readiness and metrics."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from homelab_steward.contract.state import FrontEndStatus

from ..errors import StewardError
from ..observability.metrics import CONTENT_TYPE, OPEN_CONTENT_TYPE
from .http_exchange import Json, failure, is_one_of, monitor_token, unauthorized
from .ports import DatabaseCheck, Instances

READY_TIMEOUT: Final = 5.0


class HealthEndpoints:
    """The endpoints ``/health``, ``/health/details``, ``/ready`` and ``/metrics``."""

    def __init__(
        self,
        database: DatabaseCheck,
        instances: Instances,
        scrape: Callable[[bool], Awaitable[bytes]],
        details: Callable[[], Awaitable[Mapping[str, object]]],
        front_ends: Callable[[], Sequence[FrontEndStatus]],
        *,
        tokens: tuple[str, ...],
    ) -> None:
        """``scrape`` returns the metrics as text, in OpenMetrics if its argument is true.

        ``details`` returns the state of each part. ``tokens`` give access to metrics and reasons,
        because these contain names of the homelab.
        """
        self._database = database
        self._instances = instances
        self._scrape = scrape
        self._details = details
        self._front_ends = front_ends
        self._tokens = tokens

    async def health(self, _request: Request) -> Response:
        """Handle ``GET /health``: the process is running."""
        return Json({"status": "ok"})

    async def details(self, request: Request) -> Response:
        """Handle ``GET /health/details``: each part of the app, with what is wrong. Requires a token.

        The status is 200 also when a part does not work: the process answers.
        """
        if not is_one_of(monitor_token(request.headers), *self._tokens):
            return unauthorized()
        return Json(dict(await self._details()))

    async def ready(self, request: Request) -> Response:
        """Handle ``GET /ready``: the database can be written and the inventory is started.

        A problem of a front end is in the answer (its reasons require a token) and is no failure.
        """
        if not self._instances.is_started:
            return _not_ready("The inventory is not started")
        try:
            async with asyncio.timeout(READY_TIMEOUT):
                await self._database.check()
        except TimeoutError:
            return _not_ready("The database does not answer in time")
        except StewardError as err:
            return _not_ready(str(err))
        with_reasons = is_one_of(monitor_token(request.headers), *self._tokens)
        front_ends = {
            one.front_end.value: _front_end(one, with_reasons=with_reasons) for one in self._front_ends()
        }
        return Json({"status": "ready", **({"front_ends": front_ends} if front_ends else {})})

    async def metrics(self, request: Request) -> Response:
        """Handle ``GET /metrics``; requires a token."""
        if not is_one_of(monitor_token(request.headers), *self._tokens):
            return unauthorized()
        is_open = "application/openmetrics-text" in request.headers.get("accept", "")
        kind = OPEN_CONTENT_TYPE if is_open else CONTENT_TYPE
        return Response(await self._scrape(is_open), headers={"Content-Type": kind})


def _front_end(status: FrontEndStatus, *, with_reasons: bool) -> dict[str, object]:
    return {"state": status.state.value, **({"problems": status.problems} if with_reasons else {})}


def _not_ready(message: str) -> Response:
    return failure(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", message)
