"""Network UPS Tools in the lab: a server with two UPS."""

from lab.fixtures import Round, ServiceFixture
from lab.lab import Lab
from lab.wire import JsonObject
from services.nut.simulator import PASSWORD, USER, UpsdSimulator

VARIABLES: JsonObject = {
    "battery.charge": "100",
    "battery.charge.low": "20",
    "battery.runtime": "1830",
    "battery.voltage": "27.1",
    "device.mfr": "Heron Power",
    "device.model": "Line 900",
    "device.serial": "HP-0042",
    "input.voltage": "231.0",
    "ups.beeper.status": "enabled",
    "ups.load": "23",
    "ups.realpower": "124",
    "ups.status": "OL CHRG",
    "ups.temperature": "31.5",
    "ups.test.date": "2026-11-01T08:00:00Z",
    "ups.test.result": "Done and passed",
}
RACK, DESK = "GET /LIST VAR rack", "GET /LIST VAR desk"
COMMANDS: JsonObject = {"beeper.enable": "", "beeper.disable": "", "test.battery.start.quick": ""}
SILENT: JsonObject = {**VARIABLES, "ups.beeper.status": "disabled", "ups.load": "5"}


def _simulator(lab: Lab) -> UpsdSimulator:
    return UpsdSimulator(
        "nut",
        lab.world,
        lab.faults,
        {
            "GET /VER": "Network UPS Tools upsd 2.8.1 - https://www.networkupstools.org/",
            "GET /LIST UPS": {"rack": "Rack in the cellar", "desk": "Desk"},
            RACK: VARIABLES,
            DESK: SILENT,
            "GET /LIST CMD rack": COMMANDS,
            "GET /LIST CMD desk": COMMANDS,
        },
    )


FIXTURE = ServiceFixture(
    simulator=_simulator,
    settings=lambda served: {**served.settings(), "username": USER, "password": PASSWORD},
    rounds=(
        Round(action="disable_beeper", write=("INSTCMD", "/beeper.disable"), target="rack"),
        Round(action="enable_beeper", write=("INSTCMD", "/beeper.enable"), target="desk"),
        Round(action="test_battery", write=("INSTCMD", "/test.battery.start.quick"), target="rack"),
    ),
    unhealthy={
        RACK: {**VARIABLES, "ups.status": "OB LB RB OVER", "battery.charge": "12", "ups.load": "97"},
        DESK: "ERR DATA-STALE",
    },
    optional={
        "GET /LIST UPS rack": "A UPS that is not listed was removed from the server",
        "GET /LIST UPS desk": "A UPS that is not listed was removed from the server",
    },
    timeouts=("steward.sdk.tcp.ANSWER",),
)
