"""The nodes and guests of the simulated homelab."""

from dataclasses import dataclass

from lab.guest import GIB, MIB, ConfigValue, Guest, GuestKind

ADGUARD, RADARR, SONARR, PROMETHEUS = 101, 105, 106, 110
"""The numbers of the containers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A Proxmox node. Sizes are in bytes; `own_memory` is used without guests."""

    name: str
    address: str
    cpus: int
    memory_limit: int
    own_memory: int
    disk: int
    disk_limit: int


def all_nodes() -> tuple[Node, ...]:
    """Return two nodes."""
    common = {"own_memory": int(1.8 * GIB), "disk": 21 * GIB, "disk_limit": 94 * GIB}
    return (
        Node(name="pve1", address="192.0.2.11", cpus=8, memory_limit=32 * GIB, **common),
        Node(name="pve2", address="192.0.2.12", cpus=4, memory_limit=16 * GIB, **common),
    )


def all_guests(boot_seconds: float, started_at: float) -> tuple[Guest, ...]:
    """Return four containers and a virtual machine."""

    def container(vmid: int, name: str, node: str, memory: int, idle: float, tags: str) -> Guest:
        return Guest(
            vmid=vmid,
            kind=GuestKind.LXC,
            name=name,
            node=node,
            idle_memory=int(memory * MIB * idle),
            config=_container_config(vmid, name, memory, tags),
            disk=int(2.6 * GIB),
            disk_limit=8 * GIB,
            boot_seconds=boot_seconds,
            started_at=started_at,
        )

    return (
        container(ADGUARD, "adguard", "pve1", 512, 0.31, "network"),
        container(RADARR, "radarr", "pve1", 2048, 0.40, "arr"),
        container(SONARR, "sonarr", "pve1", 2048, 0.36, "arr"),
        container(PROMETHEUS, "prometheus", "pve2", 1024, 0.47, "monitoring"),
        Guest(
            vmid=200,
            kind=GuestKind.VM,
            name="homeassistant",
            node="pve2",
            idle_memory=int(2.1 * GIB),
            config=_machine_config(200, "homeassistant", 4096),
            disk=0,
            disk_limit=32 * GIB,
            boot_seconds=boot_seconds,
            started_at=started_at,
        ),
    )


def _container_config(vmid: int, name: str, memory: int, tags: str) -> dict[str, ConfigValue]:
    return {
        "arch": "amd64",
        "cores": 2,
        "features": "nesting=1",
        "hostname": name,
        "memory": memory,
        "net0": f"name=eth0,bridge=vmbr0,firewall=1,hwaddr=BC:24:11:00:00:{vmid % 100:02X},ip=dhcp,type=veth",
        "onboot": 1,
        "ostype": "debian",
        "rootfs": f"local-lvm:vm-{vmid}-disk-0,size=8G",
        "swap": 512,
        "tags": tags,
        "unprivileged": 1,
    }


def _machine_config(vmid: int, name: str, memory: int) -> dict[str, ConfigValue]:
    return {
        "agent": "1",
        "bios": "ovmf",
        "boot": "order=scsi0",
        "cores": 2,
        "cpu": "host",
        "memory": str(memory),
        "name": name,
        "net0": f"virtio=BC:24:11:00:01:{vmid % 100:02X},bridge=vmbr0",
        "onboot": 1,
        "ostype": "l26",
        "scsi0": f"local-lvm:vm-{vmid}-disk-0,size=32G",
        "scsihw": "virtio-scsi-pci",
        "sockets": 1,
        "tags": "home",
    }
