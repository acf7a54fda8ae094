"""Tasks of guests: how they are started, found again and refused."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from ...sdk.client import Parameter
from ...sdk.description import Call
from ...sdk.kits import Jobs, Refusal
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
    )


def needs(right: str, *, allowed_lock: str = "") -> Refusal[ProxmoxClient]:
    """Return what refuses a target that is locked, or for which the right is missing."""
    return lambda client, call: client.refusal(call, right, allowed_lock=allowed_lock)
