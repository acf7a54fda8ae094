"""Alertmanager in the lab."""

from houses import House, Round
from lab.house import Lab


async def _post_alert(lab: Lab) -> None:
    labels = {"alertname": "HostHighLoad", "instance": "nas01", "severity": "warning"}
    await lab.alertmanager.post_alerts([{"labels": {**labels}, "annotations": {"summary": "busy"}}])


HOUSE = House(
    settings=lambda lab: {"url": lab.alertmanager.url},
    prepare=_post_alert,
    rounds=(
        Round(
            action="silence_alert",
            target="HostHighLoad on nas01",
            arguments={"hours": 4},
            write=("POST", "/api/v2/silences"),
        ),
    ),
)
