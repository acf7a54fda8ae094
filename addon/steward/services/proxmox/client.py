"""The client of a cluster: where a guest is now, its tasks, and what refusals of Proxmox mean."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Final, override

import msgspec

from homelab_steward.contract.base import Value

from ...errors import PreconditionFailed, ServiceError, ServiceForbidden, ServiceMalformed, ServiceUnreachable
from ...sdk.answers import NotKnown, known
from ...sdk.description import Access, Call, Gaps
from ...sdk.display import Text, brief, first_of
from ...sdk.kits import LAST, ORDER, Job
from ...tasks import task_group
from .._proxmox.client import TokenClient, longest_backup
from .details import EVERY, PARTS, read_details
from .models import (
    GUESTS,
    KINDS,
    Cluster,
    Details,
    GuestSnapshot,
    LogLine,
    Member,
    NodeStatus,
    Replication,
    Resource,
    Row,
    Shown,
    Task,
    has_quorum,
    is_copy,
)

MOST_LINES: Final = 2000
MOST_ERRORS: Final = 2
ERROR: Final = re.compile(r"(?:\S+ \S+ )?(?:TASK )?ERROR\b")
"""How a line of a task's log begins that reports an error, after its time if it has one."""

HIGH_AVAILABILITY: Final = {
    "error": "gave up on it: disable it there first",
    "fence": "waits until its node is fenced",
    "recovery": "recovers it on another node",
    **dict.fromkeys(("migrate", "relocate"), "moves it now"),
}
"""States in which the manager of high availability takes no request, and what it does."""

_NOT_CONNECTED: Final = re.compile(r": 595\b")
"""What a node answers when it cannot connect to the node that a call is about."""

_NOTHING_DONE: Final = re.compile(
    "no quorum|is locked|can't lock file|detected modified configuration|does not exist|(already|not) running"
)
"""Reasons that Proxmox gives with a 500 before it changes anything."""

_SEEN_WITH: Final = {"VM.Audit": tuple(GUESTS), "Datastore.Audit": ("storage",)}


