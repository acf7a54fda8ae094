"""Updates: a pull request from the question to the report, and a container that goes back with its data."""

import asyncio
from pathlib import Path

from demo.asking import DEADLINE, QUICK
from demo.ha_api import list_of, object_of, text_of
from demo.installation import Installation
from demo.steps import Steps
from demo.waiting import expect, seen
from homelab_steward.contract.changes import Change, ChangeSource, ChangeStatus
from homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus, Incident, Verb
from lab.phone import Notification
from lab.telegram.records import Message
from lab.updates import DAMAGED, DOCUMENTS, NEW, NUMBER, OLD, PAPERLESS

APPROVE = "1 "
CORE_UPDATE = Path(__file__).with_name("core_update")
CORE_OLD, CORE_NEW = "2026.11.0", "2026.11.1"
RESTARTS = "restarts again and again"


class Update:
    """One update, from the question on the phone and in Telegram to its result."""

    def __init__(self, installation: Installation, source: ChangeSource) -> None:
        self.installation = installation
        self.lab = installation.lab
        self.updates = installation.updates
        self.front_end = installation.front_end
        self._source = source
        self._before = frozenset(installation.front_end.approvals)
        self._incidents_before = frozenset(installation.front_end.incidents)

    @property
    def row(self) -> Change | None:
        """The newest row of the update."""
        rows = [one for one in self.front_end.updates.values() if one.source is self._source]
        return max(rows, key=lambda one: one.updated_at, default=None)

    @property
    def request(self) -> ApprovalRequest:
        """The request. Raises LookupError before there is one."""
        row = self.row
        if row is None or row.approval_id is None:
            raise LookupError("there is no request yet")
        return self.front_end.approvals[row.approval_id]

    @property
    def incident(self) -> Incident:
        """The current state of its incident."""
        return self.front_end.incidents[self.request.incident_id]

    @property
    def described(self) -> str:
        """The status of the update, and of its run with the reason why it was refused."""
        row, run = self.row, self.incident.run
        update = f"the update {row.status}: {row.result}" if row is not None else "no update"
        return f"{update}; the run {run.status}: {run.error}" if run is not None else update

    async def asked(self, *texts: str) -> str:
        """Wait until the phone and Telegram ask; return the text of the card, which has `texts`."""
        await seen(self.front_end.changes, self._pending, DEADLINE, "a request about the update")
        card = await seen(self.lab.telegram.forum.changes, self._card, QUICK, "a card in Telegram")
        shown = await seen(self.lab.phone.changes, self._notification, QUICK, "a notification")
        for wanted in texts:
            expect(wanted in card.text, f"the card does not say {wanted!r}: {card.text}")
            expect(wanted in shown.message, f"the phone does not say {wanted!r}: {shown.message}")
        return f"{self._topic(card)}: {' / '.join(card.text.splitlines())}"

    async def approve(self) -> str:
        """Approve on the phone as the owner."""
        shown = await seen(self.lab.phone.changes, self._notification, QUICK, "a notification")
        await self.lab.phone.press(shown, APPROVE)
        await self._approved()
        return ", ".join(one.title for one in shown.actions)

    async def approve_in_telegram(self) -> str:
        """Approve with the button of the card as the owner."""
        forum = self.lab.telegram.forum
        card = await seen(forum.changes, self._card, QUICK, "a card in Telegram")
        forum.press(card.message_id, APPROVE, "owner")
        await self._approved()
        return ", ".join(one.text for one in card.buttons)

    async def approve_in_panel(self) -> str:
        """Approve with what the panel sends as the owner."""
        option = self.request.proposal.options[0]
        await self.installation.home_assistant.api.command(
            "homelab_steward/decide",
            approval_id=self.request.id,
            verb=Verb.APPROVE.value,
            option=option.number,
            plan_hash=option.plan_hash,
        )
        await self._approved()
        return option.label

    async def becomes(self, *wanted: ChangeStatus) -> Change:
        """Wait until the update has one of these statuses, and return its row."""

        def found() -> Change | None:
            row = self.row
            return row if row is not None and row.status in wanted else None

        try:
            return await seen(self.front_end.changes, found, DEADLINE, f"an update that is {wanted[0]}")
        except AssertionError as err:
            raise AssertionError(f"{err}; {self.described}") from err

    async def reported(self, *texts: str) -> str:
        """Wait until Telegram and the phone have a message about it with all of these texts."""

        def in_telegram() -> str:
            messages = (one.text for one in self.lab.telegram.forum.messages if self._is_about(one.text))
            return next((one for one in messages if all(text in one for text in texts)), "")

        def on_phone() -> str:
            pushes = (str(one.get("message", "")) for one in self.lab.phone.received)
            return next((one for one in pushes if all(text in one for text in texts)), "")

        said = await seen(self.lab.telegram.forum.changes, in_telegram, QUICK, f"{texts} in Telegram")
        await seen(self.lab.phone.changes, on_phone, QUICK, f"{texts} on the phone")
        return " / ".join(said.splitlines())

    async def listed(self) -> str:
        """Return the status with which the panel lists the newest row of the update."""
        row = self.row
        answer = await self.installation.home_assistant.api.command("homelab_steward/changes", is_all=True)
        rows = [object_of(one) for one in list_of(object_of(answer)["changes"])]
        found = [text_of(one, "status") for one in rows if row is not None and one["id"] == row.id]
        expect(row is not None and found == [row.status.value], f"the panel lists {rows}")
        return found[0]

    async def asked_once(self) -> str:
        """Return the alerts of the update. Raises Expected when one of them became a problem of its own."""
        row = self.row
        targets = {one.key for one in (row.target, *row.watched)} if row is not None else set()
        problems = [
            one.title
            for key, one in self.front_end.incidents.items()
            if key not in self._incidents_before and not one.is_request
            if one.target is not None and one.target.key in targets
        ]
        expect(not problems, f"people were asked again: {problems}")
        return ", ".join(f"{one.name} {one.status}" for one in self.incident.alerts) or "no alerts"

    async def _approved(self) -> None:
        def is_approved() -> bool:
            return self.request.status is ApprovalStatus.APPROVED

        await seen(self.front_end.changes, is_approved, QUICK, "an approved request")

    def _pending(self) -> bool:
        row = self.row
        known = row.approval_id if row is not None and row.status is ChangeStatus.ASKED else None
        return known is not None and known in self.front_end.approvals and known not in self._before

    def _is_about(self, text: str) -> bool:
        return f"incident {self.request.incident_number}\n" in text

    def _card(self) -> Message | None:
        cards = (one for one in self.lab.telegram.forum.messages if one.buttons)
        return next((one for one in cards if self._is_about(one.text)), None)

    def _notification(self) -> Notification | None:
        found = (one for one in self.lab.phone.notifications if one.tag == self.request.id)
        return next(found, None)

    def _topic(self, card: Message) -> str:
        forum = self.lab.telegram.forum
        return next((one.name for one in forum.topics if card in forum.in_topic(one.name)), "General")


