"""Grafana: the alerts of its own rules by webhook and by polling, and silences."""

from typing import Final

from ...sdk.access import Access
from ...sdk.auth import LOGIN
from ...sdk.checks import warning
from ...sdk.description import HmacSignature
from ...sdk.fields import TLS_SETTINGS, secret_field, url_field
from ...sdk.parse import Item
from ...sdk.sensors import count, diagnostic
from ...sdk.state import many, one
from .._alertmanager.client import AlertClient
from .._alertmanager.models import ActiveAlert, AlertState, Silence
from .._alertmanager.service import SENSORS, alert_service
from .._prometheus.models import Rule, rules_failing

API: Final = "alertmanager/grafana/api/v2/"
SECRET: Final = secret_field(
    "webhook_secret", "HMAC secret of the webhook", "As in the contact point.", required=False
)
SIGNATURE: Final = HmacSignature(
    "X-Grafana-Alerting-Signature", SECRET.key, timestamp="X-Grafana-Alerting-Timestamp", is_optional=True
)


class Health(Item):
    """The server itself. The version can be hidden in its configuration."""

    version: str | None = None


class GrafanaState(AlertState):
    """Everything that one poll reads."""

    alerts = many(f"{API}alerts", ActiveAlert)
    all_silences = many(f"{API}silences", Silence, optional=True)
    rules = many("prometheus/grafana/api/v1/rules", Rule, below="data.groups.*.rules", optional=True)
    health = one("health", Health, optional=True)


class GrafanaClient(AlertClient[GrafanaState]):
    """One Grafana. Its rules keep their state over a restart, its list of alerts does not."""

    def __init__(self, access: Access) -> None:
        super().__init__(access, "api", GrafanaState, API)

    def missing(self, state: GrafanaState) -> str | None:
        """Return that a rule fires whose alert is not listed, or that this cannot be known."""
        listed = {one.labels.get(key) for one in state.alerts for key in ("alertname", "rulename")}
        for rule in state.read_or(GrafanaState.rules, ()):
            if rule.health == "unknown":
                return f"The rule {rule.name} was not evaluated yet"
            if rule.state == "firing" and rule.name not in listed:
                return f"The rule {rule.name} fires, and its alert is not listed"
        reason = state.gaps.of("rules")
        return f"It is not known which rules fire: {reason}" if reason else None


SERVICE: Final = alert_service(
    key="grafana",
    name="Grafana",
    manufacturer="Grafana Labs",
    icon="mdi:chart-areaspline",
    settings=(url_field("http://grafana.example.org:3000"), *LOGIN, SECRET, *TLS_SETTINGS),
    connect=GrafanaClient,
    version=lambda state: state.health.version,
    sensors=(
        *SENSORS,
        count("rules_failing", "Rules failing", lambda state: sum(one.is_failing for one in state.rules)),
        diagnostic("version", "Version", lambda state: state.health.version),
    ),
    checks=(warning("rules_failing", "Rules failing", lambda state: rules_failing(state.rules)),),
    verify=SIGNATURE,
    understood="10 to 13",
)
