"""What Alertmanager answers and sends, typed: its api/v2/openapi.yaml, and version 4 of the webhook."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Final

import msgspec

from homelab_steward.contract.incidents import AlertStatus, Severity

from ...sdk.description import IncomingAlert
from ...sdk.parse import Item, Time
from ...sdk.readings import NotKnown
from ...sdk.state import State, many, one

_SEVERITIES: Final = {
    **dict.fromkeys(("critical", "page", "emergency"), Severity.CRITICAL),
    **dict.fromkeys(("info", "information", "none"), Severity.INFO),
}


class Alert(Item):
    """What the webhook and the API both say about an alert."""

    labels: dict[str, str]
    fingerprint: str
    annotations: dict[str, str] = msgspec.field(default_factory=dict)
    starts_at: Time | None = None
    ends_at: Time | None = None

    @property
    def name(self) -> str:
        """The name of its rule."""
        return self.labels.get("alertname", "unnamed")

    @property
    def title(self) -> str:
        """Its name and where it fires."""
        where = self.labels.get("instance")
        return f"{self.name} on {where}" if where else self.name

    def incoming(
        self, status: AlertStatus, now: datetime, suppressed: str | None = None, until: datetime | None = None
    ) -> IncomingAlert:
        """Return it for the app. ``now`` is when it began if it does not say that."""
        return IncomingAlert(
            name=self.name,
            status=status,
            severity=_SEVERITIES.get(self.labels.get("severity", "").strip().lower(), Severity.WARNING),
            starts_at=self.starts_at or now,
            ends_at=self.ends_at if status is AlertStatus.RESOLVED else None,
            labels=self.labels,
            summary=self.annotations.get("summary", ""),
            description=self.annotations.get("description", ""),
            fingerprint=self.fingerprint or None,
            suppressed=suppressed,
            silenced_until=until,
        )


class SentAlert(Alert):
    """An alert of a webhook."""

    status: AlertStatus = AlertStatus.FIRING


class Suppression(Item):
    """Who suppresses an alert: ids of silences, fingerprints of alerts, names of time intervals.

    The state is active, suppressed, or unprocessed: then it is not suppressed yet.
    """

    state: str = ""
    silenced_by: tuple[str, ...] = ()
    inhibited_by: tuple[str, ...] = ()
    muted_by: tuple[str, ...] = ()


class ActiveAlert(Alert):
    """An alert of the API: it fires."""

    status: Suppression = Suppression()

    @property
    def is_suppressed(self) -> bool:
        """Whether nobody is notified of it."""
        by = self.status
        return bool(by.state == "suppressed" or by.silenced_by or by.inhibited_by or by.muted_by)


class Matcher(Item):
    """One condition of a silence."""

    name: str
    value: str
    is_regex: bool = False
    is_equal: bool = True

    def __str__(self) -> str:
        operator = ("=~" if self.is_regex else "=") if self.is_equal else ("!~" if self.is_regex else "!=")
        return f'{self.name}{operator}"{self.value}"'


class Silence(Item):
    """A silence. Its id becomes part of a path."""

    id: Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z-]+\Z")]
    ends_at: Time
    status: dict[str, str] = msgspec.field(default_factory=dict)
    created_by: str = ""
    comment: str = ""
    matchers: tuple[Matcher, ...] = ()

    @property
    def until(self) -> str:
        """When it ends, who made it and why."""
        reason = ": ".join(filter(None, (self.created_by, self.comment)))
        return f"until {self.ends_at:%Y-%m-%d %H:%M} UTC" + (f" by {reason}" if reason else "")


class Cluster(StrEnum):
    """How several Alertmanagers work together."""

    READY = "ready"
    SETTLING = "settling"
    DISABLED = "disabled"


class Status(Item):
    """The program itself. Its configuration may hold secrets and is not read."""

    build: dict[str, str] = msgspec.field(name="versionInfo")
    started_at: Time = msgspec.field(name="uptime")
    peers: dict[str, Any] = msgspec.field(name="cluster", default_factory=dict)

    @property
    def cluster(self) -> Cluster | None:
        """The state of the cluster, None when it is not reported or not one that is known."""
        return next((one for one in Cluster if one == self.peers.get("status")), None)

    @property
    def version(self) -> str | None:
        """The version of the build."""
        return self.build.get("version")


class AlertmanagerState(State):
    """Everything that one poll reads. ``missing`` is why an absent alert may still fire."""

    alerts = many("alerts", ActiveAlert)
    all_silences = many("silences", Silence, optional=True, expired=False)
    status = one("status", Status, optional=True)
    missing: str | None = None

    @property
    def silences(self) -> tuple[Silence, ...]:
        """The silences that hold or will hold. Raises NotKnown."""
        return unexpired(self.all_silences)

    def count(self, *, suppressed: bool) -> int:
        """Return how many alerts are suppressed, or not. Raises NotKnown for 0 of an incomplete list."""
        found = sum(alert.is_suppressed is suppressed for alert in self.alerts)
        if not found and self.missing:
            raise NotKnown(self.missing)
        return found

    def suppression(self, alert: ActiveAlert) -> tuple[str | None, datetime | None]:
        """Return why nobody is notified of an alert, and when a silence of it ends if that is known."""
        by = alert.status
        if by.silenced_by:
            return self._silenced(by.silenced_by)
        names = {one.fingerprint: one.title for one in self.alerts} if by.inhibited_by else {}
        causes = [f"inhibited by {names.get(one, one)}" for one in by.inhibited_by]
        causes += [f"muted by the time interval {one}" for one in by.muted_by]
        return (", ".join(causes) or "suppressed") if alert.is_suppressed else None, None

    def _silenced(self, ids: tuple[str, ...]) -> tuple[str, datetime | None]:
        try:
            silences = {one.id: one for one in self.silences}
            last = max((silences[one] for one in ids), key=lambda silence: silence.ends_at)
        except NotKnown, KeyError:
            return "silenced", None
        return f"silenced {last.until}", last.ends_at


def unexpired(silences: tuple[Silence, ...]) -> tuple[Silence, ...]:
    """Return the silences that hold or will hold."""
    return tuple(one for one in silences if one.status.get("state") != "expired")
