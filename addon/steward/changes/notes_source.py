"""Reads release notes between two versions from the forge of a project.

Only the names of repositories, versions and pages are sent, and only to the forges in ``forges.PUBLIC`` and
to configured instances.
"""

import asyncio
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final, Protocol

import aiohttp
import structlog
from yarl import URL

from ..clock import Clock
from ..errors import ServiceError, ServiceMalformed, ServiceNotFound, ServiceRefused, ServiceUnreachable
from ..sdk.http import Attempt, decoded, reason_of
from ..texts import Text, household, translate
from .between import Between, between
from .forges import (
    PAGE,
    PUBLIC,
    Call,
    Forge,
    ForgeKind,
    Project,
    Release,
    file_call,
    from_changelog,
    project,
    read_releases,
    releases_call,
)
from .versions import parsed

log = structlog.get_logger(__name__)

FRESH: Final = timedelta(hours=6)
"""How long an answer is used without asking again."""

PAUSE: Final = timedelta(minutes=15)
"""How long a forge is not asked after it did not answer, or asked to wait without a time."""

LONGEST_PAUSE: Final = timedelta(hours=2)
MOST_PAGES: Final = 4
MOST_KEPT: Final = 60
"""Answers that are kept."""

MOST_REDIRECTS: Final = 2
LEFT_FOR_OTHERS: Final = 10
"""Requests of the hour's limit that are left for other programs behind the same address."""

AT_ONCE: Final = 3
LONGEST_NUMBER: Final = 12
MOST_NAMED: Final = 5
SECONDS: Final = 20.0
FILES: Final = ("CHANGELOG.md", "CHANGES.md")

_WAIT: Final = (HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS)
_MOVED: Final = (
    HTTPStatus.MOVED_PERMANENTLY,
    HTTPStatus.FOUND,
    HTTPStatus.TEMPORARY_REDIRECT,
    HTTPStatus.PERMANENT_REDIRECT,
)


class OwnForge(Protocol):
    """The client of a configured forge, which logs in."""

    async def data(self, path: str, /, **query: str) -> bytes:
        """Return the body of a GET. Raises ServiceError."""


@dataclass(frozen=True, slots=True)
class NotesFound:
    """What a forge says about the versions in between. ``missing`` is why something is not known, or ""."""

    between: Between
    missing: str = ""


@dataclass(frozen=True, slots=True)
class _Kept:
    """An answer; ``data`` is None when there is nothing at the address."""

    data: bytes | None
    etag: str
    at: datetime


