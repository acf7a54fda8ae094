"""The meaning of numbers for health, which the watch of an update compares them by."""

from enum import StrEnum


class Measure(StrEnum):
    """The meaning of a number. ``Sensor.measures`` has the defaults by unit and device class."""

    MEMORY = "memory"
    CPU = "cpu"
    DURATION = "duration"
    COUNT = "count"
    """A count whose decrease is no loss: problems, or a count that varies with use."""

    SERVED = "served"
    """A count of what the service has or serves, such as clients: a decrease is a loss."""

    SHARE = "share"
    AGE = "age"
    """The seconds since the time in the reading, such as that of the last backup."""

    RESTARTS = "restarts"
    START = "start"
    """The time in the reading, at which a program was started: a later one is a restart."""
