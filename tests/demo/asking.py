"""The first half of the story: from rising memory to a request in Telegram and on the phone."""

import re

from demo.installation import Installation
from demo.steps import Steps
from demo.waiting import becomes, expect, seen
from homelab_steward.contract.incidents import ApprovalRequest, Incident
from lab.guest import MIB
from lab.phone import Notification
from lab.population import RADARR
from lab.telegram.records import Message

TOPIC = "Media"
MEMORY_BEFORE = 2048
MEMORY_AFTER = 3072
CLIMB_SECONDS = 2.0
QUICK = 60.0
DEADLINE = 60.0
INCREASE = "Increase memory"
BUTTONS = (f"1 {INCREASE}", "2 Restart Radarr", "3 Investigate", "Ignore", "Details")
OPEN_INCIDENTS = "sensor.homelab_steward_open_incidents"
PENDING_APPROVALS = "sensor.homelab_steward_pending_approvals"
_BY_WEBHOOK = re.compile(r"^steward_alerts_received_total\{[^}]*\} (\S+)$", re.MULTILINE)


class Asking:
    """One request. Its properties are available after `play`."""

    def __init__(self, installation: Installation, *, history: str, topic: str = TOPIC) -> None:
        """`history` is a pattern of what the card in `topic` must say about earlier runs."""
        self.installation = installation
        self.lab = installation.lab
        self.effects_before = len(self.lab.world.effects)
        self.incidents_before = frozenset(installation.front_end.incidents)
        self._requests_before = frozenset(installation.front_end.approvals)
        self._history = re.compile(history, re.IGNORECASE)
        self._topic = topic
        self._request: ApprovalRequest | None = None
        self._card: Message | None = None
        self._notification: Notification | None = None

    @property
    def request(self) -> ApprovalRequest:
        """The request when it was created."""
        return _available(self._request)

    @property
    def card(self) -> Message:
        """The card in Telegram."""
        return _available(self._card)

    @property
    def notification(self) -> Notification:
        """The notification on the phone."""
        return _available(self._notification)

    @property
    def incident(self) -> Incident:
        """The current state of the incident."""
        return self.installation.front_end.incidents[self.request.incident_id]

    async def play(self, steps: Steps) -> None:
        """Play the steps. Raises StepFailedError."""
        await steps.play("no alerts", self._reset())
        webhooks_before = await self._webhooks_sent()
        await steps.play("memory rises", self._memory_rises())
        kind = self.lab.alertmanager.kind.partition(" ")[0]
        await steps.play(f"Alertmanager ({kind}) posts its webhook", self._webhook(webhooks_before))
        await steps.play("one incident opens, or the last one again", self._incident_opens())
        await steps.play(f"card in the topic {self._topic}", self._card_appears())
        await steps.play("notification on the phone", self._phone_asks())
        await steps.play("Home Assistant shows the pending request", self._home_assistant_waits())

    async def _reset(self) -> None:
        """Restore Radarr's memory limit and wait until the steward has polled it."""
        self.lab.world.stop_memory_pressure(RADARR)
        self.lab.world.set_config(RADARR, {"memory": MEMORY_BEFORE})
        await seen(self.lab.world.changes, self._nothing_fires, DEADLINE, "the end of earlier alerts")
        await seen(
            self.installation.front_end.changes,
            self._has_initial_readings,
            DEADLINE,
            "good readings",
        )

    def _nothing_fires(self) -> bool:
        return not self.lab.prometheus.rules.active()

    def _has_initial_readings(self) -> bool:
        snapshots = self.installation.front_end.snapshots
        if not {"proxmox", "radarr"} <= snapshots.keys():
            return False
        memory = [one.values for one in snapshots["proxmox"].resources if one.name == "radarr"]
        limits = [values.get("memory_limit") for values in memory]
        # Just after a restart, Radarr's health is unknown: its checks may not have run yet.
        return snapshots["radarr"].values.get("health_errors") in (0, None) and limits == [MEMORY_BEFORE]

    async def _memory_rises(self) -> str:
        await self.lab.start_story(CLIMB_SECONDS)
        await self.lab.wait_for_pressure(RADARR, QUICK)
        guest = self.lab.world.guest(RADARR)
        return f"{guest.name} uses {guest.memory // MIB} of {guest.memory_limit // MIB} MiB"

    async def _webhook(self, before: float) -> str:
        async def has_come() -> bool:
            return await self._webhooks_sent() > before

        await becomes(has_come, QUICK, "an alert by webhook")
        return self.lab.alertmanager.kind

    async def _webhooks_sent(self) -> float:
        text = await self.installation.steward.metrics()
        return sum(float(number) for number in _BY_WEBHOOK.findall(text))

    async def _incident_opens(self) -> str:
        front_end = self.installation.front_end
        request = await seen(
            front_end.changes, self._pending_request, DEADLINE, f"a request that offers {BUTTONS[0]!r}"
        )
        self._request = request
        new = [one.title for one in front_end.incidents.values() if one.id not in self.incidents_before]
        wanted = request.incident_id not in self.incidents_before
        expect(len(new) == wanted, f"{len(new)} new incidents instead of {wanted:d}: {', '.join(new)}")
        return f"{request.incident_number}{'' if wanted else ', again'}: {request.title}"

    def _pending_request(self) -> ApprovalRequest | None:
        """The pending request with more memory. An earlier request without it is superseded."""
        for request in self.installation.front_end.pending():
            is_new = request.id not in self._requests_before
            if is_new and request.proposal.options[0].label.startswith(INCREASE):
                return request
        return None

    async def _card_appears(self) -> str:
        forum = self.lab.telegram.forum
        card = self._card = await seen(forum.changes, self._find_card, QUICK, f"a card in {self._topic}")
        shown = [button.text for button in card.buttons]
        for wanted in BUTTONS:
            expect(any(text.startswith(wanted) for text in shown), f"no button {wanted!r} among {shown}")
        match = self.request.proposal.matches[0]
        for wanted in (match.title, f"{match.score:.0%} match"):
            expect(wanted in card.text, f"the card does not say {wanted!r}: {card.text}")
        history = self._history.search(card.text)
        expect(history, f"the card does not say {self._history.pattern!r}: {card.text}")
        return f"{match.title}: {match.score:.0%} match, {history.group() if history else ''}"

    def _find_card(self) -> Message | None:
        wanted = f"incident {self.request.incident_number}\n"
        for card in self.lab.telegram.forum.in_topic(self._topic):
            if wanted in card.text and any(one.text.startswith(BUTTONS[0]) for one in card.buttons):
                return card
        return None

    async def _phone_asks(self) -> str:
        phone = self.lab.phone
        shown = self._notification = await seen(
            phone.changes, self._find_notification, QUICK, "a notification"
        )
        titles = [action.title for action in shown.actions]
        for wanted in BUTTONS:
            expect(any(text.startswith(wanted) for text in titles), f"no button {wanted!r} among {titles}")
        return shown.title

    def _find_notification(self) -> Notification | None:
        found = (one for one in self.lab.phone.notifications if one.tag == self.request.id)
        return next(found, None)

    async def _home_assistant_waits(self) -> str:
        async def is_so() -> bool:
            states = {
                state.entity_id: state.state for state in await self.installation.integration.entities()
            }
            return {states.get(OPEN_INCIDENTS), states.get(PENDING_APPROVALS)} == {"1"}

        await becomes(is_so, QUICK, "one open incident and one pending approval")
        return "1 open incident, 1 pending approval"


def _available[T](value: T | None) -> T:
    if value is None:
        raise LookupError("there is no request yet")
    return value