class NotesSource:
    """Asks forges; what they answered is kept for some hours and then compared by its ETag."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        clock: Clock,
        own: Callable[[], Mapping[str, tuple[ForgeKind, OwnForge]]],
        forges: Mapping[str, Forge] = PUBLIC,
    ) -> None:
        """``own`` returns the configured forges by the host of their repositories; these are asked first."""
        self._session = session
        self._clock = clock
        self._own = own
        self._forges = forges
        self._kept: dict[str, _Kept] = {}
        self._paused: dict[str, datetime] = {}
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def between(self, address: str, old: str, new: str) -> NotesFound:
        """Return the notes of the versions above ``old`` up to ``new``. What fails is named."""
        found = project(address)
        if found is None or not (found.host in self._forges or found.host in self._own()):
            return NotesFound(Between(), translate(t"The sources are at an address that is not asked"))
        if parsed(old) is None or parsed(new) is None:
            return NotesFound(Between(), translate(t"Without version numbers no release notes can be found"))
        try:
            return await self._between(found, old, new)
        except ServiceError as err:
            log.info("release notes not read", repository=found.path, reason=str(err))
            return NotesFound(Between(), translate(t"Release notes: {err}"))

    async def _between(self, where: Project, old: str, new: str) -> NotesFound:
        """Return what the releases say, or a changelog file if they say less. Raises ServiceError."""
        seen = await self._releases(where, old, new)
        if seen.is_complete:
            return NotesFound(seen)
        written = await self._changelog(where, old, new)
        best = written if written is not None and (written.is_complete or not seen.notes) else seen
        # A changelog stays when its release is deleted.
        best = replace(best, release=seen.release)
        return NotesFound(best, "" if best.is_complete else translate(_missing(best, new)))

    async def _releases(self, where: Project, old: str, new: str) -> Between:
        """Return the releases in between; pages are read until they reach the old version."""
        found: list[Release] = []
        seen = Between()
        for page in range(1, MOST_PAGES + 1):
            call = releases_call(self._kind_of(where.host), where.path, page)
            try:
                data = await self._read(where.host, call)
            except ServiceNotFound:
                return Between(is_whole=True)
            try:
                answer = Attempt.at("GET", URL(f"https://{where.host}/{where.path}")).decode(data)
                found += read_releases(answer)
            except ServiceMalformed:
                self._kept.pop(_key(where.host, call), None)
                raise
            is_last = isinstance(answer, list) and len(answer) < PAGE
            seen = between(found, old, new, is_whole=is_last)
            if seen.is_whole:
                break
        return seen

    async def _changelog(self, where: Project, old: str, new: str) -> Between | None:
        """Return what a changelog file of the new version says, None without one."""
        kind = self._kind_of(where.host)
        for name in FILES:
            for tag in dict.fromkeys((new if new.startswith("v") else f"v{new}", new)):
                try:
                    data = await self._read(where.host, file_call(kind, where.path, name, tag))
                except ServiceNotFound:
                    continue
                return between(from_changelog(text_of(data)), old, new, is_whole=False)
        return None

    def _kind_of(self, host: str) -> ForgeKind:
        """Return whose API a host has. Raises ServiceRefused for one that is not asked."""
        own = self._own().get(host)
        forge = self._forges.get(host)
        if own is None and forge is None:
            raise ServiceRefused(t"{host} is not asked")
        return own[0] if own is not None else forge.kind if forge is not None else ForgeKind.GITHUB

    async def _read(self, host: str, call: Call) -> bytes:
        """Return an answer, also one that was read before. Raises ServiceError."""
        key, now = _key(host, call), self._clock.now()
        kept = self._kept.get(key)
        if kept is not None and now - kept.at < FRESH:
            return _found(kept, host)
        until = self._paused.get(host)
        if until is not None and now < until:
            at = household().time(until)
            raise ServiceUnreachable(t"{host} is not asked again before {at}")
        async with self._slots:
            try:
                own = self._own().get(host)
                fresh = await (self._own_answer(own[1], call) if own else self._answer(host, call, kept))
            except ServiceUnreachable:
                if self._paused.get(host, now) <= now:
                    self._paused[host] = now + PAUSE
                raise
        self._kept.pop(key, None)
        self._kept[key] = fresh
        while len(self._kept) > MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        return _found(fresh, host)

    async def _own_answer(self, client: OwnForge, call: Call) -> _Kept:
        try:
            return _Kept(await client.data(call.path, **call.query), "", self._clock.now())
        except ServiceNotFound:
            return _Kept(None, "", self._clock.now())

    async def _answer(self, host: str, call: Call, kept: _Kept | None) -> _Kept:
        """Return the answer of a public forge. Redirects are followed within its API only."""
        url = URL(self._forges[host].api + call.path, encoded=True).update_query(call.query)
        headers = dict(call.headers)
        if kept is not None and kept.etag:
            headers["If-None-Match"] = kept.etag
        for _ in range(MOST_REDIRECTS + 1):
            attempt = Attempt.at("GET", url)
            status, data, answered = await self._get(attempt, url, headers)
            self._take_limit(host, status, answered)
            if status == HTTPStatus.NOT_MODIFIED and kept is not None:
                return _Kept(kept.data, kept.etag, self._clock.now())
            if status == HTTPStatus.NOT_FOUND:
                return _Kept(None, "", self._clock.now())
            if status not in _MOVED:
                if status in _WAIT and host in self._paused:
                    raise ServiceUnreachable(t"{host} accepts no more requests now")
                attempt.check(status, data)
                return _Kept(data, answered.get("ETag", ""), self._clock.now())
            target = _joined(url, answered.get("Location", ""))
            if target is None or target.origin() != url.origin():
                break
            url = target
        raise ServiceRefused(t"{host} refers to another address")

    async def _get(
        self, attempt: Attempt, url: URL, headers: Mapping[str, str]
    ) -> tuple[int, bytes, Mapping[str, str]]:
        try:
            async with (
                asyncio.timeout(SECONDS),
                self._session.get(url, headers=headers, allow_redirects=False) as answer,
            ):
                return answer.status, await attempt.collect(answer.content.iter_any()), answer.headers
        except (aiohttp.ClientError, TimeoutError) as err:
            raise attempt.no_answer(reason_of(err)) from err

    def _take_limit(self, host: str, status: int, headers: Mapping[str, str]) -> None:
        """Pause a forge whose limit of requests is nearly used up, for as long as it says."""
        now = self._clock.now()
        left = _whole(headers.get("X-RateLimit-Remaining", headers.get("RateLimit-Remaining")))
        reset = _whole(headers.get("X-RateLimit-Reset", headers.get("RateLimit-Reset")))
        wait = _whole(headers.get("Retry-After"))
        until = None
        if status in _WAIT and wait is not None:
            until = now + timedelta(seconds=min(wait, LONGEST_PAUSE.total_seconds()))
        elif left is not None and left <= LEFT_FOR_OTHERS and reset is not None:
            seconds = min(max(0.0, reset - now.timestamp()), LONGEST_PAUSE.total_seconds())
            until = now + timedelta(seconds=seconds)
        elif status == HTTPStatus.TOO_MANY_REQUESTS:
            until = now + PAUSE
        if until is not None:
            self._paused[host] = until
        elif self._paused.get(host, now) <= now:
            self._paused.pop(host, None)


def text_of(data: bytes) -> str:
    """Return the text of a file, also when it is in the JSON that GitHub answers to a configured instance."""
    if data[:1] == b"{":
        try:
            plain = decoded(data)
            content = plain.get("content") if isinstance(plain, dict) else None
            return b64decode(content if isinstance(content, str) else "").decode(errors="replace")
        except ValueError:
            return ""
    return data.decode(errors="replace")


def _key(host: str, call: Call) -> str:
    return f"{host}/{call.path}?{sorted(call.query.items())}"


def _found(kept: _Kept, host: str) -> bytes:
    if kept.data is None:
        raise ServiceNotFound(t"{host} has nothing there")
    return kept.data


def _joined(url: URL, location: str) -> URL | None:
    try:
        return url.join(URL(location)) if location else None
    except ValueError:
        return None


def _whole(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdecimal() and len(text) < LONGEST_NUMBER else None


def _missing(seen: Between, new: str) -> Text:
    """Return what of the release notes is not known."""
    if not seen.has_target:
        return t"There are no release notes of {new}"
    if seen.without:
        versions = household().listed(seen.without[:MOST_NAMED])
        return t"There are no release notes of {versions}"
    return t"The release notes of earlier versions in between are not all known"
