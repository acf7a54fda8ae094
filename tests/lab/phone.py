"""Simulates a phone with Home Assistant's companion app.

Push bodies, registration and webhook calls are those of Home Assistant's `mobile_app` integration;
the events of a press are those of the Android and iOS apps.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from aiohttp import ClientSession, ClientTimeout, web

from lab.changes import Changes
from lab.faults import Fault, Faults
from lab.server import Simulator
from lab.wire import Json, JsonObject, dumps, json_response, loads, rfc3339
from lab.world import World

_CLEAR = "clear_notification"
_SHOWN_ACTIONS = {"android": 3, "ios": 10}
_MAKERS = {"android": ("Google", "Pixel 10", "Android", "16"), "ios": ("Apple", "iPhone18,1", "iOS", "26.1")}
_DAILY_LIMIT = 500
_DAY_SECONDS = 86400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneAction:
    """A button of a notification; `key` is the action in Home Assistant's event."""

    key: str
    title: str
    needs_unlock: bool = False
    is_destructive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """A notification on the phone; `at` is wall time, `revision` counts replacements."""

    number: int
    title: str
    message: str
    tag: str | None
    actions: tuple[PhoneAction, ...]
    data: Mapping[str, Json]
    at: float
    revision: int = 1

    def action(self, key_or_title: str) -> PhoneAction:
        """Return the button with this key, title, or start of the title. Raises LookupError."""
        for action in self.actions:
            if key_or_title in (action.key, action.title):
                return action
        for action in self.actions:
            if action.title.startswith(key_or_title):
                return action
        shown = ", ".join(repr(action.title) for action in self.actions) or "none"
        raise LookupError(f"the notification {self.title!r} has no action {key_or_title!r}; it has {shown}")


class PhoneError(Exception):
    """The phone cannot do this in its current state."""


