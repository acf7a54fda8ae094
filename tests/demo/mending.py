"""The second half of the story: from a decision to a mended house that says so everywhere."""

from demo.asking import OPEN_INCIDENTS, PATIENT, QUICK, Asking
from demo.steps import Steps
from demo.waiting import Expected, becomes, expect, seen
from homelab_steward.contract.incidents import (
    ApprovalRequest,
    ApprovalStatus,
    CheckResult,
    Incident,
    IncidentStatus,
    Outcome,
    RunbookStatistics,
    Verdict,
)
from lab.population import RADARR
from lab.wire import JsonObject, dumps
from lab.world import Effect

INCREASE = "Increase memory"
RECIPE = "container-memory-pressure@1/increase-memory"
MEMORY_CHECK = "Memory below"
HEALTH_CHECK = "The application is healthy"
INCIDENT_EVENT = "event.homelab_steward_incident"


class Mending:
    """What follows the decision `1` on a question, whoever it comes from.

    `via` is the deciding face as the others name it.
    """

    def __init__(self, asking: Asking, *, person: str, via: str) -> None:
        self.asking = asking
        self.lab = asking.lab
        self.face = asking.household.face
        self.memory_after = asking.memory_before * 3 // 2
        self._decided = f"decided by {person} via {via}"
        self._statistics_before = self._statistics()

    async def play(self, steps: Steps) -> None:
        """Look at everything that must follow; raises `StepFailedError`."""
        await steps.play("Proxmox API called exactly once", self._called_once())
        await steps.play("phone says who decided", self._phone_says_decided())
        await steps.play("Telegram card says who decided", self._card_says_decided())
        await steps.play("incident resolved", self._resolved())
        await steps.play("memory read back", self._memory_read_back())
        await steps.play("Radarr's health read back", self._health_read_back())
        await steps.play("both views say it is solved", self._views_say_solved())
        await steps.play("write-up stored", self._written_up())
        await steps.play("runbook statistics moved", self._statistics_moved())
        await steps.play("Home Assistant's entities show it", self._entities_show_it())

    def effects(self) -> tuple[Effect, ...]:
        """What was changed in the lab since the question's story began."""
        return tuple(self.lab.world.effects[self.asking.effects_before :])

    def expect_one_effect(self) -> Effect:
        """The one change there was; raises `Expected` when there is another or none."""
        effects = self.effects()
        expect(len(effects) == 1, f"not one change but {len(effects)}: {[_told(one) for one in effects]}")
        return effects[0]

    async def _called_once(self) -> str:
        await seen(self.lab.world.changes, self.effects, QUICK, "a change in Proxmox")
        effect = self.expect_one_effect()
        expect(effect.service == "proxmox", f"changed by {effect.service}")
        expect(str(effect.body.get("memory")) == str(self.memory_after), f"changed to {_told(effect)}")
        return _told(effect)

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
        card = self.lab.telegram.forum.message(self.asking.card.message_id)
        lines = [line for line in card.text.splitlines() if INCREASE in line and self._decided in line]
        return lines[0] if lines and not card.buttons else ""

    async def _resolved(self) -> str:
        def over() -> Incident | None:
            incident = self.asking.incident
            return incident if incident.status is IncidentStatus.RESOLVED else None

        try:
            incident = await seen(self.face.changes, over, PATIENT, "a resolved incident")
        except Expected as err:
            raise Expected(
                f"{err}; it is {self.asking.incident.status}: {self.asking.incident.resolution}"
            ) from err
        self.expect_one_effect()
        return incident.resolution

    async def _memory_read_back(self) -> str:
        check = self._check(MEMORY_CHECK)
        memory = self.lab.world.config(RADARR)["memory"]
        expect(str(memory) == str(self.memory_after), f"Proxmox has {memory} MiB")
        return f"{self.memory_after / 1024:g} GiB; {check.name}: {check.text}"

    async def _health_read_back(self) -> str:
        check = self._check(HEALTH_CHECK)
        return f"{check.name}: {check.text}"

    def _check(self, name: str) -> CheckResult:
        run = self.asking.incident.run
        verdict: Verdict | None = run.verdict if run is not None else None
        if verdict is None or verdict.outcome is not Outcome.FIXED:
            raise Expected(f"the verdict is {verdict}")
        found = [check for check in verdict.checks if check.name.startswith(name) and check.ok]
        expect(found, f"no good check {name!r} among {[check.name for check in verdict.checks]}")
        return found[0]

    async def _views_say_solved(self) -> str:
        forum, phone = self.lab.telegram.forum, self.lab.phone
        await seen(forum.changes, self._card_is_solved, QUICK, "a card that says it is resolved")
        return await seen(
            phone.changes, self._phone_is_solved, QUICK, "a notification that says it is solved"
        )

    def _card_is_solved(self) -> bool:
        return "✅ Resolved" in self.lab.telegram.forum.message(self.asking.card.message_id).text

    def _phone_is_solved(self) -> str:
        for shown in self.lab.phone.notifications:
            if shown.tag == self.asking.request.id and "Solved" in shown.message and not shown.actions:
                return shown.message.replace("\n", " ")
        return ""

    async def _written_up(self) -> str:
        stored = {one.id: one for one in await self.face.list_incidents()}
        text = stored[self.asking.incident.id].write_up
        for wanted in ("What was seen", "What was done", "What was read back"):
            expect(wanted in text, f"the write-up has no {wanted!r}: {text}")
        return f"{len(text.splitlines())} lines"

    async def _statistics_moved(self) -> str:
        before, now = self._statistics_before, self._statistics()
        expect(now is not None, f"no statistics of {RECIPE} among {list(self.face.statistics)}")
        fixed, earlier = now.fixed if now else 0, before.fixed if before else 0
        expect(fixed == earlier + 1, f"worked {fixed} times after {earlier}")
        return f"worked {fixed} times"

    def _statistics(self) -> RunbookStatistics | None:
        return self.face.statistics.get(RECIPE)

    async def _entities_show_it(self) -> str:
        wanted = f"{self.memory_after}"
        said: dict[str, str] = {}

        async def is_so() -> bool:
            states = {one.entity_id: one for one in await self.asking.household.integration.entities()}
            event = states[INCIDENT_EVENT].attributes
            said.update({key: states[key].state for key in (OPEN_INCIDENTS, MEMORY_LIMIT)})
            said["event"] = f"{event.get('event_type')} {event.get('number')}"
            number = self.asking.incident.number
            return list(said.values()) == ["0", wanted, f"resolved {number}"]

        try:
            await becomes(is_so, QUICK, "what the entities should show")
        except Expected as err:
            raise Expected(f"{err}: {dumps(dict(said))}") from err
        return ", ".join(f"{name.partition('.')[2] or name} {value}" for name, value in said.items())


MEMORY_LIMIT = "sensor.proxmox_radarr_memory_limit"


async def wait_for_decision(asking: Asking, wanted: ApprovalStatus) -> ApprovalRequest:
    """Wait until the question is decided so; returns it as it is then."""
    face = asking.household.face

    def decided() -> ApprovalRequest | None:
        request = face.approvals[asking.request.id]
        return request if request.status is wanted else None

    return await seen(face.changes, decided, QUICK, f"a request that is {wanted}")


def _tag(push: JsonObject) -> str:
    data = push.get("data")
    return str(data.get("tag")) if isinstance(data, dict) else ""


def _told(effect: Effect) -> str:
    return f"{effect.method} {effect.path} {dumps(dict(effect.body))}"
