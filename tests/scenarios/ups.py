"""A power failure, and a battery that is worn out."""

from lab.lab import Lab
from lab.scenarios import Change, Scenario
from services.nut import RACK, VARIABLES
from services.nut.simulator import UpsdSimulator


def _rack(status: str) -> Change:
    """Return what lets the UPS of the rack have this status."""

    async def change(lab: Lab) -> None:
        served = lab.served["nut"]
        assert isinstance(served, UpsdSimulator)
        served.state.answers[RACK] = {**VARIABLES, **served.state.object(RACK), "ups.status": status}

    return change


def _power_fails(guest: int) -> Change:
    """Return a power failure while this guest has the tag of what is stopped first."""

    async def change(lab: Lab) -> None:
        lab.world.set_config(guest, {"tags": "media;stop-first"})
        await _rack("OB DISCHRG")(lab)  # type: ignore[operator]

    return change


SCENARIOS = (
    *(
        Scenario(
            runbook="ups-on-battery",
            services=("nut", "proxmox"),
            breaks=_power_fails(guest),
            helps=_rack("OL CHRG"),
            check="ups_on_battery",
            recipe=recipe,
            target="rack",
            evidence="rack: OB DISCHRG",
        )
        for recipe, guest in (("stop-container", 110), ("stop-vm", 200))
    ),
    Scenario(
        runbook="ups-on-battery",
        services=("nut",),
        breaks=_rack("OB DISCHRG"),
        check="ups_on_battery",
        recipe="investigate",
        target="rack",
    ),
    Scenario(
        runbook="ups-battery",
        services=("nut",),
        breaks=_rack("OL RB"),
        helps=_rack("OL"),
        check="ups_replace_battery",
        recipe="test-battery",
        target="rack",
    ),
    Scenario(
        runbook="ups-battery",
        services=("nut",),
        breaks=_rack("OL LB CHRG"),
        check="ups_battery_low",
        recipe="investigate",
        target="rack",
    ),
)
