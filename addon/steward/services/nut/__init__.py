"""Network UPS Tools: what each UPS powers from, for how long, and its battery."""

from typing import Final

from ...sdk.checks import critical, warning
from ...sdk.description import INFRASTRUCTURE, Call, Control, Gaps, ResourceKind, Risk, Service, Versions
from ...sdk.display import diagnostic, duration, flag, list_tool, measured, percentage, worst_first
from ...sdk.tcp import tcp_settings
from .actions import BEEPER, TEST, TEST_BATTERY
from .client import PORT, NutClient
from .models import NutState, Ups

_UPS: Final = ResourceKind[NutState, Ups](
    key="ups",
    name="UPS",
    items=lambda state: state.ups,
    id=lambda one: one.name,
    labels=lambda one: {"ups": one.name},
    is_device=True,
    sensors=(
        flag("on_mains", "On mains", lambda one: one.is_on_mains, "plug"),
        flag("battery_low", "Battery low", lambda one: one.is_low, "battery"),
        flag("replace_battery", "Replace battery", lambda one: "RB" in one.flags, "problem"),
        measured("charge", "Battery charge", lambda one: one.values.charge, "%", "battery"),
        duration("runtime", "Runtime left", lambda one: one.values.runtime),
        percentage("load", "Load", lambda one: one.values.load, "mdi:gauge"),
        measured("power", "Power", lambda one: one.values.power, "W", "power"),
        measured("temperature", "Temperature", Ups.celsius, "°C", "temperature", enabled=False),
        measured("input_voltage", "Input voltage", Ups.input, "V", "voltage", enabled=False),
        measured("voltage", "Battery voltage", lambda one: one.values.volts, "V", "voltage", enabled=False),
        diagnostic("status", "Status", lambda one: one.values.status),
        diagnostic("model", "Model", lambda one: one.values.model, enabled=False),
        diagnostic("test_result", "Battery test", lambda one: one.values.test, enabled=False),
        flag("beeper", "Beeper", lambda one: one.beeps, diagnostic=True),
    ),
)
_HELP: Final = f"For actions only: a user with the instcmds beeper.enable, beeper.disable and {TEST}."


@list_tool("ups", "UPS", "Power source, battery and load of each UPS.", capability="status")
async def _list(client: NutClient, gaps: Gaps, _: Call) -> list[str]:
    return [str(one) for one in worst_first((await NutState.poll(client, gaps)).ups, Ups.is_bad)]


SERVICE: Final = Service(
    key="nut",
    name="Network UPS Tools",
    category=INFRASTRUCTURE,
    icon="mdi:power-plug-battery",
    settings=tcp_settings(PORT, "Where upsd runs, such as nas.example.org", _HELP),
    connect=NutClient,
    poll=NutState.poll,
    version=lambda state: state.version.rpartition("upsd ")[2].split(" ")[0],
    resources=(_UPS,),
    checks=(
        critical("ups_on_battery", "UPS on battery", Ups.on_battery, scope="ups"),
        critical("ups_battery_low", "UPS battery low", Ups.battery_low, scope="ups"),
        warning("ups_replace_battery", "UPS needs a battery", Ups.replace_battery, scope="ups"),
        warning("ups_overloaded", "UPS overloaded", Ups.overloaded, scope="ups"),
        warning("ups_no_contact", "No contact with UPS", Ups.no_contact, scope="ups"),
    ),
    tools=(_list,),
    actions=(
        BEEPER.turn_off(
            key="disable_beeper",
            description="The UPS makes no sound.",
            risk=Risk.LOW,
            scope="ups",
        ),
        BEEPER.turn_on(
            key="enable_beeper",
            description="The UPS beeps when it is on battery.",
            risk=Risk.LOW,
            scope="ups",
        ),
        TEST_BATTERY.action(
            key="test_battery",
            description="Powers everything from the battery for some seconds.",
            risk=Risk.MEDIUM,
            scope="ups",
            blast_radius="If the battery is worn out, what the UPS powers loses power",
            icon="mdi:battery-sync",
        ),
    ),
    controls=(
        Control.switch("beeper", "Beeper", "beeper", on="enable_beeper", off="disable_beeper", scope="ups"),
    ),
    understood=Versions("2.7", "2.8"),
    tested="NUT 2.8.0 with dummy-ups",
)
