"""Proxmox VE: nodes, containers, virtual machines and storages of a cluster."""

from typing import Final

from homelab_steward.contract.catalogue import Category, Field, SettingKind

from ...description import Access, Service
from .._connection import CA_CERTIFICATE, VERIFY_TLS, address, secret, tls, url_field
from .client import ProxmoxClient
from .memory import SET_MEMORY
from .models import Cluster
from .power import POWER
from .sensors import CHECKS, RESOURCES, SENSORS
from .tools import TOOLS


def _connect(access: Access) -> ProxmoxClient:
    return ProxmoxClient(
        address(access), access.text("token_id"), secret(access, "token_secret"), tls(access), access.clock
    )


async def _poll(client: ProxmoxClient) -> Cluster:
    return await client.cluster()


SERVICE: Final = Service(
    key="proxmox",
    name="Proxmox VE",
    category=Category.INFRASTRUCTURE,
    manufacturer="Proxmox",
    icon="mdi:server",
    settings=(
        url_field("https://pve.example.org:8006"),
        Field(
            key="token_id",
            kind=SettingKind.TEXT,
            name="API token id",
            description="Such as steward@pve!homelab. It needs the role PVEAuditor; to act also "
            "VM.Config.Memory and VM.PowerMgmt.",
        ),
        Field(key="token_secret", kind=SettingKind.SECRET, name="API token secret"),
        VERIFY_TLS,
        CA_CERTIFICATE,
    ),
    connect=_connect,
    poll=_poll,
    version=lambda cluster: cluster.version,
    sensors=SENSORS,
    resources=RESOURCES,
    checks=CHECKS,
    tools=TOOLS,
    actions=(SET_MEMORY, *POWER),
)
