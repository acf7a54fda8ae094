"""The client of Proxmox Backup Server: the backups of all datastores and namespaces, and tasks."""

from collections import defaultdict
from typing import Final

from ...errors import PreconditionFailed, ServiceError
from ...sdk.answers import Item
from ...sdk.description import Access, Call, Gaps
from ...sdk.kits import Job
from ...texts import Text
from .._proxmox.client import TokenClient, longest_backup
from .._proxmox.tasks import Upid
from .models import Group, MaintenanceJob, Server, Snapshot, Task

MOST_TASKS: Final = 500
TASKS: Final = "nodes/localhost/tasks"
PLACES: Final = {"verify": "admin/verify", "prune": "admin/prune", "sync": "admin/sync"}


class Namespace(Item, rename=None):
    """A namespace of a datastore; the root has an empty name."""

    ns: str = ""


class BackupClient(TokenClient):
    """One server, asked with an API token."""

    def __init__(self, access: Access) -> None:
        """Raise InvalidSetting."""
        super().__init__(access, "PBSAPIToken", ":")
        self._seen: dict[str, set[str]] = {}
        self._longest = longest_backup(access)

    async def server(self, gaps: Gaps) -> Server:
        """Return everything that one poll shows. Raises ServiceError."""
        state = await Server.poll(self, gaps)
        tasks = await self._backup_tasks(gaps)
        groups: list[Group] = []
        for store in self._names("", {one.store for one in state.datastores}, gaps.of("datastores")):
            try:
                groups += await self._groups(store, tasks, gaps)
            except ServiceError as err:
                gaps.add("groups", f"{store}: {err}")
        state.groups = tuple(groups)
        if (reason := gaps.of("datastores") or gaps.of("groups")) is not None:
            gaps.add("backup", reason)
        return state

    def _names(self, of: str, listed: set[str], gap: str | None) -> list[str]:
        """Return what is listed; with a gap also what was listed before, because it is still there."""
        self._seen[of] = listed | self._seen.get(of, set()) if gap else listed
        return sorted(self._seen[of])

    async def _backup_tasks(self, gaps: Gaps) -> tuple[Task, ...] | None:
        """Return the tasks of backups, None when one of them is not understood."""
        odd = Gaps()
        try:
            tasks = await self.tasks(odd, typefilter="backup")
        except ServiceError as err:
            gaps.add("tasks", str(err))
            return None
        reason = odd.of(TASKS) or ("" if all(one.worker_id for one in tasks) else "A task names no backup")
        if reason:
            gaps.add("tasks", reason)
        return None if reason else tasks

    async def _groups(self, store: str, tasks: tuple[Task, ...] | None, gaps: Gaps) -> list[Group]:
        found, odd, path = [], Gaps(), f"admin/datastore/{store}/namespace"
        spaces = {one.ns for one in await self.many(Namespace, path, odd)}
        if reason := odd.of(path):
            gaps.add("groups", reason)
        for namespace in self._names(store, spaces, reason):
            of: dict[tuple[str, str], list[Snapshot]] = defaultdict(list)
            for one in await self.snapshots(store, namespace, gaps):
                of[one.backup_type, one.backup_id].append(one)
            for listed in of.values():
                newest = tuple(sorted(listed, key=lambda one: -one.backup_time))
                found.append(
                    Group(
                        store=store,
                        namespace=namespace,
                        snapshots=newest,
                        now=self.clock.now(),
                        longest=self._longest,
                        tasks=tasks,
                    )
                )
        return found

    async def snapshots(self, store: str, namespace: str, gaps: Gaps) -> tuple[Snapshot, ...]:
        """Return the backups of one namespace; an odd one is a gap."""
        odd, path = Gaps(), f"admin/datastore/{store}/snapshots"
        found = await self.many(Snapshot, path, odd, ns=namespace or None)
        if reason := odd.of(path):
            gaps.add("groups", reason)
        return found

    async def tasks(self, gaps: Gaps, **query: str) -> tuple[Task, ...]:
        """Return recent tasks, newest first."""
        return await self.many(Task, TASKS, gaps, limit=MOST_TASKS, **query)

    async def job(self, upid: str) -> Job:
        """Return a task as kits read it."""
        return (await self.one(Task, f"{TASKS}/{upid}/status")).job

    async def newest_job(self, call: Call, kind: str) -> Job | None:
        """Return the target datastore's newest task of a kind, None when there is none."""
        for task in await self.tasks(Gaps(), typefilter=kind):
            if task.worker_type == kind and (task.worker_id or "").partition(":")[0] == call.target.id:
                return task.job
        return None

    async def maintenance(self, call: Call) -> MaintenanceJob:
        """Return the target, which is a job that runs on a schedule. Raises PreconditionFailed."""
        kind, _, name = call.target.id.partition(":")
        for one in await self.many(MaintenanceJob, PLACES[kind], Gaps()):
            if one.id == name:
                return one
        raise PreconditionFailed(t"{call.target.name} is not listed any more")

    async def last_run(self, call: Call) -> Job | None:
        """Return the last run of a job, None when it did not run yet."""
        upid = (await self.maintenance(call)).last_run_upid
        return await self.job(upid) if upid else None

    async def start(self, path: str) -> str:
        """Start a task and return its UPID."""
        return await self.sent(Upid, "POST", path)

    async def refusal(self, store: str, right: str) -> Text | None:
        """Return that the token lacks a right on a datastore, None when it has it."""
        path = f"/datastore/{store}"
        found = await self.one(dict[str, dict[str, int]], "access/permissions", path=path)
        return None if right in found.get(path, {}) else t"The token lacks the right {right} on {path}"
