"""A watched service dies: one incident, a request to start its container, and the repair."""

from demo.asking import DEADLINE, QUICK
from demo.installation import Installation
from demo.steps import Steps
from demo.waiting import expect, seen
from homelab_steward.contract.incidents import ApprovalRequest, Incident, IncidentStatus
from homelab_steward.contract.state import InstanceStatus
from lab.phone import Notification
from lab.population import RADARR
from lab.telegram.records import Message

CHECKS = frozenset({"container_stopped", "unreachable"})
START = "1 Start radarr"
OFF = "2 radarr is meant to be off"
CONFIRMED = 2 * DEADLINE
"""Seconds in which an outage is confirmed: some polls, which must fail for at least 20."""

SETTLED = 60.0 + DEADLINE
"""Seconds after its start in which Radarr's health is known again: a repair before is not known to help."""


class Outage:
    """Radarr's container ends by itself; no monitor reports it."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._lab = installation.lab
        self._front_end = installation.front_end
        self._effects_before = len(self._lab.world.effects)
        self._request: ApprovalRequest | None = None

    async def play(self, steps: Steps) -> None:
        """Play the steps. Raises StepFailedError."""
        await steps.play("Radarr's container ends by itself", self._crash())
        await steps.play("one incident for container and program", self._incident_opens())
        await steps.play("card in Telegram offers the start", self._card_appears())
        await steps.play("owner presses 1 on the phone", self._press())
        await steps.play("container started, Radarr answers, incident resolved", self._resolved())
        await steps.play("Radarr has run its health checks again", self._checks_health())

    async def _crash(self) -> None:
        self._lab.world.crash(RADARR)

    async def _incident_opens(self) -> str:
        request = await seen(
            self._front_end.changes, self._pending, CONFIRMED, "a request about container and program"
        )
        self._request = request
        labels = [option.label for option in request.proposal.options]
        expect(labels[0] == START[2:], f"it offers {labels}")
        return request.title

    def _pending(self) -> ApprovalRequest | None:
        for request in self._front_end.pending():
            incident = self._front_end.incidents[request.incident_id]
            if {one.labels.get("check") for one in incident.alerts} >= CHECKS:
                return request
        return None

    async def _card_appears(self) -> str:
        forum = self._lab.telegram.forum
        card = await seen(forum.changes, self._card, QUICK, f"a card with {START!r}")
        texts = [button.text for button in card.buttons]
        expect(any(text.startswith(OFF) for text in texts), f"no button {OFF!r} among {texts}")
        return ", ".join(texts)

    def _card(self) -> Message | None:
        for card in self._lab.telegram.forum.messages:
            if any(button.text.startswith(START) for button in card.buttons):
                return card
        return None

    async def _press(self) -> str:
        phone = self._lab.phone
        shown = await seen(phone.changes, self._notification, QUICK, "a notification")
        await phone.press(shown, START[:2])
        return shown.title

    def _notification(self) -> Notification | None:
        found = (one for one in self._lab.phone.notifications if one.tag == self._asked.id)
        return next(found, None)

    async def _resolved(self) -> str:
        incident = await seen(self._front_end.changes, self._solved, CONFIRMED, "a resolved incident")
        effects = [one.path for one in self._lab.world.effects[self._effects_before :]]
        expect(len(effects) == 1 and effects[0].endswith("/status/start"), f"changed: {effects}")
        await seen(self._front_end.changes, self._answers, DEADLINE, "Radarr answers")
        return incident.resolution

    def _solved(self) -> Incident | None:
        incident = self._front_end.incidents[self._asked.incident_id]
        return incident if incident.status is IncidentStatus.RESOLVED else None

    async def _checks_health(self) -> str:
        def is_known() -> bool:
            gaps = self._front_end.snapshots["radarr"].coverage.gaps
            return all(one.part != "health" for one in gaps)

        await seen(self._front_end.changes, is_known, SETTLED, "the health of Radarr")
        return "its health is known"

    def _answers(self) -> bool:
        return self._front_end.instances["radarr"].status is InstanceStatus.OK

    @property
    def _asked(self) -> ApprovalRequest:
        if self._request is None:
            raise LookupError("there is no request yet")
        return self._request


async def move(installation: Installation, node: str) -> str:
    """Move Radarr's container, and wait until the steward knows it."""
    front_end = installation.front_end
    installation.lab.world.migrate(RADARR, node)

    def is_there() -> bool:
        resources = front_end.snapshots["proxmox"].resources
        parents = {one.parent.id for one in resources if one.name == "radarr" and one.parent is not None}
        return parents == {node}

    await seen(front_end.changes, is_there, DEADLINE, f"radarr on {node}")
    return node
