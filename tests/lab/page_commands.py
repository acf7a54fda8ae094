"""The commands of the lab's page."""

from collections.abc import Awaitable, Callable

from aiohttp import ClientError

from lab.alertmanager import AlertmanagerFailedError
from lab.faults import Fault, FaultKind
from lab.lab import Lab, NotConnectedError
from lab.phone import Notification, PhoneError
from lab.updates import LabUpdates
from lab.wire import JsonObject, loads
from lab.world import GuestStateError, PowerAction

type Command = Callable[[JsonObject], Awaitable[JsonObject]]


class CommandError(Exception):
    """A command failed; the page shows the text."""


class PageCommands:
    """Runs commands by name. Arguments and results are JSON objects."""

    def __init__(self, lab: Lab, updates: LabUpdates | None = None) -> None:
        self._lab = lab
        self._updates = updates
        self._by_name: dict[str, Command] = {
            "start-story": self._start_story,
            "calm-down": self._calm_down,
            "open-pull-request": self._open_pull_request,
            "run-paperless": self._run_paperless,
            "send-payload": self._send_payload,
            "press-phone": self._press_phone,
            "dismiss": self._dismiss,
            "press-button": self._press_button,
            "send-text": self._send_text,
            "arm": self._arm,
            "disarm": self._disarm,
            "clear-faults": self._clear_faults,
            "power": self._power,
        }

    async def run(self, name: str, given: JsonObject) -> JsonObject:
        """Run a command. Raises CommandError."""
        command = self._by_name.get(name)
        if command is None:
            raise CommandError(f"There is no command {name!r}.")
        try:
            return await command(given)
        except KeyError as err:
            raise CommandError(f"{err} is missing or unknown.") from err
        except _REFUSALS as err:
            raise CommandError(str(err) or type(err).__name__) from err

    async def _start_story(self, given: JsonObject) -> JsonObject:
        await self._lab.start_story(float(str(given.get("climb_seconds", 4))))
        return {}

    async def _calm_down(self, _: JsonObject) -> JsonObject:
        self._lab.world.stop_memory_pressure(fall_seconds=2.0)
        return {}

    async def _open_pull_request(self, _: JsonObject) -> JsonObject:
        await self._prepared().open_pull_request()
        return {}

    async def _run_paperless(self, _: JsonObject) -> JsonObject:
        self._prepared().run_paperless()
        return {}

    def _prepared(self) -> LabUpdates:
        if self._updates is None:
            raise CommandError("Only script/demo has updates.")
        return self._updates

    async def _send_payload(self, given: JsonObject) -> JsonObject:
        status, text = await self._lab.send_alertmanager_payload(loads(str(given["text"])))
        return {"status": status, "text": text}

    async def _press_phone(self, given: JsonObject) -> JsonObject:
        notification = self._notification(given)
        await self._lab.phone.press(notification, str(given["action"]))
        return {}

    async def _dismiss(self, given: JsonObject) -> JsonObject:
        self._lab.phone.dismiss(self._notification(given))
        return {}

    async def _press_button(self, given: JsonObject) -> JsonObject:
        forum = self._lab.telegram.forum
        press = forum.press(int(str(given["message_id"])), str(given["data"]), str(given["user"]))
        return {"query_id": press.query_id}

    async def _send_text(self, given: JsonObject) -> JsonObject:
        text = str(given["text"]).strip()
        if not text:
            raise CommandError("There is nothing to send.")
        topic = given.get("topic")
        self._lab.telegram.forum.send_text(str(given["user"]), text, None if topic is None else str(topic))
        return {}

    async def _arm(self, given: JsonObject) -> JsonObject:
        times = given.get("times")
        fault = Fault(
            service=str(given["service"]),
            kind=FaultKind(str(given["kind"])),
            path_prefix=str(given.get("path_prefix", "")),
            times=None if times is None else int(str(times)),
            seconds=float(str(given.get("seconds", 3))),
            status=int(str(given.get("status", 500))),
        )
        return {"number": self._lab.faults.arm(fault)}

    async def _disarm(self, given: JsonObject) -> JsonObject:
        self._lab.faults.disarm(int(str(given["number"])))
        return {}

    async def _clear_faults(self, given: JsonObject) -> JsonObject:
        service = given.get("service")
        self._lab.faults.clear(None if service is None else str(service))
        return {}

    async def _power(self, given: JsonObject) -> JsonObject:
        self._lab.world.power(int(str(given["vmid"])), PowerAction(str(given["action"])))
        return {}

    def _notification(self, given: JsonObject) -> Notification:
        number = int(str(given["number"]))
        for notification in self._lab.phone.notifications:
            if notification.number == number:
                return notification
        raise CommandError("This notification is not on the screen any more.")


_REFUSALS = (
    AlertmanagerFailedError,
    ClientError,
    GuestStateError,
    LookupError,
    NotConnectedError,
    PhoneError,
    TimeoutError,
    ValueError,
)
