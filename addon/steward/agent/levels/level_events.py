"""Publishes the level of a runbook after a change, in the language of the household."""

from collections.abc import Mapping

from homelab_steward.contract.protocol import RowKind

from ...runbooks.model import Runbook
from ...store.store import Unit
from ...texts import household
from .autonomy_state import CellStates
from .level_rows import runbook_level


async def publish_level(
    unit: Unit, states: CellStates, library: Mapping[str, Runbook], runbook_id: str
) -> None:
    """Publish the level of a runbook as it is in the transaction ``unit``."""
    runbook = library.get(runbook_id)
    if runbook is not None:
        found = await states.of_runbook(unit.connection, runbook.id, runbook.version)
        unit.publish(RowKind.LEVEL, runbook.id, runbook_level(runbook, found, household()))
