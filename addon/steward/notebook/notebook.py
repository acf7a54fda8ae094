"""Stage: writes the notebook from time to time, commits it, and pushes it."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

import structlog

from ..clock import Clock
from ..errors import StewardError
from ..inventory.ports import Inventory
from ..runbooks.model import Runbook
from ..store import approvals, change_records, incidents
from ..store.store import Store
from ..texts import translate
from .folder import OWN, read_page, write_pages
from .git_repository import GitRepository
from .lab_pages import known_instances, lab_pages, runbook_pages
from .masking import Shield, plain_names, shield
from .milestone import milestone
from .pages import Entry, Rows, decision_entries, event_pages, list_page, log_entries, names_of, rows_of

log = structlog.get_logger(__name__)

SPAN: Final = timedelta(days=400)
"""Rows that are older are in the notebook already."""

MOST_CHANGES: Final = 5_000
MONTHLY: Final = ("changelog", "decisions")
FIRST_RETRY: Final = 60.0
LONGEST_RETRY: Final = 3_600.0


class OwnRunbookFiles(Protocol):
    """The files of own runbooks."""

    async def own_sources(self) -> Mapping[str, str]:
        """Return the text of each own runbook, by id."""


@dataclass(frozen=True, slots=True)
class Lab:
    """What an app that runs knows: the homelab, the runbooks in use, and the files of own ones."""

    inventory: Inventory
    library: Mapping[str, Runbook]
    own: OwnRunbookFiles


@dataclass(frozen=True, slots=True)
class Written:
    """What one writing did: the pages that changed, and whether they were committed."""

    paths: tuple[str, ...]
    is_committed: bool = False


class Notebook:
    """Writes the notebook. What fails is tried again, and touches nothing else of the app."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        folder: Path,
        repository: GitRepository | None,
        safe: Shield,
        clean: Callable[[str], str],
        every: timedelta,
        lab: Lab | None = None,
    ) -> None:
        """``safe`` masks texts from outside, ``clean`` configured secrets.

        Without ``lab`` the pages about the homelab as it is stay as they are.
        """
        self._store = store
        self._clock = clock
        self._folder = folder
        self._repository = repository
        self._safe = safe
        self._clean = clean
        self._every = every.total_seconds()
        self._lab = lab
        self._writing = asyncio.Lock()

    async def run(self) -> None:
        """Write until cancelled. After a failure it waits for a minute, then for twice as long each time."""
        retry = FIRST_RETRY
        while True:
            try:
                written = await self.write()
                if written.paths:
                    log.info("notebook written", pages=len(written.paths))
                wait, retry = self._every, FIRST_RETRY
            except StewardError as err:
                log.warning("notebook not written", reason=str(err), again_in=retry)
                wait, retry = retry, min(2 * retry, LONGEST_RETRY)
            except Exception:
                log.exception("notebook not written")
                wait, retry = retry, min(2 * retry, LONGEST_RETRY)
            await self._clock.sleep(wait)

    async def write(self) -> Written:
        """Write what changed, commit it, and push it. Raises NotWritten and GitFailed."""
        async with self._writing:
            rows = await read_rows(self._store, self._clock.now())
            lab = await self._lab_pages()
            if self._repository is not None:
                await asyncio.to_thread(self._folder.mkdir, parents=True, exist_ok=True)
                await self._repository.prepare()
            paths = await asyncio.to_thread(self._write_pages, rows, lab)
            if self._repository is None:
                return Written(paths)
            own = [one for one in OWN if (self._folder / one).exists()]
            is_committed = await self._repository.commit(own, _message(paths))
            await self._repository.push()
        return Written(paths, is_committed)

    def _write_pages(self, rows: Rows, lab: Mapping[str, str]) -> tuple[str, ...]:
        pages = dict(lab) | event_pages(rows, self._safe)
        titles = {"changelog": translate("Change log"), "decisions": translate("Decisions")}
        log_lines, decisions = log_entries(rows, self._safe), decision_entries(rows, self._safe)
        for kind, found in (("changelog", log_lines), ("decisions", decisions)):
            for month, lines in _by_month(found).items():
                path, title = f"{kind}/{month}.md", f"{titles[kind]} {month}"
                before = read_page(self._folder, path)
                pages[path] = list_page(title, lines, before, by_time=kind == "decisions")
        pages["README.md"] = _start_page(self._folder, pages)
        return write_pages(self._folder, pages)

    async def _lab_pages(self) -> Mapping[str, str]:
        if self._lab is None:
            return {}
        inventory = self._lab.inventory
        found = known_instances(inventory)
        books = runbook_pages(self._lab.library, await self._lab.own.own_sources(), self._clean)
        # Here a name is no private text: the pages are about these things.
        return lab_pages(found, inventory.parents, plain_names(self._clean)) | books


async def read_rows(store: Store, now: datetime) -> Rows:
    """Return what the notebook is written from."""
    async with store.read() as connection:
        found = await incidents.resolved_since(connection, now - SPAN)
        changes = await change_records.shown(connection, MOST_CHANGES)
        requests = await approvals.decided_since(connection, now - SPAN)
    return rows_of(found, changes, requests)


async def month_post(
    store: Store, now: datetime, month: str, clean: Callable[[str], str], common: Collection[str]
) -> str:
    """Return the post about a month (``2026-11``) that can be published.

    ``clean`` masks configured secrets. Names of people and things are masked too, but not those that are
    ``common``, in lower case.
    """
    rows = await read_rows(store, now)
    safe = shield(clean, names_of(rows, common))
    return await asyncio.to_thread(milestone, rows, month, safe)


def _by_month(entries: Sequence[Entry]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = defaultdict(list)
    for one in entries:
        found[one.month].append(one)
    return found


def _start_page(folder: Path, pages: Mapping[str, str]) -> str:
    """Return the first page: what is where, and the months, the newest first. It links to what is there."""

    def link(title: str, place: str) -> list[str]:
        is_there = any(one.startswith(place) for one in pages) or (folder / place).exists()
        return [f"[{title}]({place})"] if is_there else []

    parts = (
        (translate("Inventory"), "inventory/"),
        (translate("Topology"), "topology.md"),
        (translate("Runbooks"), "runbooks/"),
    )
    places = [one for title, place in parts for one in link(title, place)]
    places.append(f"[{translate('What is masked')}](masked.md)")
    months = {Path(one).stem for one in pages if one.startswith(MONTHLY)}
    months |= {one.stem for kind in MONTHLY for one in (folder / kind).glob("*.md")}
    decisions = translate("Decisions")
    logs = [
        ", ".join(link(month, f"changelog/{month}.md") + link(decisions, f"decisions/{month}.md"))
        for month in sorted(months, reverse=True)
    ]
    lines = [
        f"# {translate('Notebook of the homelab')}",
        "",
        translate("Homelab Steward writes these pages. Other files in this folder are yours."),
        "",
        *(f"* {one}" for one in places),
        "",
        f"## {translate('Change log')}",
        "",
        *([f"* {one}" for one in logs] or [translate("Nothing has happened yet.")]),
    ]
    return "\n".join(lines) + "\n"


def _message(paths: Sequence[str]) -> str:
    """Return the message of a commit."""
    counts = {kind: sum(one.startswith(f"{kind}/") for one in paths) for kind in ("incidents", "changes")}
    named = [f"{count} {kind}" for kind, count in counts.items() if count]
    return f"Record {' and '.join(named)}" if named else "Record the state of the homelab"
