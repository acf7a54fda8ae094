"""The Git repository in which drafted runbooks are proposed, through the service that hosts it."""

import hashlib
from dataclasses import dataclass
from typing import Final

from ...errors import Fenced, PreconditionFailed
from ...inventory.ports import Inventory
from ...sdk.description import NewFile

ACTION: Final = "propose_file"
"""The name under which fences can forbid it."""

BRANCH: Final = "steward/"
"""The prefix of the branches of these pull requests."""


@dataclass(frozen=True, slots=True)
class ForgeRepository:
    """A repository of an instance. ``folder`` is the path of the runbooks in it, "" for its root."""

    inventory: Inventory
    instance_id: str
    name: str
    folder: str

    @property
    def is_there(self) -> bool:
        """Whether the instance exists, and files can be proposed in it."""
        service = self.inventory.service(self.instance_id)
        return service is not None and service.propose_file is not None

    async def propose(self, runbook_id: str, title: str, source: str) -> str:
        """Open a pull request with a runbook, once, and return its number as text.

        Raises PreconditionFailed when it is refused, and ServiceError.
        """
        service, target = self.inventory.service(self.instance_id), self.inventory.target(self.instance_id)
        if service is None or service.propose_file is None or target is None:
            raise PreconditionFailed(t"There is no service {self.instance_id} with pull requests")
        if (fence := self.inventory.fenced(target, ACTION)) is not None:
            raise Fenced(fence)
        digest = hashlib.sha256(source.encode()).hexdigest()
        file = NewFile(
            repository=self.name,
            path="/".join(filter(None, (self.folder, f"{runbook_id}.md"))),
            content=source,
            branch=f"{BRANCH}{runbook_id}-{digest[:8]}",
            title=f"Add runbook {title}",
            body=f"Homelab Steward drafted the runbook `{runbook_id}` from repairs that people approved.\n",
        )
        return await service.propose_file(self.inventory.client(self.instance_id), file)
