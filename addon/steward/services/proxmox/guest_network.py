"""The MAC addresses in the configuration of a guest."""

import re
from collections.abc import Mapping
from typing import Final

_NETWORK: Final = re.compile(r"net[0-9]+\Z")
_MAC: Final = re.compile(r"(?:^|,)[a-z0-9-]+=((?:[0-9a-f]{2}:){5}[0-9a-f]{2})(?=,|\Z)", re.IGNORECASE)
"""An address in the settings of a network interface, by its model or by ``hwaddr``."""


def macs_in(config: Mapping[str, object]) -> frozenset[str]:
    """Return the MAC addresses in a guest's configuration: ``net0`` has ``virtio=…`` or ``hwaddr=…``."""
    networks = (str(value) for key, value in config.items() if _NETWORK.match(key))
    return frozenset(mac.lower() for one in networks for mac in _MAC.findall(one))
