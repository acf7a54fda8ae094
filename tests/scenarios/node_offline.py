"""A machine is down: the steward cannot switch it on."""

from lab.lab import Lab
from lab.scenarios import Scenario


async def _node_goes_down(lab: Lab) -> None:
    lab.world.set_node_online("pve2", is_online=False)


SCENARIOS = Scenario.each(
    "meant-to-be-off",
    "investigate",
    runbook="node-offline",
    services=("proxmox",),
    breaks=_node_goes_down,
    check="node_offline",
    target="pve2",
)
