"""Tasks of guests: how they are started, found again and refused."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from homelab_steward.contract.base import Value

from ...sdk.client import Parameter
from ...sdk.description import Call, InDoubt
from ...sdk.display import Text
from ...sdk.kits import HANDLE, Jobs, Refusal
from .._proxmox.tasks import Upid
from .client import ProxmoxClient

type Start = Callable[[ProxmoxClient, Call], Awaitable[str]]
TASK_TYPES: Final = {
    "start": ("vzstart", "qmstart", "hastart"),
    "shutdown": ("vzshutdown", "qmshutdown", "hashutdown", "hastop"),
    "reboot": ("vzreboot", "qmreboot"),
    "migrate": ("vzmigrate", "qmigrate", "hamigrate"),
    "rollback": ("vzrollback", "qmrollback"),
    "backup": ("vzdump",),
    "snapshot": ("vzsnapshot", "qmsnapshot"),
    "delete_snapshot": ("vzdelsnapshot", "qmdelsnapshot"),
}
"""What Proxmox calls the tasks of a command; those of guests under high availability differ."""

POWER_RIGHT: Final = "VM.PowerMgmt"


def started(command: str, form: Callable[[Call, bool], Mapping[str, Parameter]]) -> Start:
    """Return what starts a task; ``form`` gets the call and whether the guest runs."""

    async def start(client: ProxmoxClient, call: Call) -> str:
        parameters = form(call, await client.is_running(call))
        return await client.sent(Upid, "POST", f"{await client.path(call)}/{command}", form=parameters)

    return start


def jobs_of(command: str) -> Jobs[ProxmoxClient]:
    """Return how the tasks of a command are read."""
    return Jobs(
        read=lambda client, _, upid: client.job(upid),
        newest=lambda client, call: client.newest_job(call, TASK_TYPES[command]),
        unread=lambda client, _: client.tasks_unread(),
        own=lambda client, call, baseline: client.own_job(call, TASK_TYPES[command], baseline),
    )


def in_doubt_of(command: str) -> InDoubt:
    """Return what says where a person sees how a command ended."""
    types = " / ".join(TASK_TYPES[command])

    def in_doubt(call: Call, baseline: Mapping[str, Value]) -> Text:
        name, number = call.target.name, call.target.id
        if handle := baseline.get(HANDLE):
            return t"Look at the task history of {name} ({number}) in Proxmox: its task is {handle}"
        return (
            t"Look at the task history of {name} ({number}) in Proxmox, for a task of type {types} of the "
            t"steward's token: without one, nothing was done"
        )

    return in_doubt


def needs(right: str, *, allowed_lock: str = "") -> Refusal[ProxmoxClient]:
    """Return what refuses a target that is locked, or for which the right is missing."""
    return lambda client, call: client.refusal(call, right, allowed_lock=allowed_lock)
