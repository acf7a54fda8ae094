"""Jellyfin: its streams and scheduled tasks; stops a stream and scans the libraries."""

from contextlib import suppress
from typing import Final

import msgspec

from ...errors import EffectUnknown, ServiceRefused
from ...sdk.answers import Item, Time, known, many, one
from ...sdk.client import Key
from ...sdk.description import Call, Gaps, Versions, Work
from ...sdk.display import Text, brief, count, flag, list_tool, shows, since, warning, worst_first
from ...sdk.fields import TLS_SETTINGS, secret_field, url_field
from ...sdk.kits import Job, LastJob, last_job
from .._media.service import MediaClient, media_service, scan_action
from .._media.streams import LIMIT, MediaState, Stream, Watched

API_KEY: Final = secret_field("api_key", "API key", "In the dashboard under API keys. It has all rights.")
SCAN_KEY: Final = "RefreshLibrary"
TICKS: Final = 10_000_000
"""Ticks of one second."""


class Playback(Item, rename="pascal"):
    """How something is played: DirectPlay, DirectStream, or Transcode."""

    position_ticks: int | None = None
    is_paused: bool | None = None
    play_method: str | None = None


class Playing(Item, rename="pascal"):
    """What is played: nothing of it is read but that it is there."""


class Session(Item, rename="pascal"):
    """One client that is connected."""

    id: str
    client: str | None = None
    user_id: str | None = None
    now_playing: Playing | None = msgspec.field(name="NowPlayingItem", default=None)
    play_state: Playback = msgspec.field(default_factory=Playback)

    @property
    def stream(self) -> Stream | None:
        """The stream without the person and the title; after the end it has neither an item nor a method."""
        state = self.play_state
        if self.now_playing is None and state.play_method is None:
            return None
        return Stream(
            id=self.id,
            handle=self.id,
            player=brief(self.client or "a player", 60),
            is_transcoded=None if state.play_method is None else state.play_method == "Transcode",
            is_paused=state.is_paused,
            watcher=self.user_id,
            played=None if state.position_ticks is None else state.position_ticks / TICKS,
        )


class Title(Item, rename="pascal"):
    """What is played, with its series."""

    name: str | None = None
    series_name: str | None = None


class WatchedSession(Item, rename="pascal"):
    """One client with its person and what is played, for owners."""

    user_name: str | None = None
    client: str | None = None
    playing: Title | None = msgspec.field(name="NowPlayingItem", default=None)


class Result(Item, rename="pascal"):
    """How a task ended: Completed, Failed, Cancelled, or Aborted."""

    status: str
    end: Time = msgspec.field(name="EndTimeUtc")
    error: str = msgspec.field(name="ErrorMessage", default="")


class Task(Item, rename="pascal"):
    """One scheduled task and its last run; None when it never ran."""

    id: str
    name: str
    key: str
    state: str
    last: Result | None = msgspec.field(name="LastExecutionResult", default=None)

    @property
    def is_running(self) -> bool:
        """Whether it runs now."""
        return self.state in ("Running", "Cancelling")

    @property
    def is_failed(self) -> bool:
        """Whether its last run failed. Raises NotKnown when it never ran."""
        return known(self.last).status in ("Failed", "Aborted")

    def __str__(self) -> str:
        ended = f", last run ended {self.last.end:%Y-%m-%d %H:%M} UTC" if self.last else ""
        result = self.last.status.lower() if self.last else "never ran"
        return f"{brief(self.name, 80)}: {self.state.lower()}{ended} ({result})"


class Server(Item, rename="pascal"):
    """The server itself."""

    id: str
    version: str
    has_pending_restart: bool | None = None


