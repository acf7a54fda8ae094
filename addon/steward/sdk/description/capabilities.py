"""The capabilities: names that runbooks use for tools and actions of several services."""

from collections.abc import Mapping
from typing import Final

from ...texts import english

OF_TOOLS: Final = frozenset(
    {
        "backup",
        "before_end",
        "config",
        "health",
        "logs",
        "queries",
        "queue",
        "status",
        "storage",
        "tasks",
        "traces",
    }
)
OF_ACTIONS: Final[Mapping[str, str | None]] = {
    "acknowledge": "mdi:check",
    "backup": "mdi:archive-arrow-down",
    "block": "mdi:block-helper",
    "cancel_query": "mdi:stop",
    "check_health": "mdi:heart-pulse",
    "check_updates": "mdi:update",
    "clean_up": None,
    "clear_failed": "mdi:broom",
    "cordon": None,
    "delete_snapshot": None,
    "disable_port": None,
    "enable_port": None,
    "end_query": None,
    "free_space": None,
    "load": "mdi:tray-arrow-down",
    "maintenance": "mdi:wrench-clock",
    "migrate": "mdi:swap-horizontal",
    "pause": "mdi:pause",
    "power_cycle": "mdi:restart",
    "power_off": None,
    "power_on": None,
    "pull": "mdi:download",
    "reconcile": "mdi:sync",
    "redeploy": "mdi:rocket-launch",
    "refresh_queue": "mdi:download-network",
    "reload": None,
    "replace": None,
    "replicate": None,
    "restart": "mdi:restart",
    "resume": "mdi:play",
    "retry": "mdi:refresh",
    "rollback": "mdi:undo",
    "run": None,
    "scale": None,
    "scan": "mdi:refresh",
    "scrub": None,
    "set_cpu": "mdi:cpu-64-bit",
    "set_image": "mdi:tag",
    "set_memory": "mdi:memory",
    "set_speed_limit": "mdi:speedometer",
    "set_vlan": None,
    "silence": "mdi:bell-sleep",
    "snapshot": "mdi:camera",
    "start": "mdi:play",
    "stop": "mdi:stop",
    "test_indexer": "mdi:check-network",
    "test_indexers": "mdi:check-network",
    "unblock": None,
    "uncordon": None,
    "unload": "mdi:tray-arrow-up",
    "update": "mdi:update",
    "update_lists": "mdi:playlist-check",
    "verify": None,
}
"""The capabilities of actions with their default icons, None when each action sets its own."""

CANNOT: Final = {
    "backup": english("cannot be backed up"),
    "pause": english("cannot be paused"),
    "restart": english("cannot be restarted"),
    "resume": english("cannot be resumed"),
    "rollback": english("cannot be rolled back"),
    "scale": english("cannot be scaled"),
    "set_cpu": english("cannot be given more or fewer CPUs"),
    "set_memory": english("cannot be given more or less memory"),
    "snapshot": english("cannot be saved as a snapshot"),
    "start": english("cannot be started"),
    "stop": english("cannot be stopped"),
}
"""The end of the sentence about a target whose service does not offer a capability."""
