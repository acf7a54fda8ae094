"""Home Assistant's HTTP and websocket API, as far as a person's browser uses it here."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field

from aiohttp import ClientError, ClientSession, ClientTimeout, FormData

from lab.wire import Json, JsonObject, dumps, loads

TIMEOUT = ClientTimeout(total=30)
ANSWER_SECONDS = 20.0


class HomeAssistantError(Exception):
    """Home Assistant refused, or answered what cannot be understood."""


@dataclass(frozen=True, slots=True)
class State:
    """An entity as it is now."""

    entity_id: str
    state: str
    name: str
    attributes: Mapping[str, Json] = field(default_factory=dict)


class HomeAssistantApi:
    """Calls for one user, once `log_in` was given a code."""

    def __init__(self, session: ClientSession, url: str) -> None:
        self.url = url
        self.access_token = ""
        self._session = session

    @property
    def client_id(self) -> str:
        """The application that logs in: Home Assistant's own frontend."""
        return f"{self.url}/"

    async def log_in(self, code: str) -> None:
        """Change an authorization code for an access token, which lasts half an hour."""
        form = FormData({"grant_type": "authorization_code", "code": code, "client_id": self.client_id})
        async with self._session.post(f"{self.url}/auth/token", data=form, timeout=TIMEOUT) as response:
            answer = _read(response.status, await response.read(), "/auth/token")
        self.access_token = text_of(object_of(answer), "access_token")

    async def get(self, path: str) -> Json:
        """Read; raises `HomeAssistantError`, `aiohttp.ClientError`, `TimeoutError`."""
        return await self._request("GET", path, None)

    async def post(self, path: str, body: JsonObject) -> Json:
        """Send; raises `HomeAssistantError`, `aiohttp.ClientError`, `TimeoutError`."""
        return await self._request("POST", path, body)

    async def command(self, kind: str, **arguments: Json) -> Json:
        """One websocket command; returns its result, raises `HomeAssistantError`."""
        url = f"{self.url}/api/websocket"
        async with self._session.ws_connect(url, receive_timeout=ANSWER_SECONDS) as socket:
            await socket.receive_json()
            await socket.send_json({"type": "auth", "access_token": self.access_token})
            _check_type(object_of(await socket.receive_json()), "auth_ok")
            await socket.send_json({"id": 1, "type": kind, **arguments})
            answer = object_of(await socket.receive_json())
        if answer.get("success") is not True:
            raise HomeAssistantError(f"{kind}: {dumps(answer.get('error'))}")
        return answer.get("result")

    async def events(self, kind: str, arguments: JsonObject) -> AsyncGenerator[JsonObject]:
        """The events of one subscription as they come; raises `HomeAssistantError`."""
        url = f"{self.url}/api/websocket"
        async with self._session.ws_connect(url, receive_timeout=ANSWER_SECONDS) as socket:
            await socket.receive_json()
            await socket.send_json({"type": "auth", "access_token": self.access_token})
            _check_type(object_of(await socket.receive_json()), "auth_ok")
            await socket.send_json({"id": 1, "type": kind, **arguments})
            while True:
                message = object_of(await socket.receive_json())
                if message.get("type") == "event":
                    yield object_of(message.get("event"))
                elif message.get("success") is not True:
                    raise HomeAssistantError(f"{kind}: {dumps(message.get('error'))}")

    async def states(self) -> tuple[State, ...]:
        """Every entity as it is now."""
        return tuple(_state(object_of(row)) for row in list_of(await self.get("/api/states")))

    async def is_running(self) -> bool:
        """Whether it answers and has finished starting."""
        try:
            config = object_of(await self.get("/api/config"))
        except ClientError, TimeoutError, HomeAssistantError:
            return False
        return config.get("state") == "RUNNING"

    async def _request(self, method: str, path: str, body: JsonObject | None) -> Json:
        headers = {"Authorization": f"Bearer {self.access_token}"} if self.access_token else {}
        async with self._session.request(
            method, self.url + path, json=body, headers=headers, timeout=TIMEOUT
        ) as response:
            return _read(response.status, await response.read(), path)


def object_of(value: Json) -> JsonObject:
    """The value as an object; raises `HomeAssistantError`."""
    if not isinstance(value, dict):
        raise HomeAssistantError(f"expected an object, got {dumps(value)[:200]}")
    return value


def list_of(value: Json) -> list[Json]:
    """The value as a list; raises `HomeAssistantError`."""
    if not isinstance(value, list):
        raise HomeAssistantError(f"expected a list, got {dumps(value)[:200]}")
    return value


def text_of(row: JsonObject, key: str) -> str:
    """A text of an object; raises `HomeAssistantError`."""
    value = row.get(key)
    if not isinstance(value, str):
        raise HomeAssistantError(f"expected a text as {key!r} in {dumps(row)[:200]}")
    return value


def _read(status: int, body: bytes, path: str) -> Json:
    if status >= 300:
        raise HomeAssistantError(f"{path}: {status} {body[:300].decode(errors='replace')}")
    try:
        return loads(body)
    except ValueError as err:
        raise HomeAssistantError(f"{path}: no JSON") from err


def _check_type(message: JsonObject, wanted: str) -> None:
    if message.get("type") != wanted:
        raise HomeAssistantError(f"expected {wanted}, got {dumps(message)[:200]}")


def _state(row: JsonObject) -> State:
    attributes = object_of(row.get("attributes"))
    entity_id = text_of(row, "entity_id")
    name = attributes.get("friendly_name")
    return State(entity_id, text_of(row, "state"), name if isinstance(name, str) else entity_id, attributes)
