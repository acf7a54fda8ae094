"""The scan of a library."""

from abc import abstractmethod
from typing import Any

from ...sdk.description import Action, Call, Risk
from ...sdk.kits import Job, LastJob
from .service import MediaClient


class ScanningClient(MediaClient):
    """A media server that scans libraries, and says when it did it last."""

    @abstractmethod
    async def scan(self, call: Call) -> None:
        """Start a scan."""

    @abstractmethod
    async def last_scan(self, call: Call) -> Job:
        """Return the scan that runs, or the last one. Raises NotKnown."""


def scan_action[C: ScanningClient](server: type[C], name: str, description: str, **more: Any) -> Action[C]:
    """Return the action that starts a scan; ``more`` are other fields of an Action."""
    scan = LastJob[C](last=server.last_scan, request=server.scan)
    return scan.run(t"Scan", t"none", t"for files that are new, changed, or gone", waits=False).action(
        key="scan",
        name=name,
        description=description,
        risk=Risk.LOW,
        blast_radius="The disks and the processor of the server get work",
        **more,
    )
