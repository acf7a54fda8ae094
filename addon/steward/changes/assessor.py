"""Collects what can be known about an update, and judges it by the rules."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog

from homelab_steward.contract.changes import Assessment, ReleaseState
from homelab_steward.contract.incidents import Incident

from ..agent.diagnosis.past_incidents import problem_text
from ..clock import Clock
from ..inventory.ports import Inventory
from ..inventory.version_log import VersionChange
from ..sdk.description import RunningImage
from ..store import incidents
from ..store.store import Store
from ..texts import Text, translate
from .assess import assess, pull_request_of
from .between import Between
from .body_notes import body_notes, linked_project
from .breaking import has_notes
from .facts import Facts, is_rebuild
from .forges import project
from .found import Found
from .notes_source import NotesFound
from .pull_request_text import PackageUpdate, PullRequestUpdates
from .relevance import PastProblem

log = structlog.get_logger(__name__)

RECENT: Final = timedelta(days=60)
MOST_INCIDENTS: Final = 300
MOST_PACKAGES: Final = 10
"""Packages of a pull request whose notes are looked up."""

MOST_PROBLEMS: Final = 50
LONGEST_PROBLEM: Final = 600
SECONDS: Final = 90.0
"""How long notes and vulnerabilities may be looked up."""

_VERSION_READINGS: Final = frozenset({"Version", "Image", "Revision"})


class NotesPort(Protocol):
    """Where release notes are looked up."""

    async def between(self, address: str, old: str, new: str) -> NotesFound:
        """Return the notes between two versions of the project at an address."""


type Vulnerable = Callable[[str, str], Awaitable[frozenset[str] | None]]
"""Returns the known vulnerabilities of a package (``PyPI:name``) in a version, None when it is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessorParts:
    """What the assessor reads. Without ``notes`` and ``vulnerable`` nothing is looked up on the Internet."""

    store: Store
    clock: Clock
    inventory: Inventory
    versions: Callable[[], Sequence[VersionChange]]
    notes: NotesPort | None = None
    vulnerable: Vulnerable | None = None


@dataclass(frozen=True, slots=True)
class _Notes:
    between: Between
    missing: str = ""