class CoreUpdate:
    """Home Assistant installs a version of itself, and is stopped before it says that it did."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._home_assistant = installation.home_assistant
        self._update = Update(installation, ChangeSource.HOME_ASSISTANT)

    async def play(self, steps: Steps) -> None:
        """Play the steps. Raises StepFailedError."""
        await steps.play("Home Assistant restarts with an update of itself", self._offer())
        asked = self._update.asked("Home Assistant Core", f"{CORE_OLD} → {CORE_NEW}")
        await steps.play("phone and Telegram ask about the update of Home Assistant", asked)
        await steps.play("owner approves it on the phone", self._update.approve())
        await steps.play("Home Assistant ends during the installation", self._ended())
        await steps.play("Home Assistant is back with the new version", self._installation.start_home_again())
        await steps.play("it was installed once, and runs as before", self._done())
        await steps.play("Telegram and the phone report it", self._update.reported("It runs as before"))

    async def _offer(self) -> None:
        await self._home_assistant.close()
        await asyncio.to_thread(self._write)
        await self._installation.start_home_again()
        await self._installation.front_end.add_home_assistant()

    def _write(self) -> None:
        folder = self._home_assistant.folder
        (folder / "custom_components" / CORE_UPDATE.name).symlink_to(CORE_UPDATE)
        self._versions.write_text(f"{CORE_OLD}\n")
        with (folder / "configuration.yaml").open("a") as file:
            file.write(f"{CORE_UPDATE.name}:\n")

    async def _ended(self) -> None:
        try:
            async with asyncio.timeout(DEADLINE):
                await self._home_assistant.child.ended()
        except TimeoutError as err:
            raise AssertionError(f"Home Assistant still runs; {self._update.described}") from err

    async def _done(self) -> str:
        row = await self._update.becomes(ChangeStatus.DONE, ChangeStatus.FAILED, ChangeStatus.BLOCKED)
        expect(row.status is ChangeStatus.DONE, f"it {row.status}: {row.result}")
        versions = (await asyncio.to_thread(self._versions.read_text)).split()
        expect(versions == [CORE_OLD, CORE_NEW], f"installed: {versions}")
        return row.result

    @property
    def _versions(self) -> Path:
        return self._home_assistant.folder / "core_versions"


class PullRequest:
    """Renovate opens #47; it is merged once, Argo CD deploys it, and it runs as before."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._update = Update(installation, ChangeSource.PULL_REQUEST)
        self._updates = installation.updates

    async def open(self, steps: Steps) -> None:
        """Play the steps until people are asked. Raises StepFailedError."""
        await steps.play("Renovate opens #47: Sonarr 4.0.1 → 4.0.2", self._updates.open_pull_request())
        await self._asked(steps)

    async def approve(self, steps: Steps) -> None:
        """Approve in Telegram. Raises StepFailedError."""
        await steps.play("owner approves it in Telegram", self._update.approve_in_telegram())

    async def _asked(self, steps: Steps) -> None:
        asked = self._update.asked("Needs care", "sonarr (Argo CD) deploys it")
        await steps.play(f"phone and Telegram ask about #{self._updates.number}", asked)

    async def end(self, steps: Steps) -> None:
        """Play the steps after the approval. Raises StepFailedError."""
        await steps.play("merged once, with the approved commit", self.merged())
        await steps.play("Argo CD has synced it, and it runs as before", self._done())
        report = self._update.reported("It runs as before", "Memory used: 340 MiB (average was ")
        await steps.play("Telegram and the phone report figures", report)
        await steps.play("the panel lists it", self._update.listed())
        await steps.play("people were asked once", self._update.asked_once())

    async def play_faults(self, steps: Steps) -> None:
        """Play #48: its webhook is lost, and the app is killed after the merge. Raises StepFailedError."""
        self._updates.delivers = self._updates.syncs = False
        await steps.play("the webhook of #48 is lost", self._updates.open_pull_request(NUMBER + 1))
        await self._asked(steps)
        await steps.play("owner approves it in the panel", self._update.approve_in_panel())
        await steps.play("merged", self.merged())
        await steps.play("steward killed before the sync", self._installation.steward.kill())
        await steps.play("steward is back", self._installation.restart_steward())
        self._updates.syncs = True
        self._updates.deploy()
        await self.end(steps)
        self._updates.delivers = True

    async def merged(self) -> str:
        """Wait until it is merged. Raises Expected when that was done more than once."""
        changes = self._update.lab.world.changes
        try:
            await seen(changes, lambda: self._updates.merges, QUICK, "a merge")
        except AssertionError as err:
            raise AssertionError(f"{err}; {self._update.described}") from err
        self._expect_one_merge()
        return self._updates.head

    def _expect_one_merge(self) -> None:
        merges = self._updates.merged_with
        expect(merges == [self._updates.head], f"merged with {merges}")

    async def _done(self) -> str:
        row = await self._update.becomes(ChangeStatus.DONE, ChangeStatus.FAILED, ChangeStatus.WENT_BACK)
        expect(row.status is ChangeStatus.DONE, f"it {row.status}: {row.result}")
        self._expect_one_merge()

        def is_in_the_incident() -> bool:
            return row.result.partition("\n")[0] in self._update.incident.resolution

        changes = self._update.front_end.changes
        await seen(changes, is_in_the_incident, QUICK, f"an incident that says {row.result!r}")
        return row.result


