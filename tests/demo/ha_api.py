"""A client of Home Assistant's HTTP and websocket API."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field

from aiohttp import ClientError, ClientSession, ClientTimeout, FormData

from lab.wire import Json, JsonObject, dumps, loads

TIMEOUT = ClientTimeout(total=30)
ANSWER_SECONDS = 60.0


class HomeAssistantError(Exception):
    """Home Assistant refused a request, or sent an invalid response."""


@dataclass(frozen=True, slots=True)
class State:
    """The current state of an entity."""

    entity_id: str
    state: str
    name: str
    attributes: Mapping[str, Json] = field(default_factory=dict)


class HomeAssistantApi:
    """API calls of one user. Call `log_in` first."""

    def __init__(self, session: ClientSession, url: str) -> None:
        self.url = url
        self.access_token = ""
        self._session = session

    @property
    def client_id(self) -> str:
        """The client id for authentication: that of Home Assistant's frontend."""
        return f"{self.url}/"

    async def log_in(self, code: str) -> None:
        """Exchange an authorization code for an access token, which is valid for 30 minutes."""
        form = FormData({"grant_type": "authorization_code", "code": code, "client_id": self.client_id})
        async with self._session.post(f"{self.url}/auth/token", data=form, timeout=TIMEOUT) as response:
            answer = _read(response.status, await response.read(), "/auth/token")
        self.access_token = text_of(object_of(answer), "access_token")

    async def get(self, path: str) -> Json:
        """Send a GET request. Raises HomeAssistantError, aiohttp.ClientError and TimeoutError."""
        return await self._request("GET", path, None)

    async def post(self, path: str, body: JsonObject) -> Json:
        """Send a POST request. Raises HomeAssistantError, aiohttp.ClientError and TimeoutError."""
        return await self._request("POST", path, body)

    async def command(self, kind: str, **arguments: Json) -> Json:
        """Send one websocket command and return its result. Raises HomeAssistantError."""
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
        """Yield the events of one subscription. Raises HomeAssistantError."""
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
        """Return the states of all entities."""
        return tuple(_state(object_of(row)) for row in list_of(await self.get("/api/states")))

    async def is_running(self) -> bool:
        """Return whether Home Assistant has finished starting."""
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
    """Return the value as an object. Raises HomeAssistantError."""
    if not isinstance(value, dict):
        raise HomeAssistantError(f"expected an object, got {dumps(value)[:200]}")
    return value


def list_of(value: Json) -> list[Json]:
    """Return the value as a list. Raises HomeAssistantError."""
    if not isinstance(value, list):
        raise HomeAssistantError(f"expected a list, got {dumps(value)[:200]}")
    return value


def text_of(row: JsonObject, key: str) -> str:
    """Return a text of an object. Raises HomeAssistantError."""
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
