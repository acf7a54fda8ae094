"""qBittorrent: the torrent client, its downloads, connection and disk."""

import re
from collections.abc import Sequence
from typing import Final

from ...errors import ServiceMalformed, ServiceUnauthorized
from ...sdk.answers import Item, NotKnown, State, known, many, one
from ...sdk.client import LOGIN, Credentials, LoginCall, Parameter, Session
from ...sdk.description import Access, Action, Call, Gaps, Versions
from ...sdk.display import GIB, Lines, Text, brief, count, data_rate, served, size, warning
from ...sdk.fields import TLS_SETTINGS, url_field
from ...sdk.kits import About, Clear
from .._download_client import PAUSE, RESUME, DownloadClient, Facts, download_client

FAILED: Final = ("error", "missingFiles")
PAUSED: Final = ("pausedDL", "stoppedDL")
"""Version 5 calls it stopped."""

STALLED: Final = ("stalledDL", "metaDL", "forcedMetaDL")
RUNNING: Final = (*STALLED, "downloading", "forcedDL", "queuedDL", "checkingDL", "allocating")
UNFINISHED: Final = (*FAILED, *PAUSED, *RUNNING)
VERSION: Final = re.compile(r"v?(\d+)\.\d+[\w.]*")
LEAST_FREE: Final = 2 * GIB
USER: Final = LOGIN[:2]


class Torrent(Item, rename=None):
    """One torrent. ``amount_left`` in bytes."""

    hash: str
    state: str
    name: str = ""
    amount_left: int | None = None

    def __str__(self) -> str:
        left = "size not known" if self.amount_left is None else f"{size(self.amount_left)} left"
        return f"{brief(self.name, 100)}: {self.state}, {left}"


class Server(Item, rename=None):
    """The program. Speeds in bytes per second, the disk in bytes or -1."""

    connection_status: str | None = None
    dl_info_speed: float | None = None
    up_info_speed: float | None = None
    dl_rate_limit: float | None = None
    free_space_on_disk: int | None = None


class QbittorrentState(State):
    """Everything that one poll reads."""

    program = one("app/version", str)
    # The only endpoint that has the free space.
    server = one("sync/maindata", Server, below="server_state")
    torrents = many("torrents/info", Torrent)

    @property
    def free(self) -> float:
        """Bytes free on the disk. Raises NotKnown before the program has measured it."""
        free = known(self.server.free_space_on_disk)
        return known(free if free >= 0 else None)

    def all(self, states: Sequence[str]) -> list[Torrent]:
        """Return the torrents in these states."""
        return [one for one in self.torrents if one.state in states]

    def stuck(self) -> Text | None:
        """Return that downloads run and none gets data. Raises NotKnown while one cannot be read."""
        running, stalled = self.all(RUNNING), self.all(STALLED)
        if reason := self.gaps.of("torrents"):
            raise NotKnown(reason)
        return t"No download gets data: {len(stalled)}" if stalled and len(stalled) == len(running) else None

    def disk_full(self) -> Text | None:
        """Return that the disk is nearly full. Raises NotKnown."""
        return t"Only {size(self.free)} are free" if self.free < LEAST_FREE else None

    def disconnected(self) -> Text | None:
        """Return that it has no connection to other clients. Raises NotKnown."""
        is_lost = known(self.server.connection_status) == "disconnected"
        return t"It has no connection to the network" if is_lost else None


FACTS: Final = Facts(
    version=lambda state: state.program.removeprefix("v"),
    speed=lambda state: known(state.server.dl_info_speed),
    queue_size=lambda state: len(state.all(UNFINISHED)),
    left=lambda state: sum(known(one.amount_left) for one in state.all(UNFINISHED)),
    failed=lambda state: len(state.all(FAILED)),
    limit=lambda state: known(state.server.dl_rate_limit),
    free=lambda state: state.free,
    disk_full=QbittorrentState.disk_full,
)


