"""A homelab for the sentences in the folder claims: what is known of it, and the answers about it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from homelab_steward.contract.catalogue import Catalogue
from homelab_steward.contract.state import TargetRef
from rig.recognition_rig import matchers
from steward.conversation.grounding import AnswerCheck
from steward.conversation.lexicon import Lexicon
from steward.conversation.mentions import NamedTarget, NameIndex
from steward.conversation.vocabulary import known_things
from steward.services.finder import find_services

FOLDER: Final = Path(__file__).parent / "claims"


def _target(instance: str, name: str, kind: str = "instance") -> TargetRef:
    return TargetRef(instance_id=instance, kind=kind, id=name, name=name)


RADARR, SONARR = _target("radarr", "Radarr"), _target("sonarr", "Sonarr")
RADARRS, SONARRS = _target("proxmox", "radarr", "container"), _target("proxmox", "sonarr", "container")
LIDARRS = _target("proxmox", "lidarr", "container")
PVE1, PVE2 = _target("proxmox", "pve1", "node"), _target("proxmox", "pve2", "node")
TANK, TRUENAS = _target("truenas", "tank", "pool"), _target("truenas", "TrueNAS")
UPS, RACK, DESK = _target("nut", "NUT"), _target("nut", "rack", "ups"), _target("nut", "desk", "ups")
TRAEFIK, PROMETHEUS = _target("traefik", "Traefik"), _target("prometheus", "Prometheus")
OPNSENSE = _target("opnsense", "OPNsense")
WAN, LTE = _target("opnsense", "WAN_DHCP", "gateway"), _target("opnsense", "LTE_GW", "gateway")
SERVICES: Final[Mapping[str, str]] = {"nut": "nut"}
TARGETS: Final = (
    RADARR, SONARR, TRUENAS, UPS, TRAEFIK, PROMETHEUS, OPNSENSE, RADARRS, SONARRS, LIDARRS, PVE1, PVE2, TANK,
    RACK, DESK, WAN, LTE,
)  # fmt: skip
RUNS: Final = {
    RADARR: True, SONARR: True, RADARRS: True, SONARRS: True, LIDARRS: False, PVE1: True, PVE2: True,
    TRUENAS: True,
}  # fmt: skip
SENSORS: Final = {
    RADARR: "Queue: 2\nQueue errors: none\nHealth errors: 0\nHealth warnings: 0\nVersion: 6.1.2",
    SONARR: "Queue: 1\nHealth errors: 0\nVersion: 4.0.16.2944",
    RADARRS: "Running: yes\nMemory usage: 40 %\nMemory used: 819 MiB\nMemory limit: 2048 MiB\nCPU usage: 3 %",
    SONARRS: "Running: yes\nMemory usage: 36 %\nMemory used: 737 MiB\nMemory limit: 2048 MiB\nCPU usage: 3 %",
    TANK: "Space usage: 60 %\nSpace used: 6144 GiB\nDegraded: none\nScrub errors: 0",
    RACK: "Charge: 100 %\nRuntime left: 1830 s\nLoad: 23 %",
    DESK: "Charge: 100 %\nRuntime left: 1830 s\nLoad: 5 %",
    PVE1: "CPU usage: 4 %\nMemory usage: 10.9 %\nDisk usage: 22.3 %",
}
READ: Final[Mapping[str, tuple[str, str, Sequence[TargetRef]]]] = {
    "ct_radarr": (
        "Status of radarr",
        (
            "State: running for 12 d on pve2\nMemory: 819 MiB of 2048 MiB (40 %)\nCPU: 3 %\n"
            "Disk: 2662 MiB of 8192 MiB (32.5 %)"
        ),
        (RADARRS, PVE2, RADARR),
    ),
    "ct_sonarr": (
        "Status of sonarr",
        "State: running for 12 d on pve2\nMemory: 737 MiB of 2048 MiB (36 %)\nCPU: 3 %",
        (SONARRS, PVE2, SONARR),
    ),
    "ct_lidarr": (
        "Status of lidarr",
        "State: stopped on pve2\nMemory: 0 MiB of 1024 MiB (0 %)",
        (LIDARRS, PVE2),
    ),
    "queue_radarr": (
        "Download queue of Radarr",
        (
            "A.Cable.for.Two.1080p.WEB-DL: downloading, ok, 2150 MiB left\n"
            "The.Last.Backup.1080p.WEB-DL: downloading, ok, 1434 MiB left"
        ),
        (RADARR,),
    ),
    "health_radarr": ("Health of Radarr", "There are none", (RADARR,)),
    "disk_radarr": (
        "Disk space of Radarr",
        "/media, used: 11.2 TiB of 14.6 TiB (77.1 %)\n/, used: 2662 MiB of 8192 MiB (32.5 %)",
        (RADARR,),
    ),
    "host_pve1": (
        "Status of pve1",
        (
            "pve1: up for 12 d, pve-manager/9.1.4/6f0d3a5c2b1e4d7f\nMemory: 3558 MiB of 32.0 GiB (10.9 %)\n"
            "CPU: 4 %, load 0.36 0.36 0.36\nDisk: 21.0 GiB of 94.0 GiB (22.3 %)"
        ),
        (PVE1,),
    ),
    "ups": (
        "UPS of NUT",
        (
            "rack: OL CHRG; charge 100 %, runtime 30 min 30 s; load 23 %\n"
            "desk: OL CHRG; charge 100 %, runtime 30 min 30 s; load 5 %"
        ),
        (UPS,),
    ),
    "certs": (
        "Certificates of Traefik",
        "example.org: 50 days left, issued by Home CA\nexample.net: 64 days left, issued by Home CA",
        (TRAEFIK,),
    ),
    "gateways": (
        "Gateways of OPNsense",
        "WAN_DHCP: it answers in 8.4 ms\nLTE_GW: it answers in 41.0 ms",
        (OPNSENSE,),
    ),
    "targets": ("Targets of Prometheus", "node pve1:9100 is up\nnode pve2:9100 is up", (PROMETHEUS,)),
    "alerts_truenas": (
        "Alerts of TrueNAS",
        "INFO: There is an update available\nWARNING: A key was revoked",
        (TRUENAS,),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An answer to a question in a language, after some readings."""

    language: str
    question: str
    read: Sequence[str]
    answer: str
    kind: str = ""


