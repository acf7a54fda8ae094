"""Tasks: the work that Proxmox does in the background, named by their UPID."""

from typing import Annotated, Final

import msgspec

from ...sdk.answers import Item
from ...sdk.kits import Job

# It becomes a part of paths.
Upid = Annotated[str, msgspec.Meta(pattern=r"^UPID:[A-Za-z0-9-]+:[^/\s]+\Z")]
UNKNOWN: Final = ("", "unknown", "unexpected status")


def is_good(outcome: str) -> bool:
    """Return whether a task that ended so was successful."""
    return outcome == "OK" or outcome.startswith("WARNINGS")


class Task(Item, rename=None):
    """One task. In lists ``status`` is its outcome; asked for alone it is running or stopped."""

    upid: Upid
    starttime: int
    user: str = ""
    endtime: int | None = None
    status: str = ""
    exitstatus: str = ""

    def is_started_by(self, token_id: str) -> bool:
        """Return whether a token started it, such as user@realm!name. ``user`` may lack the name."""
        return token_id in self.upid.split(":")[7:8]

    @property
    def outcome(self) -> str | None:
        """How it ended ("OK", "WARNINGS: 1", an error), None while it runs."""
        if self.status in ("running", "stopped"):
            return self.exitstatus if self.status == "stopped" else None
        return None if self.endtime is None else self.status

    @property
    def job(self) -> Job:
        """The task as kits read it; an outcome that Proxmox itself does not know stays unknown."""
        text = self.outcome
        if text is None or text in UNKNOWN:
            shown = text or "no outcome yet"
            return Job(handle=self.upid, is_running=text is None, text=shown, order=self.starttime)
        return Job(handle=self.upid, is_running=False, ok=is_good(text), text=text, order=self.starttime)
