"""TrueNAS: pools, disks, datasets, replication, snapshots, alerts and apps."""

from typing import Final

from homelab_steward.contract.fences import FenceRole

from ...sdk.answers import known
from ...sdk.description import STORAGE, Right, Role, Service, Versions
from ...sdk.fields import TLS_SETTINGS, url_field
from .actions import ACTIONS, CONTROLS
from .client import API_KEY, TrueNasClient
from .models import Nas
from .readings import CHECKS, RESOURCES, SENSORS
from .tools import TOOLS

RIGHTS: Final = {
    "READONLY_ADMIN": "to read everything",
    "POOL_WRITE": "to start scrubs",
    "SNAPSHOT_WRITE": "to take snapshots, and to roll back",
    "SNAPSHOT_TASK_WRITE": "to run snapshot tasks",
    "REPLICATION_TASK_WRITE": "to start replications",
    "APPS_WRITE": "to start, stop and restart apps",
}


def _granted(nas: Nas) -> frozenset[str]:
    roles = nas.user.privilege.get("roles")
    names = roles.get("$set") if isinstance(roles, dict) else roles
    found = {str(one) for one in known(names if isinstance(names, list) else None)}
    return frozenset(RIGHTS if "FULL_ADMIN" in found else found)


SERVICE: Final = Service(
    key="truenas",
    name="TrueNAS",
    category=STORAGE,
    icon="mdi:nas",
    role=Role.STORAGE,
    essential=FenceRole.STORAGE,
    settings=(url_field("https://truenas.example.org"), API_KEY, *TLS_SETTINGS),
    connect=TrueNasClient,
    poll=Nas.poll,
    interval=60.0,
    version=lambda nas: nas.system.version,
    identity=lambda nas: f"{nas.system.hostname} {known(nas.system.boottime).ms}",
    sensors=SENSORS,
    resources=RESOURCES,
    checks=CHECKS,
    tools=TOOLS,
    actions=ACTIONS,
    controls=CONTROLS,
    rights=Right.each(RIGHTS),
    granted=_granted,
    understood=Versions("25.04", "25.10"),
)