def rows(name: str) -> list[Row]:
    """Return the answers of a file."""
    lines = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [Row(**json.loads(line)) for line in lines]


@cache
def lexicon() -> Lexicon:
    among = tuple(
        NamedTarget(one.name, one, SERVICES.get(one.instance_id, one.instance_id)) for one in TARGETS
    )
    offers = tuple(one.offer() for one in find_services().values())
    known = known_things(Catalogue(digest="all", services=offers), among)
    return Lexicon(NameIndex(among), matchers(), known.readings, known.kinds)


def given_out(row: Row) -> str:
    """Return what is given out of an answer."""
    asked = frozenset(one.target for mention in lexicon().names.find(row.question) for one in mention.targets)
    check = AnswerCheck(
        lexicon=lexicon(),
        question=row.question,
        asked=asked,
        known=(),
        is_in=_is_in,
        sensors=lambda target: SENSORS.get(target, ""),
        language=row.language,
    )
    for key in row.read or ["targets"]:
        title, text, about = READ[key]
        check.add(title, text, about)
    return f"{check.read(row.answer)}{check.end()}"


def _is_in(target: TargetRef, state: str) -> bool | None:
    runs = RUNS.get(target)
    match state:
        case "running" | "healthy":
            return runs
        case "stopped":
            return None if runs is None else not runs
        case "failing":
            return False if target in RUNS else None
        case _:
            return None
