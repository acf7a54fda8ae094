"""Proxmox in the lab."""

from homelab_steward.contract.base import Value
from houses import House, Round
from lab.house import Lab
from lab.world import PowerAction

_RADARR = "/nodes/pve1/lxc/105"


def _settings(lab: Lab) -> dict[str, Value]:
    return {
        "url": lab.proxmox.url,
        "token_id": f"{lab.proxmox.user}!{lab.proxmox.token_name}",
        "token_secret": lab.proxmox.token_value,
        "ca_certificate": str(lab.proxmox.ca_path),
    }


async def _stop_radarr(lab: Lab) -> None:
    task = lab.world.power(105, PowerAction.STOP)
    await lab.world.changes.wait_for(lambda: not task.is_running(lab.world.wall()))


HOUSE = House(
    settings=_settings,
    wrong_credentials={"token_secret": "00000000-0000-0000-0000-000000000000"},
    patience="steward.services.proxmox.client.PATIENCE",
    late=("steward.services.proxmox.power._LATE_TASK",),
    targets={"container": "radarr", "vm": "homeassistant", "node": "pve1"},
    rounds=(
        Round(
            action="set_memory",
            target="radarr",
            arguments={"memory_mib": 3072},
            write=("PUT", f"{_RADARR}/config"),
        ),
        Round(action="restart_container", target="radarr", write=("POST", f"{_RADARR}/status/reboot")),
        Round(
            action="start_container",
            target="radarr",
            prepare=_stop_radarr,
            write=("POST", f"{_RADARR}/status/start"),
        ),
        Round(action="stop_container", target="radarr", write=("POST", f"{_RADARR}/status/shutdown")),
        Round(
            action="restart_vm", target="homeassistant", write=("POST", "/nodes/pve2/qemu/200/status/reboot")
        ),
    ),
)
