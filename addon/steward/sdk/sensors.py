"""Functions that return sensors of the common kinds."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Platform

from ..texts import Text
from .description import LATEST, Activity, Measure, Sensor, Work
from .format import GIB, MIB, percent
from .readings import Unknown, known

type Measured = float | Unknown | None
"""A number, or why it is not known."""


def count[Item](
    key: str, name: str, value: Callable[[Item], Measured], icon: str | None = None
) -> Sensor[Item]:
    """Return a sensor that counts problems, or items whose number varies with use."""
    return Sensor(key=key, name=name, value=value, state_class="measurement", icon=icon)


def served[Item](
    key: str, name: str, value: Callable[[Item], Measured], icon: str | None = None
) -> Sensor[Item]:
    """Return a sensor that counts what the service has or serves: a decrease after an update is a loss."""
    return measures(Measure.SERVED, count(key, name, value, icon))


def measures[Item](measure: Measure, sensor: Sensor[Item]) -> Sensor[Item]:
    """Return a sensor whose number has another meaning for health than its unit has."""
    return replace(sensor, measure=measure)


def shows[Item](work: Work, sensor: Sensor[Item], *, idle: Value = None) -> Sensor[Item]:
    """Return a sensor that shows whether work is under way.

    ``idle`` is its reading when no work is under way: by default off for a binary sensor, else 0.
    """
    nothing = False if sensor.platform is Platform.BINARY_SENSOR else 0
    return replace(sensor, activity=Activity(work, nothing if idle is None else idle))


def backup_time[Item](
    value: Callable[[Item], datetime | None], key: str = "last_backup", name: str = "Last backup"
) -> Sensor[Item]:
    """Return a sensor that shows when the last backup was made."""
    return replace(time(key, name, value), activity=Activity(Work.BACKUP))


def percentage[Item](
    key: str, name: str, value: Callable[[Item], Measured], icon: str | None = None
) -> Sensor[Item]:
    """Return a sensor in percent."""
    return Sensor(
        key=key, name=name, value=value, unit="%", state_class="measurement", icon=icon, precision=1
    )


def measured[Item](
    key: str,
    name: str,
    value: Callable[[Item], Measured],
    unit: str,
    device_class: str,
    *,
    precision: int | None = None,
    enabled: bool = True,
) -> Sensor[Item]:
    """Return a sensor of a physical quantity, such as a temperature in °C or a power in W."""
    return Sensor(
        key=key,
        name=name,
        value=value,
        unit=unit,
        device_class=device_class,
        state_class="measurement",
        enabled_by_default=enabled,
        precision=precision,
    )


def load[Item](
    *,
    used: Callable[[Item], Measured],
    limit: Callable[[Item], Measured],
    cpu: Callable[[Item], Measured],
    uptime: Callable[[Item], Measured] | None = None,
) -> tuple[Sensor[Item], ...]:
    """Return the sensors of a machine's load, which runbooks read by their keys.

    ``used`` and ``limit`` return bytes of memory, ``cpu`` percent, ``uptime`` seconds.
    """
    return (
        memory_share(lambda item: share(used(item), limit(item))),
        memory_used(used, enabled=False),
        mebibytes("memory_limit", "Memory limit", limit, diagnostic=True),
        cpu_usage(cpu),
        *((duration("uptime", "Uptime", uptime, diagnostic=True, enabled=False),) if uptime else ()),
    )


def memory_share[Item](
    value: Callable[[Item], Measured], name: str = "Memory usage", icon: str | None = "mdi:memory"
) -> Sensor[Item]:
    """Return the sensor of the memory in use, in percent."""
    return measures(Measure.MEMORY, percentage("memory_share", name, value, icon))


def memory_used[Item](value: Callable[[Item], Measured], *, enabled: bool = True) -> Sensor[Item]:
    """Return the sensor of the memory in use; ``value`` returns bytes."""
    return measures(Measure.MEMORY, mebibytes("memory_used", "Memory used", value, enabled=enabled))


def cpu_usage[Item](value: Callable[[Item], Measured]) -> Sensor[Item]:
    """Return the sensor of the processor's use, in percent."""
    return measures(Measure.CPU, percentage("cpu", "CPU usage", value, "mdi:cpu-64-bit"))


def share(part: Measured, whole: Measured) -> float:
    """Return the share in percent. Raises NotKnown when one of them is not known, or the whole is 0."""
    return known(percent(known(part), known(whole)))


def celsius[Item](
    key: str, name: str, value: Callable[[Item], Measured], *, enabled: bool = True
) -> Sensor[Item]:
    """Return a sensor of a temperature in °C."""
    return Sensor(
        key=key,
        name=name,
        value=value,
        unit="°C",
        device_class="temperature",
        state_class="measurement",
        enabled_by_default=enabled,
        precision=0,
    )


def mebibytes[Item](
    key: str, name: str, value: Callable[[Item], Measured], *, diagnostic: bool = False, enabled: bool = True
) -> Sensor[Item]:
    """Return a sensor in whole MiB; ``value`` returns bytes."""
    return Sensor(
        key=key,
        name=name,
        value=lambda item: round(known(value(item)) / MIB),
        unit="MiB",
        device_class="data_size",
        state_class="measurement",
        diagnostic=diagnostic,
        enabled_by_default=enabled,
    )


