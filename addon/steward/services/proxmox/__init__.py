"""Proxmox VE: nodes, containers, virtual machines and storages of a cluster."""

from typing import Final

from ...sdk.description import INFRASTRUCTURE, Right, Role, Service, Versions
from ...sdk.fields import TLS_SETTINGS, url_field
from .._proxmox.client import BACKUP_DAYS, token_fields
from .actions import ACTIONS, CONTROLS
from .client import ProxmoxClient
from .models import identity_of
from .readings import CHECKS, RESOURCES, SENSORS
from .restore_drill import RESTORE_DRILL
from .tools import TOOLS

RIGHTS: Final = {
    "VM.Audit": "to see containers and virtual machines",
    "Datastore.Audit": "to see storages",
    "Sys.Audit": "to see the load of nodes, the quorum and the tasks of others",
    "VM.Config.Memory": "to set memory limits",
    "VM.Config.CPU": "to set the number of cores",
    "VM.PowerMgmt": "to start, stop and restart",
    "VM.Snapshot": "to take snapshots, and to roll back",
    "VM.Backup": "to start backups",
    "Datastore.AllocateSpace": "to store backups",
    "VM.Migrate": "to move containers and virtual machines to another node",
}

TOKEN: Final = token_fields("Proxmox VE", "steward@pve!homelab", "PVEAuditor")
SERVICE: Final = Service(
    key="proxmox",
    name="Proxmox VE",
    home_integrations=("proxmoxve",),
    category=INFRASTRUCTURE,
    manufacturer="Proxmox",
    icon="mdi:server",
    role=Role.HOST,
    settings=(
        url_field("https://pve.example.org:8006"),
        *token_fields("Proxmox VE", "steward@pve!homelab", "PVEAuditor"),
        BACKUP_DAYS,
        *TLS_SETTINGS,
    ),
    connect=ProxmoxClient,
    poll=ProxmoxClient.cluster,
    version=lambda cluster: cluster.version.version,
    identity=lambda cluster: identity_of(cluster.members),
    sensors=SENSORS,
    resources=RESOURCES,
    checks=CHECKS,
    tools=TOOLS,
    actions=ACTIONS,
    controls=CONTROLS,
    restore_drill=RESTORE_DRILL,
    rights=Right.each(RIGHTS),
    granted=lambda cluster: frozenset(right for _, right in cluster.granted()),
    product="proxmox-ve",
    understood=Versions("8", "9"),
)
