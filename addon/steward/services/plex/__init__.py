"""Plex: its streams and libraries; stops a stream and scans a library."""

from datetime import datetime
from typing import ClassVar, Final

import msgspec

from ...sdk.answers import Item, known, many, one, unix_time, worded
from ...sdk.client import Key
from ...sdk.description import Call, Control, Gaps, ResourceKind, Right, Versions, Work
from ...sdk.display import brief, flag, list_tool, newest_version, shows, since, update_available
from ...sdk.fields import TLS_SETTINGS, secret_field, url_field
from ...sdk.kits import Job, LastJob, last_job
from .._media.service import BANDWIDTH, MediaClient, media_service, scan_action
from .._media.streams import LIMIT, MediaState, Stream, Watched

TOKEN: Final = secret_field(
    "token", "Token", "X-Plex-Token of the owner. With that of another person nothing can be read or stopped."
)
PASS: Final = Right(key="plex_pass", name="Plex Pass of the owner", needed_for="stopping a stream")


class Part(Item):
    """Who or what takes part in a stream; of people only the id is read."""

    id: str | None = None
    product: str | None = None
    state: str | None = None
    bandwidth: float | None = None


class Transcode(Item):
    """What the server does with video and audio: directplay, copy, or transcode."""

    video_decision: str | None = None
    audio_decision: str | None = None

    @property
    def is_transcoded(self) -> bool | None:
        """Whether one of both is converted, None when that is not reported."""
        decisions = (self.video_decision, self.audio_decision)
        return True if "transcode" in decisions else None if None in decisions else False


class Session(Item):
    """One playback. ``played`` in milliseconds."""

    key: str = msgspec.field(name="sessionKey")
    session: Part = msgspec.field(name="Session", default_factory=Part)
    player: Part = msgspec.field(name="Player", default_factory=Part)
    user: Part = msgspec.field(name="User", default_factory=Part)
    transcode: Transcode | None = msgspec.field(name="TranscodeSession", default=None)
    played: float | None = msgspec.field(name="viewOffset", default=None)

    @property
    def stream(self) -> Stream:
        """The stream without the person and the title."""
        state = self.player.state
        return Stream(
            id=self.key,
            handle=self.session.id,
            player=brief(self.player.product or "a player", 60),
            is_transcoded=False if self.transcode is None else self.transcode.is_transcoded,
            is_paused=None if state is None else state == "paused",
            watcher=self.user.id,
            played=None if self.played is None else self.played / 1000,
            bandwidth=self.session.bandwidth,
        )


class Watcher(Item):
    """The name of a person."""

    title: str | None = None


class WatchedSession(Item):
    """One playback with its person and its title, for owners."""

    title: str | None = None
    series: str | None = msgspec.field(name="grandparentTitle", default=None)
    user: Watcher = msgspec.field(name="User", default_factory=Watcher)
    player: Part = msgspec.field(name="Player", default_factory=Part)


WATCHED: Final = many("status/sessions", WatchedSession, below="Metadata", total="size")


class Library(Item):
    """One library; ``scanned_at`` in Unix seconds."""

    key: str
    title: str
    uuid: str
    refreshing: bool | None = None
    scanned_at: int | None = None

    @property
    def scanned(self) -> datetime:
        """When it was scanned last. Raises NotKnown, and ServiceMalformed for an impossible time."""
        return unix_time(known(self.scanned_at), f"{self.title}: scannedAt")

    def __str__(self) -> str:
        when = worded(lambda: f"{self.scanned:%Y-%m-%d %H:%M} UTC")
        return f"{brief(self.title, 60)}: {'is being scanned' if self.refreshing else f'scanned: {when}'}"


class Release(Item):
    """An update of the server."""

    version: str
    state: str | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether it is not installed yet. Raises NotKnown."""
        return known(self.state) not in ("done", "skipped")


class Server(Item):
    """The server itself."""

    machine_identifier: str
    version: str
    has_pass: bool | None = msgspec.field(name="myPlexSubscription", default=None)


class PlexState(MediaState):
    """Everything that one poll reads."""

    sessions = many("status/sessions", Session, below="Metadata", total="size")
    server = one("", Server)
    libraries = many("library/sections/all", Library, below="Directory", total="size", optional=True)
    releases = many("updater/status", Release, below="Release", total="size", optional=True)

    @property
    def newest(self) -> str:
        """The newest version. Raises NotKnown when it is not known whether one is waiting."""
        return next((one.version for one in self.releases if one.is_waiting), self.server.version)


class PlexClient(MediaClient):
    """One Plex Media Server."""

    state = PlexState
    auth = Key("X-Plex-Token", (TOKEN,))
    headers: ClassVar = {"Accept": "application/json"}
    below = "MediaContainer"

    async def stop(self, stream: Stream, message: str) -> None:
        """Stop a stream. All versions take it as a GET."""
        await self.send("GET", "status/sessions/terminate", sessionId=stream.handle, reason=message)

    async def library(self, call: Call) -> Library:
        """Return one library. Raises ServiceMalformed when it is not listed."""
        ours = call.target
        return await PlexState.libraries.listed(self, lambda one: one.uuid == ours.id, ours.name)

    async def scan(self, call: Call) -> None:
        """Start a scan."""
        await self.send("GET", f"library/sections/{(await self.library(call)).key}/refresh")

    async def last_scan(self, call: Call) -> Job:
        """Return the last scan of a library. Raises NotKnown."""
        library = await self.library(call)
        return last_job(known(library.scanned_at), is_running=known(library.refreshing), text="scanned")

    async def watched(self, gaps: Gaps) -> list[Watched]:
        """Return who watches what, for owners."""
        return [
            Watched(who=one.user.title, titles=(one.series, one.title), player=one.player.product)
            for one in await WATCHED.now(self, gaps)
        ]


@list_tool("libraries", "Libraries", "The libraries and when each was scanned.")
async def _libraries(client: PlexClient, gaps: Gaps, _: Call) -> list[str]:
    return [str(library) for library in await PlexState.libraries.now(client, gaps)]


_LIBRARY: Final = ResourceKind[PlexState, Library](
    key="library",
    items=lambda state: state.libraries,
    id=lambda one: one.uuid,
    title=lambda one: one.title,
    icon="mdi:library",
    sensors=(
        shows(
            Work.SCANNING, flag("scanning", "Scanning", lambda one: one.refreshing, "running", enabled=False)
        ),
        since("scanned_at", "Scanned", lambda one: one.scanned),
    ),
)
SERVICE: Final = media_service(
    PlexClient,
    PASS.key,
    key="plex",
    icon="mdi:plex",
    settings=(url_field("http://plex.example.org:32400"), TOKEN, LIMIT, *TLS_SETTINGS),
    version=lambda state: state.server.version,
    identity=lambda state: state.server.machine_identifier,
    rights=(PASS,),
    granted=lambda state: frozenset({PASS.key} if known(state.server.has_pass) else ()),
    understood=Versions("1.40"),
).extended(
    sensors=(
        BANDWIDTH,
        update_available(lambda state: any(one.is_waiting for one in state.releases)),
        newest_version(lambda state: state.newest),
    ),
    controls=(Control.update("https://www.plex.tv/media-server-downloads/"),),
    resources=(_LIBRARY,),
    tools=(_libraries,),
    actions=(
        scan_action(
            LastJob(last=PlexClient.last_scan, request=PlexClient.scan),
            "Scan library",
            "Looks for files that are new, changed, or gone.",
            scope="library",
        ),
    ),
)
