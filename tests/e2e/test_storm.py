"""One webhook with thousands of alerts of things that the steward does not know."""

from demo.waiting import seen
from e2e.rig import DEADLINE, E2eRig
from homelab_steward.contract.incidents import Incident

MANY = 9_000


async def test_a_webhook_with_thousands_of_alerts_is_one_incident_and_hides_no_other(rig: E2eRig) -> None:
    """The body is more than half a megabyte. What a known target reports after it is asked about."""
    alerts = [
        {"status": "firing", "labels": {"alertname": f"Flood{number % 90}", "place": f"shelf {number}"}}
        for number in range(MANY)
    ]
    status, text = await rig.lab.send_alertmanager_payload({"version": "4", "alerts": alerts})
    assert status == 200, text
    await rig.lab.start_story(1.0)

    def storm() -> Incident | None:
        found = rig.front_end.incidents.values()
        return next((one for one in found if one.alert_count == MANY), None)

    one = await seen(rig.front_end.changes, storm, 2 * DEADLINE, f"one incident with {MANY} alerts")
    request = await rig.asked()
    assert request.incident_id != one.id
    assert len(rig.front_end.incidents) == 2, [other.title for other in rig.front_end.incidents.values()]
