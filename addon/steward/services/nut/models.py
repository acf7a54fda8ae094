"""What upsd says of a UPS, typed. Every value is text; NUT names its variables in docs/nut-names.txt."""

from typing import Final

import msgspec

from ...sdk.answers import Item, NotKnown, State, known, many, one, worded
from ...sdk.display import Text, span

OVERLOAD: Final = 90.0


class Variables(Item, rename=None):
    """The variables that are read."""

    status: str | None = msgspec.field(default=None, name="ups.status")
    charge: float | None = msgspec.field(default=None, name="battery.charge")
    charge_low: float | None = msgspec.field(default=None, name="battery.charge.low")
    runtime: float | None = msgspec.field(default=None, name="battery.runtime")
    volts: float | None = msgspec.field(default=None, name="battery.voltage")
    load: float | None = msgspec.field(default=None, name="ups.load")
    power: float | None = msgspec.field(default=None, name="ups.realpower")
    celsius: float | None = msgspec.field(default=None, name="ups.temperature")
    input: float | None = msgspec.field(default=None, name="input.voltage")
    model: str | None = msgspec.field(default=None, name="device.model")
    beeper: str | None = msgspec.field(default=None, name="ups.beeper.status")
    test: str | None = msgspec.field(default=None, name="ups.test.result")
    test_date: str | None = msgspec.field(default=None, name="ups.test.date")


class Ups(Item):
    """One UPS. ``lost`` is what upsd answers in place of the variables, "" if it has contact."""

    name: str
    description: str = ""
    lost: str | None = None
    variables: Variables | None = None
    commands: tuple[str, ...] = ()

    @property
    def values(self) -> Variables:
        """The variables. Raises NotKnown while upsd has no contact with it."""
        if self.lost:
            raise NotKnown(t"upsd has no contact with it ({self.lost})")
        return known(self.variables)

    @property
    def flags(self) -> frozenset[str]:
        """The flags of the status, such as OL, OB, LB or RB. Raises NotKnown."""
        flags = frozenset(known(self.values.status).split())
        if "WAIT" in flags:
            raise NotKnown(t"The driver of the UPS has just started")
        return flags

    @property
    def is_on_mains(self) -> bool:
        """Whether mains power it. Raises NotKnown, also for a status that says neither."""
        if "OB" in self.flags:
            return False
        if "OL" not in self.flags:
            raise NotKnown(t"The status {known(self.values.status)} does not say it")
        return True

    @property
    def is_low(self) -> bool:
        """Whether its battery is low: by its own flag or by its own limit. Raises NotKnown."""
        charge, limit = self.values.charge, self.values.charge_low
        return "LB" in self.flags or (charge is not None and limit is not None and charge <= limit)

    @property
    def beeps(self) -> bool:
        """Whether the beeper is on. Raises NotKnown; "muted" is on again at the next event."""
        return known(self.values.beeper) != "disabled"

    @property
    def left(self) -> str:
        """The charge and the runtime, for people."""
        charge = worded(lambda: f"{known(self.values.charge):g} %")
        return f"charge {charge}, runtime {worded(lambda: span(known(self.values.runtime)))}"

    def celsius(self) -> float | None:
        """Return its temperature. Raises NotKnown."""
        return self.values.celsius

    def input(self) -> float | None:
        """Return the voltage of the mains. Raises NotKnown."""
        return self.values.input

    def on_battery(self) -> Text | None:
        """Return that it is on battery. Raises NotKnown."""
        return None if self.is_on_mains else t"On battery: {self.left}"

    def battery_low(self) -> Text | None:
        """Return that the battery is low. Raises NotKnown."""
        return t"The battery is low: {self.left}" if self.is_low else None

    def replace_battery(self) -> Text | None:
        """Return that the UPS asks for a new battery. Raises NotKnown."""
        return t"It asks for a new battery" if "RB" in self.flags else None

    def overloaded(self) -> Text | None:
        """Return that too much is connected. Raises NotKnown."""
        if "OVER" in self.flags:
            return t"Load of {worded(lambda: f'{known(self.values.load):g} %')}"
        load = known(self.values.load)
        return t"Load of {load:g} %" if load > OVERLOAD else None

    def no_contact(self) -> Text | None:
        """Return that upsd has no contact with it. Raises NotKnown."""
        return t"upsd has no contact with it: {self.lost}" if known(self.lost) else None

    def is_bad(self) -> bool:
        """Return whether anything is wrong. Raises NotKnown."""
        problems = (self.on_battery, self.battery_low, self.replace_battery)
        return bool(self.lost) or any(problem() for problem in problems)

    def __str__(self) -> str:
        status = worded(lambda: known(self.values.status))
        load = worded(lambda: f"{known(self.values.load):g} %")
        return f"{self.name}: {status}; {worded(lambda: self.left)}; load {load}"


class NutState(State):
    """The server and its UPS."""

    version = one("version", str, optional=True)
    ups = many("ups", Ups)