class Phone(Simulator):
    """A phone with its push service and its notifications.

    `notifications` are those on the screen, oldest first; `received` are all push bodies. iOS
    shows up to ten actions, Android three.
    """

    service = "phone"

    def __init__(
        self,
        world: World,
        faults: Faults,
        *,
        port: int = 0,
        name: str = "Alex's phone",
        platform: Literal["android", "ios"] = "ios",
    ) -> None:
        super().__init__(world, faults, port=port)
        self.changes = Changes()
        self.name = name
        self.platform = platform
        self.push_token = secrets.token_hex(16)
        self.webhook_id: str | None = None
        self.received: list[JsonObject] = []
        self.pressed: list[tuple[Notification, PhoneAction]] = []
        self._home_assistant_url = ""
        self._numbers = 0
        self._shown: dict[str, Notification] = {}
        self._session: ClientSession | None = None

    async def start(self) -> None:
        self._session = ClientSession(timeout=ClientTimeout(total=15))
        await super().start()

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
        await super().close()

    # -- state -------------------------------------------------------------------------------

    @property
    def push_url(self) -> str:
        """The URL for pushes of Home Assistant."""
        return f"{self.url}/push"

    @property
    def notifications(self) -> list[Notification]:
        """The notifications on the screen, oldest first."""
        return list(self._shown.values())

    def notification(self, tag: str) -> Notification:
        """Return the notification with a tag. Raises LookupError."""
        return self._shown[tag]

    # -- companion app -----------------------------------------------------------------------

    async def register(self, home_assistant_url: str, access_token: str) -> str:
        """Register with Home Assistant for the user of the token, and return the webhook id.

        Raises PhoneError if Home Assistant refuses.
        """
        maker, model, system, version = _MAKERS[self.platform]
        body: JsonObject = {
            "app_id": f"io.homeassistant.companion.{self.platform}.lab",
            "app_name": "Home Assistant",
            "app_version": "2026.11.1",
            "device_id": self.push_token[:16],
            "device_name": self.name,
            "manufacturer": maker,
            "model": model,
            "os_name": system,
            "os_version": version,
            "supports_encryption": False,
            "app_data": {"push_url": self.push_url, "push_token": self.push_token},
        }
        headers = {"Authorization": f"Bearer {access_token}"}
        answer = await self._post(f"{home_assistant_url}/api/mobile_app/registrations", body, headers)
        if not isinstance(answer, dict) or not answer.get("webhook_id"):
            raise PhoneError("Home Assistant gave no webhook id")
        self._home_assistant_url = home_assistant_url
        self.webhook_id = str(answer["webhook_id"])
        self.changes.notify()
        return self.webhook_id

    async def press(
        self, notification: Notification, action: str, *, reply_text: str | None = None
    ) -> PhoneAction:
        """Press a button of a notification, by key or title.

        Raises PhoneError if the notification is gone, and LookupError for an unknown action.
        Android and iOS remove a pressed notification.
        """
        found = notification.action(action)
        if notification not in self._shown.values():
            raise PhoneError(f"{notification.title!r} is not on the screen any more")
        event = self._press_event(notification, found, reply_text)
        await self.fire_event("mobile_app_notification_action", event)
        self._shown = {key: n for key, n in self._shown.items() if n != notification}
        self.pressed.append((notification, found))
        self.changes.notify()
        return found

    async def fire_event(self, event_type: str, data: JsonObject) -> None:
        """Fire an event through the app's webhook."""
        if self.webhook_id is None:
            raise PhoneError("the phone is not registered with Home Assistant")
        url = f"{self._home_assistant_url}/api/webhook/{self.webhook_id}"
        body: JsonObject = {"type": "fire_event", "data": {"event_type": event_type, "event_data": data}}
        await self._post(url, body, {})

    def dismiss(self, notification: Notification) -> None:
        """Dismiss a notification."""
        self._shown = {key: n for key, n in self._shown.items() if n != notification}
        self.changes.notify()

    # -- push service ------------------------------------------------------------------------

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        return [web.post("/push", self._push)]

    def unauthorised(self, request: web.Request) -> web.Response:
        return json_response({"errorMessage": "Unregistered", "errorType": "InvalidToken"}, status=404)

    def failure(self, fault: Fault) -> web.Response:
        if fault.status == 429:
            limits = self._limits(errors=1, successful=_DAILY_LIMIT)
            text = "The given target has reached the maximum number of notifications allowed per day"
            body: JsonObject = {"errorType": "RateLimited", "message": text, "rateLimits": limits}
            return json_response(body, status=429)
        body = {
            "errorType": "InternalError",
            "errorStep": "sendNotification",
            "errorMessage": "Internal Error",
        }
        return json_response(body, status=fault.status)

    async def _push(self, request: web.Request) -> web.Response:
        try:
            body = loads(await request.read())
        except ValueError:
            return json_response({"errorMessage": "You did not send a JSON object"}, status=400)
        if not isinstance(body, dict) or "push_token" not in body:
            return json_response({"errorMessage": "You did not send a token!"}, status=403)
        if body["push_token"] != self.push_token:
            return self.unauthorised(request)
        self.received.append(body)
        self._handle_push(body)
        answer: JsonObject = {
            "messageId": f"lab-{len(self.received)}",
            "sentPayload": {"notification": {"body": body.get("message")}},
            "target": self.push_token,
            "rateLimits": self._limits(errors=0, successful=len(self.received)),
        }
        return json_response(answer, status=201)

    def _handle_push(self, body: JsonObject) -> None:
        data = body.get("data")
        details = data if isinstance(data, dict) else {}
        tag = details.get("tag")
        text = str(body.get("message", ""))
        if text == _CLEAR:
            self._shown.pop(str(tag), None)
        elif not text.startswith("command_"):
            self._show(str(body.get("title", "")), text, None if tag is None else str(tag), details)
        self.changes.notify()

    def _show(self, title: str, text: str, tag: str | None, details: JsonObject) -> None:
        self._numbers += 1
        notification = Notification(
            number=self._numbers,
            title=title,
            message=text,
            tag=tag,
            actions=_actions(details.get("actions"))[: _SHOWN_ACTIONS[self.platform]],
            data=MappingProxyType(dict(details)),
            at=self.world.wall(),
        )
        key = f"#{self._numbers}" if tag is None else tag
        before = self._shown.pop(key, None)
        if before is not None:
            notification = replace(notification, revision=before.revision + 1)
        self._shown[key] = notification

    def _limits(self, *, errors: int, successful: int) -> JsonObject:
        resets_at = (self.world.wall() // _DAY_SECONDS + 1) * _DAY_SECONDS
        return {
            "attempts": len(self.received),
            "successful": successful,
            "errors": errors,
            "total": len(self.received),
            "maximum": _DAILY_LIMIT,
            "remaining": max(_DAILY_LIMIT - successful, 0),
            "resetsAt": rfc3339(resets_at),
        }

    # -- internals ---------------------------------------------------------------------------

    def _press_event(
        self, notification: Notification, action: PhoneAction, reply_text: str | None
    ) -> JsonObject:
        event: JsonObject = {"action": action.key}
        if reply_text is not None:
            event["reply_text"] = reply_text
        if self.platform == "ios":
            action_data = notification.data.get("action_data")
            return event if action_data is None else {**event, "action_data": action_data}
        flat: JsonObject = {"message": notification.message, "title": notification.title}
        for key, value in notification.data.items():
            if key != "actions":
                flat[key] = value if isinstance(value, str) else dumps(value)
        for number, shown in enumerate(notification.actions, start=1):
            flat[f"action_{number}_key"] = shown.key
            flat[f"action_{number}_title"] = shown.title
        return {**flat, **event}

    async def _post(self, url: str, body: JsonObject, headers: dict[str, str]) -> Json:
        if self._session is None:
            raise PhoneError("the phone is switched off")
        all_headers = {"Content-Type": "application/json", **headers}
        async with self._session.post(url, data=dumps(body), headers=all_headers) as response:
            if response.status >= 300:
                raise PhoneError(f"Home Assistant answered {response.status}")
            text = await response.read()
        return loads(text) if text else None


def _actions(value: Json) -> tuple[PhoneAction, ...]:
    rows = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
    return tuple(
        PhoneAction(
            key=str(row.get("action", "")),
            title=str(row.get("title", "")),
            needs_unlock=bool(row.get("authenticationRequired")),
            is_destructive=bool(row.get("destructive")),
        )
        for row in rows
    )
