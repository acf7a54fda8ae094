"""One request in Assist for two containers: one approval, and the result of both."""

from demo.asking import QUICK
from demo.installation import Installation
from demo.steps import Steps
from demo.waiting import expect, seen
from homelab_steward.contract.incidents import ApprovalRequest, Incident, IncidentStatus
from lab.phone import Notification

SAID = "Take a snapshot of the sonarr container and the prometheus container"
NAMES = ("sonarr", "prometheus")


class Several:
    """The owner asks for two snapshots at once, and approves them on the phone."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._front_end = installation.front_end
        self._phone = installation.lab.phone
        self._effects_before = len(installation.lab.world.effects)
        self._request: ApprovalRequest | None = None

    async def play(self, steps: Steps) -> None:
        """Ask, press, and wait for the verified result. Raises StepFailedError."""
        await steps.play("owner asks in Assist for two snapshots", self._ask())
        await steps.play("owner presses 1 on the phone for both", self._press())
        await steps.play("each snapshot is taken once", self._taken())

    async def _ask(self) -> str:
        answer = await self._installation.assist.ask(SAID)
        expect(all(name in answer.text for name in NAMES), f"the answer does not name both: {answer.text}")
        expect(not self._effects(), "something was changed before the approval")
        found = await seen(self._front_end.changes, self._asked, QUICK, "a request for both")
        self._request = found
        return found.title

    async def _press(self) -> str:
        notification = await seen(self._phone.changes, self._notification, QUICK, "a notification")
        expect(all(name in notification.message for name in NAMES), notification.message)
        await self._phone.press(notification, "1 ")
        return notification.title

    async def _taken(self) -> str:
        incident = await seen(self._front_end.changes, self._ended, QUICK, "the result")
        expect(incident.status is IncidentStatus.RESOLVED, f"{incident.status}: {incident.resolution}")
        expect(len(self._effects()) == len(NAMES), f"changed: {self._effects()}")
        return incident.resolution

    def _asked(self) -> ApprovalRequest | None:
        wanted = (one for one in self._front_end.pending() if one.requested_via is not None)
        return next((one for one in wanted if len(one.proposal.options[0].steps) == len(NAMES)), None)

    def _notification(self) -> Notification | None:
        tag = self._request.id if self._request else ""
        return next((one for one in self._phone.notifications if one.tag == tag), None)

    def _ended(self) -> Incident | None:
        incident = self._front_end.incidents.get(self._request.incident_id if self._request else "")
        return incident if incident is not None and incident.status.is_closed else None

    def _effects(self) -> list[str]:
        effects = self._installation.lab.world.effects[self._effects_before :]
        return [f"{one.method} {one.path}" for one in effects if one.service == "proxmox"]
