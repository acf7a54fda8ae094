"""The probe of levels of autonomy: a relapse lowers them."""

from datetime import timedelta

from homelab_steward.contract.autonomy import AutonomyLevel
from homelab_steward.contract.incidents import AlertStatus, IncidentStatus, Outcome

from ..autonomy import evidence
from ..autonomy.cells import Cell
from ..autonomy.ladder import after_label
from ..autonomy.levels import RANK, Standing
from ..autonomy.trials import Label, Observed, Trial, circumstance, label_of
from ..texts import english
from .attempts import MONITOR, alert_of, run
from .probe import Probe
from .results import require
from .scratch import Workshop
from .world import Box

MANY = 40
"""Good runs before the relapse: more than any level needs."""

AFTER = timedelta(minutes=10)


async def _relapse(shop: Workshop) -> None:
    """Let a problem come back after a repair: it counts as a bad run, which lowers each level above ask."""
    async with shop.open() as scratch:
        await run(scratch)
        await scratch.until(lambda one: one.status is IncidentStatus.RESOLVED, "its repair")
        scratch.world.boxes["alpha"] = Box()
        ended = alert_of(scratch, status=AlertStatus.RESOLVED)
        await scratch.agent.correlator.take(MONITOR, [ended])
        scratch.clock.move(AFTER.total_seconds())
        await scratch.agent.correlator.take(MONITOR, [alert_of(scratch)])
        incident = await scratch.until(lambda one: one.round > 1, "its relapse")
        verdict = incident.run.verdict if incident.run else None
        require(
            verdict is not None and verdict.outcome is Outcome.RELAPSED,
            f"after a relapse the verdict is {verdict.outcome if verdict else None}",
        )
        now = scratch.clock.now()
        label = label_of(Observed(outcome=verdict.outcome if verdict else None, changed_at=now - AFTER), now)
        require(isinstance(label, Label) and label.is_bad, f"a relapse counts as {label}")
        where = circumstance(now, incident.severity, 0)
        cell = Cell("drill-memory", 1, "act", "box")
        trials = [
            Trial(
                run_id=str(number),
                cell=cell,
                target="alpha",
                at=now,
                label=Label.GOOD if number < MANY else Label.BAD,
                is_automatic=True,
                circumstance=where,
            )
            for number in range(MANY + 1)
        ]
        for level in (AutonomyLevel.VETO, AutonomyLevel.AUTO):
            after = after_label(Standing(level=level), evidence.of(trials), Label.BAD, now)
            require(RANK[after.level] < RANK[level], f"after a relapse the level is still {after.level}")


PROBES = (Probe(id="relapse-demotes", title=english("A relapse lowers the level of autonomy"), run=_relapse),)