class Paperless:
    """A newer image damages the data and ends again and again: it goes back with its data."""

    def __init__(self, installation: Installation) -> None:
        self._update = Update(installation, ChangeSource.IMAGE)
        self._updates = installation.updates
        self._failing: asyncio.Task[str]

    async def find(self, steps: Steps) -> None:
        """Play the steps until people are asked. Raises StepFailedError."""
        self._updates.fails_by_itself = False
        self._updates.run_paperless()
        asked = self._update.asked("Not known whether it is safe", "Can be taken back with its data")
        await steps.play("phone and Telegram ask about Paperless 2.13.1 → 2.13.2", asked)

    async def approve(self, steps: Steps) -> None:
        """Approve on the phone. Raises StepFailedError."""
        await steps.play("owner approves it on the phone", self._update.approve())
        # It fails as soon as it is watched, whatever is played meanwhile.
        self._failing = asyncio.create_task(self._damaged())

    async def end(self, steps: Steps) -> None:
        """Play the steps after the approval. Raises StepFailedError."""
        await steps.play("the new version runs, and has damaged the data", self._failing)
        await steps.play("it ends again and again: image and data are back", self._back())
        await steps.play("Telegram and the phone say why", self._update.reported(RESTARTS, "taken back"))
        await steps.play("the version is blocked", self._blocked())
        await steps.play("the panel lists it", self._update.listed())
        await steps.play("people were asked once", self._update.asked_once())

    async def _damaged(self) -> str:
        await self._update.becomes(ChangeStatus.WATCHING)
        expect(self._updates.version == NEW, f"{self._updates.version} runs")
        expect(self._updates.documents == DAMAGED, f"the data is {self._updates.documents!r}")
        self._updates.fail()
        return self._updates.documents.decode()

    async def _back(self) -> str:
        row = await self._update.becomes(ChangeStatus.WENT_BACK, ChangeStatus.DONE, ChangeStatus.BLOCKED)
        expect(self._updates.version == OLD, f"{self._updates.version} runs: {row.result}")
        expect(self._updates.documents == DOCUMENTS, f"the data is {self._updates.documents!r}")
        names = [*self._updates.engine.containers]
        expect(names == [PAPERLESS], f"containers are left over: {names}")
        return f"{OLD} runs with {DOCUMENTS.decode()}: {row.result}"

    async def _blocked(self) -> str:
        def found() -> Change | None:
            rows = self._update.front_end.updates.values()
            return next((one for one in rows if one.status is ChangeStatus.BLOCKED), None)

        row = await seen(self._update.front_end.changes, found, DEADLINE, "an update that is blocked")
        return row.reason or row.result
