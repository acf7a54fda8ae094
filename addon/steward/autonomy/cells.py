"""What earns a level of autonomy: one recipe of one version of a runbook, on one class of targets."""

from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """One recipe of one version of a runbook, on one class of targets such as "docker/container".

    A new version is a new cell: nothing is inherited from the version before.
    """

    runbook_id: str
    version: int
    recipe: str
    target_class: str

    @property
    def key(self) -> str:
        """A text that no other cell has: the four parts in quoted form, joined by "/"."""
        parts = (self.runbook_id, str(self.version), self.recipe, self.target_class)
        return "/".join(quote(part, safe="") for part in parts)
