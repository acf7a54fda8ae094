"""A runbook that earned the level `auto` repairs without a question, and loses it when a repair does harm."""

from demo.asking import CLIMB_SECONDS, DEADLINE, OPEN_INCIDENTS, QUICK
from demo.ha_api import list_of, object_of, text_of
from demo.history import ANNOUNCED, APPROVED, CELL, GUESTS
from demo.installation import Installation
from demo.steps import Steps
from demo.waiting import becomes, expect, seen
from homelab_steward.contract.autonomy import AutonomyLevel
from homelab_steward.contract.incidents import ApprovalRequest, Incident, IncidentStatus, Outcome, RunStatus
from homelab_steward.contract.state import FrontEnd
from lab.phone import Notification

SELECT = "select.homelab_steward_autonomy_level_container_memory_pressure"
DO_NOW = "Do it now"
NOTICE = "The steward did it without asking, and"
DEMOTED = "because a run made things worse"


class Unattended:
    """One automatic repair that helps, and one that ends the container."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._lab = installation.lab
        self._front_end = installation.front_end
        self._guests = list(GUESTS)

    async def play(self, steps: Steps) -> None:
        """Play the steps. Raises StepFailedError."""
        await steps.play("the runbook's level is shown in Home Assistant", self._enable_select())
        await steps.play("phone asks for the level that was earned", self._asked_for_level())
        await steps.play("owner allows it on the phone: automatic from now on", self._allow())
        await self._play_good(steps)
        await self._play_bad(steps)

    async def _play_good(self, steps: Steps) -> None:
        """Let a repair help; one that is announced by lot is approved, and the next guest is repaired.

        The last guest is for the bad repair: one demo in a hundred has no good repair without a question.
        """
        while len(self._guests) > 1:
            repair = Repairing(self._installation, self._guests.pop(0))
            is_alone = await repair.begin(steps)
            await steps.play("repaired and checked", repair.helped())
            if is_alone:
                await steps.play("Telegram and the phone say so afterwards", repair.said(NOTICE))
                break

    async def _play_bad(self, steps: Steps) -> None:
        repair = Repairing(self._installation, self._guests.pop(0))
        self._lab.world.limit_memory(repair.vmid, repair.limit_before)
        await repair.begin(steps)
        await steps.play("the container ended: it was undone at once", repair.undone())
        await steps.play("demoted: Telegram and the phone say why", repair.said(DEMOTED))
        await steps.play("panel and select show the level", self._level_is(AutonomyLevel.ASK))
        await steps.play("the container runs again, and nothing is open", self._all_closed())

    async def _enable_select(self) -> str:
        """Enable the select of the runbook, and wait until Home Assistant has reloaded the entry for it.

        That comes 30 seconds later and breaks the connection: no other step may run at that time.
        """
        api = self._installation.home_assistant.api

        async def is_loaded() -> bool:
            return any(
                (one.entity_id, one.state) == (SELECT, AutonomyLevel.VETO) for one in await api.states()
            )

        async def is_registered() -> bool:
            rows = map(object_of, list_of(await api.command("config/entity_registry/list")))
            return any(text_of(one, "entity_id") == SELECT for one in rows)

        # It comes with the levels, which the app may send after the integration has loaded.
        await becomes(is_registered, DEADLINE, f"the entity {SELECT} in the registry")
        await api.command("config/entity_registry/update", entity_id=SELECT, disabled_by=None)
        await becomes(is_loaded, DEADLINE, f"the entity {SELECT}")
        return await self._level_is(AutonomyLevel.VETO)

    async def _asked_for_level(self) -> str:
        shown = await seen(
            self._lab.phone.changes, self._notification, DEADLINE, "a question about the level"
        )
        for wanted in (f"Good runs: {APPROVED + ANNOUNCED}. Bad: 0.", f"0 of {ANNOUNCED} automatic runs"):
            expect(wanted in shown.message, shown.message)
        return " / ".join(shown.message.splitlines())

    async def _allow(self) -> str:
        shown = await seen(self._lab.phone.changes, self._notification, QUICK, "a question about the level")
        await self._lab.phone.press(shown, "1 ")
        return await self._level_is(AutonomyLevel.AUTO)

    def _notification(self) -> Notification | None:
        tags = {one.id for one in self._front_end.pending() if one.raises_level}
        return next((one for one in self._lab.phone.notifications if one.tag in tags), None)

    async def _level_is(self, wanted: AutonomyLevel) -> str:
        """Wait until the panel and the select of Home Assistant show a level."""
        api = self._installation.home_assistant.api

        async def is_shown() -> bool:
            answer = object_of(await api.command("homelab_steward/levels", language="en"))
            rows = {text_of(object_of(one), "id"): object_of(one) for one in list_of(answer["levels"])}
            states = {one.entity_id: one.state for one in await api.states()}
            return (rows[CELL.runbook_id]["level"], states.get(SELECT)) == (wanted, wanted)

        await becomes(is_shown, DEADLINE, f"the level {wanted}")
        return f"{CELL.runbook_id}: {wanted}"

    async def _all_closed(self) -> str:
        def are_closed() -> bool:
            is_open = any(not one.status.is_closed for one in self._front_end.incidents.values())
            return not is_open and not self._front_end.pending()

        await seen(self._front_end.changes, are_closed, DEADLINE, "no open incident")

        async def is_shown() -> bool:
            states = {one.entity_id: one.state for one in await self._installation.integration.entities()}
            return states.get(OPEN_INCIDENTS) == "0"

        await becomes(is_shown, DEADLINE, "no open incident in Home Assistant")
        return "0 open incidents"


class Repairing:
    """One repair of a guest whose memory rises. Sizes are in MiB."""

    def __init__(self, installation: Installation, vmid: int) -> None:
        self._installation = installation
        self._lab = installation.lab
        self._front_end = installation.front_end
        self._effects_before = len(self._lab.world.effects)
        self._before = frozenset(installation.front_end.approvals)
        self._pushes_before = len(self._lab.phone.received)
        self._incident_id = ""
        self.vmid = vmid
        self.name = self._lab.world.guest(vmid).name
        self.limit_before = self._limit()

    async def begin(self, steps: Steps) -> bool:
        """Let the memory rise until the repair is decided; return whether nobody was asked.

        The app announces one automatic run in ten: then the owner approves it on the phone.
        """
        await steps.play(f"memory of {self.name} rises: the steward decides alone", self._decided())
        request = self._newest()
        if request is None or request.acts_at is None:
            return True
        await steps.play("announced by lot: owner approves it on the phone", self._approve(request))
        return False

    async def _decided(self) -> str:
        self._lab.world.start_memory_pressure(self.vmid, CLIMB_SECONDS)
        request = await seen(self._front_end.changes, self._newest, DEADLINE, f"a repair of {self.name}")
        self._incident_id = request.incident_id
        if request.acts_at is not None:
            return "announced"
        expect(request.decision is not None, f"it asked: {' '.join(request.autonomy)}")
        expect(request.decision and request.decision.via is FrontEnd.STEWARD, f"decided: {request.decision}")
        return request.proposal.options[0].label

    async def _approve(self, request: ApprovalRequest) -> None:
        def shown() -> Notification | None:
            return next((one for one in self._lab.phone.notifications if one.tag == request.id), None)

        notification = await seen(self._lab.phone.changes, shown, QUICK, "the announcement on the phone")
        await self._lab.phone.press(notification, DO_NOW)

    async def helped(self) -> str:
        """Wait for the end. Raises Expected unless the limit was raised once."""
        incident = await self._ended()
        verdict = incident.run.verdict if incident.run else None
        expect(incident.status is IncidentStatus.RESOLVED, f"{incident.status}: {incident.resolution}")
        expect(verdict is not None and verdict.outcome is Outcome.FIXED, f"the verdict is {verdict}")
        expect(self._set() == [self._raised()], f"the limit was set to {self._set()}")
        return incident.resolution

    async def undone(self) -> str:
        """Wait until the limit is what it was, and the container runs."""
        incident = await self._ended()
        verdict = incident.run.verdict if incident.run else None
        expect(verdict is not None and verdict.outcome is Outcome.WORSE, f"the verdict is {verdict}")
        expect(
            incident.run is not None and incident.run.status is RunStatus.UNDONE, f"the run is {incident.run}"
        )
        expect(self._set() == [self._raised(), self.limit_before], f"the limit was set to {self._set()}")
        expect(self._lab.world.guest(self.vmid).is_running, f"{self.name} does not run")
        return f"{self._raised()} → {self.limit_before} MiB"

    async def said(self, text: str) -> str:
        """Wait until Telegram and the phone say this of the guest or its runbook."""
        forum, phone = self._lab.telegram.forum, self._lab.phone

        def in_telegram() -> str | None:
            return next((one.text for one in forum.messages if text in one.text), None)

        def on_phone() -> str | None:
            pushes = [str(one.get("message", "")) for one in phone.received[self._pushes_before :]]
            return next((one for one in pushes if text in one), None)

        await seen(forum.changes, in_telegram, QUICK, f"{text!r} in Telegram")
        return " / ".join((await seen(phone.changes, on_phone, QUICK, f"{text!r} on the phone")).splitlines())

    async def _ended(self) -> Incident:
        def ended() -> Incident | None:
            incident = self._front_end.incidents[self._incident_id]
            is_over = incident.run is not None and incident.run.finished_at is not None
            return incident if is_over and incident.status is not IncidentStatus.ACTING else None

        return await seen(self._front_end.changes, ended, DEADLINE, f"the end of the repair of {self.name}")

    def _newest(self) -> ApprovalRequest | None:
        new = [one for key, one in self._front_end.approvals.items() if key not in self._before]
        about = (one for one in new if self._is_about(one))
        return max(about, key=lambda one: one.created_at, default=None)

    def _is_about(self, request: ApprovalRequest) -> bool:
        target = self._front_end.incidents[request.incident_id].target
        return target is not None and target.id == str(self.vmid)

    def _limit(self) -> int:
        return int(self._lab.world.config(self.vmid)["memory"])

    def _raised(self) -> int:
        return self.limit_before * 3 // 2

    def _set(self) -> list[int]:
        effects = self._lab.world.effects[self._effects_before :]
        return [int(str(one.body["memory"])) for one in effects if "memory" in one.body]
