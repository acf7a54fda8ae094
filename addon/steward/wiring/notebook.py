"""Builds the notebook from the settings, for the app and for the command line."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from ..agent.incidents.correlator import Correlator
from ..clock import Clock, SystemClock
from ..conversation.note_answers import Notes
from ..errors import StewardError
from ..notebook.drift import DriftWatch
from ..notebook.git_repository import Access, GitRepository
from ..notebook.lookup import Lookup
from ..notebook.masking import plain_names, shield
from ..notebook.milestone import Month, month_of_rows
from ..notebook.notebook import Lab, Notebook, month_post, read_rows
from ..notebook.pages import month_of
from ..observability.redaction import Redactor
from ..sdk.description import AnyService
from ..settings.model import Settings
from ..store.changes import Changes
from ..store.database import Database
from ..store.store import Store
from ..texts import set_zone
from .home import read_household
from .services_and_runbooks import read_services

MONTH: Final = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")
KNOWN_HOSTS: Final = "notebook_known_hosts"


class NotDocumented(StewardError):
    """The notebook cannot be written; the text says why."""


def build_notebook(
    settings: Settings,
    store: Store,
    clock: Clock,
    clean: Callable[[str], str],
    lab: Lab | None = None,
) -> Notebook:
    """Return the notebook; ``clean`` masks configured secrets, ``lab`` is what an app that runs knows."""
    return Notebook(
        store=store,
        clock=clock,
        folder=settings.notebook_dir,
        repository=_repository(settings),
        safe=shield(clean),
        clean=clean,
        every=timedelta(minutes=settings.documentation.every_minutes),
        lab=lab,
    )


def build_notes(settings: Settings, store: Store, clean: Callable[[str], str]) -> Notes:
    """Return what answers about the notebook are made of; ``clean`` masks configured secrets."""

    async def month(now: datetime) -> Month:
        return month_of_rows(await read_rows(store, now), month_of(now))

    if not settings.documentation.enabled:
        return Notes(month=month)
    lookup = Lookup(settings.notebook_dir, _repository(settings), shield(clean))
    return Notes(about=lookup.about, month=month)


def start_notebook(
    settings: Settings,
    store: Store,
    clock: Clock,
    clean: Callable[[str], str],
    lab: Lab,
    correlator: Correlator,
    opened: AsyncExitStack,
) -> None:
    """Write the notebook from time to time, and compare it with the homelab, if the settings say so.

    If they do not, differences that were reported before end. All ends when ``opened`` is closed.
    """
    folder, names = settings.notebook_dir, plain_names(clean)
    drift = DriftWatch(store, lab.inventory, correlator, clock, folder, names)
    if settings.documentation.enabled:
        notebook = build_notebook(settings, store, clock, clean, lab)
        work = {"notebook": notebook.run(), "notebook drift": drift.run()}
    else:
        work = {"end of notebook drift": drift.end()}
    tasks = [asyncio.create_task(each, name=name) for name, each in work.items()]

    async def stop() -> None:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    opened.push_async_callback(stop)


def _repository(settings: Settings) -> GitRepository | None:
    wanted = settings.documentation
    if not wanted.uses_git:
        return None
    access = None
    if wanted.remote is not None:
        access = Access(
            remote=wanted.remote,
            branch=wanted.branch,
            username=wanted.username,
            token=wanted.token,
            ssh_key=wanted.ssh_key,
            known_hosts=wanted.known_hosts,
        )
    known_hosts: Path = settings.data_dir / KNOWN_HOSTS
    return GitRepository(settings.notebook_dir, access, known_hosts, wanted.branch)


async def document(settings: Settings, month: str | None) -> str:
    """Write the notebook now and return a line about it, or the post about a month.

    The app may run. The pages about the homelab as it is are those that the app wrote last. Raises
    StewardError.
    """
    if month is not None and MONTH.fullmatch(month) is None:
        raise NotDocumented(f"{month} is not a month such as 2026-11")
    async with _opened_store(settings) as store:
        if month is not None:
            services = read_services(settings)
            now, common = SystemClock().now(), common_names(services)
            return await month_post(store, now, month, _clean(settings), common)
        written = await build_notebook(settings, store, SystemClock(), _clean(settings)).write()
    committed = ", committed" if written.is_committed else ""
    return f"{len(written.paths)} pages written to {settings.notebook_dir}{committed}"


def common_names(services: Mapping[str, AnyService]) -> frozenset[str]:
    """Return the names of products, in lower case: as the name of a machine they are not private."""
    return frozenset(name.casefold() for one in services.values() for name in (one.key, one.name))


def _clean(settings: Settings) -> Callable[[str], str]:
    redactor = Redactor()
    redactor.register(*settings.secrets())
    return redactor.clean


@asynccontextmanager
async def _opened_store(settings: Settings) -> AsyncIterator[Store]:
    """Yield the store of the settings. Raises NotDocumented when the app has never run."""
    database = Database(settings.database_url)
    if database.file is not None and not database.file.exists():
        raise NotDocumented(f"The app has not run with the data folder {settings.data_dir}.")
    try:
        store = Store(database, Changes(SystemClock()))
        set_zone(ZoneInfo(settings.time_zone))
        await read_household(store, settings.language)
        yield store
    finally:
        await database.close()
