"""What happens to the monitor while a request waits: its alert is silenced, and it restarts."""

from datetime import UTC, datetime, timedelta

from aiohttp import ClientSession

from demo.asking import DEADLINE, Asking
from demo.steps import Steps
from demo.steward import ALERTMANAGER
from demo.waiting import expect, seen
from homelab_steward.contract.incidents import Alert, ApprovalStatus
from homelab_steward.contract.state import Snapshot
from lab.wire import JsonObject

HOUR = timedelta(hours=1)


class Monitor:
    """Alertmanager, while a request about one of its alerts waits."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._lab = asking.lab
        self._front_end = asking.installation.front_end
        self._silence_id = ""

    async def play_silence(self, steps: Steps) -> None:
        """Silence the alert, and end the silence. Raises StepFailedError."""
        await steps.play("a person silences the alert in Alertmanager", self._silence())
        await steps.play("the incident stays open as silenced", self._is_silenced())
        await steps.play("the person ends the silence", self._end_silence())
        await steps.play("the incident is not silenced any more", self._is_heard_again())

    async def play_restart(self, steps: Steps) -> None:
        """Restart Alertmanager, which forgets its alerts. Raises StepFailedError."""
        # A restart between two polls of Alertmanager would change nothing that a client gets.
        await steps.play("the steward lists the alert", self._is_listed())
        self._lab.prometheus.is_sending = False
        await steps.play("Alertmanager restarts", self._lab.alertmanager.restart())
        await steps.play("the incident stays open while no alert is listed", self._lists(0))
        self._lab.prometheus.is_sending = True
        await steps.play("the same incident goes on when the alert is listed again", self._lists(1))

    async def _silence(self) -> None:
        now = datetime.now(UTC)
        body: JsonObject = {
            "matchers": [{"name": "alertname", "value": self._alert().name, "isRegex": False}],
            "startsAt": now.isoformat(),
            "endsAt": (now + HOUR).isoformat(),
            "createdBy": "Alex",
            "comment": "during the backup",
        }
        async with ClientSession() as session, session.post(self._url("silences"), json=body) as response:
            response.raise_for_status()
            self._silence_id = (await response.json())["silenceID"]

    async def _is_silenced(self) -> str:
        def suppressed() -> str | None:
            alert = self._alert()
            return alert.suppressed if alert.silenced_until is not None else None

        reason = await seen(self._front_end.changes, suppressed, DEADLINE, "a silenced alert")
        self._expect_same()
        return reason

    async def _end_silence(self) -> None:
        url = self._url(f"silence/{self._silence_id}")
        async with ClientSession() as session, session.delete(url) as response:
            response.raise_for_status()
        self._asking.effects_before = len(self._lab.world.effects)

    async def _is_heard_again(self) -> None:
        def is_heard() -> bool:
            return self._alert().suppressed is None

        await seen(self._front_end.changes, is_heard, DEADLINE, "the end of the silence")
        self._expect_same()

    async def _is_listed(self) -> None:
        def is_listed() -> bool:
            return any(self._alert().name in one.name for one in self._snapshot().resources)

        await seen(self._front_end.changes, is_listed, DEADLINE, "a poll that lists the alert")

    async def _lists(self, count: int) -> None:
        """Wait for a poll of Alertmanager that lists so many alerts of this name."""
        before = self._snapshot().taken_at
        name = self._alert().name

        def has_listed() -> bool:
            snapshot = self._snapshot()
            listed = [one for one in snapshot.resources if name in one.name]
            return snapshot.taken_at > before and len(listed) == count

        await seen(self._front_end.changes, has_listed, DEADLINE, f"a poll that lists {count} alerts")
        self._expect_same()

    def _expect_same(self) -> None:
        """Raise Expected unless the one incident is open and its request waits."""
        incidents = self._front_end.incidents
        request = self._front_end.approvals[self._asking.request.id]
        open_now = [one.id for one in incidents.values() if not one.status.is_closed]
        expect(open_now == [self._asking.incident.id], f"{len(open_now)} open incidents")
        expect(request.status is ApprovalStatus.PENDING, f"the request is {request.status}")

    def _alert(self) -> Alert:
        """Return the alert of the incident that Alertmanager reports."""
        return next(one for one in self._asking.incident.alerts if one.source == ALERTMANAGER)

    def _snapshot(self) -> Snapshot:
        return self._front_end.snapshots[ALERTMANAGER]

    def _url(self, path: str) -> str:
        return f"{self._lab.alertmanager.url}/api/v2/{path}"
