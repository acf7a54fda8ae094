"""The second half of the story: from a decision to a verified repair that all front ends show."""

from demo.asking import DEADLINE, INCREASE, MEMORY_AFTER, OPEN_INCIDENTS, QUICK, Asking
from demo.steps import Steps
from demo.waiting import Expected, becomes, expect, seen
from homelab_steward.contract.incidents import (
    ApprovalRequest,
    ApprovalStatus,
    CheckResult,
    Incident,
    IncidentStatus,
    Outcome,
    Verdict,
)
from homelab_steward.contract.records import RunbookStatistics
from lab.population import RADARR
from lab.telegram.records import Message
from lab.wire import JsonObject, dumps
from lab.world import Effect

RECIPE = "container-memory-pressure@1/increase-memory"
MEMORY_CHECK = "Memory below"
HEALTH_CHECK = "No health errors in the application"
MEMORY_LIMIT = "sensor.radarr_memory_limit"
INCIDENT_EVENT = "event.homelab_steward_incident"


class Repair:
    """The steps after the decision `1` on a request.

    `via` is the name of the deciding front end.
    """

    def __init__(self, asking: Asking, *, person: str, via: str) -> None:
        self.asking = asking
        self.lab = asking.lab
        self.front_end = asking.installation.front_end
        self._decided = f"decided by {person} via {via}"
        self._statistics_before = self._statistics()

    async def play(self, steps: Steps) -> None:
        """Check all consequences. Raises StepFailedError."""
        await steps.play("Proxmox API called exactly once", self._called_once())
        await steps.play("phone says who decided", self._phone_says_decided())
        await self._play_repair(steps)
        await steps.play("phone says it is solved", self._phone_says_solved())
        await steps.play("Home Assistant's entities show the result", self._entities_show_it())

    async def play_without_home_assistant(self, steps: Steps) -> None:
        """Check all consequences while Home Assistant is stopped. Raises StepFailedError."""
        await steps.play("Proxmox API called exactly once", self._called_once())
        await self._play_repair(steps)

    async def play_after_home_assistant_is_back(self, steps: Steps) -> None:
        """Check what Home Assistant must catch up with. Raises StepFailedError."""
        await steps.play("phone says who decided", self._phone_says_decided())
        await steps.play("phone says it is solved", self._phone_says_solved())
        await steps.play("Home Assistant's sensors show the result", self._sensors_show_it())

    async def _play_repair(self, steps: Steps) -> None:
        await steps.play("Telegram card says who decided", self._card_says_decided())
        await steps.play("incident resolved", self._resolved())
        await steps.play("memory read back", self._memory_read_back())
        await steps.play("Radarr's health read back", self._health_read_back())
        await steps.play("Telegram card says it is solved", self._card_says_solved())
        await steps.play("write-up stored", self._write_up_stored())
        await steps.play("runbook statistics updated", self._statistics_updated())

    def effects(self) -> tuple[Effect, ...]:
        """Return the changes in the lab since the story started."""
        return tuple(self.lab.world.effects[self.asking.effects_before :])

    def expect_one_effect(self) -> Effect:
        """Return the only change. Raises Expected if there is another or none."""
        effects = self.effects()
        expect(
            len(effects) == 1,
            f"{len(effects)} changes instead of one: {[_description(one) for one in effects]}",
        )
        return effects[0]

    async def _called_once(self) -> str:
        await seen(self.lab.world.changes, self.effects, QUICK, "a change in Proxmox")
        effect = self.expect_one_effect()
        expect(effect.service == "proxmox", f"changed by {effect.service}")
        expect(str(effect.body.get("memory")) == str(MEMORY_AFTER), f"changed to {_description(effect)}")
        return _description(effect)

    async def _phone_says_decided(self) -> str:
        return await seen(
            self.lab.phone.changes, self._pushed_decision, QUICK, f"a push with {self._decided!r}"
        )

    def _pushed_decision(self) -> str:
        for push in self.lab.phone.received:
            message = str(push.get("message", ""))
            if _tag(push) == self.asking.request.id and INCREASE in message and self._decided in message:
                return message.replace("\n", " ")
        return ""

    async def _card_says_decided(self) -> str:
        forum = self.lab.telegram.forum
        return await seen(forum.changes, self._card_decision, QUICK, f"a card with {self._decided!r}")

    def _card_decision(self) -> str:
        for card in self._cards():
            lines = [line for line in card.text.splitlines() if INCREASE in line and self._decided in line]
            if lines and not card.buttons:
                return lines[0]
        return ""

    def _cards(self) -> list[Message]:
        """Return the card that people were asked with, and those sent since.

        A steward that is killed before it has stored that the card was sent sends it once more.
        """
        forum, first = self.lab.telegram.forum, self.asking.card.message_id
        return [one for one in forum.messages if one.message_id >= first]

    async def _resolved(self) -> str:
        def resolved_incident() -> Incident | None:
            incident = self.asking.incident
            return incident if incident.status is IncidentStatus.RESOLVED else None

        try:
            incident = await seen(self.front_end.changes, resolved_incident, DEADLINE, "a resolved incident")
        except Expected as err:
            raise Expected(
                f"{err}; it is {self.asking.incident.status}: {self.asking.incident.resolution}"
            ) from err
        self.expect_one_effect()
        return incident.resolution

    async def _memory_read_back(self) -> str:
        check = self._check(MEMORY_CHECK)
        memory = self.lab.world.config(RADARR)["memory"]
        expect(str(memory) == str(MEMORY_AFTER), f"Proxmox has {memory} MiB")
        return f"{MEMORY_AFTER // 1024} GiB; {check.name}: {check.text}"

    async def _health_read_back(self) -> str:
        check = self._check(HEALTH_CHECK)
        return f"{check.name}: {check.text}"

    def _check(self, name: str) -> CheckResult:
        run = self.asking.incident.run
        verdict: Verdict | None = run.verdict if run is not None else None
        if verdict is None or verdict.outcome is not Outcome.FIXED:
            raise Expected(f"the verdict is {verdict}")
        found = [check for check in verdict.checks if check.name.startswith(name) and check.ok]
        expect(found, f"no passed check {name!r} among {[check.name for check in verdict.checks]}")
        return found[0]

    async def _card_says_solved(self) -> str:
        forum = self.lab.telegram.forum
        return await seen(forum.changes, self._card_solution, QUICK, "a card that says it is resolved")

    async def _phone_says_solved(self) -> str:
        phone = self.lab.phone
        return await seen(phone.changes, self._phone_solution, QUICK, "a notification that says it is solved")

    def _card_solution(self) -> str:
        lines = (line for card in self._cards() for line in card.text.splitlines())
        return next((line for line in lines if "✅ Resolved" in line), "")

    def _phone_solution(self) -> str:
        for shown in self.lab.phone.notifications:
            if shown.tag == self.asking.request.id and "Solved" in shown.message and not shown.actions:
                return shown.message.replace("\n", " ")
        return ""

    async def _write_up_stored(self) -> str:
        stored = {one.id: one for one in await self.front_end.list_incidents()}
        text = stored[self.asking.incident.id].write_up
        for wanted in ("What was found", "What was done", "Result"):
            expect(wanted in text, f"the write-up has no {wanted!r}: {text}")
        return f"{len(text.splitlines())} lines"

    async def _statistics_updated(self) -> str:
        before, now = self._statistics_before, self._statistics()
        expect(now is not None, f"no statistics of {RECIPE} among {list(self.front_end.statistics)}")
        fixed, earlier = now.fixed if now else 0, before.fixed if before else 0
        expect(fixed == earlier + 1, f"worked {fixed} times after {earlier}")
        return f"has worked {fixed} time{'s' * (fixed > 1)}"

    def _statistics(self) -> RunbookStatistics | None:
        return self.front_end.statistics.get(RECIPE)

    async def _entities_show_it(self) -> str:
        states = await self._sensors_show_it()
        wanted = f"resolved {self.asking.incident.number}"

        async def event() -> str:
            states = {one.entity_id: one for one in await self.asking.installation.integration.entities()}
            attributes = states[INCIDENT_EVENT].attributes
            return f"{attributes.get('event_type')} {attributes.get('number')}"

        async def is_reported() -> bool:
            return await event() == wanted

        await becomes(is_reported, QUICK, f"the event {wanted!r}")
        return f"{states}, event {wanted}"

    async def _sensors_show_it(self) -> str:
        wanted = {OPEN_INCIDENTS: "0", MEMORY_LIMIT: str(MEMORY_AFTER)}

        async def are_shown() -> bool:
            shown = {
                one.entity_id: one.state for one in await self.asking.installation.integration.entities()
            }
            return {key: shown.get(key) for key in wanted} == wanted

        await becomes(are_shown, DEADLINE, f"the states {wanted}")
        return ", ".join(f"{key.partition('.')[2]} {value}" for key, value in wanted.items())


async def wait_for_decision(asking: Asking, wanted: ApprovalStatus) -> ApprovalRequest:
    """Wait until the request has this status, and return it. Raises Expected."""
    front_end = asking.installation.front_end

    def decided() -> ApprovalRequest | None:
        request = front_end.approvals[asking.request.id]
        return request if request.status is wanted else None

    return await seen(front_end.changes, decided, QUICK, f"a request that is {wanted}")


def _tag(push: JsonObject) -> str:
    data = push.get("data")
    return str(data.get("tag")) if isinstance(data, dict) else ""


def _description(effect: Effect) -> str:
    return f"{effect.method} {effect.path} {dumps(dict(effect.body))}"