def gibibytes[Item](
    key: str, name: str, value: Callable[[Item], Measured], *, enabled: bool = True
) -> Sensor[Item]:
    """Return a sensor in GiB with one decimal; ``value`` returns bytes."""
    return Sensor(
        key=key,
        name=name,
        value=lambda item: round(known(value(item)) / GIB, 1),
        unit="GiB",
        device_class="data_size",
        state_class="measurement",
        enabled_by_default=enabled,
        precision=1,
    )


def data_rate[Item](
    key: str, name: str, value: Callable[[Item], Measured], icon: str | None = None
) -> Sensor[Item]:
    """Return a sensor in MiB/s; ``value`` returns bytes per second."""
    return Sensor(
        key=key,
        name=name,
        value=lambda item: round(known(value(item)) / MIB, 2),
        unit="MiB/s",
        device_class="data_rate",
        state_class="measurement",
        icon=icon,
        precision=1,
    )


def flag[Item](
    key: str,
    name: str,
    value: Callable[[Item], bool | Unknown | None],
    device_class: str | None = None,
    *,
    diagnostic: bool = False,
    enabled: bool = True,
) -> Sensor[Item]:
    """Return a binary sensor."""
    return Sensor(
        key=key,
        name=name,
        value=value,
        platform=Platform.BINARY_SENSOR,
        device_class=device_class,
        diagnostic=diagnostic,
        enabled_by_default=enabled,
    )


def problem[Item](key: str, name: str, find: Callable[[Item], Text | None]) -> Sensor[Item]:
    """Return a binary sensor that is on while ``find`` returns a problem, as in a check."""
    return flag(key, name, lambda item: find(item) is not None, "problem")


def problems[Group, Item](
    key: str,
    name: str,
    items: Callable[[Group], Iterable[Item]],
    find: Callable[[Item], Text | None],
    icon: str | None = None,
) -> Sensor[Group]:
    """Return a sensor with the number of items that have a problem, unknown while one of them is."""
    return count(key, name, lambda group: sum(find(item) is not None for item in items(group)), icon)


def diagnostic[Item](
    key: str,
    name: str,
    value: Callable[[Item], Value | Unknown],
    device_class: str | None = None,
    *,
    enabled: bool = True,
) -> Sensor[Item]:
    """Return a diagnostic sensor, such as a version or a state as a text."""
    return Sensor(
        key=key,
        name=name,
        value=value,
        device_class=device_class,
        diagnostic=True,
        enabled_by_default=enabled,
    )


def choice[Item](
    key: str,
    name: str,
    value: Callable[[Item], str | Unknown | None],
    options: Sequence[str],
    *,
    diagnostic: bool = False,
    enabled: bool = True,
) -> Sensor[Item]:
    """Return a sensor whose value is one of some words."""
    return Sensor(
        key=key,
        name=name,
        value=value,
        device_class="enum",
        options=tuple(options),
        diagnostic=diagnostic,
        enabled_by_default=enabled,
    )


def time[Item](key: str, name: str, value: Callable[[Item], datetime | None]) -> Sensor[Item]:
    """Return a sensor with a time; ``value`` returns it with its zone."""
    return Sensor(
        key=key, name=name, value=lambda item: known(value(item)).isoformat(), device_class="timestamp"
    )


def since[Item](key: str, name: str, value: Callable[[Item], datetime | None]) -> Sensor[Item]:
    """Return a diagnostic sensor with the time when something began."""
    return diagnostic(key, name, lambda item: known(value(item)).isoformat(), "timestamp")


def started[Item](
    value: Callable[[Item], datetime | None], key: str = "started_at", name: str = "Running since"
) -> Sensor[Item]:
    """Return a diagnostic sensor with the start time: a later one is a restart."""
    return measures(Measure.START, since(key, name, value))


def restarts[Item](value: Callable[[Item], Value | Unknown]) -> Sensor[Item]:
    """Return a diagnostic sensor that counts restarts."""
    return measures(Measure.RESTARTS, diagnostic("restart_count", "Restarts", value))


def duration[Item](
    key: str,
    name: str,
    value: Callable[[Item], Measured],
    unit: str = "s",
    *,
    diagnostic: bool = False,
    enabled: bool = True,
) -> Sensor[Item]:
    """Return a sensor of a length of time in a unit of Home Assistant (ms, s, min, h, d)."""
    return Sensor(
        key=key,
        name=name,
        value=value,
        unit=unit,
        device_class="duration",
        state_class=None if diagnostic else "measurement",
        diagnostic=diagnostic,
        enabled_by_default=enabled,
    )


def update_available[Item](
    value: Callable[[Item], bool | Unknown | None], name: str = "Update available"
) -> Sensor[Item]:
    """Return the binary sensor that is on while an update can be installed."""
    return flag("update_available", name, value, "update")


def stops_first[Item](name: str, value: Callable[[Item], bool | Unknown | None]) -> Sensor[Item]:
    """Return the binary sensor of the item that runbooks stop before the others."""
    return flag("stops_first", name, value, diagnostic=True, enabled=False)


def newest_version[Item](value: Callable[[Item], str | Unknown | None]) -> Sensor[Item]:
    """Return the sensor of the newest version, which ``Control.update`` shows beside the installed one."""
    return diagnostic(LATEST, "Newest version", value, enabled=False)