class ProxmoxClient(TokenClient):
    """One cluster, asked with an API token. Each call looks up the node that a guest is on."""

    def __init__(self, access: Access) -> None:
        """Raise InvalidSetting when the token id is none or the address is not https."""
        super().__init__(access, "PVEAPIToken", "=")
        self._longest = longest_backup(access)
        self._token_id = access.text("token_id")
        self._details: Details | None = None
        self._read_at = 0.0
        self._guests: dict[int, Resource] = {}
        self._seen: dict[str, tuple[set[str], set[str]]] = {}

    @override
    def not_done(self, text: str) -> type[ServiceError] | None:
        if _NOT_CONNECTED.search(text):
            return ServiceUnreachable
        return PreconditionFailed if _NOTHING_DONE.search(text) else None

    async def cluster(self, gaps: Gaps) -> Cluster:
        """Return everything one poll shows; what may be hidden is a gap. Raises ServiceError."""
        state = await Cluster.poll(self, gaps)
        rows = tuple(self._named(row) for row in state.resources if not is_copy(row.vmid))
        state.gaps, state.details = gaps, await self._detailed(rows)
        state.rows = tuple(Shown(**msgspec.structs.asdict(row), details=state.details) for row in rows)
        for part, reason in ((part, state.details.gaps.of(part)) for part in PARTS):
            if reason is not None:
                gaps.add(part, reason)
        if not any(state.of("node")):
            for kind in KINDS:
                gaps.add(kind, "Proxmox lists nothing, not even a node")
        for right, kinds in _SEEN_WITH.items():
            if (hidden := self._hidden(state, right, kinds)) is not None:
                for kind in kinds:
                    gaps.add(kind, hidden)
        _note_unknown(state, gaps)
        return state

    async def _detailed(self, rows: tuple[Resource, ...]) -> Details:
        """Return what is read seldom, at most as old as its interval."""
        now = self.clock.monotonic()
        if self._details is None or now - self._read_at >= EVERY:
            before, found = self._details, await read_details(self, rows, self._longest)
            # A guest is still the same device while its configuration cannot be read.
            found.macs = {**(before.macs if before else {}), **found.macs}
            self._details, self._read_at = found, now
        return self._details

    def _named(self, row: Resource) -> Resource:
        """Return a guest with its last known name when Proxmox does not report one now."""
        if row.vmid and row.name:
            self._guests[row.vmid] = row
        last = self._guests.get(row.vmid)
        if last is None or row.name:
            return row
        return msgspec.structs.replace(row, name=last.name, template=last.template)

    def _hidden(self, state: Cluster, right: str, kinds: tuple[str, ...]) -> Text | None:
        """Return why resources may be hidden, None when all are listed.

        Compares what is listed, and where the token has the right, with what was seen before.
        """
        keys = {row.key for row in state.of(*kinds)}
        keys_before, paths_before = self._seen.get(right, (set(), set()))
        try:
            paths = {path for path, _ in state.granted(right)}
        except NotKnown:
            paths, is_narrower = paths_before, True
        else:
            is_narrower = bool(paths_before - paths)
            if not paths:
                return t"The token lacks the right {right}"
        if (missing := keys_before - keys) and (is_narrower or not keys):
            return t"{len(missing)} that were seen before are missing: check the rights of the token"
        self._seen[right] = keys, paths
        return None

    async def guest(self, call: Call) -> Resource:
        """Return where the target is now. Raises PreconditionFailed when it is not listed."""
        for row in await self.many(Row, "cluster/resources", Gaps(), type="vm"):
            if row.type == GUESTS[call.target.kind] and row.key == call.target.id:
                return self._named(row)
        raise PreconditionFailed(t"Proxmox does not list {call.target.name}: it is deleted or hidden")

    async def identity(self, call: Call) -> str:
        """Return the target's name: a deleted guest's number is free for another. Raises NotKnown."""
        return known((await self.guest(call)).name or None)

    async def path(self, call: Call) -> str:
        """Return the path of the target on the node where it is now."""
        guest = await self.guest(call)
        return f"nodes/{guest.node}/{guest.type}/{guest.vmid}"

    async def status(self, call: Call) -> Resource:
        """Return how the target is now, as its node reports it."""
        return await self.one(Resource, f"{await self.path(call)}/status/current")

    async def is_running(self, call: Call) -> bool:
        """Return whether the target runs. Raises NotKnown."""
        return (await self.status(call)).is_up

    async def snapshots(self, call: Call) -> tuple[GuestSnapshot, ...]:
        """Return the target's snapshots, newest first. Raises ServiceMalformed when one is odd."""
        path = f"{await self.path(call)}/snapshot"
        rows = await self.many(GuestSnapshot, path, gaps := Gaps())
        if (reason := gaps.of(path)) is not None:
            raise ServiceMalformed(reason)
        found = [one for one in rows if one.name != "current"]
        return tuple(sorted(found, key=lambda one: -(one.snaptime or 0)))

    async def backup_storage(self, call: Call) -> Resource | None:
        """Return the storage that a backup of the target goes to, None when there is none.

        Proxmox Backup Server is preferred, then the storage with the most free space.
        """
        guest = await self.guest(call)
        rows = await self.many(Row, "cluster/resources", Gaps(), type="storage")
        found = [one for one in rows if one.node == guest.node and one.status == "available"]
        usable = [one for one in found if one.takes_backups]
        return max(usable, key=lambda one: (one.plugintype == "pbs", _free(one)), default=None)

    async def node_status(self, node: str) -> NodeStatus:
        """Return how a node is now."""
        return await self.one(NodeStatus, f"nodes/{node}/status")

    async def nodes_online(self) -> tuple[str, ...]:
        """Return the names of the nodes that are online."""
        return tuple(node.key for node in await self._nodes() if node.status == "online")

    async def tasks_unread(self) -> Text | None:
        """Return which nodes' tasks cannot be read now, None when all can."""
        away = [node.key for node in await self._nodes() if node.status != "online"]
        return t"The tasks of {', '.join(away)} cannot be read: not online" if away else None

    async def _nodes(self) -> tuple[Resource, ...]:
        return await self.many(Resource, "nodes", Gaps())

    async def refusal(self, call: Call, right: str, *, allowed_lock: str = "") -> Text | None:
        """Return why Proxmox would refuse a change of the target, which needs ``right``, now.

        Raises NotKnown when Proxmox does not report the quorum.
        """
        path, name = f"/vms/{call.target.id}", call.target.name
        if right not in (await self.rights(path)):
            return t"The token lacks the right {right} on {path}"
        if (lock := (await self.status(call)).lock) not in ("", allowed_lock):
            return t"{name} is locked ({lock})"
        if reason := HIGH_AVAILABILITY.get((await self.guest(call)).hastate):
            return t"{name} is managed by high availability, which {reason}"
        try:
            members = await self.many(Member, "cluster/status", Gaps())
        except ServiceForbidden:
            return None
        is_quorate = has_quorum(members, len(await self._nodes()))
        return None if is_quorate else t"The cluster has no quorum and accepts no changes"

    async def rights(self, path: str) -> frozenset[str]:
        """Return the rights of the token on one path, with what it gets from pools and above."""
        found = await self.one(dict[str, dict[str, int]], "access/permissions", path=path)
        return frozenset(found.get(path, ()))

    async def replication(self, call: Call) -> tuple[str, Replication]:
        """Return the path of a replication and what its node says. Raises PreconditionFailed."""
        for node in await self.nodes_online():
            for one in await self.many(Replication, f"nodes/{node}/replication", Gaps()):
                if one.id == call.target.id:
                    return f"nodes/{node}/replication/{one.id}", one
        raise PreconditionFailed(t"No node that is online replicates {call.target.name}")

    async def replicate(self, call: Call) -> str:
        """Let a replication begin within a minute; return when its run before began."""
        path, before = await self.replication(call)
        await self.send("POST", f"{path}/schedule_now")
        self._details = None
        return str(known(before.last_try))

    async def replicated(self, call: Call, before: str) -> Job:
        """Return the run that began after ``before``."""
        job = (await self.replication(call))[1].job
        is_new = (job.order or 0) > float(before)
        return job if is_new else Job(handle=before, is_running=True, text="not begun so far")

    async def task(self, upid: str) -> Task:
        """Return a task by its id, which names its node."""
        return await self.one(Task, f"nodes/{upid.split(':')[1]}/tasks/{upid}/status")

    async def job(self, upid: str) -> Job:
        """Return a task as kits read it; one that failed with the errors of its log."""
        job = (await self.task(upid)).job
        if job.ok is not False:
            return job
        path = f"nodes/{upid.split(':')[1]}/tasks/{upid}/log"
        with suppress(ServiceError):  # the outcome alone says something too
            lines = await self.many(LogLine, path, Gaps(), limit=MOST_LINES)
            errors = [brief(one.t, 200) for one in lines if ERROR.match(one.t) and job.text not in one.t]
            return replace(job, text="; ".join((job.text, *errors[-MOST_ERRORS:])))
        return job

    async def newest_job(self, call: Call, types: tuple[str, ...]) -> Job | None:
        """Return the target's newest task of these types, None when there is none."""
        return next((task.job for task in await self.tasks(call) if task.type in types), None)

    async def own_job(self, call: Call, types: tuple[str, ...], since: Mapping[str, Value]) -> Job | None:
        """Return the target's first task of these types that our token started since ``since``.

        That is the baseline with the newest task of then. None when there is none.
        """
        begun = since.get(ORDER)
        after = begun if isinstance(begun, int | float) else 0
        found = [
            task.job
            for task in await self.tasks(call)
            if task.type in types and task.is_started_by(self._token_id)
            # Times are whole seconds.
            if task.starttime >= after and task.upid != since.get(LAST)
        ]
        return found[-1] if found else None

    async def tasks(self, call: Call) -> tuple[Task, ...]:
        """Return the target's tasks on all nodes that are online, newest first: guests move.

        See :meth:`tasks_unread` for those of the other nodes.
        """
        nodes = await self.nodes_online()
        async with task_group() as calls:
            lists = (self._tasks(node, call.target.id) for node in nodes)
            reads = [calls.create_task(one) for one in lists]
        found = [task for read in reads for task in read.result()]
        return tuple(sorted(found, key=lambda task: task.starttime, reverse=True))

    async def _tasks(self, node: str, vmid: str) -> tuple[Task, ...]:
        return await self.many(Task, f"nodes/{node}/tasks", Gaps(), vmid=vmid, source="all", limit=100)


def _free(storage: Resource) -> int:
    return (storage.maxdisk or 0) - (storage.disk or 0)


def _note_unknown(state: Cluster, gaps: Gaps) -> None:
    """Name in a gap what is listed with an unknown state."""
    unknown = [row.title for row in state.of(*KINDS) if not row.is_state_known]
    if unknown:
        gaps.add("states", f"It is not known whether they run: {first_of(unknown, 5)}")
