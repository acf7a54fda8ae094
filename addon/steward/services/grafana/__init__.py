"""Grafana: the alerts of its own rules by webhook and by polling, and silences."""

from dataclasses import replace
from typing import Final

from ...sdk.answers import many, one
from ...sdk.client import LOGIN
from ...sdk.description import Access, Call, Gaps, HmacSignature, IncomingAlert, Right, Versions
from ...sdk.display import Text, brief, list_tool
from ...sdk.fields import TLS_SETTINGS, secret_field, url_field
from ...sdk.firing import Firing
from .._alertmanager.client import AlertClient
from .._alertmanager.models import ActiveAlert, AlertState, Silence
from .._alertmanager.service import alert_service
from .._prometheus.models import Rule, RuleAlert

API: Final = "alertmanager/grafana/api/v2/"
SECRET: Final = secret_field(
    "webhook_secret", "HMAC secret of the webhook", "As in the contact point.", required=False
)
TOKEN: Final = replace(
    LOGIN[2], description="Of a service account: Viewer is enough to watch, Editor can silence alerts."
)
SENT: Final = "X-Grafana-Alerting-"
NOT_OF_SERIES: Final = {"alertname", "rulename", "datasource_uid", "ref_id"}


READ, RULES, SILENCE = "alert.instances:read", "alert.rules:read", "alert.silences:create"
RIGHTS: Final = {READ: "alerts and silences", RULES: "rules", SILENCE: "silencing alerts"}


class GrafanaRule(Rule):
    """A rule with its series: Normal, Alerting, NoData, or such with a reason in parentheses."""

    alerts: tuple[RuleAlert, ...] = ()


class GrafanaState(AlertState):
    """Everything that one poll reads."""

    alerts = many(f"{API}alerts", ActiveAlert)
    all_silences = many(f"{API}silences", Silence, optional=True)
    rules = many("prometheus/grafana/api/v1/rules", GrafanaRule, below="data.groups.*.rules", optional=True)
    health = one("health", dict[str, str], optional=True)
    permissions = one("access-control/user/permissions", dict[str, object], optional=True, may_be_absent=True)

    def granted(self) -> frozenset[str]:
        """Return the permissions of the token. Raises NotKnown when Grafana does not list them."""
        return frozenset(SILENCE if one == "alert.instances:create" else one for one in self.permissions)


class GrafanaClient(AlertClient[GrafanaState]):
    """One Grafana. Its rules keep their state over a restart, its list of alerts does not."""

    api, state, folder = "api", GrafanaState, API

    def __init__(self, access: Access) -> None:
        super().__init__(access)
        self._firing = Firing("Grafana")

    def kept(self, state: GrafanaState, alerts: tuple[IncomingAlert, ...]) -> tuple[IncomingAlert, ...]:
        """Return the alerts, and those whose series vanished: that is no evidence that they are fine."""
        series = [one for rule in state.read_or(GrafanaState.rules, ()) for one in rule.alerts]
        fine = [subject(one) for one in series if one.state == "Normal"]
        return self._firing.update(alerts, lambda one: any(subject(one) <= found for found in fine))

    def missing(self, state: GrafanaState) -> Text | None:
        """Return that a rule fires whose alert is not listed, or that this cannot be known."""
        listed = {one.labels.get(key) for one in state.alerts for key in ("alertname", "rulename")}
        for rule in state.read_or(GrafanaState.rules, ()):
            if rule.health == "unknown" or (rule.state == "firing" and rule.name not in listed):
                return t"The rule {rule.name} was not evaluated yet, or it fires and its alert is not listed"
        return t"It is not known which rules fire: {reason}" if (reason := state.gaps.of("rules")) else None


def subject(alert: RuleAlert | IncomingAlert) -> set[tuple[str, str]]:
    """Return what identifies a series, in its own alert and in the one that says that it has no data."""
    own = {one for one in alert.labels.items() if one[0] not in NOT_OF_SERIES and not one[0].startswith("__")}
    return own | {("rule", alert.labels.get("rulename", alert.labels.get("alertname", "")))}


@list_tool("rules", "Rules", "All rules: failing ones first, then those that fire.")
async def _rules(client: GrafanaClient, gaps: Gaps, _: Call) -> list[str]:
    found = (await client.poll(gaps)).rules
    shown = sorted(found, key=lambda one: (not one.is_failing, one.state == "inactive", one.name))
    texts = ((one.name, one.state or "state unknown", one.last_error) for one in shown)
    return [brief(": ".join(filter(None, text))) for text in texts]


SERVICE: Final = alert_service(
    SILENCE,
    key="grafana",
    name="Grafana",
    manufacturer="Grafana Labs",
    icon="mdi:chart-areaspline",
    settings=(url_field("http://grafana.example.org:3000"), *LOGIN[:2], TOKEN, SECRET, *TLS_SETTINGS),
    connect=GrafanaClient,
    version=lambda state: state.health.get("version"),
    verify=HmacSignature(f"{SENT}Signature", SECRET.key, timestamp=f"{SENT}Timestamp", is_optional=True),
    rights=Right.each(RIGHTS),
    granted=GrafanaState.granted,
    product="grafana",
    package="Go:github.com/grafana/grafana",
    understood=Versions("10", "13"),
).extended(tools=(_rules,))