class JellyfinState(MediaState):
    """Everything that one poll reads."""

    sessions = many("Sessions", Session)
    server = one("System/Info", Server)
    tasks = many("ScheduledTasks", Task, optional=True)

    @property
    def scan(self) -> Task:
        """The task that scans the libraries. Raises NotKnown."""
        return known(next((task for task in self.tasks if task.key == SCAN_KEY), None))

    def scan_failed(self) -> Text | None:
        """Return that the last scan of the libraries failed. Raises NotKnown."""
        text = brief(known(self.scan.last).error) or "no reason given"
        return t"The library scan failed: {text}" if self.scan.is_failed else None

    def tasks_failed(self) -> int:
        """Return how many tasks failed when they ran last; one that never ran did not fail."""
        return sum(task.last is not None and task.is_failed for task in self.tasks)


class JellyfinClient(MediaClient):
    """One Jellyfin server."""

    state = JellyfinState
    auth = Key("Authorization", (API_KEY,), template='MediaBrowser Token="{api_key}"')

    async def stop(self, stream: Stream, message: str) -> None:
        """Show a message and stop a stream. A player that shows no messages is stopped as well."""
        path = f"Sessions/{stream.handle}"
        with suppress(ServiceRefused, EffectUnknown):
            body = {"Header": "Jellyfin", "Text": message, "TimeoutMs": 30_000}
            await self.send("POST", f"{path}/Message", body)
        await self.send("POST", f"{path}/Playing/Stop")

    async def scan_task(self) -> Task:
        """Return the task that scans the libraries. Raises ServiceMalformed when it is not listed."""
        return await JellyfinState.tasks.listed(self, lambda one: one.key == SCAN_KEY, "the task that scans")

    async def scan(self, _: Call) -> None:
        """Start a scan."""
        await self.send("POST", f"ScheduledTasks/Running/{(await self.scan_task()).id}")

    async def last_scan(self, _: Call) -> Job:
        """Return the scan of the libraries. Raises NotKnown when they were never scanned."""
        task = await self.scan_task()
        last = known(task.last)
        ok, text = last.status == "Completed", brief(last.error) or last.status
        return last_job(last.end.timestamp(), is_running=task.is_running, ok=ok, text=text)

    async def watched(self, gaps: Gaps) -> list[Watched]:
        """Return who watches what, for owners."""
        return [
            Watched(who=one.user_name, titles=(one.playing.series_name, one.playing.name), player=one.client)
            for one in await self.many(WatchedSession, "Sessions", gaps)
            if one.playing is not None
        ]


@list_tool("tasks", "Scheduled tasks", "What runs at set times, and what failed.")
async def _tasks(client: JellyfinClient, gaps: Gaps, _: Call) -> list[str]:
    found = await JellyfinState.tasks.now(client, gaps)
    return [str(task) for task in worst_first(found, lambda task: task.is_failed)]


SERVICE: Final = media_service(
    JellyfinClient,
    key="jellyfin",
    icon="mdi:jellyfish",
    settings=(url_field("http://jellyfin.example.org:8096"), API_KEY, LIMIT, *TLS_SETTINGS),
    version=lambda state: state.server.version,
    identity=lambda state: state.server.id,
    understood=Versions("10.9", "10.11"),
).extended(
    sensors=(
        count("tasks_failed", "Tasks failed", JellyfinState.tasks_failed, "mdi:calendar-alert"),
        flag("scan_failed", "Library scan failed", lambda state: state.scan.is_failed, "problem"),
        shows(Work.SCANNING, flag("scanning", "Scanning libraries", lambda s: s.scan.is_running, "running")),
        since("scanned_at", "Libraries scanned", lambda state: known(state.scan.last).end),
        flag("restart_pending", "Restart pending", lambda s: s.server.has_pending_restart, diagnostic=True),
    ),
    checks=(warning("scan_failed", "Library scan failed", JellyfinState.scan_failed),),
    tools=(_tasks,),
    actions=(
        scan_action(
            LastJob(last=JellyfinClient.last_scan, request=JellyfinClient.scan),
            "Scan libraries",
            "Looks for files that are new, changed, or gone in all libraries.",
            button=True,
        ),
    ),
)
