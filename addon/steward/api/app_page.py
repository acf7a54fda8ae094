"""The page of the app in Home Assistant, which Supervisor opens for administrators."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

import structlog
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from homelab_steward.contract.catalogue import Catalogue
from homelab_steward.contract.incidents import ApprovalStatus, IncidentStatus
from homelab_steward.contract.protocol import WEBHOOK_PATH
from homelab_steward.contract.state import (
    FrontEnd,
    FrontEndState,
    FrontEndStatus,
    Instance,
    InstanceStatus,
    Person,
    Role,
    Speaker,
)

from .app_page_html import FrontEndRow, PageContent, ServiceRow, render
from .http_exchange import failure
from .ports import StateQueries

log = structlog.get_logger(__name__)

SUPERVISOR_ADDRESS: Final = "172.30.32.2"
USER_HEADER: Final = "x-remote-user-id"
FORWARDED_HOST: Final = "x-forwarded-host"
FALLBACK_HOST: Final = "homeassistant.local"

_CLOSED: Final = frozenset({IncidentStatus.RESOLVED, IncidentStatus.IGNORED})
_GOOD: Final = frozenset({InstanceStatus.OK, InstanceStatus.PENDING})


@dataclass(frozen=True, slots=True, kw_only=True)
class AppPage:
    """The page with the tokens, the webhook addresses and the end of the log.

    Supervisor shows it to administrators only and adds the user to each request. Requests from
    other addresses than ``supervisor`` are refused, and people who are not owners.
    """

    app_version: str
    host: str
    port: int
    api_token: str = field(repr=False)
    monitor_token: str = field(repr=False)
    queries: StateQueries
    person: Callable[[Speaker], Person | None]
    is_home_connected: Callable[[], bool]
    log_tail: Callable[[], tuple[str, ...]]
    supervisor: str = SUPERVISOR_ADDRESS

    def route(self) -> Route:
        """Return the route of the page."""
        return Route("/", self.show, methods=["GET"])

    async def show(self, request: Request) -> Response:
        """Handle ``GET /``."""
        refusal = self._refusal(request)
        if refusal is not None:
            remote = request.client.host if request.client else None
            log.warning("page refused", remote=remote, reason=refusal)
            return failure(HTTPStatus.FORBIDDEN, "forbidden", refusal)
        nonce = secrets.token_urlsafe(16)
        page = render(await self._content(request), nonce)
        return HTMLResponse(page, headers=_headers(nonce))

    def _refusal(self, request: Request) -> str | None:
        """Return why the page is not shown, None when it is."""
        user_id = request.headers.get(USER_HEADER, "")
        if request.client is None or request.client.host != self.supervisor or not user_id:
            return "Open this page in Home Assistant: Settings, Apps, Homelab Steward"
        person = self.person(Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id=user_id))
        if person is not None and person.role is not Role.OWNER:
            return "Only owners may open this page"
        return None

    async def _content(self, request: Request) -> PageContent:
        state = await self.queries.initial(0)
        shown_host = request.headers.get(FORWARDED_HOST, "")
        return PageContent(
            version=self.app_version,
            is_connected=self.is_home_connected(),
            open_incidents=sum(1 for one in state.incidents if one.status not in _CLOSED),
            waiting=sum(1 for one in state.approvals if one.status is ApprovalStatus.PENDING),
            access_token=self.api_token,
            monitor_token=self.monitor_token,
            inside=f"http://{self.host}:{self.port}",
            outside=f"http://{_without_port(shown_host) or FALLBACK_HOST}:{self.port}",
            services=tuple(_row(one, state.catalogue) for one in state.instances),
            front_ends=tuple(_front_end(one) for one in state.front_ends),
            log=self.log_tail(),
        )


def _row(instance: Instance, catalogue: Catalogue) -> ServiceRow:
    offer = catalogue.service(instance.service)
    return ServiceRow(
        name=instance.name,
        kind=offer.name if offer else instance.service,
        status=instance.status.value.replace("_", " "),
        reason=instance.error or "",
        is_good=instance.status in _GOOD,
        id=instance.id,
        path=WEBHOOK_PATH.format(instance_id=instance.id) if offer and offer.takes_webhooks else "",
    )


def _front_end(status: FrontEndStatus) -> FrontEndRow:
    name = status.front_end.value.replace("_", " ").capitalize()
    return FrontEndRow(name=name, is_good=status.state is FrontEndState.OK, reason=status.reason)


def _without_port(host: str) -> str:
    """Return the host of a Host header; an IPv6 address keeps its brackets."""
    first = host.partition(",")[0].strip()
    if first.startswith("["):
        return first.partition("]")[0] + "]"
    return first.partition(":")[0]


def _headers(nonce: str) -> dict[str, str]:
    return {
        "Cache-Control": "no-store",
        "Content-Security-Policy": (
            f"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
        ),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
