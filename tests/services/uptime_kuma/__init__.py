"""Uptime Kuma in the lab: a simulator of its Socket.IO interface with a monitor of each status."""

from lab.fixtures import Round, ServiceFixture
from lab.lab import Lab
from lab.socket_io import EMIT
from lab.wire import JsonObject
from services.uptime_kuma.simulator import PASSWORD, USER, Result, UptimeKumaSimulator


def _simulator(lab: Lab) -> UptimeKumaSimulator:
    kuma = UptimeKumaSimulator(lab.world, lab.faults)
    media = kuma.add("Media", type="group")
    tag: JsonObject = {"tag_id": 1, "name": "Service", "value": "radarr", "color": "#059669"}
    url = "https://keeper:heron@radarr.example.org:7878/ping?apikey=heron"
    radarr = kuma.add("Radarr", parent=media, url=url, tags=[tag])
    nas = kuma.add("nas", type="ping", hostname="nas", url="https://")
    backup = kuma.add("Backup job", type="push")
    update = kuma.add("Update", maintenance=True, url="http://192.0.2.7/")
    guests = kuma.add("Guest network", active=False)
    for ago in (120, 60, 1):
        for monitor in (media, radarr, guests):
            kuma.beat(monitor, Result.UP, "200 - OK", 12.5, ago)
    kuma.beat(nas, Result.UP, "", 1, 180)
    for ago in (120, 60, 1):
        kuma.beat(nas, Result.DOWN, "no reply", None, ago)
    kuma.beat(backup, Result.PENDING, "No heartbeat in the time window", None, 1)
    kuma.beat(update, Result.MAINTENANCE, "Monitor under maintenance", None, 1)
    kuma.certificates[radarr] = 41
    return kuma


FIXTURE = ServiceFixture(
    simulator=_simulator,
    settings=lambda served: {"url": served.url, "username": USER, "password": PASSWORD},
    wrong_credentials={"password": "Grey-heron-43"},
    rounds=(
        Round(action="pause_monitor", write=(EMIT, "/pauseMonitor"), target="Radarr"),
        Round(
            action="maintain_monitor",
            write=(EMIT, "/addMonitorMaintenance"),
            target="nas",
            arguments={"hours": 4},
        ),
        Round(action="resume_monitor", write=(EMIT, "/resumeMonitor"), target="Guest network"),
    ),
    targets={"monitor": "Radarr"},
    optional={
        f"EVENT monitorList {number}": "A monitor that is not listed was deleted" for number in range(1, 7)
    },
    timeouts=(
        "steward.sdk.socket_io.ANSWER",
        "steward.services.uptime_kuma.session.HISTORY",
    ),
)
