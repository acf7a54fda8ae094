"""A strict Telegram Bot API server on loopback (https://core.telegram.org/bots/api)."""

import secrets
from collections.abc import Iterable

from aiohttp import web

from lab.faults import Fault, Faults
from lab.server import Simulator
from lab.telegram.forum import GROUP_ID, Forum
from lab.telegram.methods import BotMethods
from lab.telegram.parameters import BotApiError, Parameters, bad_request, too_many_requests
from lab.telegram.records import User
from lab.telegram.updates import Updates
from lab.wire import Json, json_response, read_form
from lab.world import World

BOT_ID = 7_000_000_001


class TelegramSimulator(Simulator):
    """One bot in one forum group. `forum` is the group.

    Clients use `base_url` (python-telegram-bot adds the token to it). Faults name paths as
    `/sendMessage`. `messages_per_minute` is the limit of the group, above which calls get 429.
    Messages whose text or buttons contain a key of `refusals` get 400 with its value.
    """

    service = "telegram"

    def __init__(
        self,
        world: World,
        faults: Faults,
        *,
        port: int = 0,
        token: str | None = None,
        messages_per_minute: int | None = None,
    ) -> None:
        super().__init__(world, faults, port=port)
        self.token = token or f"{BOT_ID}:{secrets.token_urlsafe(26)}"
        self.updates = Updates(world.wall)
        bot = User(id=BOT_ID, first_name="Homelab Steward", username="homelab_steward_bot", is_bot=True)
        self.forum = Forum(self.updates, world.wall, bot)
        self.methods = BotMethods(self.forum, self.updates, world.wall, messages_per_minute)
        self.refusals: dict[str, str] = {}

    @property
    def base_url(self) -> str:
        """The URL before the token."""
        return f"{self.url}/bot"

    @property
    def chat_id(self) -> int:
        """The id of the forum group when the simulator starts."""
        return GROUP_ID

    async def close(self) -> None:
        await self.updates.close()
        await super().close()

    def fault_path(self, request: web.Request) -> str:
        return "/" + request.path.rsplit("/", 1)[-1]

    def unauthorised(self, request: web.Request) -> web.Response:
        return _refused(BotApiError(401, "Unauthorized"))

    def failure(self, fault: Fault) -> web.Response:
        if fault.status == 429:
            return _refused(too_many_requests(fault.retry_after or 1))
        texts = {
            502: "Bad Gateway",
            403: "Forbidden: bot was blocked by the user",
            400: "Bad Request: chat not found",
        }
        return _refused(BotApiError(fault.status, texts.get(fault.status, "Internal Server Error")))

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        return [web.route("*", "/{tail:.*}", self._call)]

    async def _call(self, request: web.Request) -> web.StreamResponse:
        try:
            method = self.methods.by_name.get(self._method_name(request.path))
            if method is None:
                raise BotApiError(404, "Not Found")
            parameters = await _parameters(request)
            self._check_content(parameters)
            return _succeeded(await method(parameters))
        except BotApiError as err:
            return _refused(err)

    def _check_content(self, parameters: Parameters) -> None:
        content = parameters.text("text") + parameters.text("caption") + str(parameters.json("reply_markup"))
        for part, description in self.refusals.items():
            if part in content:
                raise bad_request(description)

    def _method_name(self, path: str) -> str:
        parts = path.split("/")
        if len(parts) != 3 or not parts[1].startswith("bot") or ":" not in parts[1]:
            raise BotApiError(404, "Not Found")
        if not secrets.compare_digest(parts[1].removeprefix("bot").encode(), self.token.encode()):
            raise BotApiError(401, "Unauthorized")
        return parts[2]


async def _parameters(request: web.Request) -> Parameters:
    try:
        if request.content_type != "multipart/form-data":
            return Parameters({**request.query, **(await read_form(request))})
        form = await request.post()
        texts = {key: value for key, value in form.items() if isinstance(value, str)}
        uploads = {key: value for key, value in form.items() if isinstance(value, web.FileField)}
        files = {key: (value.filename, value.file.read()) for key, value in uploads.items()}
        return Parameters({**request.query, **texts}, files)
    except ValueError as err:
        raise BotApiError(400, "Bad Request: can't parse the body as JSON object") from err


def _succeeded(result: Json) -> web.Response:
    return json_response({"ok": True, "result": result})


def _refused(err: BotApiError) -> web.Response:
    headers = {} if err.retry_after is None else {"Retry-After": str(err.retry_after)}
    return json_response(err.row(), status=err.status, headers=headers)
