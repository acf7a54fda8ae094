"""Claims the folders, the address and the database, so that a second steward stops or waits."""

from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial

from ..api.listener import Listener, open_listener
from ..api.standby import standing_by
from ..settings.model import Replicas, Settings
from ..store.database import Database
from ..store.folder_lock import FolderLock, folders_of
from ..store.leader import Leader
from ..store.leader_election import leading
from ..store.start_check import check_shared_key, check_store
from .replica import owner_of


@dataclass(frozen=True, slots=True)
class Leadership:
    """What only the leader has: the address to serve, and the database to write to."""

    listener: Listener
    database: Database
    leader: Leader


async def take_leadership(settings: Settings, opened: AsyncExitStack) -> Leadership:
    """Return what the leader has; ``opened`` gives it up.

    While another process is the leader it waits as standby, if the settings allow replicas. It waits too
    until the lease of a process has ended that crashed with its machine. Raises FolderInUse, CannotListen
    and StoreUnavailable.
    """
    for folder in folders_of(settings.data_dir, settings.database_url, settings.workflow_database_url):
        opened.callback(FolderLock.take(folder).release)
    listener = open_listener(settings.listen)
    opened.callback(listener.close)
    database = Database(settings.database_url)
    opened.push_async_callback(database.close)
    await check_store(database, settings.data_dir)
    may_wait = settings.replicas is Replicas.ALLOWED
    stand_by = partial(standing_by, listener, settings.limits) if may_wait else None
    if may_wait:
        await check_shared_key(database, settings.data_dir)
    owner = await owner_of(database, settings.data_dir)
    leader = await opened.enter_async_context(leading(database, owner, stand_by=stand_by, waits=True))
    if may_wait:
        # The other replica may have used an empty database meanwhile.
        await check_shared_key(database, settings.data_dir)
    return Leadership(listener, database, leader)
