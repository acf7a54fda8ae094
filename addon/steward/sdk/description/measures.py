"""What numbers say about health; the watch of an update compares them by it."""

from enum import StrEnum


class Measure(StrEnum):
    """What a number says. ``Sensor.measures`` has the defaults by unit and kind."""

    MEMORY = "memory"
    CPU = "cpu"
    DURATION = "duration"
    COUNT = "count"
    """A count of which fewer are no loss: problems, or what varies with what people do."""

    SERVED = "served"
    """A count of what the service has or serves, such as clients: fewer are a loss."""

    SHARE = "share"
    AGE = "age"
    """Seconds since something was done last."""

    RESTARTS = "restarts"
    START = "start"
    """When it was started, in seconds."""
