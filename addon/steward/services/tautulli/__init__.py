"""Tautulli: the streams of a Plex server and its connection to it; stops a stream."""

from dataclasses import replace
from functools import partial
from math import inf
from typing import Final

from ...errors import EffectUnknown, ServiceError, ServiceMalformed, ServiceRefused, ServiceUnauthorized
from ...sdk.answers import Item, NotKnown, at, known, many, one, worded
from ...sdk.client import Key, Parameter
from ...sdk.description import Call, Gaps, Versions
from ...sdk.display import brief, flag, list_tool, plain, update_available, warning
from ...sdk.fields import TLS_SETTINGS, secret_field, url_field
from .._media.service import BANDWIDTH, MediaClient, media_service
from .._media.streams import LIMIT, MediaState, Stream, Watched

OWN_LIMIT: Final = replace(
    LIMIT, default=None, description="Leave it empty if Plex itself is added too: one of both is enough."
)
API_KEY: Final = secret_field("api_key", "API key", "In the settings under Web Interface. It has all rights.")

NOT_CONNECTED: Final = "Tautulli has no connection to the Plex server"


class Session(Item, rename=None):
    """One stream; ``view_offset`` in milliseconds, ``bandwidth`` in kbit/s."""

    session_key: str
    product: str = "a player"
    state: str | None = None
    transcode_decision: str | None = None
    user_id: int | str | None = None
    view_offset: float | None = None
    bandwidth: float | None = None

    @property
    def stream(self) -> Stream:
        """The stream without the person and the title."""
        decision = self.transcode_decision
        return Stream(
            id=self.session_key,
            handle=self.session_key,
            player=brief(self.product, 60),
            is_transcoded=decision == "transcode" if decision else None,
            is_paused=self.state == "paused" if self.state else None,
            watcher=None if self.user_id is None else str(self.user_id),
            played=None if self.view_offset is None else self.view_offset / 1000,
            bandwidth=self.bandwidth,
        )


class WatchedSession(Item, rename=None):
    """One stream with its person and its title, for owners."""

    friendly_name: str | None = None
    full_title: str | None = None
    product: str | None = None


class Connection(Item):
    """Whether Tautulli is connected to the Plex server."""

    connected: bool | None = None


class Program(Item, rename=None):
    """Tautulli itself."""

    tautulli_version: str


class PlexUpdate(Item, rename=None):
    """Whether the Plex server has an update."""

    update_available: bool | None = None


class Library(Item, rename=None):
    """One library of the Plex server."""

    section_name: str
    count: int | None = None


class TautulliState(MediaState):
    """Everything that one poll reads."""

    parts = ("sessions", "connection")
    # Without Plex it has no list at all.
    sessions = many("get_activity", Session, below="sessions", total="stream_count", optional=True)
    connection = one("server_status", Connection, optional=True)
    program = one("get_tautulli_info", Program)
    update = one("get_pms_update", PlexUpdate, optional=True)
    most_transcodes = inf

    def streams(self) -> tuple[Stream, ...]:
        """Return the streams. Raises NotKnown when there are none because Plex is not connected."""
        found = super().streams()
        if not found and not known(self.connection.connected):
            raise NotKnown(NOT_CONNECTED)
        return found

    def not_connected(self) -> str | None:
        """Return that Tautulli has no connection to Plex. Raises NotKnown."""
        return None if known(self.connection.connected) else NOT_CONNECTED


class TautulliClient(MediaClient):
    """One Tautulli. Every command has the same path and answers 200 or 400 with its own result."""

    base, state = "api", TautulliState
    auth = Key("apikey", (API_KEY,), query=True)

    async def get(self, path: str, /, **query: Parameter | None) -> object:
        """Return the data of a command. Raises as Rest.get does."""
        answer = await super().get("v2", cmd=path, **query)
        if at(answer, "response.result") != "success":
            raise refused(path, answer)
        return at(answer, "response.data")

    async def stop(self, stream: Stream, message: str) -> None:
        """Stop a stream."""
        command = "terminate_session"
        answer = await self.send("GET", "v2", cmd=command, session_key=stream.handle, message=message)
        try:
            result = at(answer, "response.result")
        except ServiceMalformed as err:
            raise EffectUnknown(str(err)) from err
        if result != "success":
            raise refused(command, answer)

    async def watched(self, gaps: Gaps) -> list[Watched]:
        """Return who watches what, for owners. Raises NotKnown while Plex is not connected."""
        if not await self.streams(gaps):
            return []
        found = await self.many(WatchedSession, "get_activity", gaps, below="sessions")
        return [Watched(who=one.friendly_name, titles=(one.full_title,), player=one.product) for one in found]


def refused(command: str, answer: object) -> ServiceError:
    """Return the error for a result that is no success."""
    message = plain(str(at(answer, "response.message") or "no reason given"))
    kind = ServiceUnauthorized if "apikey" in message.lower() else ServiceRefused
    return kind(f"{command}: {message}")


@list_tool("libraries", "Libraries", "The libraries of Plex and how much each holds.")
async def _libraries(client: TautulliClient, gaps: Gaps, _: Call) -> list[str]:
    found = await client.many(Library, "get_libraries", gaps)
    return [
        f"{brief(library.section_name, 60)}: {worded(partial(known, library.count))}" for library in found
    ]


SERVICE: Final = media_service(
    TautulliClient,
    key="tautulli",
    icon="mdi:chart-timeline",
    settings=(url_field("http://tautulli.example.org:8181"), API_KEY, OWN_LIMIT, *TLS_SETTINGS),
    version=lambda state: state.program.tautulli_version.removeprefix("v"),
    understood=Versions("2.14", "2.17"),
    reports_on="plex",
).extended(
    sensors=(
        BANDWIDTH,
        flag("connected", "Connected to Plex", lambda state: state.connection.connected, "connectivity"),
        update_available(lambda state: state.update.update_available, "Plex update available"),
    ),
    checks=(warning("plex_not_connected", "Plex not connected", TautulliState.not_connected),),
    tools=(_libraries,),
)