async def _login(access: Access, call: LoginCall) -> Credentials:
    """Return the session's cookie. Version 5.2 answers nothing, older ones say Fails. with status 200."""
    form = {"username": access.optional("username") or "", "password": access.optional("password") or ""}
    answer = await call("POST", "auth/login", form=form, is_text=True)
    if answer.body not in ("Ok.", ""):
        raise ServiceUnauthorized(t"auth/login: the user name or the password is wrong")
    return Credentials(headers=answer.cookie_header())


class QbittorrentClient(DownloadClient):
    """One qBittorrent. A session that has ended is answered with 403."""

    base = "api/v2"
    auth = Session(_login, USER, renew_on_403=True)

    async def get(self, path: str, /, **query: Parameter | None) -> object:
        """Return the answer; that with the version is text. Raises as Rest.get does."""
        if path == "app/version":
            text = (await self.text(path)).strip()
            if not VERSION.fullmatch(text):
                raise ServiceMalformed(t"{path}: the answer is no version")
            return text
        return await super().get(path, **query)

    async def listed(self, gaps: Gaps, *, failed: bool) -> Lines:
        """Return the torrents that have failed, or those that are not finished, what has failed first."""
        states = FAILED if failed else UNFINISHED
        found = [one for one in await QbittorrentState.torrents.now(self, gaps) if one.state in states]
        return Lines([str(one) for one in sorted(found, key=lambda one: states.index(one.state))])

    async def certain(self, states: Sequence[str]) -> dict[str, str]:
        """Return the torrents in these states by hash. Raises ServiceMalformed while one cannot be read."""
        found = await QbittorrentState.torrents.whole(self)
        return {one.hash: brief(one.name, 100) for one in found if one.state in states}

    async def turn(self, ids: Sequence[str], *, on: bool) -> None:
        """Start or stop torrents; version 5 has other names for it."""
        version = VERSION.fullmatch(str(await self.get("app/version")))
        is_new = version is not None and int(version[1]) >= 5  # noqa: PLR2004
        verb = ("start" if on else "stop") if is_new else ("resume" if on else "pause")
        await self.send("POST", f"torrents/{verb}", form={"hashes": "|".join(ids)})

    async def retryable(self, _: Call) -> dict[str, str]:
        """Return the torrents that have failed."""
        return await self.certain(FAILED)

    async def retry(self, ids: Sequence[str]) -> None:
        """Start torrents that have failed: that clears their error."""
        await self.turn(ids, on=True)

    async def set_limit(self, limit: int) -> None:
        """Set the speed limit."""
        await self.send("POST", "transfer/setDownloadLimit", form={"limit": limit})


def _turn(states: Sequence[str], about: About, *, on: bool) -> Action[QbittorrentClient]:
    """Return the action that starts or stops all torrents in these states."""
    return Clear[QbittorrentClient](
        read=lambda client, _: client.certain(states),
        remove=lambda client, _, ids: client.turn(ids, on=on),
        restore=lambda client, _, ids: client.turn(ids, on=not on),
        label=t"Downloads",
        before="paused" if on else "running",
        after=lambda _: "running" if on else "paused",
    ).action(**about)


SERVICE: Final = download_client(
    QbittorrentState,
    FACTS,
    key="qbittorrent",
    name="qBittorrent",
    icon="mdi:magnet",
    settings=(url_field("http://qbittorrent.example.org:8080"), *USER, *TLS_SETTINGS),
    connect=QbittorrentClient,
    understood=Versions("4.1", "5.2"),
    tested="qBittorrent 4.5.2",
).extended(
    sensors=(
        data_rate("upload_speed", "Upload speed", lambda state: known(state.server.up_info_speed)),
        served("torrents", "Torrents", lambda state: len(state.torrents), "mdi:magnet"),
        count("paused", "Paused downloads", lambda state: len(state.all(PAUSED)), "mdi:pause"),
        count("stalled", "Stalled downloads", lambda state: len(state.all(STALLED)), "mdi:timer-sand"),
    ),
    checks=(
        warning("queue_stuck", "Queue stuck", QbittorrentState.stuck),
        warning("disconnected", "Not connected", QbittorrentState.disconnected),
    ),
    actions=(_turn(RUNNING, PAUSE, on=False), _turn(PAUSED, RESUME, on=True)),
)
