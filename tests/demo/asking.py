"""The first half of the story: from memory that climbs to a question on both faces."""

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
QUICK = 20.0
DEADLINE = 60.0
INCREASE = "Increase memory"
BUTTONS = (f"1 {INCREASE}", "2 Restart Radarr", "3 Investigate", "Ignore", "Details")
OPEN_INCIDENTS = "sensor.homelab_steward_open_incidents"
PENDING_APPROVALS = "sensor.homelab_steward_pending_approvals"
_BY_WEBHOOK = re.compile(r"^steward_alerts_received_total\{[^}]*\} (\S+)$", re.MULTILINE)


class Asking:
    """One question. What was asked is there once `play` returned."""

    def __init__(self, installation: Installation, *, history: str) -> None:
        """`history` is a pattern of what the card must say about earlier times."""
        self.installation = installation
        self.lab = installation.lab
        self.effects_before = len(self.lab.world.effects)
        self.incidents_before = frozenset(installation.front_end.incidents)
        self._history = re.compile(history, re.IGNORECASE)
        self._request: ApprovalRequest | None = None
        self._card: Message | None = None
        self._notification: Notification | None = None

    @property
    def request(self) -> ApprovalRequest:
        """The request as it was when it was made."""
        return _there(self._request)

    @property
    def card(self) -> Message:
        """The card in Telegram as it asked."""
        return _there(self._card)

    @property
    def notification(self) -> Notification:
        """The notification on the phone as it asked."""
        return _there(self._notification)

    @property
    def incident(self) -> Incident:
        """The incident as it is now."""
        return self.installation.front_end.incidents[self.request.incident_id]

    async def play(self, steps: Steps) -> None:
        """Let it happen; raises `StepFailedError`."""
        await steps.play("all is quiet", self._quiet())
        result = await self._webhooks_sent()
        await steps.play("memory climbs", self._memory_climbs())
        kind = self.lab.alertmanager.kind.partition(" ")[0]
        await steps.play(f"Alertmanager ({kind}) posts its webhook", self._webhook(result))
        await steps.play("one incident opens", self._incident_opens())
        await steps.play(f"card in the topic {TOPIC}", self._card_appears())
        await steps.play("notification on the phone", self._phone_asks())
        await steps.play("Home Assistant shows it waiting", self._home_assistant_waits())

    async def _quiet(self) -> None:
        """Radarr as it was at first, and the steward has read it so."""
        self.lab.world.stop_memory_pressure(RADARR)
        self.lab.world.set_config(RADARR, {"memory": MEMORY_BEFORE})
        await seen(self.lab.world.changes, self._nothing_fires, DEADLINE, "the end of earlier alerts")
        await seen(
            self.installation.front_end.changes, self._steward_is_calm, DEADLINE, "readings without trouble"
        )

    def _nothing_fires(self) -> bool:
        return not self.lab.prometheus.rules.active()

    def _steward_is_calm(self) -> bool:
        snapshots = self.installation.front_end.snapshots
        if not {"proxmox", "radarr"} <= snapshots.keys():
            return False
        memory = [one.values for one in snapshots["proxmox"].resources if one.name == "radarr"]
        limits = [values.get("memory_limit") for values in memory]
        return snapshots["radarr"].values.get("health_errors") == 0 and limits == [MEMORY_BEFORE]

    async def _memory_climbs(self) -> str:
        await self.lab.start_story(CLIMB_SECONDS)
        await self.lab.wait_for_pressure(RADARR, QUICK)
        guest = self.lab.world.guest(RADARR)
        return f"{guest.name} uses {guest.memory // MIB} of {guest.memory_limit // MIB} MiB"

    async def _webhook(self, result: float) -> str:
        async def came() -> bool:
            return await self._webhooks_sent() > result

        await becomes(came, QUICK, "an alert by webhook")
        return self.lab.alertmanager.kind

    async def _webhooks_sent(self) -> float:
        text = await self.installation.steward.metrics()
        return sum(float(number) for number in _BY_WEBHOOK.findall(text))

    async def _incident_opens(self) -> str:
        front_end = self.installation.front_end
        request = await seen(
            front_end.changes, self._question, DEADLINE, f"a request that offers {BUTTONS[0]!r}"
        )
        self._request = request
        fresh = [one.title for one in front_end.incidents.values() if one.id not in self.incidents_before]
        expect(len(fresh) == 1, f"not one incident but {len(fresh)}: {', '.join(fresh)}")
        return f"{request.incident_number}: {request.title}"

    def _question(self) -> ApprovalRequest | None:
        """The request that waits. One made before the memory was known of is superseded soon."""
        for request in self.installation.front_end.pending():
            is_new = request.incident_id not in self.incidents_before
            if is_new and request.proposal.options[0].label.startswith(INCREASE):
                return request
        return None

    async def _card_appears(self) -> str:
        forum = self.lab.telegram.forum
        card = self._card = await seen(forum.changes, self._find_card, QUICK, f"a card in {TOPIC}")
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
        for card in self.lab.telegram.forum.in_topic(TOPIC):
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


def _there[T](value: T | None) -> T:
    if value is None:
        raise LookupError("nothing was asked yet")
    return value
