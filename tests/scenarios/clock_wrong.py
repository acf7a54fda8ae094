"""A clock is wrong: that of a restored virtual machine, and that of a machine that a monitor watches."""

from datetime import timedelta

from lab.lab import Lab
from lab.scenarios import FiringAlert, Scenario, nothing
from services.home_assistant.simulator import HomeAssistantSimulator

from ._storage import SELDOM


def _home(lab: Lab) -> HomeAssistantSimulator:
    served = lab.served["home_assistant"]
    assert isinstance(served, HomeAssistantSimulator)
    return served


async def _the_clock_stood_still(lab: Lab) -> None:
    _home(lab).clock_offset = timedelta(minutes=-9)


async def _the_clock_is_set(lab: Lab) -> None:
    _home(lab).clock_offset = timedelta()


async def _the_node_is_behind(lab: Lab) -> None:
    lab.proxmox.protection.clocks["pve1"] = -300.0


SCENARIOS = (
    Scenario(
        runbook="clock-wrong",
        services=("home_assistant", "proxmox"),
        settings={"home_assistant": {"runs_on": "homeassistant"}},
        breaks=_the_clock_stood_still,
        helps=_the_clock_is_set,
        check="clock_skew",
        recipe="restart-host",
        target="Home Assistant",
    ),
    Scenario(
        runbook="clock-wrong",
        services=("proxmox",),
        breaks=nothing,
        alert=FiringAlert(name="NodeClockSkewDetected", labels={"node": "pve2"}),
        recipe="investigate",
        target="pve2",
    ),
    Scenario(
        runbook="clock-wrong",
        services=("proxmox",),
        breaks=_the_node_is_behind,
        check="clock_skew",
        recipe="investigate",
        target="pve1",
        passes=SELDOM,
    ),
)
