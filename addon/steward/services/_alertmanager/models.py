"""What the API of Alertmanager answers, typed. Source: its api/v2/openapi.yaml."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from ...sdk.answers import Item, State, Time, certain, many
from ...texts import Text
from .._prometheus.models import LabelledAlert, without_replicas


class Suppression(Item):
    """Who suppresses an alert: ids of silences, fingerprints of alerts, names of time intervals.

    The state is active, suppressed, or unprocessed: then it is not suppressed yet.
    """

    state: str = ""
    silenced_by: tuple[str, ...] = ()
    inhibited_by: tuple[str, ...] = ()
    muted_by: tuple[str, ...] = ()


class ActiveAlert(LabelledAlert):
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
    def is_unexpired(self) -> bool:
        """Whether it holds or will hold."""
        return self.status.get("state") != "expired"

    @property
    def until(self) -> str:
        """When it ends, who made it and why."""
        reason = ": ".join(filter(None, (self.created_by, self.comment)))
        return f"until {self.ends_at:%Y-%m-%d %H:%M} UTC" + (f" by {reason}" if reason else "")


class AlertState(State):
    """Alerts and silences. ``missing`` is why an absent alert may still fire."""

    alerts = many("alerts", ActiveAlert)
    all_silences = many("silences", Silence, optional=True, expired=False)
    missing: Text | None = None

    @property
    def silences(self) -> tuple[Silence, ...]:
        """The silences that hold or will hold. Raises NotKnown."""
        return tuple(one for one in self.all_silences if one.is_unexpired)

    def worst_first(self) -> tuple[ActiveAlert, ...]:
        """Return the alerts: first those that somebody is notified of, the worst first."""
        return tuple(sorted(without_replicas(self.alerts), key=lambda one: one.is_suppressed))

    def count(self, *, suppressed: bool) -> int:
        """Return how many alerts are suppressed, or not. Raises NotKnown for 0 of an incomplete list."""
        return certain(sum(one.is_suppressed is suppressed for one in self.worst_first()), self.missing)

    def suppression(self, alert: ActiveAlert) -> Mapping[str, Any]:
        """Return why nobody is notified of an alert, and when a silence of it ends if that is known."""
        by = alert.status
        if by.silenced_by:
            return self._silenced(by.silenced_by)
        names = {one.fingerprint: one.title for one in self.alerts} if by.inhibited_by else {}
        causes = [f"inhibited by {names.get(one, one)}" for one in by.inhibited_by]
        causes += [f"muted by the time interval {one}" for one in by.muted_by]
        return {"suppressed": ", ".join(causes) or "suppressed"} if alert.is_suppressed else {}

    def _silenced(self, ids: tuple[str, ...]) -> Mapping[str, Any]:
        found = [one for one in self.read_or(AlertState.all_silences, ()) if one.id in ids]
        if len(found) < len(ids):
            return {"suppressed": "silenced"}
        last = max(found, key=lambda silence: silence.ends_at)
        return {"suppressed": f"silenced {last.until}", "silenced_until": last.ends_at}
