"""Endpoints for watchdogs and Prometheus: health, readiness and metrics."""

import asyncio
from http import HTTPStatus
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from ..errors import StewardError
from ..observability.metrics import CONTENT_TYPE, Metrics
from .bearer_tokens import is_one_of, monitor_token
from .http_responses import Json, failure, unauthorized
from .ports import DatabaseCheck, Instances

READY_TIMEOUT: Final = 5.0


class HealthEndpoints:
    """The endpoints ``/health``, ``/ready`` and ``/metrics``."""

    def __init__(
        self, database: DatabaseCheck, instances: Instances, metrics: Metrics, *, tokens: tuple[str, ...]
    ) -> None:
        """``tokens`` give access to the metrics, because these contain instance names."""
        self._database = database
        self._instances = instances
        self._metrics = metrics
        self._tokens = tokens

    async def health(self, _request: Request) -> Response:
        """Handle ``GET /health``: the process is running."""
        return Json({"status": "ok"})

    async def ready(self, _request: Request) -> Response:
        """Handle ``GET /ready``: the database answers and the inventory is started."""
        if not self._instances.is_started:
            return _not_ready("The inventory is not started")
        try:
            async with asyncio.timeout(READY_TIMEOUT):
                await self._database.check()
        except TimeoutError:
            return _not_ready("The database does not answer in time")
        except StewardError as err:
            return _not_ready(str(err))
        return Json({"status": "ready"})

    async def metrics(self, request: Request) -> Response:
        """Handle ``GET /metrics``; requires a token."""
        if not is_one_of(monitor_token(request.headers), *self._tokens):
            return unauthorized()
        return Response(self._metrics.text(), headers={"Content-Type": CONTENT_TYPE})


def _not_ready(message: str) -> Response:
    return failure(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", message)
