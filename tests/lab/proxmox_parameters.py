"""The parameters that Proxmox accepts for a change of a guest, and its errors."""

from collections.abc import Mapping

from lab.guest import ConfigValue, GuestKind
from lab.wire import Json

type Checked = tuple[dict[str, ConfigValue], dict[str, str]]

CONFIG_PRIVILEGES = {
    "memory": "VM.Config.Memory",
    "swap": "VM.Config.Memory",
    "balloon": "VM.Config.Memory",
    "cores": "VM.Config.CPU",
    "description": "VM.Config.Options",
    "onboot": "VM.Config.Options",
    "tags": "VM.Config.Options",
}
_MINIMUM = {"memory": 16, "swap": 0, "balloon": 0, "cores": 1, "onboot": 0, "timeout": 0, "forceStop": 0}
_ONLY = {"swap": GuestKind.LXC, "balloon": GuestKind.VM}
_POWER = {"timeout", "forceStop", "skiplock", "overrule-shutdown"}
_UNDEFINED = "property is not defined in schema and the schema does not allow additional properties"


def check_config(form: Mapping[str, Json], kind: GuestKind) -> Checked:
    """Return the valid values, and the errors of the others by name."""
    known = {key for key in CONFIG_PRIVILEGES if _ONLY.get(key, kind) is kind}
    values, errors = _check(form, known)
    if kind is GuestKind.VM and "memory" in values:
        values["memory"] = str(values["memory"])  # since 8.x, a machine's memory is a property string
    return values, errors


def check_power(form: Mapping[str, Json]) -> Checked:
    """Return the same for the parameters of start, stop, shutdown and reboot."""
    return _check(form, _POWER)


def _check(form: Mapping[str, Json], known: set[str]) -> Checked:
    values: dict[str, ConfigValue] = {}
    errors: dict[str, str] = {}
    for key, given in form.items():
        complaint = _complaint(key, given, known)
        if complaint is not None:
            errors[key] = complaint
        else:
            values[key] = int(str(given)) if key in _MINIMUM else str(given)
    return values, errors


def _complaint(key: str, given: Json, known: set[str]) -> str | None:
    if key not in known:
        return _UNDEFINED
    minimum = _MINIMUM.get(key)
    if minimum is None:
        return None
    if not str(given).removeprefix("-").isdecimal():
        return f"type check ('integer') failed - got '{given}'"
    if int(str(given)) < minimum:
        return f"value must have a minimum value of {minimum}"
    return None