class Assessor:
    """Judges updates. What cannot be looked up is missing, and never makes an update safe."""

    def __init__(self, parts: AssessorParts) -> None:
        """Nothing is read before :meth:`assess`."""
        self._parts = parts

    async def assess(self, found: Found) -> Assessment:
        """Return what is known about an update."""
        notes, fixed = await self._looked_up(found)
        seen, images = notes.between, self._images(found)
        # Texts from outside may take long to read: the event loop goes on meanwhile.
        return await asyncio.to_thread(
            assess,
            found,
            Facts(
                now=self._parts.clock.now(),
                notes=seen.notes,
                is_complete=seen.is_complete,
                missing=notes.missing,
                withdrawn=seen.withdrawn or found.withdrawn,
                release=seen.release,
                published_at=seen.published_at,
                running_since=self._running_since(found),
                fixed=fixed,
                uses=frozenset(name for one in images for name in one.uses),
                has_all_variables=bool(images) and all(one.has_all_variables for one in images),
                problems=await self._problems(found),
                names=tuple(one.name for one in found.packages),
            ),
        )

    async def _looked_up(self, found: Found) -> tuple[_Notes, tuple[str, ...]]:
        """Return the notes, and the vulnerabilities that are fixed."""
        try:
            async with asyncio.timeout(SECONDS):
                return await asyncio.gather(self._notes(found), self._fixed(found))
        except TimeoutError:
            return _Notes(Between(), translate(t"The look-up of the release notes took too long")), ()
        except Exception:
            # One text that cannot be read must not keep the others from being judged.
            log.exception("release notes not read", title=found.title)
            return _Notes(Between(), translate(t"The release notes are not all known")), ()

    async def _notes(self, found: Found) -> _Notes:
        """Return the notes of the source itself, and looked up those that it does not have."""
        pull = await asyncio.to_thread(pull_request_of, found)
        if pull is not None:
            return await self._pull_notes(found, pull)
        return _Notes(Between()) if is_rebuild(found) else await self._source_notes(found)

    async def _source_notes(self, found: Found) -> _Notes:
        """Return the notes that come with an update, and those of the versions that it does not have."""
        if len(found.packages) != 1:
            read = await asyncio.to_thread(body_notes, found.notes, None, "")
            own = Between(notes=read.notes)
            return _Notes(own, translate(t"The release notes of each of the packages are not known"))
        package = found.packages[0]
        own = await asyncio.to_thread(body_notes, found.notes, package.old, package.new)
        if own.is_complete:
            return _Notes(own)
        address = _address(found)
        if package.old is None or address is None or self._parts.notes is None:
            return _Notes(own, translate(_no_look_up(package.old, address)))
        looked = await self._parts.notes.between(address, package.old, package.new)
        if looked.between.is_complete or not own.notes:
            return _Notes(looked.between, looked.missing)
        versions = {one.version for one in looked.between.notes}
        both = (*(one for one in own.notes if one.version not in versions), *looked.between.notes)
        said = looked.between
        return _Notes(Between(notes=both, withdrawn=said.withdrawn, release=said.release), looked.missing)

    async def _pull_notes(self, found: Found, pull: PullRequestUpdates) -> _Notes:
        """Return the notes of the packages of a pull request that its text does not have."""
        changed = [one for one in pull.updates if one.old is not None]
        lacking = [one for one in changed if pull.is_cut_off or not has_notes(one, pull)][:MOST_PACKAGES]
        if not lacking:
            return _Notes(Between())
        looked = [await self._package_notes(found.notes, one) for one in lacking]
        missing = next((one.missing for one in looked if not one.between.is_complete), "")
        is_known = len(lacking) < MOST_PACKAGES and all(one.between.is_complete for one in looked)
        notes = tuple(note for one in looked for note in one.between.notes)
        withdrawn = next((one.between.withdrawn for one in looked if one.between.withdrawn), "")
        release = looked[0].between.release if len(changed) == 1 else ReleaseState.UNKNOWN
        every = Between(
            notes=notes, has_target=is_known, is_whole=is_known, withdrawn=withdrawn, release=release
        )
        return _Notes(every, missing)

    async def _package_notes(self, body: str, update: PackageUpdate) -> _Notes:
        address = linked_project(body, update.name)
        if update.old is None or address is None or self._parts.notes is None:
            return _Notes(Between(), translate(_no_look_up(update.old, address)))
        looked = await self._parts.notes.between(address, update.old, update.new)
        return _Notes(looked.between, looked.missing)

    async def _fixed(self, found: Found) -> tuple[str, ...]:
        """Return the vulnerabilities of the running version that the new one does not have."""
        target = self._parts.inventory.application(found.target) or found.target
        service = self._parts.inventory.service(target.instance_id)
        if self._parts.vulnerable is None or len(found.packages) != 1 or service is None:
            return ()
        package, change = service.package, found.packages[0]
        if not package or change.old is None:
            return ()
        before = await self._parts.vulnerable(package, change.old)
        after = await self._parts.vulnerable(package, change.new)
        return tuple(sorted(before - after)) if before and after is not None else ()

    def _running_since(self, found: Found) -> datetime | None:
        """Return when the running version was first seen, None when it never changed."""
        keys = {found.target.key, *(one.key for one in found.watched)}
        times = (
            one.time
            for one in self._parts.versions()
            if one.target_key in keys and one.reading in _VERSION_READINGS
        )
        return max(times, default=None)

    def _images(self, found: Found) -> list[RunningImage]:
        """Return the image that the target runs, if it runs one."""
        key = found.target.kind, found.target.id
        items = self._parts.inventory.versions(found.target.instance_id)
        return [one.image for one in items if (one.kind, one.id) == key and one.image is not None]

    async def _problems(self, found: Found) -> tuple[PastProblem, ...]:
        """Return the recent problems of the target, and of what runs in it."""
        application = self._parts.inventory.application(found.target)
        keys = {one.key for one in (found.target, application, *found.watched) if one is not None}
        since = self._parts.clock.now() - RECENT
        async with self._parts.store.read() as connection:
            newest = await incidents.newest_incidents(connection, MOST_INCIDENTS, problems_only=True)
        mine = [one for one in newest if one.opened_at >= since and one.target and one.target.key in keys]
        return tuple(PastProblem(one.number, _text(one)) for one in mine[:MOST_PROBLEMS])


def _address(found: Found) -> str | None:
    """Return an address of the project: of its sources, else of its releases."""
    given = [one for one in (found.repository, found.url) if one]
    return next((one for one in given if project(one) is not None), None)


def _no_look_up(old: str | None, address: str | None) -> Text:
    """Return why no release notes are looked up."""
    if old is None:
        return t"It is not known which version runs"
    if address is None:
        return t"It is not known where its release notes are"
    return t"Release notes are not looked up, because look_up_versions is off"


def _text(incident: Incident) -> str:
    summary = incident.diagnosis.summary if incident.diagnosis is not None else ""
    return f"{problem_text(incident)} {summary}"[:LONGEST_PROBLEM]
