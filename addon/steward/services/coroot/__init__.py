"""Coroot: applications that violate their objectives, incidents with their analysis, and alerts."""

import re
from typing import Final, override

from homelab_steward.contract.catalogue import Risk

from ...errors import (
    ServiceError,
    ServiceMalformed,
    ServiceNotFound,
    ServiceRefused,
    ServiceUnauthorized,
)
from ...sdk.access import Access
from ...sdk.alarms import Alarms
from ...sdk.answers import certain, parse
from ...sdk.categories import MONITORING
from ...sdk.client import Credentials, LoginCall, Parameter, Rest, Session
from ...sdk.coverage import Gaps
from ...sdk.description import (
    AlertSource,
    Call,
    Delivery,
    IncomingAlert,
    ReadAlerts,
    ResourceKind,
    Right,
    Role,
    Service,
    Versions,
)
from ...sdk.display import brief, count, list_tool, plain
from ...sdk.fields import TLS_SETTINGS, secret_field, text_field, url_field
from ...sdk.kits import Switch, Turn
from ...sdk.targets import target
from .models import EDITOR, MOST, Alert, CorootState, Incident, Sent, User

LOGIN: Final = (text_field("username", "Email address"), secret_field("password", "Password"))
PROJECT: Final = text_field("project", "Project", "Its name, if there are several.", required=False)
_VERSION: Final = re.compile(r"version:\s*'v?([^']+)'")


async def _log_in(access: Access, call: LoginCall) -> Credentials:
    body = {"email": access.text("username"), "password": access.text("password"), "action": ""}
    try:
        answer = await call("POST", "login", body=body)
    except ServiceNotFound as err:
        raise ServiceUnauthorized(t"Coroot refused the email address or the password") from err
    return Credentials(headers=answer.cookie_header())


class CorootClient(Rest):
    """One project of a Coroot."""

    def __init__(self, access: Access) -> None:
        super().__init__(access, base="api", auth=Session(_log_in, LOGIN))
        self._page = Rest(access)
        self._wanted = access.optional(PROJECT.key)
        self._project: str | None = None
        self._role: str | None = None
        self._alarms = Alarms("Coroot")

    @override
    async def get(self, path: str, /, **query: Parameter | None) -> object:
        """Return the content of an answer about the project. Raises as Rest.get does."""
        if self._project is None:
            user = parse(User, await super().get("user"), "user")
            named = [one.id for one in user.projects if self._wanted in (None, one.name, one.id)]
            if len(named) != 1:
                names = ", ".join(plain(one.name) for one in user.projects)
                raise ServiceRefused(t"The setting project must name one of: {names}")
            self._project, self._role = named[0], user.role
        answer = await super().get(f"project/{self._project}/{path}", **query)
        content = answer.get("data", answer) if isinstance(answer, dict) else answer
        if content is None:
            raise ServiceMalformed(t"{path}: Coroot has no data yet")
        return content

    async def poll(self, gaps: Gaps) -> CorootState:
        """Return incidents, alerts and applications. Raises ServiceError."""
        state = await CorootState.poll(self, gaps)
        state.version, state.role = await self._version(gaps), self._role
        return state

    async def read_alerts(self) -> ReadAlerts:
        """Return an alert for each incident and each alert that lasts. Raises ServiceError."""
        state = await self.poll(Gaps())
        found = [*(one.alarm() for one in state.incidents), *(one.alarm() for one in state.alerts)]
        return self._alarms.read(found, state.missing, self.clock.now())

    async def is_suppressed(self, call: Call) -> bool:
        """Return whether the target is suppressed. Raises PreconditionFailed when it is over."""
        found = (await self.poll(Gaps())).open_alerts
        return target(found, call, lambda one: one.id, "does not fire any more").suppressed

    async def suppress(self, call: Call) -> None:
        """Suppress the target."""
        await self.send("POST", f"project/{self._project}/alerts/suppress", {"ids": [call.target.id]})

    async def reopen(self, call: Call) -> None:
        """Let the target notify again."""
        await self.send("POST", f"project/{self._project}/alerts/reopen", {"ids": [call.target.id]})

    async def _version(self, gaps: Gaps) -> str | None:
        """Return the version, which only the page of the web interface names."""
        try:
            found = _VERSION.search(await self._page.text(""))
        except ServiceError as err:
            gaps.add("version", str(err))
            return None
        return found[1] if found else None


