"""Action kits: classes that make complete actions from a few reads and one write."""

from ..shown import difference, result
from .about import About, Identity, Refusal, TimedClient, poll_until
from .clear import Clear
from .create_item import ITEM_NAME, NAME, CreateItem, free_name
from .delete_item import DeleteItem
from .jobs import HANDLE, LAST, ORDER, Job, Jobs, RunJob, always
from .last_job import LastJob, last_job
from .make_backup import MakeBackup
from .pause import Pause, Paused
from .restart import Restart
from .restart_program import restart_program
from .set_value import Current, SetValue
from .silence import HOURS, Silence, Silenced
from .switch import Switch, Turn

__all__ = [
    "HANDLE",
    "HOURS",
    "ITEM_NAME",
    "LAST",
    "NAME",
    "ORDER",
    "About",
    "Clear",
    "CreateItem",
    "Current",
    "DeleteItem",
    "Identity",
    "Job",
    "Jobs",
    "LastJob",
    "MakeBackup",
    "Pause",
    "Paused",
    "Refusal",
    "Restart",
    "RunJob",
    "SetValue",
    "Silence",
    "Silenced",
    "Switch",
    "TimedClient",
    "Turn",
    "always",
    "difference",
    "free_name",
    "last_job",
    "poll_until",
    "restart_program",
    "result",
]