def parse_webhook(delivery: Delivery) -> tuple[IncomingAlert, ...]:
    """Return the alert of a webhook; none for a deployment. Raises ServiceMalformed."""
    alarm = parse(Sent, delivery.json(), "webhook", is_lenient=True).alarm()
    return (alarm.alert(delivery.received_at),) if alarm else ()


def _alerts_firing(state: CorootState) -> int:
    return certain(sum(one.why_quiet is None for one in state.open_alerts), state.missing)


@list_tool("incidents", "Incidents", "Incidents with their cause, open ones first.")
async def _list_incidents(client: CorootClient, gaps: Gaps, _: Call) -> list[str]:
    state = await client.poll(gaps)
    over = [f"resolved: {one.summary}" for one in state.incidents if one.resolved_at]
    return [brief(line) for line in (*(one.summary for one in state.open_incidents), *over)]


@list_tool("incident", "Incident", "One incident and its analysis.", scope="incident", capability="status")
async def _incident(client: CorootClient, _: Gaps, call: Call) -> list[str]:
    return (await client.one(Incident, f"incident/{call.target.id}")).lines()


@list_tool("alerts", "Alerts", "The alerts that are open, those that notify first.")
async def _list_alerts(client: CorootClient, gaps: Gaps, _: Call) -> list[str]:
    return [str(one) for one in (await client.poll(gaps)).open_alerts]


_SUPPRESS: Final = Switch(
    is_on=CorootClient.is_suppressed,
    on=Turn(to=True, run=CorootClient.suppress, note=t"It stays suppressed until it is reopened."),
    off=Turn(to=False, run=CorootClient.reopen),
    words=(t"open", t"suppressed"),
    label=t"Alert",
)


SERVICE: Final = Service[CorootClient, CorootState](
    key="coroot",
    category=MONITORING,
    icon="mdi:chart-timeline-variant",
    role=Role.MONITOR,
    interval=60.0,
    settings=(url_field("http://coroot.example.org:8080"), *LOGIN, PROJECT, *TLS_SETTINGS),
    connect=CorootClient,
    poll=CorootClient.poll,
    version=lambda state: state.version,
    sensors=(
        count(
            "incidents_open",
            "Incidents open",
            lambda state: certain(len(state.open_incidents), state.gaps.of("incidents")),
            "mdi:fire-alert",
        ),
        count("alerts_firing", "Alerts firing", _alerts_firing, "mdi:bell-ring"),
    ),
    resources=(
        ResourceKind[CorootState, Incident](
            key="incident",
            items=lambda state: state.open_incidents,
            id=lambda one: one.key,
            title=lambda one: brief(one.title, 100),
        ),
        ResourceKind[CorootState, Alert](
            key="alert",
            items=lambda state: state.open_alerts[:MOST],
            id=lambda one: one.id,
            title=lambda one: brief(one.title, 100),
        ),
    ),
    tools=(_list_incidents, _incident, _list_alerts),
    actions=(
        _SUPPRESS.turn_on(
            key="suppress_alert",
            description="Suppresses one alert until it is reopened.",
            risk=Risk.LOW,
            scope="alert",
            blast_radius="Coroot notifies nobody of this alert, also when it comes back",
            icon="mdi:bell-off",
            capability="acknowledge",
            needs=(EDITOR,),
        ),
    ),
    alerts=AlertSource(parse=parse_webhook, read=CorootClient.read_alerts),
    rights=(Right(key=EDITOR, name="Role Editor or Admin", needed_for="suppressing alerts"),),
    granted=CorootState.granted,
    understood=Versions("1.12", "1.20"),
)
